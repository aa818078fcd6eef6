"""What people type about pairs."""

import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.forms import OrganizationField
from pairings import permissions
from pairings.models import Pairing, Scheme
from regions.forms import RegionField, SteppingForm

ORGANIZATION_HINT = _("Full name or unified social credit code; instead of a region.")


class DayInput(forms.DateInput):
    """A calendar field that sends and shows ISO dates."""

    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class PairingForm(SteppingForm, forms.Form):
    """A new pair: each side is a region or an organization, and one side is the staff member's own."""

    scheme = forms.ModelChoiceField(Scheme.objects.order_by("name"), label=_("Scheme"))
    giver_region = RegionField(required=False, label=_("Giving region"))
    giver_organization = OrganizationField(
        required=False, label=_("Giving organization"), help_text=ORGANIZATION_HINT, max_length=120
    )
    receiver_region = RegionField(required=False, label=_("Receiving region"))
    receiver_organization = OrganizationField(
        required=False, label=_("Receiving organization"), help_text=ORGANIZATION_HINT, max_length=120
    )
    parent = forms.CharField(
        required=False,
        max_length=20,
        label=_("Parent pair"),
        help_text=_("Its reference number, for example JD-2021-000001."),
    )
    valid_from = forms.DateField(label=_("In force from"), widget=DayInput())
    valid_to = forms.DateField(required=False, label=_("In force until"), widget=DayInput())
    source = forms.CharField(
        required=False, max_length=200, label=_("Source"), help_text=_("The document or page that says so.")
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_parent(self) -> Pairing | None:
        text = self.cleaned_data["parent"].strip().upper()
        if not text:
            return None
        parent = Pairing.objects.visible_to(self.user).for_list().filter(reference=text).first()
        if parent is None:
            raise forms.ValidationError(_("There is no pair with this reference number."))
        return parent

    def clean(self):
        data = super().clean()
        self._one_of("giver", _("Name either a giving region or a giving organization, not both."))
        self._one_of("receiver", _("Name either a receiving region or a receiving organization, not both."))
        if data.get("valid_from") and data.get("valid_to") and data["valid_to"] < data["valid_from"]:
            self.add_error("valid_to", _("A pair cannot end before it begins."))
        if not self.errors and not permissions.can_add_between(self.user, data["giver"], data["receiver"]):
            self.add_error(None, _("Neither side lies in a region you are responsible for."))
        return data

    def _one_of(self, side: str, message: str) -> None:
        """Put the party of a side under its name; complain unless exactly one of its fields is filled in."""
        names = [f"{side}_region", f"{side}_organization"]
        if any(name in self.errors for name in names):
            return
        given = [self.cleaned_data[name] for name in names if self.cleaned_data.get(name)]
        if len(given) == 1:
            self.cleaned_data[side] = given[0]
        else:
            self.add_error(names[0], message)

    def values(self) -> dict:
        """The arguments of the service."""
        names = ["scheme", "giver", "receiver", "parent", "valid_from", "valid_to", "source"]
        return {name: self.cleaned_data[name] for name in names}


def today() -> datetime.date:
    return timezone.localdate()


class EndForm(forms.Form):
    """The last day of a pair and why it ends."""

    on = forms.DateField(label=_("Last day"), widget=DayInput(), initial=today)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

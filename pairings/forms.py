"""What people type about pairs."""

import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import files
from organizations.forms import OrganizationField
from pairings import permissions
from pairings.models import Agreement, Pairing, PairingTarget, Scheme, Side, Visit
from regions.forms import RegionField, SteppingForm
from regions.models import Region

ORGANIZATION_HINT = _("Full name or unified social credit code; instead of a region.")


class DayInput(forms.DateInput):
    """A calendar field that sends and shows ISO dates."""

    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class SchemeForm(forms.Form):
    """A new scheme."""

    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(label=_("Kind of scheme"), choices=Scheme.Kind.choices)


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
    confidence = forms.ChoiceField(
        label=_("Confidence"), choices=Pairing.Confidence.choices, initial=Pairing.Confidence.CERTAIN
    )
    source = forms.CharField(
        required=False, max_length=200, label=_("Source"), help_text=_("The document or page that says so.")
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_parent(self) -> Pairing | None:
        return pairing_of(self.cleaned_data["parent"], self.user)

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
        names = ["scheme", "giver", "receiver", "parent", "valid_from", "valid_to", "confidence", "source"]
        return {name: self.cleaned_data[name] for name in names}


def today() -> datetime.date:
    return timezone.localdate()


class EndForm(forms.Form):
    """The last day of a pair and why it ends."""

    on = forms.DateField(label=_("Last day"), widget=DayInput(), initial=today)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """Why something is taken back or ended."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class SideField(forms.ChoiceField):
    """For which side somebody speaks who could speak for both; hidden where it is plain."""

    def __init__(self, sides: list[Side], pairing: Pairing, **kwargs):
        choices = [(side.value, f"{side.label}: {pairing.side(side)}") for side in sides]
        widget = forms.HiddenInput if len(sides) == 1 else forms.RadioSelect
        super().__init__(choices=choices, initial=sides[0].value, widget=widget, label=_("Side"), **kwargs)


def _whole_yuan(**kwargs) -> forms.DecimalField:
    return forms.DecimalField(max_digits=18, decimal_places=2, min_value=0, required=False, **kwargs)


class AgreementForm(forms.ModelForm):
    """An agreement as it was signed. The parties are the two sides, and the organizations named here."""

    further_parties = forms.CharField(
        required=False,
        label=_("Further parties"),
        help_text=_("One per line: full name or credit code of a registered organization."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Agreement
        fields = list(Agreement.TERMS)
        widgets = {"signed_on": DayInput, "valid_to": DayInput, "content": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, pairing: Pairing, sides: list[Side], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version
        self.instance.pairing = pairing
        if self.instance.pk is None:
            self.fields["side"] = SideField(sides, pairing)
        else:
            self.fields["further_parties"].initial = "\n".join(row.name for row in self.instance.parties.all())

    def clean_further_parties(self) -> list:
        field = OrganizationField(max_length=120)
        return [field.clean(line.strip()) for line in self.cleaned_data["further_parties"].splitlines() if line.strip()]

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in Agreement.TERMS}


class ObjectionForm(forms.Form):
    """What differs from what the other side has entered."""

    reason = forms.CharField(label=_("What differs"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    amount = _whole_yuan(label=_("Amount on our side (yuan)"))
    quantity = forms.DecimalField(
        max_digits=18, decimal_places=3, min_value=0, required=False, label=_("Quantity on our side")
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class DocumentForm(forms.Form):
    """The signed document as a file. Its content is judged by the service."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(f".{kind}" for kind in files.TYPES)}),
    )


class VisitForm(forms.ModelForm):
    """A visit or joint meeting that has taken place."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Visit
        fields = list(Visit.FIELDS)
        widgets = {"starts_on": DayInput, "ends_on": DayInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version
        self.fields["people"].min_value = 1

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in Visit.FIELDS}


class TargetForm(forms.Form):
    """One side's figure for a year."""

    year = forms.IntegerField(label=_("Year"), min_value=1996, max_value=2100)
    measure = forms.ChoiceField(label=_("Measure"), choices=PairingTarget.Measure.choices)
    value = forms.DecimalField(
        label=_("Figure agreed"),
        max_digits=18,
        decimal_places=2,
        min_value=0,
        help_text=_("Money in yuan; persons, projects and organizations as whole numbers."),
    )

    def __init__(self, *args, pairing: Pairing, sides: list[Side], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["side"] = SideField(sides, pairing)
        self.fields["year"].initial = self.initial.get("year") or today().year


class TeamForm(SteppingForm, forms.Form):
    """A new team for one village of the staff member's region."""

    scheme = forms.ModelChoiceField(
        Scheme.objects.filter(kind=Scheme.Kind.TEAM).order_by("name"), label=_("Scheme of 1+N teams")
    )
    name = forms.CharField(label=_("Name"), max_length=100)
    village = RegionField(label=_("Village"), levels=[Region.Level.VILLAGE])
    formed_on = forms.DateField(label=_("Formed on"), widget=DayInput(), initial=today)
    pairing = forms.CharField(
        required=False,
        max_length=20,
        label=_("Works under the pair"),
        help_text=_("Its reference number, for example JD-2021-000001."),
    )
    task = forms.CharField(required=False, max_length=1000, label=_("Task"), widget=forms.Textarea(attrs={"rows": 3}))
    source = forms.CharField(required=False, max_length=200, label=_("Source"))

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_village(self) -> Region:
        village = self.cleaned_data["village"]
        if not self.user.serves(village.code, "staff"):
            raise forms.ValidationError(_("You are not responsible for %(region)s.") % {"region": village.name})
        return village

    def clean_pairing(self) -> Pairing | None:
        return pairing_of(self.cleaned_data["pairing"], self.user)


class MemberForm(forms.Form):
    """An organization that joins a team."""

    organization = OrganizationField(
        label=_("Organization"), help_text=_("Full name or unified social credit code."), max_length=120
    )
    is_lead = forms.BooleanField(required=False, label=_("It is the lead unit"))
    joined_on = forms.DateField(label=_("Joined on"), widget=DayInput(), initial=today)


def pairing_of(text: str, user) -> Pairing | None:
    """The pair with this reference number among those the person sees."""
    text = text.strip().upper()
    if not text:
        return None
    found = Pairing.objects.visible_to(user).for_list().filter(reference=text).first()
    if found is None:
        raise forms.ValidationError(_("There is no pair with this reference number."))
    return found

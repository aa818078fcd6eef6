"""What organizations type about what they can give, and staff about whom they invite."""

import datetime
import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Refused
from demands.forms.fields import DateInput, QuantityField
from demands.models import Demand, SupplyOffer
from organizations.models import AssistanceForm, Organization
from regions import selectors as regions
from regions.forms import RegionField, RegionInput
from regions.models import Region

# Between several places: a new line or a comma of either script.
_SEPARATORS = re.compile(r"[\n,，;；]+")
MOST_PLACES = 20


class PlacesField(forms.CharField):
    """Several regions, one a line: codes, paths or unique names."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value):
        if isinstance(value, list):
            return "\n".join(f"{place.short_code} {place.name}" for place in value)
        return value

    def clean(self, value) -> list[Region]:
        texts = [text.strip() for text in _SEPARATORS.split(super().clean(value)) if text.strip()]
        if len(texts) > MOST_PLACES:
            raise ValidationError(_("At most %(n)s regions.") % {"n": MOST_PLACES})
        found: dict[str, Region] = {}
        for text in texts:
            code = re.match(r"(\d{6,12})\s", f"{text} ")
            try:
                place = regions.resolve_text(code[1] if code else text)
            except Refused as refused:
                raise ValidationError(str(refused)) from refused
            found[place.code] = place
        return list(found.values())


class OfferForm(forms.ModelForm):
    """A supply offer; a new one names the organization."""

    organization = forms.ModelChoiceField(
        Organization.objects.none(), label=gettext_lazy("Organization"), empty_label=None
    )
    quantity = QuantityField(label=gettext_lazy("Quantity"))
    regions = PlacesField(
        label=gettext_lazy("Regions"),
        required=False,
        help_text=gettext_lazy("Where you can help: codes or names, one a line. Empty: everywhere."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = SupplyOffer
        fields = ["form", "kind", "what", "quantity", "unit", "description", "paired_only", "valid_until"]
        widgets = {"valid_until": DateInput, "description": forms.Textarea(attrs={"rows": 4})}

    field_order = ["organization", "form", "kind", "what", "quantity", "unit", "description", "regions"]

    def __init__(self, *args, organizations: list[Organization], **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["organization"]
            self.initial |= {"regions": list(self.instance.regions.all()), "version": self.instance.version}
        else:
            self.fields["organization"].queryset = Organization.objects.filter(pk__in=[o.pk for o in organizations])

    def clean_valid_until(self) -> datetime.date | None:
        day = self.cleaned_data["valid_until"]
        if day and day < timezone.localdate():
            raise ValidationError(_("This day has passed already."))
        return day

    def values(self) -> dict:
        """The plain fields, as the services take them."""
        return {name: self.cleaned_data[name] for name in self._meta.fields}

    def _post_clean(self) -> None:
        """The record is checked by the service."""


class InvitationForm(forms.Form):
    """Whom staff invite to a demand, what they say, and until when an answer is asked for."""

    organization = forms.ModelChoiceField(Organization.objects.none(), widget=forms.HiddenInput)
    offer = forms.ModelChoiceField(SupplyOffer.objects.none(), required=False, widget=forms.HiddenInput)
    message = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The organization reads it. It is free to decline."),
    )
    expires_on = forms.DateField(label=gettext_lazy("Answer until"), widget=DateInput)

    def __init__(self, *args, demand: Demand, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.demand = demand
        self.fields["organization"].queryset = Organization.objects.visible_to(user)
        self.fields["offer"].queryset = SupplyOffer.objects.visible_to(user)

    def clean_expires_on(self) -> datetime.date:
        day = self.cleaned_data["expires_on"]
        if day < timezone.localdate():
            raise ValidationError(_("This day has passed already."))
        return day


class _PeriodField(forms.DateField):
    """An end of a period: a day of the calendar that has days before and after it."""

    def __init__(self, **options):
        limits = [MinValueValidator(datetime.date(1900, 1, 1)), MaxValueValidator(datetime.date(2199, 12, 31))]
        super().__init__(required=False, widget=DateInput, validators=limits, **options)


class DockingForm(forms.Form):
    """Of which demands the success is asked for."""

    region = RegionField(label=gettext_lazy("Region"), required=False, widget=RegionInput())
    form = forms.ChoiceField(
        label=gettext_lazy("Assistance form"),
        required=False,
        choices=[("", gettext_lazy("any")), *AssistanceForm.choices],
    )
    since = _PeriodField(label=gettext_lazy("Published from"))
    until = _PeriodField(label=gettext_lazy("Published until"))

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        today = timezone.localdate()
        cleaned["until"] = cleaned.get("until") or today
        cleaned["since"] = cleaned.get("since") or cleaned["until"] - datetime.timedelta(days=365)
        if not self.errors and cleaned["since"] > cleaned["until"]:
            self.add_error("until", _("The period cannot end before it begins."))
        return cleaned

"""Forms of the catalogue: usual prices, and things that are not accepted."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from demands import permissions
from demands.forms.fields import DateInput
from demands.models import NotAccepted, PriceBand
from regions.forms import RegionField, SteppingForm

_SHARED = ["name", "keywords", "valid_from", "valid_to", "source"]
_DATES = {"valid_from": DateInput, "valid_to": DateInput}


class _EntryForm(SteppingForm, forms.ModelForm):
    region = RegionField(
        label=gettext_lazy("Region"), required=False, help_text=gettext_lazy("Empty: it holds everywhere.")
    )
    field_order = ["name", "keywords", "unit", "low", "high", "reason", "region"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.initial.setdefault("valid_from", timezone.localdate())

    def clean_region(self):
        region = self.cleaned_data["region"]
        if not permissions.can_keep_catalogue_in(self.user, region):
            raise ValidationError(_("You may keep the catalogue only of the regions you are responsible for."))
        return region

    def entry(self):
        """The new entry, not yet stored."""
        names = [*self._meta.fields, "region"]
        return self._meta.model(**{name: self.cleaned_data[name] for name in names})


class PriceBandForm(_EntryForm):
    class Meta:
        model = PriceBand
        fields = [*_SHARED, "unit", "low", "high"]
        widgets = _DATES


class NotAcceptedForm(_EntryForm):
    class Meta:
        model = NotAccepted
        fields = [*_SHARED, "reason"]
        widgets = _DATES

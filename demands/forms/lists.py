"""The form of a demand list."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from demands import permissions
from demands.forms.fields import DateInput
from demands.models import DemandList
from regions.forms import RegionField, SteppingForm
from regions.models import Region


class DemandListForm(SteppingForm, forms.ModelForm):
    """A demand list of a region the person is responsible for."""

    region = RegionField(label=gettext_lazy("Region"))

    class Meta:
        model = DemandList
        fields = ["title", "source", "period_from", "period_to"]
        widgets = {"period_from": DateInput, "period_to": DateInput}

    field_order = ["region", "title", "source", "period_from", "period_to"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_region(self) -> Region:
        region = self.cleaned_data["region"]
        if not permissions.can_open_list(self.user, region.code):
            raise ValidationError(_("You may open lists only for the places you are responsible for."))
        return region

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in [*self._meta.fields, "region"]}

"""Forms of capacity records."""

from django import forms
from django.utils.translation import gettext_lazy as _

from organizations.forms import OrganizationField
from projects.forms.campaigns import VersionedForm
from projects.forms.projects import DateInput
from projects.models import CapacityRecord
from regions.forms import RegionField, RegionInput, SteppingForm


class CapacityForm(SteppingForm, forms.ModelForm):
    """A station, fund, filed organization, training course or contest."""

    region = RegionField(label=_("Region"), help_text=_("Where it is or takes place: code or name."))
    organization = OrganizationField(
        label=_("Organization"),
        required=False,
        help_text=_("Who runs, incubates or holds it: full name or credit code."),
    )

    class Meta:
        model = CapacityRecord
        fields = list(CapacityRecord.FIELDS)
        widgets = {"opened_on": DateInput, "closed_on": DateInput}

    def values(self) -> dict:
        return dict(self.cleaned_data)


class ClosingForm(VersionedForm):
    """The day a station, fund or organization was closed."""

    class Meta:
        model = CapacityRecord
        fields = ["closed_on"]
        widgets = {"closed_on": DateInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["closed_on"].required = True


class CountsForm(forms.Form):
    """Which region and day the counts are of."""

    region = RegionField(label=_("Region"), required=False, widget=RegionInput())
    on = forms.DateField(label=_("On the day"), required=False, widget=DateInput)

"""Forms of campaigns, their actions, metrics and values."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from organizations.forms import OrganizationField
from projects.forms.projects import DateInput
from projects.models import Campaign, CampaignAction, Metric, MetricValue, Project
from regions.forms import RegionField, SteppingForm


class VersionedForm(forms.ModelForm):
    """A form that carries the version of the record it was opened with."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version if self.instance.pk else None

    def values(self) -> dict:
        """What the service takes: the fields without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class CampaignForm(SteppingForm, VersionedForm):
    """A campaign and its time."""

    region = RegionField(
        label=_("Region"), help_text=_("The region whose civil-affairs department runs the campaign: code or name.")
    )

    class Meta:
        model = Campaign
        fields = ["name", "region", "starts_on", "ends_on", "summary", "source"]
        widgets = {"starts_on": DateInput, "ends_on": DateInput, "summary": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["region"] = self.instance.region


class ActionForm(VersionedForm):
    """One action of a campaign."""

    class Meta:
        model = CampaignAction
        fields = ["name", "form", "unit_standard", "standard_per"]


class MetricForm(VersionedForm):
    """What an action counts."""

    class Meta:
        model = Metric
        fields = ["name", "unit", "subject", "measure", "adds", "allows_over"]


class ProjectField(forms.CharField):
    """A project by its reference number, among those the person may see."""

    projects = Project.objects.none()

    def clean(self, value) -> Project | None:
        text = super().clean(value).upper()
        if not text:
            return None
        found = self.projects.filter(reference=text).first()
        if found is None:
            raise ValidationError(_("There is no project with this number that you may see."))
        return found


class ValueForm(SteppingForm, forms.ModelForm):
    """A value of a metric for one place and period."""

    region = RegionField(label=_("Region"), help_text=_("Where: code or name, in the campaign's region."))
    organization = OrganizationField(
        label=_("Organization"), required=False, help_text=_("Whose work it was: full name or credit code.")
    )
    project = ProjectField(label=_("Project"), required=False, help_text=_("Its reference number, if it was one."))

    class Meta:
        model = MetricValue
        fields = [
            "stage",
            "region",
            "organization",
            "project",
            "period_from",
            "period_to",
            "qualifier",
            "value",
            "basis",
        ]
        widgets = {"period_from": DateInput, "period_to": DateInput}

    def __init__(self, *args, metric: Metric, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.metric = metric
        self.fields["project"].projects = Project.objects.visible_to(user)
        self.fields["value"].label = _("Value in %(unit)s") % {"unit": metric.unit}

    def values(self) -> dict:
        return dict(self.cleaned_data)

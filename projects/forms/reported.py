"""Forms of reported figures."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.forms.campaigns import VersionedForm
from projects.forms.projects import DateInput, RegionsField
from projects.models import Campaign, Metric, ReportedFigure
from regions.forms import RegionField, SteppingForm


class FigureForm(SteppingForm, VersionedForm):
    """A figure as a source printed it."""

    region = RegionField(label=_("Region"), help_text=_("The region whose staff answer for the figure."))
    places = RegionsField(
        label=_("Regions it speaks of"), required=False, help_text=_("One a line. Empty means the region above.")
    )

    class Meta:
        model = ReportedFigure
        fields = [name for name in ReportedFigure.FIELDS if name != "metric"] + ["metric"]
        widgets = {"period_from": DateInput, "period_to": DateInput, "as_of": DateInput}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        seen = Q(action__campaign__in=Campaign.objects.visible_to(user)) | Q(pk=self.instance.metric_id)
        metrics = Metric.objects.filter(seen).select_related("action__campaign")
        self.fields["metric"].queryset = metrics.order_by("action__campaign", "action", "pk")
        # Actions of several campaigns may bear the same name.
        self.fields["metric"].label_from_instance = lambda metric: f"{metric.action.campaign} · {metric}"
        self.fields["remark"].widget = forms.Textarea(attrs={"rows": 3})
        if self.instance.pk:
            self.initial["region"] = self.instance.region
            self.initial["places"] = list(self.instance.places.all())

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in ReportedFigure.FIELDS}

"""Forms of this floor. They check and clean; the services write."""

from projects.forms.campaigns import ActionForm, CampaignForm, MetricForm, ValueForm
from projects.forms.counts import CorrectionForm, CountForm
from projects.forms.projects import MOST_ENTRIES, ProjectForm, ReasonForm
from projects.forms.reported import FigureForm

__all__ = [
    "MOST_ENTRIES",
    "ActionForm",
    "CampaignForm",
    "CorrectionForm",
    "CountForm",
    "FigureForm",
    "MetricForm",
    "ProjectForm",
    "ReasonForm",
    "ValueForm",
]

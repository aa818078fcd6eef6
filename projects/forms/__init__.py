"""Forms of this floor. They check and clean; the services write."""

from projects.forms.activities import ActivityForm, FilesForm, NewActivityForm
from projects.forms.campaigns import ActionForm, CampaignForm, MetricForm, ValueForm
from projects.forms.counts import CorrectionForm, CountForm
from projects.forms.plans import ReachedForm, StopForm
from projects.forms.projects import MOST_ENTRIES, ProjectForm, ReasonForm
from projects.forms.reported import FigureForm

__all__ = [
    "MOST_ENTRIES",
    "ActionForm",
    "ActivityForm",
    "CampaignForm",
    "CorrectionForm",
    "CountForm",
    "FigureForm",
    "FilesForm",
    "MetricForm",
    "NewActivityForm",
    "ProjectForm",
    "ReachedForm",
    "ReasonForm",
    "StopForm",
    "ValueForm",
]

"""Forms of this floor. They check and clean; the services write."""

from projects.forms.activities import ActivityForm, FilesForm, NewActivityForm
from projects.forms.campaigns import ActionForm, CampaignForm, MetricForm, ValueForm
from projects.forms.capacity import CapacityForm, ClosingForm, CountsForm
from projects.forms.consumption import ProductForm, PurchaseForm, RefundForm
from projects.forms.counts import CorrectionForm, CountForm
from projects.forms.plans import ReachedForm, StopForm
from projects.forms.projects import MOST_ENTRIES, ProjectForm, ReasonForm
from projects.forms.reported import FigureForm
from projects.forms.rosters import RosterFigureForm, RosterForm

__all__ = [
    "MOST_ENTRIES",
    "ActionForm",
    "ActivityForm",
    "CampaignForm",
    "CapacityForm",
    "ClosingForm",
    "CorrectionForm",
    "CountForm",
    "CountsForm",
    "FigureForm",
    "FilesForm",
    "MetricForm",
    "NewActivityForm",
    "ProductForm",
    "ProjectForm",
    "ReachedForm",
    "ReasonForm",
    "StopForm",
    "PurchaseForm",
    "RefundForm",
    "RosterFigureForm",
    "RosterForm",
    "ValueForm",
]

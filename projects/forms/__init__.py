"""Forms of this floor. They check and clean; the services write."""

from projects.forms.counts import CorrectionForm, CountForm
from projects.forms.projects import MOST_ENTRIES, ProjectForm, ReasonForm

__all__ = ["MOST_ENTRIES", "CorrectionForm", "CountForm", "ProjectForm", "ReasonForm"]

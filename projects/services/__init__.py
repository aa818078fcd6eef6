"""Every write of this floor."""

from projects.services.counts import add_count, correct_count
from projects.services.projects import (
    approve_project,
    close_project,
    complete_project,
    create_project,
    edit_project,
    resume_project,
    start_project,
    suspend_project,
    terminate_project,
)
from projects.services.refusals import LeadNotActive, NotSecondPerson, ReasonMissing

__all__ = [
    "LeadNotActive",
    "NotSecondPerson",
    "ReasonMissing",
    "add_count",
    "approve_project",
    "close_project",
    "complete_project",
    "correct_count",
    "create_project",
    "edit_project",
    "resume_project",
    "start_project",
    "suspend_project",
    "terminate_project",
]

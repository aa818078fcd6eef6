"""What is refused on this floor, and the rules several services share."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core import states
from core.errors import Refused
from organizations.models import Organization
from projects.models import Project


class NotSecondPerson(Refused):
    """The one who wrote it cannot be the one who checks it."""

    code = "second_person"


class ReasonMissing(Refused):
    """This step is recorded with its reason."""

    code = "reason_missing"


class LeadNotActive(Refused):
    """The lead organization is not (or no longer) an active one."""

    code = "lead_not_active"


def insist_on_active(lead: Organization) -> None:
    if lead.status != Organization.Status.ACTIVE:
        raise LeadNotActive(_("%(organization)s is not an active organization.") % {"organization": lead})


def insist_on_status(project: Project, allowed: Iterable[str]) -> None:
    if project.status not in allowed:
        raise states.WrongState(
            _("This is not possible while the status is “%(status)s”. Reload the page to see the current state.")
            % {"status": project.get_status_display()},
            status=project.status,
        )


def given_reason(text: str) -> str:
    if not text.strip():
        raise ReasonMissing(_("Give the reason; it is kept in the history."))
    return text.strip()

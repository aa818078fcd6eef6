"""What is refused on this floor, and the rules several services share."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
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


def takes_part(by: User | None, organizations: Iterable[int | None]) -> bool:
    """Whether a person acts for one of these organizations, or for the one it was merged into."""
    keys = [key for key in organizations if key]
    return by is not None and Organization.objects.answered_by(by).filter(pk__in=keys).exists()


def carriers(project: Project) -> list[int]:
    """The organizations a project is carried by: whoever acts for one of them does not check what it did."""
    return [project.lead_id, *project.partners.values_list("pk", flat=True)]


@contextmanager
def stands_once(constraint: str, message, *, code: str) -> Iterator[None]:
    """Of two alike at the same moment the table lets in one; the other is refused like one that comes later."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if constraint not in str(error):
            raise
        raise Refused(message, code=code) from error


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


def insist_on_past(record: Any) -> None:
    """What the record's own `clean` refuses: days that are still to come."""
    try:
        record.clean()
    except ValidationError as error:
        raise Refused(error.messages[0], code="day_to_come") from error


def given_reason(text: str) -> str:
    if not text.strip():
        raise ReasonMissing(_("Give the reason; it is kept in the history."))
    return text.strip()

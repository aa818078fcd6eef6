"""The steps of a project, from the draft to the closed file."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import states
from core.errors import Refused
from core.models import StatusChange
from projects.models import Project
from projects.services.refusals import (
    NotSecondPerson,
    carriers,
    given_reason,
    insist_on_active,
    insist_on_status,
    takes_part,
)

Status = Project.Status


@transaction.atomic
def submit_project(*, project: Project, by: User, note: str = "") -> Project:
    """Hand a draft in for approval."""
    states.lock(project)
    insist_on_status(project, (Status.DRAFT,))
    insist_on_active(project.lead)
    return states.move(project, Status.SUBMITTED, by=by, note=note)


@transaction.atomic
def return_project(*, project: Project, by: User, reason: str) -> Project:
    """Give back what was submitted, or completed, for correction: it is a draft, or under way, again."""
    states.lock(project)
    insist_on_status(project, (Status.SUBMITTED, Status.COMPLETED))
    before = Status.DRAFT if project.status == Status.SUBMITTED else Status.ACTIVE
    return states.move(project, before, by=by, note=given_reason(reason))


@transaction.atomic
def approve_project(*, project: Project, by: User, note: str = "") -> Project:
    """Approve a submitted project. Refused for whoever wrote on it or acts for one of its organizations."""
    states.lock(project)
    insist_on_status(project, (Status.SUBMITTED,))
    returned = {"old": Status.SUBMITTED, "new": Status.DRAFT}
    wrote = StatusChange.objects.of(project).exclude(**returned).filter(by=by).exists()
    if wrote or takes_part(by, carriers(project)):
        raise NotSecondPerson(
            _("Whoever entered or changed a project or takes part in it cannot approve it. Ask a colleague.")
        )
    insist_on_active(project.lead)
    return states.move(project, Status.APPROVED, by=by, note=note)


@transaction.atomic
def start_project(*, project: Project, by: User) -> Project:
    """The work begins; from now on the project is public. Resuming a suspended one is `resume_project`."""
    states.lock(project)
    insist_on_status(project, (Status.APPROVED,))
    insist_on_active(project.lead)
    return states.move(project, Status.ACTIVE, by=by)


@transaction.atomic
def complete_project(*, project: Project, by: User) -> Project:
    """The work is done; counts may still be entered until staff verify the project."""
    return states.move(project, Status.COMPLETED, by=by)


@transaction.atomic
def verify_project(*, project: Project, by: User, note: str = "") -> Project:
    """Staff have checked what was done. Refused for the one who reported it completed, and for its own people."""
    states.lock(project)
    insist_on_status(project, (Status.COMPLETED,))
    done = StatusChange.objects.of(project).filter(new=Status.COMPLETED, old=Status.ACTIVE).first()
    if (done is not None and done.by_id == by.pk) or takes_part(by, carriers(project)):
        raise NotSecondPerson(_("A project is verified by a second person: not by the one who reported it completed."))
    return states.move(project, Status.VERIFIED, by=by, note=note)


@transaction.atomic
def close_project(*, project: Project, by: User, note: str = "") -> Project:
    """Close the file of a verified project."""
    return states.move(project, Status.CLOSED, by=by, note=note)


@transaction.atomic
def suspend_project(*, project: Project, by: User, reason: str, rest: str) -> Project:
    """Interrupt the work; while it is suspended the project is not public and its counts are in no figure."""
    return states.move(project, Status.SUSPENDED, by=by, note=given_reason(reason), rest=_given_rest(rest))


@transaction.atomic
def resume_project(*, project: Project, by: User) -> Project:
    """Go on with a suspended project."""
    states.lock(project)
    insist_on_status(project, (Status.SUSPENDED,))
    return states.move(project, Status.ACTIVE, by=by, rest="")


@transaction.atomic
def terminate_project(*, project: Project, by: User, reason: str, rest: str) -> Project:
    """End a project before its completion; its counts are in no figure from then on."""
    return states.move(project, Status.TERMINATED, by=by, note=given_reason(reason), rest=_given_rest(rest))


def _given_rest(text: str) -> str:
    if not text.strip():
        raise Refused(
            _("Say what happens to the money and goods that are left; if nothing is left, say so."),
            code="rest_missing",
        )
    return text.strip()

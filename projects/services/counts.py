"""Every write of beneficiary counts."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import states
from core.errors import Refused
from core.models import StatusChange
from projects.models import BeneficiaryCount, Project
from projects.services.refusals import NotSecondPerson, carriers, given_reason, insist_on_status, takes_part

Status = BeneficiaryCount.Status


@transaction.atomic
def add_count(*, project: Project, values: dict[str, Any], by: User) -> BeneficiaryCount:
    """Enter a beneficiary count. Expected until the project is completed, achieved once the work has begun."""
    states.lock(project)
    count = BeneficiaryCount(project=project, **values)
    _check_count(count)
    return states.begin(count, by=by)


@transaction.atomic
def correct_count(*, count: BeneficiaryCount, values: dict[str, Any], reason: str, version: int, by: User) -> dict:
    """Correct a beneficiary count; its history keeps the value before and the reason. Returns what changed.

    A verified count that really changes waits for verification again; one struck out is not corrected.
    """
    reason = given_reason(reason)
    states.lock(count.project)
    states.lock(count, version=version)
    if count.status == Status.STRUCK:
        raise states.WrongState(_("This count is struck out. Enter the right one as a new count."), status=count.status)
    wanted = BeneficiaryCount.objects.get(pk=count.pk)
    for name, value in values.items():
        setattr(wanted, name, value)
    _check_count(wanted)
    if count.status == Status.VERIFIED and any(getattr(count, name) != value for name, value in values.items()):
        states.move(count, Status.ENTERED, by=by, note=reason)
    return states.record(count, values, by=by, note=reason)


@transaction.atomic
def verify_count(*, count: BeneficiaryCount, by: User | None, version: int | None = None) -> BeneficiaryCount:
    """Let an achieved count enter totals. Refused for whoever entered or corrected it or takes part in the project.

    With `version`, raise `Stale` when the count has changed since it was looked at.
    """
    states.lock(count.project)
    states.lock(count, version=version)
    if count.stage != BeneficiaryCount.Stage.ACHIEVED:
        raise Refused(_("Only what has been achieved is verified."), code="not_achieved")
    done = (Project.Status.VERIFIED, Project.Status.CLOSED)
    insist_on_status(count.project, Project.COUNTABLE[count.stage] + done)
    written = StatusChange.objects.of(count).exclude(new=Status.VERIFIED)
    if by is not None and (written.filter(by=by).exists() or takes_part(by, carriers(count.project))):
        raise NotSecondPerson(
            _("Whoever entered or corrected a count or takes part in the project cannot verify it. Ask a colleague.")
        )
    return states.move(count, Status.VERIFIED, by=by)


@transaction.atomic
def strike_count(*, count: BeneficiaryCount, by: User, reason: str) -> BeneficiaryCount:
    """Take a wrong count out of all totals; it stays on the page with its reason. A right one is entered anew."""
    states.lock(count.project)
    return states.move(count, Status.STRUCK, by=by, note=given_reason(reason))


def insist_on_stage(project: Project, stage: str) -> None:
    """Expected until the project is completed, achieved once the work has begun."""
    insist_on_status(project, Project.COUNTABLE[stage])


def _check_count(count: BeneficiaryCount) -> None:
    """Refuse a count the project's state, its regions or its other counts do not allow."""
    project = count.project
    insist_on_stage(project, count.stage)
    if not project.covers(count.region_id):
        raise Refused(
            _("This region is neither one of the project's regions nor below one of them."), code="region_outside"
        )
    same = BeneficiaryCount.objects.live().filter(
        project=project,
        stage=count.stage,
        region=count.region_id,
        measure=count.measure,
        group=count.group,
        scope=count.scope,
    )
    if same.exclude(pk=count.pk).exists():
        raise Refused(
            _("This project already has a count for this region, measure and group. Correct that one."),
            code="count_exists",
        )
    _check_same_people(count)


def _check_same_people(count: BeneficiaryCount) -> None:
    """A count has the same people only as an original of the same kind and lead, so that no chains or circles arise."""
    if (count.overlap == BeneficiaryCount.Overlap.SAME) != (count.same_as is not None):
        raise Refused(_("Name the count that has the same people, or choose another answer."), code="same_as_missing")
    _insist_on_no_followers(count)
    if count.same_as is None:
        return
    original = states.lock(count.same_as)
    kind = (original.stage, original.measure, original.project.lead_id)
    if kind != (count.stage, count.measure, count.project.lead_id) or count.measure not in BeneficiaryCount.DISTINCT:
        raise Refused(
            _("Only counts of persons or households of the same lead, stage and measure can have the same people."),
            code="same_as_other_kind",
        )
    if original.same_as_id or original.pk == count.pk or original.status == Status.STRUCK:
        raise Refused(_("Name the count that was entered first and that still stands."), code="same_as_not_original")


def _insist_on_no_followers(count: BeneficiaryCount) -> None:
    """A count that others name keeps its measure and does not name another one itself."""
    followers = (
        BeneficiaryCount.objects.live().filter(same_as=count.pk) if count.pk else BeneficiaryCount.objects.none()
    )
    if count.same_as is None:
        followers = followers.exclude(measure=count.measure)
    if followers.exists():
        raise Refused(
            _("Other counts name this one as the count of the same people. Change those first."), code="same_as_chain"
        )

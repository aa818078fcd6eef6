"""Every write of beneficiary counts."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import states
from core.errors import Refused
from projects.models import BeneficiaryCount, Project
from projects.services.refusals import given_reason, insist_on_status


@transaction.atomic
def add_count(*, project: Project, values: dict[str, Any], by: User) -> BeneficiaryCount:
    """Enter a beneficiary count. Expected until the project is completed, achieved once the work has begun."""
    states.lock(project)
    count = BeneficiaryCount(project=project, **values)
    _check_count(count)
    return states.begin(count, by=by)


@transaction.atomic
def correct_count(*, count: BeneficiaryCount, values: dict[str, Any], reason: str, version: int, by: User) -> dict:
    """Correct a beneficiary count; its history keeps the value before and the reason. Returns what changed."""
    reason = given_reason(reason)
    states.lock(count.project)
    states.lock(count, version=version)
    wanted = BeneficiaryCount.objects.get(pk=count.pk)
    for name, value in values.items():
        setattr(wanted, name, value)
    _check_count(wanted)
    return states.record(count, values, by=by, note=reason)


def _check_count(count: BeneficiaryCount) -> None:
    """Refuse a count the project's state, its regions or its other counts do not allow."""
    project = count.project
    insist_on_status(project, Project.COUNTABLE[count.stage])
    if not project.covers(count.region_id):
        raise Refused(
            _("This region is neither one of the project's regions nor below one of them."), code="region_outside"
        )
    same = BeneficiaryCount.objects.filter(
        project=project, stage=count.stage, region=count.region_id, measure=count.measure, group=count.group
    )
    if same.exclude(pk=count.pk).exists():
        raise Refused(
            _("This project already has a count for this region, measure and group. Correct that one."),
            code="count_exists",
        )

"""Demand lists: the batches in which a county or township publishes what its villages need."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import screening, states
from core.errors import Refused
from core.references import next_reference
from demands.models import Demand, DemandList
from demands.services.demands import why_not_submitted
from demands.services.review import why_not_published
from regions.models import Region


@transaction.atomic
def create_list(
    *,
    region: Region,
    title: str,
    by,
    source: str = "",
    period_from: datetime.date | None = None,
    period_to: datetime.date | None = None,
) -> DemandList:
    """Open a list in draft; demands name it when they are written."""
    row = DemandList(
        reference=next_reference("QD"),
        region=region,
        title=title,
        source=source,
        period_from=period_from,
        period_to=period_to,
    )
    return states.begin(row, by=by)


@transaction.atomic
def publish_list(*, demand_list: DemandList, by) -> DemandList:
    """Make the list public. Its demands are reviewed and published one by one.

    Refused (`personal_data`) while its title or source has any.
    """
    found = screening.find_in([demand_list.title, demand_list.source])
    if found:
        raise Refused(
            _("Title or survey source hold personal data: %(found)s. Open a new list without them.")
            % {"found": ", ".join(finding.sample for finding in found)},
            code="personal_data",
        )
    return states.move(demand_list, DemandList.Status.PUBLISHED, by=by)


@transaction.atomic
def submit_list(*, demand_list: DemandList, by, today: datetime.date | None = None) -> tuple[int, list[str]]:
    """Hand in all drafts of the list; return how many, and one sentence for each that has to be seen to first."""
    states.lock(demand_list)
    drafts = states.lock_many(demand_list.demands.filter(status=Demand.Status.DRAFT))
    reasons = {demand.pk: demand.not_a_duplicate for demand in drafts}
    refused = why_not_submitted(drafts, reasons=reasons, today=today)
    return _move_others(drafts, refused, Demand.Status.SUBMITTED, by=by)


@transaction.atomic
def publish_demands_of(*, demand_list: DemandList, by, today: datetime.date | None = None) -> tuple[int, list[str]]:
    """Publish all demands of the list that are in review; return how many, and one sentence for each that is refused.

    Every demand is held against the same rules as alone; those with files a person has to look at are left.
    """
    states.lock(demand_list)
    waiting = states.lock_many(demand_list.demands.filter(status__in=Demand.IN_REVIEW))
    refused = why_not_published(waiting, by=by, today=today)
    return _move_others(waiting, refused, Demand.Status.PUBLISHED, by=by, published_at=timezone.now())


def _move_others(
    demands: Sequence[Demand], refused: dict[int, Refused], to: str, *, by, **fields: Any
) -> tuple[int, list[str]]:
    """Take the step with those that are not refused, one refusal not hindering the others."""
    passed = [demand for demand in demands if demand.pk not in refused]
    states.move_many(passed, to, by=by, **fields)
    return len(passed), [
        f"{demand.reference}: {refused[demand.pk].message}" for demand in demands if demand.pk in refused
    ]

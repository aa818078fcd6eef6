"""Demand lists: the batches in which a county or township publishes what its villages need."""

import datetime
from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from core import screening, states
from core.errors import Refused
from core.references import next_reference
from demands.models import Demand, DemandList
from demands.services.demands import submit
from demands.services.review import publish
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
    drafts = demand_list.demands.filter(status=Demand.Status.DRAFT)
    return _for_each(demand_list, drafts, lambda demand: submit(demand=demand, by=by, today=today))


@transaction.atomic
def publish_demands_of(*, demand_list: DemandList, by, today: datetime.date | None = None) -> tuple[int, list[str]]:
    """Publish all demands of the list that are in review; return how many, and one sentence for each that is refused.

    Every demand is held against the same rules as alone; those with files a person has to look at are left.
    """
    waiting = demand_list.demands.filter(status__in=Demand.IN_REVIEW)
    return _for_each(demand_list, waiting, lambda demand: publish(demand=demand, by=by, today=today))


def _for_each(demand_list: DemandList, demands, act: Callable[[Demand], Demand]) -> tuple[int, list[str]]:
    """Do `act` with each demand, one refusal not hindering the others."""
    states.lock(demand_list)
    done, refused = 0, []
    for demand in demands.order_by("pk"):
        try:
            with transaction.atomic():
                act(demand)
        except Refused as refusal:
            refused.append(f"{demand.reference}: {refusal.message}")
        else:
            done += 1
    return done, refused

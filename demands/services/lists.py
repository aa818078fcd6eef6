"""Demand lists: the batches in which a county or township publishes what its villages need."""

import datetime

from django.db import transaction

from core import states
from core.references import next_reference
from demands.models import DemandList
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
    """Make the list public. Its demands are reviewed and published one by one."""
    return states.move(demand_list, DemandList.Status.PUBLISHED, by=by)

"""How long a demand stands: suspended and resumed, expired, closed."""

import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from demands.models import Claim, Demand
from demands.services.items import settle
from demands.services.review import insist_on_reason
from demands.services.waiting import tell_waiting

Status = Demand.Status


@transaction.atomic
def suspend_demand(*, demand: Demand, reason: str, by) -> Demand:
    """Take an open demand out of claiming for a while; live claims keep their quantities."""
    return states.move(demand, Status.SUSPENDED, by=by, note=insist_on_reason(reason))


@transaction.atomic
def resume_demand(*, demand: Demand, by, note: str = "") -> Demand:
    """Open a suspended demand again, in the status that follows from its items and claims.

    Who waits is told of what can be claimed again: while it was suspended nobody was.
    """
    states.lock(demand)
    if demand.status != Status.SUSPENDED:
        raise states.WrongState(_("Only a suspended demand can be resumed."), status=demand.status)
    states.move(demand, demand.status_of_items(), by=by, note=note)
    settle(demand, by=by, note=note)
    tell_waiting(demand, set(demand.items.filter(claimed__lt=F("quantity")).values_list("pk", flat=True)))
    return demand


@transaction.atomic
def close_demand(*, demand: Demand, by, reason: str = "") -> Demand:
    """End a demand for good: a verified or expired one, or one that is open, then with a reason.

    Refused (`live_claims`) while a claim on it is not finished.
    """
    states.lock(demand)
    if demand.status not in (Status.VERIFIED, Status.EXPIRED):
        reason = insist_on_reason(reason)
    unfinished = Claim.objects.filter(demand=demand, status__in=Claim.UNFINISHED).count()
    if unfinished:
        raise Refused(
            _("Claims on this demand that are not finished: %(n)s. They have to be finished or withdrawn first.")
            % {"n": unfinished},
            code="live_claims",
            claims=unfinished,
        )
    return states.move(demand, Status.CLOSED, by=by, note=reason.strip())


def expire_demands(*, today: datetime.date | None = None) -> int:
    """Expire the open demands nobody claimed whose last day has passed; return how many. Repeatable.

    What is claimed goes on: such a demand only stops taking claims, and its status follows from its claims alone.
    """
    day = today or timezone.localdate()
    due = Demand.objects.filter(
        valid_until__lt=day, status__in=(Status.PUBLISHED, Status.CLAIMED_IN_PART, Status.SUSPENDED)
    )
    return sum(_expire(demand, day) for demand in due.order_by("pk").iterator(chunk_size=500))


@transaction.atomic
def _expire(demand: Demand, day: datetime.date) -> bool:
    states.lock(demand)
    if not demand.is_over(day):
        return False
    claimed = demand.items.filter(claimed__gt=0).exists()
    if not claimed and demand.status in (Status.PUBLISHED, Status.SUSPENDED):
        states.move(demand, Status.EXPIRED, by=None, note=str(demand.valid_until))
        return True
    settle(demand, by=None, on=day)
    return False

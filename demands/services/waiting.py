"""The queue of a demand of which everything is claimed: who waits hears of it once when something is free again."""

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from demands.models import Claim, Demand, DemandItem, WaitingPlace
from organizations.models import Organization
from organizations.permissions import acts_for


@transaction.atomic
def join_queue(*, demand: Demand, organization: Organization, by, item: DemandItem | None = None) -> WaitingPlace:
    """Wait until something of the demand, or of one of its items, is free.

    Refused: the demand takes no claims (`not_claimable`), all of it is free (`free`), the person does not act for
    the organization (`not_member`), or it has a claim (`already_claimed`) or waits here already (`already_waiting`).
    """
    states.lock(demand)
    if not acts_for(by, organization):
        raise Refused(_("You do not act for this organization."), code="not_member")
    if item is not None and item.demand_id != demand.pk:
        raise Refused(_("An item does not belong to this demand."), code="other_demand")
    if demand.status not in Demand.OPEN or demand.is_over():
        raise Refused(_("This demand takes no more claims, so there is nothing to wait for."), code="not_claimable")
    if not any(one.claimed for one in demand.items.all() if item is None or one.pk == item.pk):
        raise Refused(_("Nobody has claimed any of it: claim it right away."), code="free")
    if Claim.objects.unfinished().filter(demand=demand, organization=organization).exists():
        raise Refused(_("Your organization already has a claim on this demand."), code="already_claimed")
    place = WaitingPlace(demand=demand, organization=organization, item=item)
    try:
        with transaction.atomic():
            return states.begin(place, by=by)
    except IntegrityError as error:
        if "waiting_once_per_demand" not in str(error):
            raise
        raise Refused(_("Your organization is waiting for this demand already."), code="already_waiting") from error


@transaction.atomic
def leave_queue(*, place: WaitingPlace, by) -> WaitingPlace:
    """Stop waiting."""
    return states.move(place, WaitingPlace.Status.LEFT, by=by)


def tell_waiting(demand: Demand, freed: set[int], *, note: str = "") -> int:
    """Tell everybody who waits for one of the freed items, in the order in which they came; return how many.

    Called with the demand locked after quantities have become free. The step is the entry notices are made from.
    An organization that has got a claim meanwhile could not claim more and goes on waiting.
    """
    if not freed or demand.status not in Demand.OPEN or demand.is_over():
        return 0
    busy = Claim.objects.unfinished().filter(demand=demand).values("organization")
    places = demand.waiting.waiting().filter(Q(item=None) | Q(item__in=freed)).exclude(organization__in=busy)
    places = places.order_by("pk")
    for place in places:
        states.move(place, WaitingPlace.Status.TOLD, by=None, note=note)
    return len(places)

"""Claims: taking quantities without ever giving away more than there is, and giving them back exactly once.

Every service locks the demand first, so that its claims and items change one after the other. What may never happen
does not rest on that lock: quantities move by a conditional UPDATE, and the table has a CHECK (design §4).
"""

import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from core.references import next_reference
from demands import permissions
from demands.models import Claim, ClaimLine, Demand, DemandItem, plain_quantity
from demands.services.demands import insist_on_reason
from demands.services.items import checked_quantity, settle
from organizations.models import Organization
from organizations.permissions import acts_for
from organizations.selectors import why_not_eligible


class NotEnough(Refused):
    """Less is left than was asked for. `facts["left"]` lists item, what, unit and left for each short item."""

    code = "not_enough"


@transaction.atomic
def claim_demand(
    *,
    demand: Demand,
    organization: Organization,
    lines: list[tuple[DemandItem, Decimal]],
    by,
    plan: str = "",
    today: datetime.date | None = None,
) -> Claim:
    """Take the quantities of `lines` for the organization; they are held from now on.

    Refused: the demand is not open (`not_claimable`), the organization may not claim (`not_eligible`, `not_member`) or
    has a live claim here (`already_claimed`), nothing or an unknown item asked for, or too little left (`not_enough`).
    """
    states.lock(demand)
    _insist_claimable(demand, today or timezone.localdate())
    _insist_eligible(organization)
    if not acts_for(by, organization):
        raise Refused(_("You do not act for this organization."), code="not_member")
    if Claim.objects.unfinished().filter(demand=demand, organization=organization).exists():
        raise Refused(
            _("Your organization already has a claim on this demand. Withdraw it first to claim another quantity."),
            code="already_claimed",
        )
    wanted = _wanted(demand, lines)
    _hold(wanted)
    claim = Claim(reference=next_reference("RL"), demand=demand, organization=organization, plan=plan.strip())
    states.begin(claim, by=by)
    ClaimLine.objects.bulk_create(ClaimLine(claim=claim, item=item, quantity=q) for item, q in wanted)
    settle(demand, by=by, note=claim.reference)
    return claim


@transaction.atomic
def approve_claim(*, claim: Claim, by, note: str = "") -> Claim:
    """Confirm a submitted claim. The organization must still be eligible; nobody approves their own side's claim."""
    states.lock(claim.demand)
    _insist_on_other_side(claim, by)
    _insist_eligible(claim.organization)
    return states.move(claim, Claim.Status.APPROVED, by=by, note=note)


@transaction.atomic
def reject_claim(*, claim: Claim, reason: str, by) -> Claim:
    """Turn a submitted claim down and release its quantities."""
    reason = insist_on_reason(reason)
    _insist_on_other_side(claim, by)
    return _leave(claim, Claim.Status.REJECTED, by=by, note=reason)


@transaction.atomic
def withdraw_claim(*, claim: Claim, by, reason: str = "") -> Claim:
    """Take a submitted or approved claim back and release its quantities."""
    return _leave(claim, Claim.Status.WITHDRAWN, by=by, note=reason.strip())


def _wanted(demand: Demand, lines: list[tuple[DemandItem, Decimal]]) -> list[tuple[DemandItem, Decimal]]:
    """The lines in the order of the items, checked: at least one, each item once and of this demand."""
    if not lines:
        raise Refused(_("Enter a quantity for at least one item."), code="nothing_claimed")
    if len({item.pk for item, _quantity in lines}) < len(lines):
        raise Refused(_("Each item can be claimed only once in a claim."), code="item_twice")
    if any(item.demand_id != demand.pk for item, _quantity in lines):
        raise Refused(_("An item does not belong to this demand."), code="other_demand")
    return sorted(((item, checked_quantity(quantity)) for item, quantity in lines), key=lambda line: line[0].pk)


def _hold(wanted: list[tuple[DemandItem, Decimal]]) -> None:
    """Add each quantity to what is claimed, if that much is left; otherwise raise `NotEnough` for all short items."""
    short = []
    for item, quantity in wanted:
        enough = DemandItem.objects.filter(pk=item.pk, quantity__gte=F("claimed") + quantity)
        if not enough.update(claimed=F("claimed") + quantity):
            short.append(item.pk)
    if short:
        items = list(DemandItem.objects.filter(pk__in=short))
        raise NotEnough(
            " ".join(_sentence(item) for item in items),
            left=[{"item": i.pk, "what": i.what, "unit": i.unit, "left": str(i.remaining)} for i in items],
        )


def _sentence(item: DemandItem) -> str:
    words = {"what": item.what, "left": plain_quantity(item.remaining), "unit": item.unit}
    if item.remaining:
        return _("%(what)s: %(left)s %(unit)s are left. Please change the quantity.") % words
    return _("%(what)s: nothing is left; others were faster.") % words


def _leave(claim: Claim, to: str, *, by, note: str) -> Claim:
    """Move a live claim to a status that holds nothing, and give its quantities back.

    The claim's own step is the guard: it is taken once, so the quantities are released once.
    """
    demand = states.lock(claim.demand)
    lines = list(claim.lines.order_by("item"))
    items = DemandItem.objects.select_for_update(no_key=True).filter(pk__in=[line.item_id for line in lines])
    list(items.order_by("pk"))
    states.move(claim, to, by=by, note=note)
    for line in lines:
        held = DemandItem.objects.filter(pk=line.item_id, claimed__gte=F("delivered") + line.quantity)
        if not held.update(claimed=F("claimed") - line.quantity):
            raise Refused(_("A part of this claim has been delivered already."), code="delivered")
    settle(demand, by=by, note=claim.reference)
    return claim


def _insist_claimable(demand: Demand, today: datetime.date) -> None:
    if demand.status not in Demand.OPEN:
        raise Refused(
            _("This demand cannot be claimed: its status is “%(status)s”.") % {"status": demand.get_status_display()},
            code="not_claimable",
            status=demand.status,
        )
    if demand.is_over(today):
        raise Refused(_("The last day for claims on this demand has passed."), code="over")


def _insist_eligible(organization: Organization) -> None:
    """Eligible as stored now: the registry says who may claim."""
    reason = why_not_eligible(organization)
    if reason:
        raise Refused(reason, code="not_eligible")


def _insist_on_other_side(claim: Claim, by) -> None:
    if permissions.sides_with(by, claim):
        raise Refused(
            _("You belong to the organization or made this claim; somebody else has to decide on it."),
            code="second_person",
        )

"""Claims: taking quantities without ever giving away more than there is, and giving them back exactly once.

Every service locks the demand first, so that its claims and items change one after the other. What may never happen
does not rest on that lock: quantities move by a conditional UPDATE, and the table has a CHECK (design §4).
"""

import datetime
from decimal import Decimal
from typing import NoReturn

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from core.texts import cleaned
from demands import permissions
from demands.models import Claim, Delivery, Demand, DemandItem, plain_quantity
from demands.services.holding import Answer, hold
from demands.services.items import checked_quantity, settle
from demands.services.refusals import insist_on_status
from demands.services.review import insist_on_reason
from demands.services.waiting import tell_waiting
from organizations.models import Organization
from organizations.selectors import why_not_eligible


class NotEnough(Refused):
    """Less is left than was asked for. `facts["left"]` lists item, what, unit and left for each short item."""

    code = "not_enough"


def claim_demand(
    *,
    demand: Demand,
    organization: Organization,
    lines: list[tuple[DemandItem, Decimal]],
    by,
    plan: str = "",
    deliver_from: datetime.date | None = None,
    deliver_by: datetime.date | None = None,
    contact: str = "",
    now: datetime.datetime | None = None,
) -> Claim:
    """Take the quantities of `lines` for the organization; they are held from `now` on, first for the review.

    One statement does it all or nothing (`demands.services.holding`). Refused: the demand is not open
    (`not_claimable`), the organization may not claim (`not_eligible`, `not_member`) or has a live claim here
    (`already_claimed`), nothing or an unknown item asked for, or too little left (`not_enough`).
    """
    now = now or timezone.now()
    _insist_on_dates(deliver_from, deliver_by, today=timezone.localdate(now))
    texts = cleaned(Claim, {"plan": plan.strip(), "contact": contact.strip()})
    wanted = _wanted(demand, lines)
    claim = Claim(
        demand=demand,
        organization=organization,
        deliver_from=deliver_from,
        deliver_by=deliver_by,
        **texts,
        expires_at=now + datetime.timedelta(days=settings.CLAIM_REVIEW_DAYS),
        created_by=by,
    )
    answer = hold(claim, wanted, day=timezone.localdate(now))
    states.as_stored(demand, answer.demand_status, answer.demand_version)
    if answer.outcome != "claimed":
        _refuse(answer, claim, wanted)
    return claim


def _refuse(answer: Answer, claim: Claim, wanted: list[tuple[DemandItem, Decimal]]) -> NoReturn:
    """Raise the refusal the statement has come to."""
    if answer.outcome == "not_claimable":
        raise Refused(
            _("This demand cannot be claimed: its status is “%(status)s”.")
            % {"status": claim.demand.get_status_display()},
            code="not_claimable",
            status=claim.demand.status,
        )
    if answer.outcome == "over":
        raise Refused(_("The last day for claims on this demand has passed."), code="over")
    if answer.outcome == "not_allowed":
        _insist_eligible(claim.organization)
        raise Refused(_("You do not act for this organization."), code="not_member")
    if answer.outcome == "already_claimed":
        raise Refused(
            _("Your organization already has a claim on this demand. Withdraw it first to claim another quantity."),
            code="already_claimed",
        )
    short = [(item, Decimal(answer.short[str(item.pk)])) for item, _quantity in wanted if str(item.pk) in answer.short]
    raise NotEnough(
        " ".join(_sentence(item, left) for item, left in short),
        left=[{"item": item.pk, "what": item.what, "unit": item.unit, "left": str(left)} for item, left in short],
    )


@transaction.atomic
def approve_claim(
    *,
    claim: Claim,
    by,
    note: str = "",
    quantities: dict[int, Decimal] | None = None,
    version: int | None = None,
    now: datetime.datetime | None = None,
) -> Claim:
    """Confirm a submitted claim, or a part of it. A new hold begins in which the agreement has to be signed.

    `quantities` is {item id: approved quantity}: at most what was asked for, zero takes the item out, a missing one
    is approved as asked; the rest is released and a note is obligatory. Refused: the organization is not eligible any
    more (`not_eligible`), one's own side's claim (`second_person`), the hold is over (`lease_over`), or nothing left
    of the claim (`nothing_approved`).
    """
    now = now or timezone.now()
    demand = states.lock(claim.demand)
    states.lock(claim, version=version)
    _insist_on_other_side(claim, by)
    _insist_eligible(claim.organization)
    freed: set[int] = set()
    if claim.status == Claim.Status.SUBMITTED:
        insist_on_lease(claim, now)
        freed = _cut(claim, quantities or {}, by=by, note=note)
    until = now + datetime.timedelta(days=settings.CLAIM_AGREEMENT_DAYS)
    states.move(claim, Claim.Status.APPROVED, by=by, note=note, expires_at=until, extensions=0)
    settle(demand, by=by, note=claim.reference)
    tell_waiting(demand, freed, note=claim.reference)
    return claim


@transaction.atomic
def reject_claim(*, claim: Claim, reason: str, by) -> Claim:
    """Turn a submitted claim down and release its quantities."""
    reason = insist_on_reason(reason)
    _insist_on_other_side(claim, by)
    return give_back(claim, Claim.Status.REJECTED, by=by, note=reason)


@transaction.atomic
def withdraw_claim(*, claim: Claim, by, reason: str = "") -> Claim:
    """Take a claim back before its delivery begins, and release its quantities.

    Once it is approved the village counts on it: then refused without a reason (`no_reason`).
    """
    states.lock(claim.demand)
    states.lock(claim)
    insist_on_status(claim, *Claim.WITHDRAWABLE)
    if claim.status in Claim.CONFIRMED:
        reason = insist_on_reason(reason)
    return give_back(claim, Claim.Status.WITHDRAWN, by=by, note=reason.strip())


def _cut(claim: Claim, quantities: dict[int, Decimal], *, by, note: str) -> set[int]:
    """Lower the lines to what is approved, release the rest and return its items; claim and demand are locked."""
    lines = {line.item_id: line for line in claim.lines.select_related("item").order_by("item")}
    if set(quantities) - set(lines):
        raise Refused(_("This item is not part of the claim."), code="other_item")
    before = claim.in_words()
    cut = {lines[item]: quantity for item, quantity in quantities.items() if quantity != lines[item].quantity}
    for line, quantity in cut.items():
        if not 0 <= quantity < line.quantity:
            raise Refused(
                _("%(what)s: between 0 and %(asked)s %(unit)s can be approved.")
                % {"what": line.item.what, "asked": plain_quantity(line.quantity), "unit": line.item.unit},
                code="above_asked",
            )
    if not cut:
        return set()
    if all(cut.get(line) == 0 for line in lines.values()):
        raise Refused(_("Nothing of the claim would be left; reject it instead."), code="nothing_approved")
    insist_on_reason(note)
    for line in sorted(cut, key=lambda line: line.item_id):
        quantity = checked_quantity(cut[line]) if cut[line] else Decimal(0)
        release(line.item_id, line.quantity - quantity)
        if quantity:
            line.quantity = quantity
            line.save(update_fields=["quantity"])
        else:
            line.delete()
    states.record(claim, {}, by=by, note=note, parts={"lines": [before, _words_of(claim)]})
    return {line.item_id for line in cut}


def _words_of(claim: Claim) -> str:
    return Claim.objects.prefetch_related("lines__item").get(pk=claim.pk).in_words()


def release(item_id: int, quantity: Decimal) -> None:
    """Take the quantity off what is claimed of the item, never below what has been delivered of it."""
    held = DemandItem.objects.filter(pk=item_id, claimed__gte=F("delivered") + quantity)
    if not held.update(claimed=F("claimed") - quantity):
        raise Refused(_("A part of this claim has been delivered already."), code="delivered")


def _wanted(demand: Demand, lines: list[tuple[DemandItem, Decimal]]) -> list[tuple[DemandItem, Decimal]]:
    """The lines in the order of the items, checked: at least one, each item once and of this demand."""
    if not lines:
        raise Refused(_("Enter a quantity for at least one item."), code="nothing_claimed")
    if len({item.pk for item, _quantity in lines}) < len(lines):
        raise Refused(_("Each item can be claimed only once in a claim."), code="item_twice")
    if any(item.demand_id != demand.pk for item, _quantity in lines):
        raise Refused(_("An item does not belong to this demand."), code="other_demand")
    return sorted(((item, checked_quantity(quantity)) for item, quantity in lines), key=lambda line: line[0].pk)


def _sentence(item: DemandItem, left: Decimal) -> str:
    words = {"what": item.what, "left": plain_quantity(left), "unit": item.unit}
    if left:
        return _("%(what)s: %(left)s %(unit)s are left. Please change the quantity.") % words
    return _("%(what)s: nothing is left; others were faster.") % words


def give_back(claim: Claim, to: str, *, by, note: str) -> Claim:
    """Move a live claim to a status that holds nothing, and give its quantities back.

    The claim's own step is the guard: it is taken once, so the quantities are released once.
    """
    demand = states.lock(claim.demand)
    lines = list(claim.lines.order_by("item"))
    items = DemandItem.objects.select_for_update(no_key=True).filter(pk__in=[line.item_id for line in lines])
    list(items.order_by("pk"))
    states.move(claim, to, by=by, note=note)
    take_prepared_back(claim, by=by, note=note)
    for line in lines:
        release(line.item_id, line.quantity)
    settle(demand, by=by, note=claim.reference)
    tell_waiting(demand, {line.item_id for line in lines}, note=claim.reference)
    return claim


def take_prepared_back(claim: Claim, *, by, note: str) -> None:
    """Take back the deliveries that are only being prepared: nothing more comes of them. The claim is locked."""
    for delivery in claim.deliveries.filter(status=Delivery.Status.DRAFT).order_by("pk"):
        states.move(delivery, Delivery.Status.WITHDRAWN, by=by, note=note)


def insist_on_lease(claim: Claim, now: datetime.datetime) -> None:
    """`Refused` when the hold of a leased claim is over, though nobody has released it yet."""
    if claim.lease_ends is not None and claim.lease_ends <= now:
        raise Refused(_("The hold of this claim is over; it is being released."), code="lease_over")


def _insist_on_dates(
    deliver_from: datetime.date | None, deliver_by: datetime.date | None, *, today: datetime.date
) -> None:
    if deliver_by and deliver_by < today:
        raise Refused(_("The last day of the delivery has passed already. Give a later one."), code="dates_passed")
    if deliver_from and deliver_by and deliver_by < deliver_from:
        raise Refused(_("The delivery cannot end before it begins."), code="dates_reversed")


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

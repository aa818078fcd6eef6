"""The end of a claim of which only a part arrives: what is still owed is released, what has arrived goes on."""

from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from demands.models import Claim, ClaimLine, plain_quantity
from demands.services.claims import give_back, release, take_prepared_back
from demands.services.refusals import insist_on_status
from demands.services.review import insist_on_reason
from demands.services.steps import follow
from demands.services.verification import draw_lot
from demands.services.waiting import tell_waiting


@transaction.atomic
def end_rest(*, claim: Claim, reason: str, by, version: int | None = None) -> Claim:
    """Deliver no more of a claim: what it still owes is free for others, what has arrived goes on to verification.

    Deliveries that are only being prepared are taken back. A claim of which nothing counts as delivered is withdrawn.
    Refused without a reason (`no_reason`), before the agreement or when nothing is owed any more (`wrong_state`).
    """
    reason = insist_on_reason(reason)
    states.lock(claim.demand)
    list(claim.demand.items.select_for_update(no_key=True).order_by("pk"))
    states.lock(claim, version=version)
    insist_on_status(claim, *Claim.ENDABLE)
    take_prepared_back(claim, by=by, note=reason)
    lines = list(claim.lines.select_related("item").order_by("item"))
    if not any(line.delivered for line in lines):
        return give_back(claim, Claim.Status.WITHDRAWN, by=by, note=reason)
    given_up = [(line, line.owed) for line in lines if line.owed]
    for line, quantity in given_up:
        _give_up(line, quantity)
    states.record(claim, {}, by=by, note=reason, parts={"given_up": ["", _in_words(given_up)]})
    follow(claim, by=by, note=claim.reference)
    if claim.status == Claim.Status.ACCEPTED:
        draw_lot(claim)
    tell_waiting(claim.demand, {line.item_id for line, _quantity in given_up}, note=claim.reference)
    return claim


def _give_up(line: ClaimLine, quantity: Decimal) -> None:
    """Take the quantity off the claim and off what is claimed of the item, if it is still owed at this moment."""
    owed = ClaimLine.objects.filter(pk=line.pk, quantity__gte=F("delivered") + quantity)
    if not owed.update(quantity=F("quantity") - quantity, given_up=F("given_up") + quantity):
        raise Refused(_("A part of this claim has been delivered in the meantime. Reload the page."), code="delivered")
    release(line.item_id, quantity)


def _in_words(given_up: list[tuple[ClaimLine, Decimal]]) -> str:
    return "; ".join(f"{line.item.what} {plain_quantity(quantity)} {line.item.unit}" for line, quantity in given_up)

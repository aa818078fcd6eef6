"""The agreement on a claim, and deliveries from the first entry to handing over. Their quantities move by conditional
UPDATE on the claimed line and on the item; both tables have a CHECK.
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
from core.texts import line as one_line
from demands.models import Claim, ClaimAgreement, ClaimLine, Delivery, DeliveryLine, DemandItem, plain_quantity
from demands.models.deliveries import PAPER_TYPES
from demands.services.files import kept_fields, left_nothing
from demands.services.items import checked_quantity
from demands.services.refusals import insist_on_status
from demands.services.review import insist_on_reason
from demands.services.steps import follow


@transaction.atomic
def sign_agreement(
    *,
    claim: Claim,
    number: str,
    signed_on: datetime.date,
    name: str,
    content: bytes,
    by,
    today: datetime.date | None = None,
) -> ClaimAgreement:
    """Enter the agreement that was signed on an approved claim, with its file (PDF or a picture).

    Refused in any other status, without a number, for a day to come, and (`file_refused`) for a file of another kind.
    """
    states.lock(claim.demand)
    states.lock(claim)
    insist_on_status(claim, Claim.Status.APPROVED)
    number = one_line(number)
    if not number:
        raise Refused(_("Give the number of the agreement."), code="no_number")
    _insist_on_past(signed_on, today)
    agreement = ClaimAgreement(
        claim=claim, number=number, signed_on=signed_on, **kept_fields(name, content, PAPER_TYPES)
    )
    with left_nothing(agreement):
        states.begin(agreement, by=by)
        states.move(claim, Claim.Status.AGREED, by=by, note=number)
    return agreement


@transaction.atomic
def prepare_delivery(
    *,
    claim: Claim,
    delivered_on: datetime.date,
    lines: list[tuple[ClaimLine, Decimal]],
    by,
    note: str = "",
    today: datetime.date | None = None,
) -> Delivery:
    """Enter a delivery; nothing counts before it is handed over. `lines` are claimed items with their quantities.

    Refused before the agreement is signed and once everything is delivered (`wrong_state`), for a day to come, and
    (`more_than_claimed`) for more than the organization still has to deliver.
    """
    states.lock(claim)
    insist_on_status(claim, *Claim.DELIVERABLE)
    _insist_on_past(delivered_on, today)
    delivery = Delivery(reference=next_reference("JF"), claim=claim, delivered_on=delivered_on, note=note.strip())
    states.begin(delivery, by=by)
    _write_lines(delivery, lines)
    return delivery


@transaction.atomic
def edit_delivery(
    *,
    delivery: Delivery,
    delivered_on: datetime.date,
    lines: list[tuple[ClaimLine, Decimal]],
    by,
    note: str = "",
    version: int | None = None,
    today: datetime.date | None = None,
) -> Delivery:
    """Change a delivery that is being prepared; arguments and refusals as in `prepare_delivery`, and `stale`."""
    states.lock(delivery, version=version)
    insist_on_status(delivery, Delivery.Status.DRAFT)
    _insist_on_past(delivered_on, today)
    before = delivery.in_words()
    delivery.lines.all().delete()
    _write_lines(delivery, lines)
    values = {"delivered_on": delivered_on, "note": note.strip()}
    states.record(delivery, values, by=by, parts={"lines": [before, _fresh(delivery).in_words()]})
    return delivery


@transaction.atomic
def hand_over(*, delivery: Delivery, by, version: int | None = None, today: datetime.date | None = None) -> Delivery:
    """Report the delivery to the village; from now on its quantities count as delivered.

    Refused without a photo or a signed receipt (`no_evidence`) and for more than is claimed (`more_than_claimed`).
    """
    claim = _locked_claim(delivery)
    states.lock(delivery, version=version)
    insist_on_status(delivery, Delivery.Status.DRAFT)
    insist_on_status(claim, *Claim.DELIVERABLE)
    _insist_on_past(delivery.delivered_on, today)
    if not delivery.files.exists():
        raise Refused(_("Add at least one photo or the signed receipt first."), code="no_evidence")
    for row in delivery.lines.select_related("line__item"):
        _count(row.line, row.quantity)
    states.move(delivery, Delivery.Status.HANDED_OVER, by=by, handed_over_at=timezone.now())
    follow(claim, by=by, note=delivery.reference)
    return delivery


@transaction.atomic
def withdraw_delivery(*, delivery: Delivery, by, reason: str = "") -> Delivery:
    """Take a delivery back that was entered by mistake. Once handed over, it needs a reason, and the village must not
    have entered anything yet (`inspected`).
    """
    claim = _locked_claim(delivery)
    states.lock(delivery)
    counted = delivery.status == Delivery.Status.HANDED_OVER
    if counted:
        reason = insist_on_reason(reason)
        if any(row.open != row.quantity for row in delivery.lines.all()):
            raise Refused(
                _("The village has entered what it found; it has to take its entries back first."), code="inspected"
            )
    states.move(delivery, Delivery.Status.WITHDRAWN, by=by, note=reason.strip())
    if counted:
        for row in delivery.lines.select_related("line__item"):
            uncount(row.line, row.quantity)
        follow(claim, by=by, note=delivery.reference)
    return delivery


def _locked_claim(delivery: Delivery) -> Claim:
    """Demand, items and claim in the order of all locks."""
    claim = Claim.objects.select_related("demand").get(pk=delivery.claim_id)
    states.lock(claim.demand)
    list(claim.demand.items.select_for_update(no_key=True).order_by("pk"))
    return states.lock(claim)


def _write_lines(delivery: Delivery, lines: list[tuple[ClaimLine, Decimal]]) -> None:
    if not lines:
        raise Refused(_("Enter a quantity for at least one item."), code="nothing_delivered")
    if len({line.pk for line, _quantity in lines}) < len(lines):
        raise Refused(_("Each item can stand only once in a delivery."), code="item_twice")
    if any(line.claim_id != delivery.claim_id for line, _quantity in lines):
        raise Refused(_("An item does not belong to this claim."), code="other_claim")
    rows = [DeliveryLine(delivery=delivery, line=line, quantity=checked_quantity(q)) for line, q in lines]
    for row in rows:
        if row.quantity > row.line.owed:
            raise _too_much(row.line)
    DeliveryLine.objects.bulk_create(rows)


def _count(line: ClaimLine, quantity: Decimal) -> None:
    """Add to what is delivered, of the line and of the item, if the claim holds that much."""
    mine = ClaimLine.objects.filter(pk=line.pk, quantity__gte=F("delivered") + quantity)
    whole = DemandItem.objects.filter(pk=line.item_id, claimed__gte=F("delivered") + quantity)
    if not mine.update(delivered=F("delivered") + quantity) or not whole.update(delivered=F("delivered") + quantity):
        line.refresh_from_db()
        raise _too_much(line)


def uncount(line: ClaimLine, quantity: Decimal) -> None:
    """Take away from what is delivered, down to what is accepted."""
    mine = ClaimLine.objects.filter(pk=line.pk, delivered__gte=F("accepted") + quantity)
    whole = DemandItem.objects.filter(pk=line.item_id, delivered__gte=F("accepted") + quantity)
    if not mine.update(delivered=F("delivered") - quantity) or not whole.update(delivered=F("delivered") - quantity):
        raise Refused(_("A part of this delivery is accepted already."), code="accepted")


def count_again(line: ClaimLine, quantity: Decimal) -> None:
    """Add to what is delivered once more; refused when another delivery has made up for it (`delivered_again`) or
    the organization has given it up since (`given_up`).
    """
    try:
        _count(line, quantity)
    except Refused as refused:
        if line.given_up:
            text = _("The organization has given this quantity up since; it is free for others and counts no more.")
            raise Refused(text, code="given_up") from refused
        raise Refused(
            _("Another delivery has made up for this quantity; it has to be taken back first."), code="delivered_again"
        ) from refused


def _too_much(line: ClaimLine) -> Refused:
    words = {"what": line.item.what, "owed": plain_quantity(line.owed), "unit": line.item.unit}
    text = _("%(what)s: %(owed)s %(unit)s of the claim are still to be delivered; the delivery cannot be larger.")
    return Refused(text % words, code="more_than_claimed", item=line.item_id, owed=plain_quantity(line.owed))


def _insist_on_past(day: datetime.date, today: datetime.date | None) -> None:
    if day > (today or timezone.localdate()):
        raise Refused(_("This day is still to come. Enter it once it has happened."), code="future")


def _fresh(delivery: Delivery) -> Delivery:
    return Delivery.objects.for_list().get(pk=delivery.pk)

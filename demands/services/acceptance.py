"""What the village found, line by line, as entries that are only added; a mistake is reversed by another entry."""

from decimal import Decimal
from typing import TypedDict

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from demands.models import AcceptanceEntry, Claim, ClaimLine, Delivery, DeliveryLine, DemandItem, plain_quantity
from demands.services.deliveries import count_again, uncount
from demands.services.items import checked_quantity
from demands.services.refusals import insist_on_status, insist_on_village_side
from demands.services.review import insist_on_reason
from demands.services.steps import follow
from demands.services.verification import draw_lot

Outcome = AcceptanceEntry.Outcome


class Finding(TypedDict):
    """One entry to be made: how much of a delivered line was found how; `instead` for substitutes."""

    line: DeliveryLine
    outcome: str
    quantity: Decimal
    instead: str
    reason: str


@transaction.atomic
def inspect_delivery(*, delivery: Delivery, findings: list[Finding], by) -> list[AcceptanceEntry]:
    """Enter what the village found of a delivery that was handed over; several times until every line is settled.

    Accepted and substituted quantities count as accepted; short and returned ones are owed again. Refused for one's
    own organization (`second_person`), for more than the line has left (`more_than_delivered`), for a substitute
    without a name (`no_substitute`) and for a return without a reason (`no_reason`).
    """
    claim = _locked(delivery)
    insist_on_village_side(claim, by)
    insist_on_status(delivery, Delivery.Status.HANDED_OVER)
    if not findings:
        raise Refused(_("Enter what you found for at least one item."), code="nothing_found")
    if any(finding["line"].delivery_id != delivery.pk for finding in findings):
        raise Refused(_("An item does not belong to this delivery."), code="other_delivery")
    entries = [_enter(finding, by) for finding in findings]
    if all(row.open == 0 for row in delivery.lines.all()):
        states.move(delivery, Delivery.Status.INSPECTED, by=by, note=in_words(entries))
    else:
        states.record(delivery, {}, by=by, parts={"lines": ["", in_words(entries)]})
    _go_on(claim, by=by, note=delivery.reference)
    return entries


@transaction.atomic
def reverse_entry(*, entry: AcceptanceEntry, reason: str, by) -> AcceptanceEntry:
    """Take an entry back by a second one with the reason; the line is open again by that quantity.

    Refused twice for the same entry (`reversed`), after verification (`wrong_state`), when what was short or
    returned has come with another delivery (`delivered_again`), or was given up (`given_up`).
    """
    reason = insist_on_reason(reason)
    delivery = Delivery.objects.get(pk=entry.line.delivery_id)
    claim = _locked(delivery)
    insist_on_village_side(claim, by)
    insist_on_status(claim, *Claim.UNVERIFIED)
    if entry.reverses_id or AcceptanceEntry.objects.filter(reverses=entry).exists():
        raise Refused(_("This entry was taken back already."), code="reversed")
    _book(entry, back=True)
    taken_back = AcceptanceEntry(
        line=entry.line,
        outcome=entry.outcome,
        quantity=entry.quantity,
        instead=entry.instead,
        reason=reason,
        reverses=entry,
    )
    states.begin(taken_back, by=by, note=reason)
    if delivery.status == Delivery.Status.INSPECTED:
        states.move(delivery, Delivery.Status.HANDED_OVER, by=by, note=reason)
    else:
        states.record(delivery, {}, by=by, note=reason, parts={"lines": [in_words([entry]), ""]})
    _go_on(claim, by=by, note=delivery.reference)
    return taken_back


def in_words(entries: list[AcceptanceEntry]) -> str:
    """The entries as one line of text, for the history."""
    words = []
    for entry in entries:
        item = entry.line.line.item
        found = f"{item.what} {plain_quantity(entry.quantity)} {item.unit} {entry.get_outcome_display()}"
        words.append(f"{found} ({entry.instead})" if entry.instead else found)
    return "; ".join(words)


def _locked(delivery: Delivery) -> Claim:
    """Demand, items, claim and delivery in the order of all locks."""
    claim = Claim.objects.select_related("demand").get(pk=delivery.claim_id)
    states.lock(claim.demand)
    list(claim.demand.items.select_for_update(no_key=True).order_by("pk"))
    states.lock(claim)
    states.lock(delivery)
    return claim


def _enter(finding: Finding, by) -> AcceptanceEntry:
    outcome = Outcome(finding["outcome"])
    instead, reason = finding["instead"].strip(), finding["reason"].strip()
    if outcome == Outcome.SUBSTITUTED and not instead:
        raise Refused(_("Say what came in place of what was promised."), code="no_substitute")
    if outcome == Outcome.RETURNED and not reason:
        raise Refused(_("Say why it was sent back."), code="no_reason")
    entry = AcceptanceEntry(
        line=finding["line"],
        outcome=outcome,
        quantity=checked_quantity(finding["quantity"]),
        instead=instead if outcome == Outcome.SUBSTITUTED else "",
        reason=reason,
    )
    _book(entry)
    return states.begin(entry, by=by, note=reason)


def _book(entry: AcceptanceEntry, *, back: bool = False) -> None:
    """Move the entry's quantity on its line, on the claimed line and on the item; `back` undoes that."""
    row, quantity = entry.line, entry.quantity
    found = F("accepted") + F("substituted") + F("short") + F("returned")
    if back:
        held = DeliveryLine.objects.filter(pk=row.pk, **{f"{entry.outcome}__gte": quantity})
        booked = held.update(**{entry.outcome: F(entry.outcome) - quantity})
    else:
        held = DeliveryLine.objects.filter(pk=row.pk, quantity__gte=found + quantity)
        booked = held.update(**{entry.outcome: F(entry.outcome) + quantity})
    row.refresh_from_db()
    if not booked:
        words = {"what": row.line.item.what, "left": plain_quantity(row.open), "unit": row.line.item.unit}
        raise Refused(
            _("%(what)s: only %(left)s %(unit)s of this delivery are still to be entered.") % words,
            code="more_than_delivered",
            left=plain_quantity(row.open),
        )
    if entry.outcome in AcceptanceEntry.KEPT:
        _accept(row.line, -quantity if back else quantity)
    elif back:
        count_again(row.line, quantity)
    else:
        uncount(row.line, quantity)


def _accept(line: ClaimLine, quantity: Decimal) -> None:
    """Add to what is accepted (or take away), between nothing and what is delivered."""
    for table, key in ((ClaimLine, line.pk), (DemandItem, line.item_id)):
        within = table._base_manager.filter(pk=key, delivered__gte=F("accepted") + quantity, accepted__gte=-quantity)
        if not within.update(accepted=F("accepted") + quantity):
            raise Refused(_("No more can be accepted than was delivered."), code="more_than_delivered")


def _go_on(claim: Claim, *, by, note: str) -> None:
    follow(claim, by=by, note=note)
    if claim.status == Claim.Status.ACCEPTED:
        draw_lot(claim)

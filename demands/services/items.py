"""What is needed, item by item: storing the items of a draft, and changing quantities after publication."""

import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from core.texts import cleaned
from demands import selectors
from demands.models import Claim, Demand, DemandBeneficiary, DemandItem, NotAccepted, clean_quantity, plain_quantity
from demands.services.waiting import tell_waiting


class BelowClaimed(Refused):
    """A quantity cannot be lowered below what organizations have claimed of it."""

    code = "below_claimed"


def checked_quantity(value: Decimal | str | int) -> Decimal:
    """The quantity, or `Refused` with the sentence that says what is wrong with it."""
    try:
        return clean_quantity(value)
    except ValidationError as error:
        raise Refused(error.messages[0], code="bad_quantity") from error


def insist_on_accepted(names: Iterable[str], village_code: str, entries: Sequence[NotAccepted] | None = None) -> None:
    """Refuse (`not_accepted`) what stands on the list of things that are not sent, with its reason."""
    refused = selectors.not_accepted(names, village_code, entries)
    if refused:
        raise Refused(" ".join(refused.values()), code="not_accepted", items=list(refused))


def write_items(demand: Demand, items: list[dict]) -> list[DemandItem]:
    """Replace the items of a demand that nobody can have claimed yet."""
    if not items:
        raise Refused(_("A demand needs at least one item."), code="no_items")
    items = [cleaned(DemandItem, item) for item in items]
    insist_on_accepted([item["what"] for item in items], demand.village_id)
    demand.items.all().delete()
    rows = [DemandItem(demand=demand, **{**item, "quantity": checked_quantity(item["quantity"])}) for item in items]
    return DemandItem.objects.bulk_create(rows)


def write_beneficiaries(demand: Demand, counts: dict[str, int]) -> list[str]:
    """Replace the beneficiary counts, {measure: number}; return [before, after] in words for the history."""
    before = _counts_in_words({row.measure: row.value for row in demand.beneficiaries.all()})
    demand.beneficiaries.all().delete()
    rows = [DemandBeneficiary(demand=demand, measure=measure, value=value) for measure, value in counts.items()]
    DemandBeneficiary.objects.bulk_create(rows)
    return [before, _counts_in_words(counts)]


def _counts_in_words(counts: dict[str, int]) -> str:
    return ", ".join(f"{measure} {value}" for measure, value in sorted(counts.items()))


def settle(demand: Demand, *, by, note: str = "", on: datetime.date | None = None) -> None:
    """Bring an open demand's status in line with what its items say, and with its claims once all are verified.

    The demand must be locked. Called after every change of what is claimed, delivered, accepted or verified, and after
    the last day for claims; `on` is the day that counts (today).
    """
    status = demand.status_of_items(on)
    if demand.status in Demand.OPEN and demand.status != status:
        states.move(demand, status, by=by, note=note)
    # What is accepted is held by claims; those that are finished and hold something are verified.
    if demand.status == Demand.Status.ACCEPTED and not Claim.objects.unfinished().filter(demand=demand).exists():
        states.move(demand, Demand.Status.VERIFIED, by=by, note=note)


@transaction.atomic
def change_quantity(*, item: DemandItem, quantity: Decimal, by, note: str = "", version: int | None = None) -> None:
    """Raise or lower what is needed of an item of a published demand.

    Refused below what is claimed (`below_claimed`), and unless the demand is published and open.
    """
    quantity = checked_quantity(quantity)
    demand = states.lock(item.demand, version=version)
    if demand.status not in Demand.OPEN:
        raise Refused(_("Quantities are changed here only while the demand is published."), code="wrong_state")
    before = demand.items.get(pk=item.pk).quantity
    if not DemandItem.objects.filter(pk=item.pk, claimed__lte=quantity).update(quantity=quantity):
        item.refresh_from_db()
        raise BelowClaimed(
            _("%(claimed)s %(unit)s of %(what)s are claimed already; the quantity cannot be lower.")
            % {"claimed": plain_quantity(item.claimed), "unit": item.unit, "what": item.what},
            claimed=plain_quantity(item.claimed),
        )
    item.refresh_from_db()
    states.record(demand, {"needs": DemandItem.in_words(demand.items.all())}, by=by, note=note)
    settle(demand, by=by)
    if quantity > before:
        tell_waiting(demand, {item.pk})

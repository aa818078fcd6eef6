"""Every write of products, consumption records and refunds."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import states
from core.errors import Refused
from core.models import StatusChange
from core.references import next_reference
from organizations.models import Organization
from projects.models import ConsumptionRecord, Product, RefundEntry
from projects.services.refusals import NotSecondPerson, given_reason, insist_on_past, stands_once, takes_part

Status = ConsumptionRecord.Status
_SAME_NAME = _("This seller already has a product of this name.")


@transaction.atomic
def add_product(*, values: dict[str, Any], by: User | None) -> Product:
    """Put a product of a village or co-operative on offer. Refused when the seller has one of this name."""
    product = Product(**values)
    _insist_on_own_name(product)
    _insist_on_known(product.seller)
    with stands_once("product_once", _SAME_NAME, code="product_exists"):
        return states.begin(product, by=by)


@transaction.atomic
def edit_product(*, product: Product, values: dict[str, Any], version: int, by: User) -> dict:
    """Change a product; return what changed. Its region and seller stay once something was sold."""
    states.lock(product, version=version)
    moved = any(getattr(product, name) != values.get(name, getattr(product, name)) for name in ("region", "seller"))
    if moved and ConsumptionRecord.objects.filter(product=product).exists():
        raise Refused(
            _("Sales stand under this product, so its region and seller stay. Add another product instead."),
            code="product_in_use",
        )
    wanted = Product.objects.get(pk=product.pk)
    for name, value in values.items():
        setattr(wanted, name, value)
    _insist_on_own_name(wanted)
    with stands_once("product_once", _SAME_NAME, code="product_exists"):
        return states.record(product, values, by=by)


@transaction.atomic
def withdraw_product(*, product: Product, by: User) -> Product:
    """Take a product from the public list; its sales stay."""
    return states.move(product, Product.Status.WITHDRAWN, by=by)


@transaction.atomic
def offer_product(*, product: Product, by: User) -> Product:
    """Offer a withdrawn product again."""
    return states.move(product, Product.Status.OFFERED, by=by)


@transaction.atomic
def enter_purchase(*, values: dict[str, Any], by: User | None) -> ConsumptionRecord:
    """Enter a purchase or a sale arranged; it counts once a second person has verified it.

    A product gives the seller where none is named. Refused when product and region or seller do not fit together,
    and for a record equal to one that stands there already: equal purchases need voucher numbers.
    """
    record = ConsumptionRecord(**values)
    # No rule of the table can tell two alike at the same moment apart: they are entered one after the other.
    states.lock(record.region)
    if record.product is not None:
        record.seller = record.seller or record.product.seller
        _insist_on_fit(record)
    insist_on_past(record)
    for party in (record.buyer, record.seller):
        _insist_on_known(party)
    if twin := twin_of(record):
        raise Refused(
            _("%(reference)s says exactly the same. If both took place, give their voucher numbers.")
            % {"reference": twin.reference},
            code="purchase_exists",
        )
    record.reference = next_reference("XF")
    return states.begin(record, by=by)


@transaction.atomic
def verify_purchase(*, record: ConsumptionRecord, by: User | None) -> ConsumptionRecord:
    """Let a record count. Refused for whoever entered it or a refund of it, and for buyer's and seller's people.

    None is the installation itself.
    """
    states.lock(record)
    hands = StatusChange.objects.of(record).filter(by=by).exists() or record.refunds.filter(created_by=by).exists()
    if by is not None and (hands or takes_part(by, [record.buyer_id, record.seller_id])):
        raise NotSecondPerson(
            _("Whoever entered a record or belongs to its organizations cannot verify it. Ask a colleague.")
        )
    return states.move(record, Status.VERIFIED, by=by)


@transaction.atomic
def strike_purchase(*, record: ConsumptionRecord, by: User, reason: str) -> ConsumptionRecord:
    """Take a wrong record out of totals; it stays in the history. A right one is entered anew."""
    return states.move(record, Status.STRUCK, by=by, note=given_reason(reason))


@transaction.atomic
def enter_refund(*, record: ConsumptionRecord, values: dict[str, Any], by: User | None) -> RefundEntry:
    """Enter money paid back or goods returned.

    The sums are raised by one conditional update, so that two refunds at the same moment cannot exceed the record.
    Refused for a struck record, before the purchase, and beyond what was bought.
    """
    values = {**values, "reason": given_reason(values.get("reason", ""))}
    refund = RefundEntry(record=record, **values)
    if refund.amount is None and refund.quantity is None:
        raise Refused(_("Give the amount refunded, the quantity returned, or both."), code="refund_empty")
    insist_on_past(refund)
    if refund.on < (record.bought_from or record.bought_on):
        raise Refused(_("A refund cannot be dated before the purchase."), code="refund_too_early")
    rows = ConsumptionRecord.objects.filter(pk=record.pk).exclude(status=Status.STRUCK)
    raised: dict[str, Any] = {"version": F("version") + 1}
    for name, value in (("amount", refund.amount), ("quantity", refund.quantity)):
        if value is not None:
            rows = rows.filter(**{f"refunded_{name}__lte": F(name) - value})
            raised[f"refunded_{name}"] = F(f"refunded_{name}") + value
    if not rows.update(**raised):
        raise Refused(
            _("That is more than was bought and not refunded yet, or the record is struck out. Check the numbers."),
            code="refund_too_large",
        )
    states.begin(refund, by=by)
    record.refresh_from_db()
    return refund


def twin_of(record: ConsumptionRecord) -> ConsumptionRecord | None:
    """A live record that says the same in every field."""
    same = {name: getattr(record, name) for name in ConsumptionRecord.FIELDS}
    query = {(f"{name}__isnull" if value is None else name): value is None or value for name, value in same.items()}
    return ConsumptionRecord.objects.filter(**query, status__in=(Status.ENTERED, Status.VERIFIED)).first()


def _insist_on_fit(record: ConsumptionRecord) -> None:
    product = record.product
    if product is None:
        return
    if product.region_id != record.region_id and not record.region.contains(product.region_id):
        raise Refused(
            _("The product comes from %(region)s, which is not in the selling region.") % {"region": product.region},
            code="product_elsewhere",
        )
    if product.seller_id is not None and product.seller_id != getattr(record.seller, "pk", None):
        raise Refused(_("This product is sold by %(seller)s.") % {"seller": product.seller}, code="other_seller")


def _insist_on_known(party: Organization | None) -> None:
    if party is not None and party.status in (Organization.Status.DRAFT, Organization.Status.MERGED):
        raise Refused(
            _("%(organization)s is not a registered organization.") % {"organization": party},
            code="organization_not_registered",
        )


def _insist_on_own_name(product: Product) -> None:
    others = Product.objects.exclude(pk=product.pk)
    if others.filter(region=product.region, seller=product.seller, name=product.name).exists():
        raise Refused(_SAME_NAME, code="product_exists")

"""Quantities as the tables keep them, and how they are written."""

from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

QUANTITY_STEP = Decimal("0.001")
QUANTITY_LIMIT = Decimal(10) ** 15


def clean_quantity(value) -> Decimal:
    """A quantity as the tables keep it: above zero, at most three decimals, at most 15 digits before them.

    Takes text or a number; raises ValidationError with one sentence that says what is wrong.
    """
    try:
        quantity = Decimal(str(value).strip())
    except InvalidOperation:
        quantity = Decimal("NaN")
    if not quantity.is_finite():
        raise ValidationError(_("Enter a number, for example 60 or 2.5."), code="invalid")
    if quantity <= 0:
        raise ValidationError(_("A quantity is greater than zero."), code="not_positive")
    if quantity >= QUANTITY_LIMIT:
        raise ValidationError(_("A quantity has at most 15 digits before the decimal point."), code="too_large")
    if quantity < QUANTITY_STEP or quantity != quantity.quantize(QUANTITY_STEP):
        raise ValidationError(_("A quantity has at most three decimals."), code="too_fine")
    return quantity.quantize(QUANTITY_STEP)


def plain_quantity(quantity: Decimal) -> str:
    """A quantity without trailing zeros: 60, 2.5."""
    return f"{quantity.normalize():f}"

"""Amounts and quantities as people read them."""

from decimal import Decimal

import pytest
from django.utils import translation

from core.templatetags.portal import quantity, wanyuan, yuan


@pytest.mark.parametrize(
    ("draw", "value", "chinese", "english"),
    [
        (yuan, Decimal("4240000"), "4,240,000.00 元", "CNY 4,240,000.00"),
        (yuan, Decimal("0.005"), "0.01 元", "CNY 0.01"),
        (yuan, Decimal("-1234.5"), "-1,234.50 元", "CNY -1,234.50"),
        (yuan, 0, "0.00 元", "CNY 0.00"),
        (yuan, None, "--", "--"),
        (wanyuan, Decimal("4240000"), "424.00 万元", "CNY 4.24 million"),
        (wanyuan, Decimal("49.99"), "0.00 万元", "CNY 49.99"),
        (wanyuan, "", "--", "--"),
        (quantity, Decimal("100.000"), "100", "100"),
        (quantity, Decimal("2.500"), "2.5", "2.5"),
        (quantity, Decimal("1234567.891"), "1,234,567.891", "1,234,567.891"),
        (quantity, Decimal("-0.500"), "-0.5", "-0.5"),
        (quantity, Decimal("0.000"), "0", "0"),
        (quantity, None, "--", "--"),
    ],
)
def test_a_number_is_written_for_its_reader(draw, value, chinese, english):
    with translation.override("zh-hans"):
        assert draw(value) == chinese
    with translation.override("en"):
        assert draw(value) == english

"""Tags and filters every template has: icons, amounts, quantities, links that keep the query."""

from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext
from lucide.templatetags.lucide import lucide as _lucide

from core.models import StatusChange

register = template.Library()


@register.simple_tag
def icon(name: str, size: int = 20) -> str:
    """A decorative icon as inline SVG; the words beside it carry the meaning."""
    return _lucide(name, size=size, **{"aria_hidden": "true", "focusable": "false", "class": "icon"})


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


@register.filter
def yuan(value) -> str:
    """An amount in yuan, rounded once for display: "1,234.56 元" or "CNY 1,234.56"; nothing known is "--"."""
    if value is None or value == "":
        return "--"
    amount = Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)
    text = number_format(amount, 2, use_l10n=True, force_grouping=True)
    return f"{text} 元" if _is_chinese() else f"CNY {text}"


@register.filter
def wanyuan(value) -> str:
    """An amount for headlines, rounded once: "424.00 万元" in Chinese, "CNY 4.24 million" in English."""
    if value is None or value == "":
        return "--"
    amount = Decimal(value)
    if _is_chinese():
        text = number_format((amount / 10_000).quantize(Decimal("0.01"), ROUND_HALF_UP), 2, force_grouping=True)
        return f"{text} 万元"
    if abs(amount) < 1_000_000:
        return yuan(amount)
    text = number_format((amount / 1_000_000).quantize(Decimal("0.01"), ROUND_HALF_UP), 2, force_grouping=True)
    return f"CNY {text} million"


@register.filter
def quantity(value) -> str:
    """A quantity without trailing zeros: 60, 2.5; nothing known is "--"."""
    if value is None or value == "":
        return "--"
    amount = Decimal(value)
    text = f"{amount.normalize():f}" if amount else "0"
    return number_format(text, force_grouping=True)


@register.simple_tag(takes_context=True)
def query_replace(context, **values) -> str:
    """The current query string with some values replaced; None removes one."""
    query = context["request"].GET.copy()
    for name, value in values.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return "?" + query.urlencode()


@register.simple_tag
def history(obj) -> list[StatusChange]:
    """The changes of a record, newest first."""
    return list(StatusChange.objects.of(obj)[:50])


@register.filter
def status_of(obj) -> str:
    """The label of a record's status in the reader's language."""
    return obj.get_status_display() if obj else gettext("unknown")


@register.filter
def field_type(bound_field) -> str:
    """The widget's class name, for choosing how to draw a field."""
    return type(bound_field.field.widget).__name__

"""The text of a document on its page."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from publications.texts import clean_body

register = template.Library()


@register.filter
def safe_body(body: str) -> SafeString:
    """Stored HTML, cleaned once more: what came into the table by another way is not trusted either."""
    return mark_safe(clean_body(body)) if body else SafeString("")

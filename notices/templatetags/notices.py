"""The number of unread notices for the header of every page."""

from django import template

from notices import selectors

register = template.Library()


@register.simple_tag
def unread_notices(user) -> str:
    """The number as the header writes it; empty when there is none."""
    count = selectors.unread_count(user)
    return f"{selectors.MOST_SHOWN}+" if count > selectors.MOST_SHOWN else str(count or "")

"""The organizations of a person, for pages of the floors below that may not import this app."""

from django import template

from organizations.models import Membership

register = template.Library()


@register.simple_tag
def memberships_of(user) -> list[Membership]:
    """The organizations a person acts for, by name."""
    return list(Membership.objects.filter(user=user).select_related("organization").order_by("organization__pinyin"))

"""The organizations of a person, for pages of the floors below that may not import this app."""

from django import template

from organizations.models import Membership, RegistrationRequest

register = template.Library()


@register.simple_tag
def memberships_of(user) -> list[Membership]:
    """The organizations a person acts for, by name."""
    return list(Membership.objects.filter(user=user).select_related("organization").order_by("organization__pinyin"))


@register.simple_tag
def open_requests_of(user) -> list[RegistrationRequest]:
    """The registration requests a person sent that are not approved yet; returned ones, which wait for them, first."""
    rows = RegistrationRequest.objects.filter(created_by=user).exclude(status=RegistrationRequest.Status.APPROVED)
    return list(rows.select_related("organization").order_by("status", "pk"))

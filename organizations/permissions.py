"""Who may do what with an organization."""

from accounts.models import Post
from organizations.models import Membership, Organization


def can_add(user) -> bool:
    """Civil-affairs staff enter organizations of their region."""
    return user.is_authenticated and user.is_officer


def can_add_in(user, region_code: str) -> bool:
    return user.is_authenticated and user.serves(region_code, Post.Kind.STAFF)


def can_edit(user, organization: Organization) -> bool:
    """Staff responsible for the organization's region."""
    return user.is_authenticated and user.serves(organization.region_id, Post.Kind.STAFF)


def acts_for(user, organization: Organization) -> bool:
    """Whether the person is a member of the organization."""
    return user.is_authenticated and Membership.objects.filter(user=user, organization=organization).exists()

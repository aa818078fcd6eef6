"""Who may do what with an organization."""

from accounts.models import Post
from organizations.models import Invitation, Membership, Organization, RegistrationRequest


def can_add(user) -> bool:
    """Civil-affairs staff enter organizations of their region."""
    return user.is_authenticated and user.is_officer


def can_add_in(user, region_code: str) -> bool:
    return user.is_authenticated and user.serves(region_code, Post.Kind.STAFF)


def can_edit(user, organization: Organization) -> bool:
    """Staff responsible for the organization's region."""
    return can_add_in(user, organization.region_id)


def acts_for(user, organization: Organization) -> bool:
    """Whether the person is a member of the organization, or of the one it was merged into."""
    keys = [key for key in (organization.pk, organization.successor_id) if key]
    return user.is_authenticated and Membership.objects.filter(user=user, organization__in=keys).exists()


def manages(user, organization: Organization) -> bool:
    """Whether the person is a manager of the organization."""
    managers = Membership.objects.filter(organization=organization, role=Membership.Role.MANAGER)
    return user.is_authenticated and managers.filter(user=user).exists()


def can_see_members(user, organization: Organization) -> bool:
    """Who acts for an organization is shown to responsible staff and to its own people."""
    return can_edit(user, organization) or acts_for(user, organization)


def can_add_member(user, organization: Organization) -> bool:
    """Responsible staff, and the organization's managers."""
    return can_edit(user, organization) or manages(user, organization)


def can_end_membership(user, membership: Membership) -> bool:
    """The person, who leaves; and those who add members."""
    return membership.user_id == user.pk or can_add_member(user, membership.organization)


def can_change_role(user, membership: Membership) -> bool:
    """Those who add members."""
    return can_add_member(user, membership.organization)


def can_merge(user, duplicate: Organization, into: Organization) -> bool:
    """Staff responsible for both."""
    return can_edit(user, duplicate) and can_edit(user, into)


def can_enter(user, organization: Organization) -> bool:
    """Certificates, grades, returns, credit lists and commendations are entered by responsible staff."""
    return can_edit(user, organization)


def can_request(user) -> bool:
    """Whoever has a log-in asks for the registration of their organization."""
    return user.is_authenticated


def can_resubmit(user, request: RegistrationRequest) -> bool:
    """The person who sent it."""
    return user.is_authenticated and request.created_by_id == user.pk


def can_decide(user, request: RegistrationRequest) -> bool:
    """Staff responsible for the organization's region; the service sees to the second person."""
    return can_edit(user, request.organization)


def can_confirm(user, invitation: Invitation) -> bool:
    """Who was invited; or, of somebody who asked, those who may add members."""
    if invitation.asked:
        return can_add_member(user, invitation.organization)
    return user.is_authenticated and invitation.user_id == user.pk


def can_decline(user, invitation: Invitation) -> bool:
    """Either side."""
    return invitation.user_id == user.pk or can_add_member(user, invitation.organization)

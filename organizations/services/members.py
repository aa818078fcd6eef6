"""Who acts for an organization."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core import states
from core.errors import Refused
from organizations.models import Invitation, Membership, Organization


@transaction.atomic
def add_member(*, organization: Organization, user, role: str, by) -> Membership:
    """Let a person act for the organization. Raises `Refused` with the code `already_member`."""
    membership = Membership(organization=organization, user=user, role=role)
    try:
        with transaction.atomic():
            return states.begin(membership, by=by)
    except IntegrityError as error:
        raise Refused(_("%(user)s is already a member.") % {"user": user}, code="already_member") from error


@transaction.atomic
def invite_member(*, organization: Organization, user, role: str, by) -> Invitation:
    """Invite a person, who becomes a member by confirming. Raises `Refused` (`already_member`, `already_asked`)."""
    return _open(Invitation(organization=organization, user=user, role=role), by)


@transaction.atomic
def ask_to_join(*, organization: Organization, by) -> Invitation:
    """Ask to act for an active organization as an operator; its manager confirms.

    Raises `Refused` (`already_member`, `already_asked`, `not_active`).
    """
    if organization.status != Organization.Status.ACTIVE:
        raise Refused(_("%(name)s is not active.") % {"name": organization.name}, code="not_active")
    return _open(Invitation(organization=organization, user=by, asked=True), by)


@transaction.atomic
def confirm_membership(*, invitation: Invitation, by) -> Membership:
    """Make the person a member: an invited person confirms, or the manager confirms who asked.

    Raises `Refused` (`second_person`, `already_member`) or `WrongState`.
    """
    states.lock(invitation)
    if by is not None and (by.pk == invitation.user_id) == invitation.asked:
        raise Refused(_("The other side has to confirm this."), code="second_person")
    states.move(invitation, Invitation.Status.CONFIRMED, by=by)
    return add_member(organization=invitation.organization, user=invitation.user, role=invitation.role, by=by)


@transaction.atomic
def decline_membership(*, invitation: Invitation, by) -> Invitation:
    """Say no to an invitation or a question, or take one's own back. Raises `WrongState`."""
    return states.move(invitation, Invitation.Status.DECLINED, by=by)


def _open(invitation: Invitation, by) -> Invitation:
    if Membership.objects.filter(user=invitation.user, organization=invitation.organization).exists():
        raise Refused(_("%(user)s is already a member.") % {"user": invitation.user}, code="already_member")
    try:
        with transaction.atomic():
            return states.begin(invitation, by=by)
    except IntegrityError as error:
        raise Refused(
            _("%(user)s is already invited or has already asked.") % {"user": invitation.user}, code="already_asked"
        ) from error

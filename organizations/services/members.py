"""Who acts for an organization."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core import states
from core.errors import Refused
from organizations import permissions
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
def end_membership(*, membership: Membership, by, reason: str = "") -> Membership:
    """End a membership: the person leaves, or is removed by a manager or by responsible staff with a reason.

    It stays in the histories; the person may be entered anew later.
    Raises `Refused`: `ended` (already), `reason_missing` (of somebody else's), `last_manager` (the only manager; staff
    responsible for the organization may still remove one, as they can enter the next).
    """
    organization = _lock_current(membership)
    reason = reason.strip()
    if by is not None and by.pk != membership.user_id and not reason:
        raise Refused(_("Give the reason."), code="reason_missing")
    if by is None or not permissions.can_edit(by, organization):
        _insist_on_another_manager(membership)
    before = described(membership)
    states.record(membership, {"ended_at": timezone.now()}, by=by, note=reason)
    states.record(organization, {}, by=by, note=reason, parts={"memberships": [before, ""]})
    return membership


@transaction.atomic
def change_role(*, membership: Membership, role: str, by) -> Membership:
    """Make an operator a manager, or the other way round. Raises `Refused` (`ended`, `last_manager`)."""
    organization = _lock_current(membership)
    if role not in Membership.Role.values:
        raise ValueError(f"No role: {role}")
    if role == Membership.Role.OPERATOR:
        _insist_on_another_manager(membership)
    before = described(membership)
    if states.record(membership, {"role": role}, by=by):
        states.record(organization, {}, by=by, parts={"memberships": [before, described(membership)]})
    return membership


def described(membership: Membership) -> str:
    """The membership in one line, as the history of its organization keeps it: in the portal's own language."""
    with override(settings.LANGUAGE_CODE):
        return f"{membership.user} · {membership.get_role_display()}"


def _lock_current(membership: Membership) -> Organization:
    """Lock the organization, then the membership, so that two managers cannot leave in the same moment."""
    organization = states.lock(membership.organization)
    states.lock(membership)
    if membership.ended_at is not None:
        raise Refused(_("This membership has already ended."), code="ended")
    return organization


def _insist_on_another_manager(membership: Membership) -> None:
    others = Membership.objects.filter(organization=membership.organization_id, role=Membership.Role.MANAGER)
    if membership.role == Membership.Role.MANAGER and not others.exclude(pk=membership.pk).exists():
        raise Refused(
            _("%(user)s is the only manager. Make somebody else a manager first.") % {"user": membership.user},
            code="last_manager",
        )


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

"""What people are told about organizations: registrations and invitations."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Post
from accounts.selectors import responsible_for
from notices.kinds import Kind, Rule, reaches
from organizations.models import Invitation, Membership, RegistrationRequest

Registration = RegistrationRequest.Status


def members_of(organization_id: int) -> list[int]:
    """The ids of the people who act for an organization."""
    return list(Membership.objects.filter(organization=organization_id).values_list("user", flat=True))


def _managers_of(organization_id: int) -> list[int]:
    managers = Membership.objects.filter(organization=organization_id, role=Membership.Role.MANAGER)
    return list(managers.values_list("user", flat=True))


def _named(record) -> dict[str, str]:
    return {"organization": record.organization.name}


def _organization(record) -> int:
    return record.organization_id


def _registration(key: str, label, text, statuses, people, *, with_note: bool = False) -> Rule:
    return Rule(
        kind=Kind(key=key, label=label, text=text, page="organizations:organization-detail"),
        model="organizations.RegistrationRequest",
        applies=reaches(*statuses),
        people=people,
        facts=_named,
        target=_organization,
        with_note=with_note,
    )


def _applicant(request: RegistrationRequest, change) -> list[int]:
    return [request.created_by_id] if request.created_by_id else []


rules = [
    _registration(
        "registration_submitted",
        _("A registration waits for review"),
        _("“%(organization)s” asks to be entered in the register."),
        [Registration.SUBMITTED],
        lambda request, change: responsible_for(request.organization.region_id, Post.Kind.STAFF, but=change.by_id),
    ),
    _registration(
        "registration_approved",
        _("Your registration is approved"),
        _("“%(organization)s” is entered in the register."),
        [Registration.APPROVED],
        _applicant,
    ),
    _registration(
        "registration_returned",
        _("Your registration is returned"),
        _("The registration of “%(organization)s” has to be corrected. The reason is shown in the portal."),
        [Registration.RETURNED],
        _applicant,
        with_note=True,
    ),
    Rule(
        kind=Kind(
            key="member_invited",
            label=_("An organization invites you"),
            text=_("“%(organization)s” invites you to act for it."),
            page="organizations:organization-detail",
        ),
        model="organizations.Invitation",
        applies=reaches(Invitation.Status.OPEN),
        people=lambda invitation, change: [] if invitation.asked else [invitation.user_id],
        facts=_named,
        target=_organization,
    ),
    Rule(
        kind=Kind(
            key="member_asks",
            label=_("Somebody wants to act for your organization"),
            text=_("Somebody asks to act for “%(organization)s”."),
            page="organizations:organization-detail",
        ),
        model="organizations.Invitation",
        applies=reaches(Invitation.Status.OPEN),
        people=lambda invitation, change: _managers_of(invitation.organization_id) if invitation.asked else [],
        facts=_named,
        target=_organization,
    ),
]
reminders: list = []

"""Invitations by staff: an organization may accept or decline, and claims by itself (a dispatch is never an order)."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from demands.models import Claim, ClaimDraft, Demand, Invitation, SupplyOffer, plain_quantity
from demands.selectors import prefilled
from demands.services.drafts import choose_items, start_draft
from demands.services.review import insist_on_reason
from organizations.models import Organization
from organizations.permissions import acts_for
from organizations.selectors import why_not_eligible

# How long an organization has for its answer unless said otherwise.
DAYS_TO_ANSWER = 14


@transaction.atomic
def invite_organization(
    *,
    demand: Demand,
    organization: Organization,
    by,
    message: str = "",
    offer: SupplyOffer | None = None,
    expires_on: datetime.date | None = None,
    today: datetime.date | None = None,
) -> Invitation:
    """Invite an organization to look at a demand; it holds nothing and obliges nobody.

    Refused: nothing can be claimed (`not_claimable`), the organization may not claim (`not_eligible`), has a claim
    here (`already_claimed`) or is invited already (`already_invited`), or the last day has passed (`over`).
    """
    today = today or timezone.localdate()
    states.lock(demand)
    if not Demand.objects.claimable(today).filter(pk=demand.pk).exists():
        raise Refused(_("Nothing of this demand can be claimed at present."), code="not_claimable")
    reason = why_not_eligible(organization)
    if reason:
        raise Refused(reason, code="not_eligible")
    if Claim.objects.filter(demand=demand, organization=organization, status__in=Claim.LIVE).exists():
        raise Refused(_("This organization has a claim on this demand already."), code="already_claimed")
    if offer is not None and offer.organization_id != organization.pk:
        raise Refused(_("This offer belongs to another organization."), code="other_offer")
    until = expires_on or today + datetime.timedelta(days=DAYS_TO_ANSWER)
    if until < today:
        raise Refused(_("The last day for an answer has passed already."), code="over")
    _expire(Invitation.objects.filter(demand=demand, organization=organization), today)
    invitation = Invitation(demand=demand, organization=organization, offer=offer, expires_on=until)
    invitation.message = message.strip()
    try:
        with transaction.atomic():
            return states.begin(invitation, by=by)
    except IntegrityError as error:
        if "demand_invitation_open_once" not in str(error):
            raise
        raise Refused(_("This organization is invited already."), code="already_invited") from error


@transaction.atomic
def accept_invitation(*, invitation: Invitation, by, today: datetime.date | None = None) -> Invitation:
    """Say yes. The claim itself is a step of its own, with its own rules; this only says that one will come."""
    _lock_for_answer(invitation, by, today)
    return states.move(invitation, Invitation.Status.ACCEPTED, by=by)


@transaction.atomic
def begin_invited(*, invitation: Invitation, by) -> ClaimDraft:
    """Begin the claim an invitation led to, filled with what is offered and left; one begun before stays as it is."""
    draft = start_draft(demand=invitation.demand, organization=invitation.organization, by=by)
    proposed = {str(item): plain_quantity(quantity) for item, quantity in prefilled(invitation).items()}
    if proposed and not draft.quantities:
        choose_items(draft=draft, quantities=proposed, by=by)
    return draft


@transaction.atomic
def decline_invitation(*, invitation: Invitation, reason: str, by, today: datetime.date | None = None) -> Invitation:
    """Say no, with a reason; nothing follows from it for the organization."""
    reason = insist_on_reason(reason)
    _lock_for_answer(invitation, by, today)
    return states.move(invitation, Invitation.Status.DECLINED, by=by, note=reason, answer=reason)


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by) -> Invitation:
    """Staff take an unanswered invitation back."""
    return states.move(invitation, Invitation.Status.WITHDRAWN, by=by)


@transaction.atomic
def expire_invitations(*, today: datetime.date | None = None, by=None) -> int:
    """End the invitations nobody answered in time; return how many."""
    return _expire(Invitation.objects.all(), today or timezone.localdate())


def _expire(rows, today: datetime.date) -> int:
    over = rows.filter(status=Invitation.Status.OPEN, expires_on__lt=today).order_by("pk")
    found = list(over.select_for_update(no_key=True, skip_locked=True))
    for invitation in found:
        states.move(invitation, Invitation.Status.EXPIRED, by=None)
    return len(found)


def _lock_for_answer(invitation: Invitation, by, today: datetime.date | None) -> None:
    states.lock(invitation)
    if not acts_for(by, invitation.organization):
        raise Refused(_("You do not act for this organization."), code="not_member")
    if invitation.status == Invitation.Status.OPEN and invitation.expires_on < (today or timezone.localdate()):
        raise Refused(_("The day for an answer has passed. You can still claim the demand by yourself."), code="over")

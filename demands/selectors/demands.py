"""Why a person cannot claim, and what a person may do on the page of a demand."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from demands import permissions
from demands.models import Claim, Demand
from organizations.models import Organization


def claiming_organizations(user) -> list[Organization]:
    """The organizations a person acts for that may claim now, in the order of their names."""
    return list(Organization.objects.of(user).eligible().order_by("name"))


def why_no_claim(user, demand: Demand, today: datetime.date | None = None) -> str:
    """One sentence why this person cannot claim this demand now; empty when they can."""
    if demand.status == Demand.Status.CLAIMED:
        return _("Everything is claimed. If a claim is withdrawn, the demand opens again.")
    if demand.status not in Demand.OPEN:
        return _("This demand cannot be claimed: its status is “%(status)s”.") % {"status": demand.get_status_display()}
    if demand.is_over(today or timezone.localdate()):
        return _("The last day for claims on this demand has passed.")
    if not user.is_authenticated:
        return _("Log in as a member of a social organization to claim.")
    organizations = claiming_organizations(user)
    if not organizations:
        return _("Only people who act for an active social organization can claim.")
    if len(_with_live_claim(organizations, demand)) == len(organizations):
        return _("Your organization already has a claim on this demand. Withdraw it first to claim another quantity.")
    return ""


def free_organizations(user, demand: Demand) -> list[Organization]:
    """The person's organizations that have no live claim on the demand."""
    organizations = claiming_organizations(user)
    taken = _with_live_claim(organizations, demand)
    return [organization for organization in organizations if organization.pk not in taken]


def _with_live_claim(organizations: list[Organization], demand: Demand) -> set[int]:
    live = Claim.objects.unfinished().filter(demand=demand, organization__in=organizations)
    return set(live.values_list("organization_id", flat=True))


def acts(user, demand: Demand) -> dict[str, bool]:
    """What this person may do with the demand in its present status, for the buttons of its page."""
    if not user.is_authenticated:
        return {}
    editable = demand.status in Demand.EDITABLE
    submitted = demand.status in Demand.IN_REVIEW
    own = submitted and permissions.wrote(user, demand)
    publish = submitted and permissions.can_publish(user, demand)
    withdrawable = Demand.Status.WITHDRAWN in demand.TRANSITIONS[Demand.Status(demand.status)]
    return {
        "edit": editable and permissions.can_edit(user, demand),
        "submit": editable and permissions.can_edit(user, demand),
        "publish": publish and not own,
        "return": submitted and permissions.can_return(user, demand) and not own,
        "reject": publish and not own,
        "own": own and permissions.can_return(user, demand),
        "invite": _can_invite(user, demand),
        "withdraw": withdrawable and permissions.can_withdraw(user, demand),
        "quantities": demand.status in Demand.OPEN and permissions.can_publish(user, demand),
    }


def _can_invite(user, demand: Demand) -> bool:
    """Staff may draw organizations' attention to a demand while something of it can be claimed."""
    claimable = demand.status in (Demand.Status.PUBLISHED, Demand.Status.CLAIMED_IN_PART) and not demand.is_over()
    return claimable and permissions.can_invite(user, demand)

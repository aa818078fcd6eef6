"""Why a person cannot claim, and what a person may do on the page of a demand."""

import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.statements import ANY_KEY, Question
from demands import permissions
from demands.models import Claim, Demand, DemandItem
from demands.selectors.claiming import own_organizations
from demands.selectors.review import checkers
from organizations.models import Organization
from organizations.permissions import acts_for
from organizations.selectors import why_not_eligible


def claiming_organizations(user) -> list[Organization]:
    """The organizations a person acts for that may claim now, in the order of their names."""
    return list(Organization.objects.of(user).eligible().order_by("name"))


def why_not_claimable(
    demand: Demand, user, organization: Organization | None = None, on: datetime.date | None = None
) -> str:
    """One sentence why this person cannot claim this demand on the day `on`; empty when they can.

    With an organization the answer is for it alone, otherwise for any the person acts for.
    """
    reason = _why_not_open(demand, on or timezone.localdate())
    if reason:
        return reason
    if not user.is_authenticated:
        return _("Log in as a member of a social organization to claim.")
    if organization is not None:
        organizations = [organization]
        reason = why_not_eligible(organization)
        if reason or not acts_for(user, organization):
            return reason or _("You do not act for this organization.")
    else:
        organizations = claiming_organizations(user)
    if not organizations:
        return why_none_may(user)
    if len(_with_live_claim(organizations, demand)) == len(organizations):
        return _("Your organization already has a claim on this demand. Withdraw it first to claim another quantity.")
    return ""


def why_none_may(user) -> str:
    """Why none of the person's organizations may claim; the general rule to those who act for no social one."""
    own = [one for one in own_organizations(user) if one.kind in Organization.SOCIAL]
    reasons = " ".join(why_not_eligible(one) for one in own)
    return reasons or _("Only people who act for an active social organization can claim.")


def _why_not_open(demand: Demand, day: datetime.date) -> str:
    """What about the demand itself stands in the way."""
    if demand.status in (Demand.Status.CLAIMED, Demand.Status.DELIVERING, Demand.Status.ACCEPTED):
        return _("Everything is claimed. If a claim is withdrawn, the demand opens again.")
    if demand.status == Demand.Status.SUSPENDED:
        return _("This demand is suspended. It can be claimed once the civil-affairs staff have resumed it.")
    if demand.status not in Demand.OPEN:
        return _("This demand cannot be claimed: its status is “%(status)s”.") % {"status": demand.get_status_display()}
    if demand.is_over(day):
        return _("The last day for claims on this demand has passed.")
    return ""


def _public_items(demand: int) -> QuerySet[DemandItem]:
    rows = DemandItem.objects.filter(demand=demand, demand__status__in=Demand.PUBLIC).order_by("pk")
    return rows.select_related("demand__village__parent__parent")


_PUBLIC_ITEMS = Question(_public_items, ANY_KEY)


def public_with_items(pk: int | str) -> Demand | None:
    """A public demand with its items and its place, in one query; None if there is none."""
    if len(str(pk)) > 18:
        return None
    items = _PUBLIC_ITEMS.rows(int(pk))
    if not items:
        return None
    demand = items[0].demand
    found = demand.items.all()
    found._result_cache, found._prefetch_done = items, True  # type: ignore[attr-defined]
    demand._prefetched_objects_cache = {"items": found}  # type: ignore[attr-defined]
    return demand


def why_no_claim(user, demand: Demand, today: datetime.date | None = None) -> str:
    """`why_not_claimable` for any organization of the person."""
    return why_not_claimable(demand, user, on=today)


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
    status = Demand.Status(demand.status)
    edit = status in Demand.EDITABLE and permissions.can_edit(user, demand)
    manage = permissions.can_manage(user, demand)
    return {
        "edit": edit,
        "submit": edit,
        **_review_acts(user, demand),
        "invite": _can_invite(user, demand),
        "withdraw": Demand.Status.WITHDRAWN in demand.TRANSITIONS[status] and permissions.can_withdraw(user, demand),
        "suspend": Demand.Status.SUSPENDED in demand.TRANSITIONS[status] and manage,
        "resume": status == Demand.Status.SUSPENDED and manage,
        "close": Demand.Status.CLOSED in demand.TRANSITIONS[status] and manage,
        "quantities": status in Demand.OPEN and permissions.can_publish(user, demand),
    }


def _review_acts(user, demand: Demand) -> dict[str, bool]:
    """Both levels of review; `own` where only somebody else may decide, `waits` where the township comes first."""
    if demand.status not in Demand.IN_REVIEW:
        return {}
    submitted = demand.status == Demand.Status.SUBMITTED
    own = permissions.wrote(user, demand) or permissions.checked(user, demand)
    may_publish = permissions.can_publish(user, demand) and not own
    waits = submitted and may_publish and bool(checkers(demand))
    return {
        "check": submitted and permissions.can_check(user, demand) and not own and not user.is_superuser,
        "publish": may_publish and not waits,
        "waits": waits,
        "return": permissions.can_return(user, demand) and not own,
        "reject": may_publish,
        "own": own and permissions.can_return(user, demand),
    }


def _can_invite(user, demand: Demand) -> bool:
    """Staff may draw organizations' attention to a demand while something of it can be claimed."""
    claimable = demand.status in (Demand.Status.PUBLISHED, Demand.Status.CLAIMED_IN_PART) and not demand.is_over()
    return claimable and permissions.can_invite(user, demand)

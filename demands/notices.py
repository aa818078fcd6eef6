"""What people are told about demands and claims."""

import datetime
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Post
from accounts.selectors import responsible_for
from demands import selectors
from demands.models import Claim, Delivery, Demand, Invitation, WaitingPlace
from notices.kinds import Kind, Reminder, Rule, reaches
from organizations.notices import members_of


def _author(demand: Demand, change) -> list[int]:
    return [demand.created_by_id] if demand.created_by_id else []


def _reviewers(demand: Demand, change) -> list[int]:
    """The township's checkers, else the nearest staff; not the one who hands it in, who could not review it."""
    return responsible_for(demand.village_id, Post.Kind.CHECKER, Post.Kind.STAFF, but=change.by_id)


def _staff(demand: Demand, change) -> list[int]:
    return responsible_for(demand.village_id, Post.Kind.STAFF, but=change.by_id)


def _of_demand(demand: Demand) -> dict[str, str]:
    return {"reference": demand.reference, "title": demand.title, "place": demand.place}


def _of_claim(claim: Claim) -> dict[str, str]:
    facts = _of_demand(claim.demand)
    return {
        **facts,
        "demand": facts["reference"],
        "reference": claim.reference,
        "organization": claim.organization.name,
    }


def _demand(key: str, label, text, statuses: list[str], people, *, with_note: bool = False) -> Rule:
    kind = Kind(key=key, label=label, text=text, page="demands:demand-detail")
    return Rule(kind, "demands.Demand", reaches(*statuses), people, _of_demand, with_note=with_note)


def _claim(key: str, label, text, statuses: list[str], people, *, with_note: bool = False) -> Rule:
    kind = Kind(key=key, label=label, text=text, page="demands:claim-detail")
    return Rule(kind, "demands.Claim", reaches(*statuses), people, _of_claim, with_note=with_note)


def _of_delivery(delivery: Delivery) -> dict[str, str]:
    facts = _of_claim(delivery.claim)
    return {**facts, "claim": facts["reference"], "reference": delivery.reference}


def _delivery(key: str, label, text, statuses: list[str], people) -> Rule:
    kind = Kind(key=key, label=label, text=text, page="demands:delivery-detail")
    return Rule(kind, "demands.Delivery", reaches(*statuses), people, _of_delivery)


def _claimants(claim: Claim, change) -> list[int]:
    return members_of(claim.organization_id)


def _village(claim: Claim, change) -> list[int]:
    """The village's reporters; where there are none, the township's checkers or the county's staff."""
    village = claim.demand.village_id
    for kind in (Post.Kind.REPORTER, Post.Kind.CHECKER, Post.Kind.STAFF):
        people = responsible_for(village, kind)
        if people:
            return people
    return []


def _other_side(claim: Claim, change) -> list[int]:
    """The village, the staff and the organization, but for the one who did it."""
    people = {*_village(claim, change), *members_of(claim.organization_id)}
    people |= set(responsible_for(claim.demand.village_id, Post.Kind.STAFF))
    return sorted(people - {change.by_id})


def _of_invitation(invitation: Invitation) -> dict[str, str]:
    return {**_of_demand(invitation.demand), "organization": invitation.organization.name}


def _invitation(key: str, label, text, statuses: list[str], people, *, with_note: bool = False) -> Rule:
    kind = Kind(key=key, label=label, text=text, page="demands:invitation-detail")
    return Rule(kind, "demands.Invitation", reaches(*statuses), people, _of_invitation, with_note=with_note)


def _inviter(invitation: Invitation, change) -> list[int]:
    return [invitation.created_by_id] if invitation.created_by_id else []


def _newly_published(change) -> bool:
    """Published by a review, not open again because a claim was given back."""
    reviewed = (Demand.Status.SUBMITTED, Demand.Status.CHECKED)
    return change.new == Demand.Status.PUBLISHED and change.old in reviewed


rules = [
    _demand(
        "demand_submitted",
        _("A demand waits for review"),
        _("“%(title)s” of %(place)s (%(reference)s) waits for your review."),
        [Demand.Status.SUBMITTED],
        _reviewers,
    ),
    _demand(
        "demand_checked",
        _("A demand checked by the township waits for publication"),
        _("“%(title)s” of %(place)s (%(reference)s) is checked by the township and waits for your review."),
        [Demand.Status.CHECKED],
        _staff,
    ),
    _demand(
        "demand_returned",
        _("Your demand is returned"),
        _("“%(title)s” (%(reference)s) has to be corrected. The reason is shown in the portal."),
        [Demand.Status.RETURNED],
        _author,
        with_note=True,
    ),
    _demand(
        "demand_rejected",
        _("Your demand is rejected"),
        _("“%(title)s” (%(reference)s) is rejected. The reason is shown in the portal."),
        [Demand.Status.REJECTED],
        _author,
        with_note=True,
    ),
    Rule(
        Kind(
            key="demand_published",
            label=_("Your demand is published"),
            text=_("“%(title)s” (%(reference)s) is published; organizations can claim it."),
            page="demands:demand-detail",
        ),
        "demands.Demand",
        _newly_published,
        _author,
        _of_demand,
    ),
    _claim(
        "claim_submitted",
        _("A claim waits for your decision"),
        _("%(organization)s claims “%(title)s” of %(place)s (claim %(reference)s)."),
        [Claim.Status.SUBMITTED],
        lambda claim, change: responsible_for(claim.demand.village_id, Post.Kind.STAFF, but=change.by_id),
    ),
    _claim(
        "claim_approved",
        _("Your claim is approved"),
        _("The claim %(reference)s of %(organization)s on “%(title)s” is approved. The village's contact is shown."),
        [Claim.Status.APPROVED],
        _claimants,
    ),
    _claim(
        "claim_rejected",
        _("Your claim is rejected"),
        _("The claim %(reference)s of %(organization)s on “%(title)s” is rejected. The reason is shown in the portal."),
        [Claim.Status.REJECTED],
        _claimants,
        with_note=True,
    ),
    _claim(
        "claim_lapsed",
        _("Your claim has lapsed"),
        _("The hold of claim %(reference)s of %(organization)s on “%(title)s” is over; its quantities are free again."),
        [Claim.Status.LAPSED],
        _claimants,
    ),
    Rule(
        Kind(
            key="claim_withdrawn",
            label=_("An approved claim is withdrawn"),
            text=_(
                "The claim %(reference)s of %(organization)s on “%(title)s” is withdrawn; what it held is free again."
            ),
            page="demands:claim-detail",
        ),
        "demands.Claim",
        lambda change: change.new == Claim.Status.WITHDRAWN and change.old in Claim.CONFIRMED,
        _other_side,
        _of_claim,
        with_note=True,
    ),
    Rule(
        Kind(
            key="claim_ended",
            label=_("Nothing more is delivered of a claim"),
            text=_(
                "Of the claim %(reference)s of %(organization)s on “%(title)s” nothing more is delivered; what had not "
                "arrived is free again."
            ),
            page="demands:claim-detail",
        ),
        "demands.Claim",
        lambda change: "given_up" in change.changes,
        _other_side,
        _of_claim,
        with_note=True,
    ),
    _delivery(
        "delivery_handed_over",
        _("A delivery waits for acceptance"),
        _("%(organization)s has delivered for “%(title)s” of %(place)s (%(reference)s). Check it line by line."),
        [Delivery.Status.HANDED_OVER],
        lambda delivery, change: _village(delivery.claim, change),
    ),
    _delivery(
        "delivery_inspected",
        _("The village has checked your delivery"),
        _("%(place)s has entered what arrived of delivery %(reference)s of %(organization)s for “%(title)s”."),
        [Delivery.Status.INSPECTED],
        lambda delivery, change: members_of(delivery.claim.organization_id),
    ),
    Rule(
        Kind(
            key="claim_sent_back",
            label=_("The county sends a claim back to the village"),
            text=_("The acceptance for “%(title)s” of %(place)s (claim %(reference)s) has to be looked at again."),
            page="demands:claim-detail",
        ),
        "demands.Claim",
        lambda change: change.old == Claim.Status.ACCEPTED and change.new == Claim.Status.DELIVERED,
        _village,
        _of_claim,
        with_note=True,
    ),
    _claim(
        "claim_verified",
        _("Your delivery is verified"),
        _("The county has verified the delivery of %(organization)s for “%(title)s” (claim %(reference)s)."),
        [Claim.Status.VERIFIED],
        _claimants,
    ),
    _invitation(
        "demand_invitation",
        _("Your organization is invited to a demand"),
        _("%(organization)s is invited to look at “%(title)s” of %(place)s (%(reference)s). You are free to decline."),
        [Invitation.Status.OPEN],
        lambda invitation, change: members_of(invitation.organization_id),
    ),
    _invitation(
        "demand_invitation_accepted",
        _("An invitation is accepted"),
        _("%(organization)s accepts the invitation to “%(title)s” (%(reference)s)."),
        [Invitation.Status.ACCEPTED],
        _inviter,
    ),
    _invitation(
        "demand_invitation_declined",
        _("An invitation is declined"),
        _("%(organization)s declines the invitation to “%(title)s” (%(reference)s). The portal shows the reason."),
        [Invitation.Status.DECLINED],
        _inviter,
        with_note=True,
    ),
    Rule(
        Kind(
            key="demand_free",
            label=_("Something you wait for is free"),
            text=_(
                "Something of “%(title)s” of %(place)s (%(reference)s) can be claimed again; whoever is first gets it."
            ),
            page="demands:demand-claim",
        ),
        "demands.WaitingPlace",
        reaches(WaitingPlace.Status.TOLD),
        lambda place, change: members_of(place.organization_id),
        lambda place: _of_demand(place.demand),
        target=lambda place: place.demand_id,
    ),
]

# A hold that was given for little more than a week needs no reminder on its first day.
_SHORT = datetime.timedelta(days=8)


def _ending(now: datetime.datetime) -> Iterator[tuple[Claim, str]]:
    """Claims whose hold ends soon; told again when the hold was extended."""
    for claim, days in selectors.reminders_due(now):
        if days == 1 or claim.expires_at - claim.created_at > _SHORT:
            yield claim, f"{claim.pk}/{claim.expires_at.isoformat()}/{days}"


def _end_of(claim: Claim) -> dict[str, str]:
    return {**_of_claim(claim), "day": timezone.localtime(claim.expires_at).strftime("%Y-%m-%d %H:%M")}


reminders = [
    Reminder(
        kind=Kind(
            key="claim_ends",
            label=_("The hold of your claim ends soon"),
            text=_(
                "The claim %(reference)s of %(organization)s on “%(title)s” holds its quantities until %(day)s. "
                "Go on with it, or ask for more time with a reason."
            ),
            page="demands:claim-detail",
        ),
        due=_ending,
        people=lambda claim: members_of(claim.organization_id),
        facts=_end_of,
    )
]

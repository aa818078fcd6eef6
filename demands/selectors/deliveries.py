"""What a person may do with the delivery of a claim, and what waits for whom."""

from django.db.models import Prefetch, QuerySet

from accounts.models import Post, in_ranges
from demands import permissions
from demands.models import AcceptanceEntry, Claim, Delivery, DeliveryFile, Demand, Rating, SpotCheck


def fulfilment_acts(user, claim: Claim) -> dict[str, bool]:
    """What this person may do after approval, for the buttons of the claim's page."""
    status, rated = claim.status, {rating.side for rating in claim.ratings.all()}
    side = permissions.rates_for(user, claim)
    accepted = status == Claim.Status.ACCEPTED and permissions.can_verify(user, claim)
    own = accepted and permissions.took_part(user, claim)
    sent_back = status == Claim.Status.DELIVERED and all(line.accepted == line.quantity for line in claim.lines.all())
    open_check = any(check.status == SpotCheck.Status.OPEN for check in claim.spot_checks.all())
    return {
        "sign": status == Claim.Status.APPROVED and permissions.can_sign(user, claim),
        "deliver": status in Claim.DELIVERABLE and permissions.can_deliver(user, claim) and _owes(claim),
        "end": status in Claim.ENDABLE and permissions.can_end(user, claim) and _owes(claim),
        "verify": accepted and not own,
        "verify_own": own,
        "confirm": sent_back and permissions.can_inspect(user, claim) and not permissions.sides_with(user, claim),
        "spot_check": status in Claim.CHECKABLE and not open_check and permissions.can_verify(user, claim),
        "sees_checks": permissions.can_inspect(user, claim),
        "rate": status == Claim.Status.VERIFIED and side != "" and side not in rated,
    }


def _owes(claim: Claim) -> bool:
    return any(line.owed > 0 for line in claim.lines.all())


def delivery_acts(user, delivery: Delivery) -> dict[str, bool]:
    """What this person may do with the delivery in its present status."""
    claim, status = delivery.claim, delivery.status
    draft, waiting = status == Delivery.Status.DRAFT, status == Delivery.Status.HANDED_OVER
    mine = permissions.can_deliver(user, claim)
    village = permissions.can_inspect(user, claim) and not permissions.sides_with(user, claim)
    return {
        "edit": draft and mine,
        "withdraw": (draft or waiting) and mine,
        "inspect": waiting and village,
        "reverse": delivery.status in Delivery.STANDING and claim.status in Claim.UNVERIFIED and village,
        "original": permissions.can_see_original(user, claim),
    }


def fulfilment(user, claim: Claim) -> dict:
    """What the claim's page shows after approval; empty before, and for claims that ended early."""
    if claim.status not in Claim.CONFIRMED:
        return {}
    acts = fulfilment_acts(user, claim)
    checks = [one for one in claim.spot_checks.all() if acts["sees_checks"] or one.status != SpotCheck.Status.OPEN]
    return {
        "fulfilment": acts,
        "checks": checks,
        "deliveries": deliveries_of(user, claim),
        "sides": sides(claim),
    }


def with_fulfilment(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Claims with all that their delivery section shows."""
    return claims.select_related("agreement").prefetch_related("ratings", "spot_checks", "verifications__created_by")


def deliveries_of(user, claim: Claim) -> QuerySet[Delivery]:
    """The deliveries of a claim this person sees, newest first."""
    return Delivery.objects.visible_to(user).for_list().filter(claim=claim).order_by("-pk")


def entries_of(delivery: Delivery) -> QuerySet[AcceptanceEntry]:
    """All entries on a delivery in their order, taken back or not."""
    return (
        AcceptanceEntry.objects.filter(line__delivery=delivery)
        .select_related("line__line__item", "created_by", "reverses")
        .prefetch_related(Prefetch("reversed_by"))
        .order_by("pk")
    )


def public_photos(demand: Demand) -> QuerySet[DeliveryFile]:
    """The cleaned photos that everybody may see of what arrived for a demand."""
    photos = DeliveryFile.objects.public().filter(delivery__claim__demand=demand)
    return photos.select_related("delivery__claim__organization").order_by("-delivery__delivered_on", "pk")


def to_inspect(user) -> QuerySet[Delivery]:
    """Deliveries that wait for the village's word, in the places this person has a post in; oldest first."""
    ranges = _ranges(user, Post.Kind.REPORTER, Post.Kind.CHECKER, Post.Kind.STAFF)
    rows = Delivery.objects.visible_to(user).filter(in_ranges("claim__demand__village", ranges))
    return rows.filter(status=Delivery.Status.HANDED_OVER).for_list().order_by("pk")


def to_verify(user) -> QuerySet[Claim]:
    """Accepted claims of the places this person is responsible for; oldest first."""
    ranges = _ranges(user, Post.Kind.STAFF)
    rows = Claim.objects.visible_to(user).filter(in_ranges("demand__village", ranges))
    return rows.filter(status=Claim.Status.ACCEPTED).for_list().order_by("pk")


def to_spot_check(user) -> QuerySet[SpotCheck]:
    """Spot checks that are still to be carried out; oldest first."""
    ranges = _ranges(user, Post.Kind.STAFF)
    rows = SpotCheck.objects.visible_to(user).filter(in_ranges("claim__demand__village", ranges))
    return rows.filter(status=SpotCheck.Status.OPEN).for_list().order_by("pk")


def _ranges(user, *kinds: str) -> list[tuple[str, str]]:
    return [("0" * 12, "9" * 12)] if user.is_superuser else user.post_ranges(*kinds)


def sides(claim: Claim) -> list[tuple[str, Rating | None]]:
    """Both sides with their rating, where there is one."""
    given = {rating.side: rating for rating in claim.ratings.all()}
    return [(str(side.label), given.get(side.value)) for side in Rating.Side]

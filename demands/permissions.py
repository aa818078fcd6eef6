"""Who may do what with demands and claims. Whether the state of a record allows it is asked by the services."""

from collections.abc import Sequence

from django.db.models import Q

from accounts.models import Post
from core.models import StatusChange
from demands.models import AcceptanceEntry, Claim, Delivery, Demand, DemandList, Invitation, SupplyOffer, WaitingPlace
from organizations.models import Membership, Organization
from organizations.permissions import acts_for
from regions.models import Region

_VILLAGE_POSTS = (Post.Kind.REPORTER, Post.Kind.CHECKER, Post.Kind.STAFF)


def can_draft(user) -> bool:
    """Village reporters, township checkers and civil-affairs staff write demands."""
    return user.is_authenticated and (user.is_superuser or bool(user.post_ranges(*_VILLAGE_POSTS)))


def can_draft_in(user, village_code: str) -> bool:
    """Whether the person may write demands of this village."""
    return user.is_authenticated and user.serves(village_code, *_VILLAGE_POSTS)


def can_edit(user, demand: Demand) -> bool:
    """Those who may write demands of the village: to edit, submit and withdraw one."""
    return can_draft_in(user, demand.village_id)


def can_return(user, demand: Demand) -> bool:
    """The township's checker and the staff responsible send a demand back for correction."""
    return user.is_authenticated and user.serves(demand.village_id, Post.Kind.CHECKER, Post.Kind.STAFF)


def can_publish(user, demand: Demand) -> bool:
    """Staff responsible for the village publish, reject, and change quantities afterwards."""
    return user.is_authenticated and user.serves(demand.village_id, Post.Kind.STAFF)


def can_manage(user, demand: Demand) -> bool:
    """Staff responsible for the village suspend, resume and close."""
    return can_publish(user, demand)


def can_withdraw(user, demand: Demand) -> bool:
    """Before publication those who may edit; afterwards the staff responsible."""
    return can_publish(user, demand) if demand.is_public else can_edit(user, demand)


def writers(demand: Demand) -> set[int]:
    """Keys of those who drafted, edited or submitted the demand; somebody else has to review it."""
    return writers_of([demand])[demand.pk]


def writers_of(demands: Sequence[Demand]) -> dict[int, set[int]]:
    """`writers` of many demands, by their keys."""
    changes = StatusChange.objects.of_many(demands)
    written = Q(new__in=(Demand.Status.DRAFT, Demand.Status.SUBMITTED))
    corrected = Q(old=Demand.Status.RETURNED, new=Demand.Status.RETURNED)
    found: dict[int, set[int]] = {demand.pk: {demand.created_by_id} for demand in demands}
    for key, by in changes.filter(written | corrected).values_list("object_id", "by"):
        found[key].add(by)
    return {key: people - {None} for key, people in found.items()}


def wrote(user, demand: Demand) -> bool:
    """Whether the person drafted, edited or submitted the demand."""
    return user.pk in writers(demand)


def checked(user, demand: Demand) -> bool:
    """Whether the person's own check brought the demand to the county; then somebody else decides there."""
    return user.pk is not None and checkers_of([demand]).get(demand.pk) == user.pk


def checkers_of(demands: Sequence[Demand]) -> dict[int, int | None]:
    """Who brought each demand to the county by a check, by the keys of the demands; somebody else decides there."""
    keys = {demand.pk for demand in demands if demand.status == Demand.Status.CHECKED}
    changes = StatusChange.objects.of_many(demands).filter(new=Demand.Status.CHECKED, object_id__in=keys)
    return dict(changes.order_by("id").values_list("object_id", "by"))


def can_check(user, demand: Demand) -> bool:
    """The township's checkers."""
    return user.is_authenticated and user.serves(demand.village_id, Post.Kind.CHECKER)


def can_claim(user, own: list[Organization] | None = None) -> bool:
    """People who act for a social organization; `own` are those they act for, if the caller has read them."""
    if not user.is_authenticated:
        return False
    if own is not None:
        return any(one.kind in Organization.SOCIAL for one in own)
    return Membership.objects.filter(user=user, organization__kind__in=Organization.SOCIAL).exists()


def can_decide(user, claim: Claim) -> bool:
    """Staff responsible for the village approve and reject claims."""
    return user.is_authenticated and user.serves(claim.demand.village_id, Post.Kind.STAFF)


def can_withdraw_claim(user, claim: Claim) -> bool:
    """The organization's own people."""
    return acts_for(user, claim.organization)


def can_extend(user, claim: Claim) -> bool:
    """The organization's own people ask for more time; the staff responsible grant it as well."""
    return can_withdraw_claim(user, claim) or can_decide(user, claim)


def can_leave_queue(user, place: WaitingPlace) -> bool:
    """The organization's own people."""
    return acts_for(user, place.organization)


def sides_with(user, claim: Claim) -> bool:
    """Whether the person made the claim or belongs to its organization; then somebody else has to decide on it."""
    return claim.created_by_id == user.pk or acts_for(user, claim.organization)


def can_see_contact(user, demand: Demand) -> bool:
    """Those who work on the demand, and organizations whose claim on it is approved."""
    if not user.is_authenticated:
        return False
    if can_edit(user, demand):
        return True
    mine = Organization.objects.answered_by(user).values("pk")
    return Claim.objects.filter(demand=demand, organization__in=mine, status__in=Claim.CONFIRMED).exists()


def can_see_notes(user, demand: Demand) -> bool:
    """Names and notes in the history are for those who work on the demand."""
    return can_edit(user, demand)


def can_open_lists(user) -> bool:
    """Whether the person may open demand lists anywhere."""
    return user.is_authenticated and (user.is_superuser or bool(user.post_ranges(Post.Kind.CHECKER, Post.Kind.STAFF)))


def can_open_list(user, region_code: str) -> bool:
    """Staff and township checkers collect the demands of their region in lists."""
    return user.is_authenticated and user.serves(region_code, Post.Kind.CHECKER, Post.Kind.STAFF)


def can_publish_list(user, demand_list: DemandList) -> bool:
    """Staff responsible for the list's region."""
    return user.is_authenticated and user.serves(demand_list.region_id, Post.Kind.STAFF)


def can_sign(user, claim: Claim) -> bool:
    """The organization's own people and the staff responsible enter the agreement on a claim."""
    return acts_for(user, claim.organization) or can_decide(user, claim)


def can_deliver(user, claim: Claim) -> bool:
    """The organization's own people enter what they deliver."""
    return acts_for(user, claim.organization)


def can_end(user, claim: Claim) -> bool:
    """The organization's own people, once a delivery has begun; the staff responsible where nothing comes any more."""
    begun = claim.status != Claim.Status.AGREED
    return (begun and acts_for(user, claim.organization)) or can_decide(user, claim)


def can_inspect(user, claim: Claim) -> bool:
    """The village says what it found: its reporter, or the township or county for a village without one."""
    return can_draft_in(user, claim.demand.village_id)


def can_verify(user, claim: Claim) -> bool:
    """Staff responsible for the village verify accepted claims and order spot checks."""
    return can_decide(user, claim)


def can_see_original(user, claim: Claim) -> bool:
    """Officers see a picture as it was sent, with its position; everybody else the cleaned copy."""
    return user.is_authenticated and user.serves(claim.demand.village_id, Post.Kind.CHECKER, Post.Kind.STAFF)


def took_part(user, claim: Claim) -> bool:
    """Whether the person made, delivered or accepted any of the claim, or wrote the demand; if so, another verifies."""
    if sides_with(user, claim) or wrote(user, claim.demand):
        return True
    if AcceptanceEntry.objects.filter(line__delivery__claim=claim, created_by=user).exists():
        return True
    # Whoever stood by the village's entries after the county sent the claim back has accepted it as well.
    if StatusChange.objects.of(claim).filter(new=Claim.Status.ACCEPTED, by=user).exists():
        return True
    return Delivery.objects.filter(claim=claim, created_by=user).exists()


def rates_for(user, claim: Claim) -> str:
    """The side for which the person may rate the claim; empty for nobody."""
    if acts_for(user, claim.organization):
        return "organization"
    return "village" if can_inspect(user, claim) and not sides_with(user, claim) else ""


def can_offer(user) -> bool:
    """People who act for a social organization say what it can give."""
    return can_claim(user)


def can_change_offer(user, offer: SupplyOffer) -> bool:
    """The organization's own people."""
    return acts_for(user, offer.organization)


def can_invite(user, demand: Demand) -> bool:
    """Staff responsible for the village invite organizations to a demand, and take invitations back."""
    return can_publish(user, demand)


def can_answer(user, invitation: Invitation) -> bool:
    """The invited organization's own people."""
    return acts_for(user, invitation.organization)


def can_edit_list(user, demand_list: DemandList) -> bool:
    """Those who may open lists of the region: to attach files and hand in its drafts."""
    return can_open_list(user, demand_list.region_id)


def can_keep_catalogue(user) -> bool:
    """Whether the person keeps usual prices and things not accepted anywhere."""
    return user.is_authenticated and (user.is_superuser or bool(user.post_ranges(Post.Kind.STAFF)))


def can_keep_catalogue_in(user, region: Region | None) -> bool:
    """Staff keep the catalogue of their region; what holds everywhere is kept by superusers."""
    if not user.is_authenticated:
        return False
    return user.is_superuser if region is None else user.serves(region.code, Post.Kind.STAFF)


def can_import(user) -> bool:
    """Whether the person may hand in demands as a table."""
    return can_open_lists(user)

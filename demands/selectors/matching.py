"""What fits what: demands for an offer, and organizations for a demand, each with its reasons in words.

A suggestion is only shown where the place is served, something is left to claim, the organization may claim and has no
claim there yet, and either the thing or the assistance form is the same. Then points decide the order:

    the same thing 30, a similar name 20      an item of the demand and what is offered, or
    the same assistance form 30, in the organization's focus 20
    the same kind of item 10
    a pair whose receiver is the county or below 20, a wider one 10
    registered in the same county 10
    the quantity covers what is left of the item 10, a part of it 5 (same unit)
    one point for each verified claim, at most 10
    a claim verified within a year 5

People decide: nothing is assigned, and the order changes nobody's right to claim.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Max, Q, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from demands.models import Claim, Demand, DemandItem, Invitation, SupplyOffer, plain_quantity
from organizations.models import AssistanceForm, Organization
from pairings.models import Pairing
from regions.models import CODE_LENGTH, Region

# Newest candidates that are compared, and suggestions that are shown.
COMPARED = 300
SHOWN = 10
RECENT = datetime.timedelta(days=365)


@dataclass
class Suggestion:
    """A demand for an offer, or an organization (and perhaps its offer) for a demand."""

    organization: Organization
    demand: Demand
    offer: SupplyOffer | None = None
    score: int = 0
    reasons: list[str] = field(default_factory=list)
    invitation: Invitation | None = None

    def add(self, points: int, reason: str) -> None:
        self.score += points
        self.reasons.append(reason)


@dataclass
class Record:
    """What an organization has done so far."""

    verified: int = 0
    last: datetime.datetime | None = None


def demands_for(offer: SupplyOffer, *, most: int = SHOWN, today: datetime.date | None = None) -> list[Suggestion]:
    """The demands that fit an offer best. Five queries, whatever the number of demands."""
    taken = Claim.objects.filter(organization=offer.organization_id, status__in=Claim.LIVE).values("demand")
    rows = Demand.objects.claimable(today).exclude(pk__in=taken)
    rows = rows.filter(Q(form=offer.form) | Q(items__kind=offer.kind)).distinct()
    places = list(offer.regions.all())
    if places:
        rows = rows.filter(_within("village", places))
    pairs = _pairs_of(offer.organization)
    records = _records([offer.organization_id])
    candidates = rows.select_related("village__parent__parent").prefetch_related("items").order_by("-pk")[:COMPARED]
    found = (_compared(offer.organization, offer, demand, pairs, records) for demand in candidates)
    return _best(found, most)


def organizations_for(demand: Demand, *, most: int = SHOWN, today: datetime.date | None = None) -> list[Suggestion]:
    """The organizations staff could invite to a demand. At most eight queries, whatever the number of organizations."""
    prefetch_related_objects([demand], "items")
    pairs = _pairs_to(demand.village_id)
    offers = _offers_for(demand, today)
    live = Claim.objects.filter(demand=demand, status__in=Claim.LIVE)
    claiming = set(live.values_list("organization_id", flat=True))
    candidates: list[tuple[Organization, SupplyOffer | None]] = [(offer.organization, offer) for offer in offers]
    offering = {offer.organization_id for offer in offers}
    candidates += [(one, None) for one in _focused_on(demand, pairs) if one.pk not in offering]
    records = _records([organization.pk for organization, _offer in candidates])
    found = [
        _compared(organization, offer, demand, pairs, records)
        for organization, offer in candidates
        if organization.pk not in claiming
    ]
    best = _best(_one_each(found), most)
    invited = {row.organization_id: row for row in Invitation.objects.filter(demand=demand).order_by("pk")}
    for suggestion in best:
        suggestion.invitation = invited.get(suggestion.organization.pk)
    return best


def prefilled(invitation: Invitation) -> dict[int, Decimal]:
    """What an accepted invitation proposes to claim, {item: quantity}: of each item that fits the offer, what is left
    and can be given. Without an offer nothing is proposed."""
    offer, quantities = invitation.offer, {}
    if offer is not None:
        for item in invitation.demand.items.all():
            if item.remaining and item.unit == offer.unit and _similar(item.what, offer.what):
                quantities[item.pk] = min(item.remaining, offer.quantity)
    return quantities


def _offers_for(demand: Demand, today: datetime.date | None) -> list[SupplyOffer]:
    kinds = {item.kind for item in demand.items.all()}
    rows = SupplyOffer.objects.standing(today).filter(Q(form=demand.form) | Q(kind__in=kinds)).for_list()
    return [
        offer
        for offer in rows.order_by("-pk")[:COMPARED]
        if not offer.regions.all() or any(region.contains(demand.village_id) for region in offer.regions.all())
    ]


def _focused_on(demand: Demand, pairs: list[Pairing]) -> list[Organization]:
    """Organizations without an offer whose focus is the form, of the county or of a paired place."""
    county = demand.village_id[: Region.DIGITS[Region.Level.COUNTY]]
    near = Q(region__gte=county.ljust(CODE_LENGTH, "0"), region__lte=county.ljust(CODE_LENGTH, "9")) | Q(
        pk__in=[pair.giver_organization_id for pair in pairs]
    )
    near |= _within("region", [pair.giver_region for pair in pairs if pair.giver_region])
    rows = Organization.objects.eligible().filter(near, focus__contains=[demand.form]).select_related("region")
    return list(rows.order_by("-pk")[:COMPARED])


def _within(name: str, places: Iterable[Region]) -> Q:
    condition = Q(pk__in=[])
    for place in places:
        condition |= Q(**{f"{name}__gte": place.low, f"{name}__lte": place.high})
    return condition


def _pairs_of(organization: Organization) -> list[Pairing]:
    """The pairs in force in which the organization, or the place it is registered in, gives."""
    region = organization.region
    above = [region.code, *region.ancestor_codes()]
    givers = Q(giver_organization=organization) | Q(giver_region__in=above)
    return list(Pairing.objects.valid().filter(givers, status=Pairing.Status.ACTIVE).for_list())


def _pairs_to(code: str) -> list[Pairing]:
    """The pairs in force whose receiver is a place or one it lies in."""
    above = {code[:digits].ljust(len(code), "0") for digits in Region.DIGITS.values()}
    return list(Pairing.objects.valid().filter(receiver_region__in=above, status=Pairing.Status.ACTIVE).for_list())


def _records(organizations: list[int]) -> dict[int, Record]:
    rows = Claim.objects.filter(organization__in=organizations, status=Claim.Status.VERIFIED).order_by()
    counted = rows.values("organization").annotate(n=Count("pk"), last=Max("updated_at"))
    return {row["organization"]: Record(row["n"], row["last"]) for row in counted}


def _compared(
    organization: Organization,
    offer: SupplyOffer | None,
    demand: Demand,
    pairs: list[Pairing],
    records: dict[int, Record],
) -> Suggestion | None:
    """One organization and one demand, with what speaks for them; None when nothing essential does."""
    found = Suggestion(organization, demand, offer)
    pair = _pair(pairs, organization, demand.village_id)
    if offer is not None:
        if offer.paired_only and pair is None:
            return None
        _compare_things(found, offer, list(demand.items.all()))
    elif demand.form in organization.focus:
        form = dict(AssistanceForm.choices)[demand.form]
        found.add(20, _("assistance form in its focus: %(form)s") % {"form": form})
    if not found.reasons:
        return None
    if pair is not None:
        narrow = pair.receiver_region is not None and pair.receiver_region.digits >= Region.DIGITS[Region.Level.COUNTY]
        names = {"giver": pair.giver, "receiver": pair.receiver}
        found.add(20 if narrow else 10, _("paired: %(giver)s → %(receiver)s") % names)
    county = Region.DIGITS[Region.Level.COUNTY]
    if organization.region_id[:county] == demand.village_id[:county]:
        found.add(10, _("registered in the same county"))
    _add_record(found, records.get(organization.pk, Record()))
    return found


def _compare_things(found: Suggestion, offer: SupplyOffer, items: list[DemandItem]) -> None:
    """Form, thing, kind and quantity. Adds nothing unless the form or the thing is the same."""
    alike = [item for item in items if item.remaining and _similar(item.what, offer.what)]
    if found.demand.form != offer.form and not alike:
        return
    if found.demand.form == offer.form:
        found.add(30, _("same assistance form: %(form)s") % {"form": offer.get_form_display()})
    if alike:
        item = alike[0]
        same = item.what.strip() == offer.what.strip()
        found.add(
            30 if same else 20, (_("same thing: %(what)s") if same else _("similar: %(what)s")) % {"what": item.what}
        )
        _compare_quantity(found, offer, item)
    if any(item.kind == offer.kind for item in items):
        found.add(10, _("same kind: %(kind)s") % {"kind": offer.get_kind_display()})


def _compare_quantity(found: Suggestion, offer: SupplyOffer, item: DemandItem) -> None:
    if item.unit.strip() != offer.unit.strip():
        return
    words = {"offered": plain_quantity(offer.quantity), "left": plain_quantity(item.remaining), "unit": item.unit}
    if offer.quantity >= item.remaining:
        found.add(10, _("quantity fits: %(offered)s offered, %(left)s %(unit)s left") % words)
    else:
        found.add(5, _("covers a part: %(offered)s of %(left)s %(unit)s") % words)


def _add_record(found: Suggestion, record: Record) -> None:
    if record.verified:
        found.add(min(10, record.verified), _("claims delivered and verified: %(n)s") % {"n": record.verified})
    if record.last is not None and record.last >= timezone.now() - RECENT:
        found.add(5, _("last one verified on %(day)s") % {"day": timezone.localtime(record.last).date()})


def _similar(one: str, other: str) -> bool:
    """Whether one name is in the other: 棉被 and 冬季棉被."""
    one, other = one.strip().lower(), other.strip().lower()
    return bool(one and other) and (one in other or other in one)


def _pair(pairs: list[Pairing], organization: Organization, village: str) -> Pairing | None:
    """The closest pair in which this organization, or its place, helps this village's place."""
    fitting = [pair for pair in pairs if _gives(pair, organization) and _receives(pair, village)]
    return max(fitting, key=lambda pair: pair.receiver_region.digits if pair.receiver_region else 0, default=None)


def _gives(pair: Pairing, organization: Organization) -> bool:
    if pair.giver_organization_id:
        return pair.giver_organization_id == organization.pk
    return pair.giver_region is not None and pair.giver_region.contains(organization.region_id)


def _receives(pair: Pairing, village: str) -> bool:
    return pair.receiver_region is not None and pair.receiver_region.contains(village)


def _one_each(found: Iterable[Suggestion | None]) -> list[Suggestion]:
    """The best suggestion of each organization; it may have several offers."""
    best: dict[int, Suggestion] = {}
    for one in found:
        if one is not None and (one.organization.pk not in best or one.score > best[one.organization.pk].score):
            best[one.organization.pk] = one
    return list(best.values())


def _best(found: Iterable[Suggestion | None], most: int) -> list[Suggestion]:
    kept = [one for one in found if one is not None]
    return sorted(kept, key=lambda one: (-one.score, -one.demand.pk, one.organization.pk))[:most]

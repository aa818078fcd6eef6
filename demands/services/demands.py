"""A demand from draft to publication, and out of it again."""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from core.references import next_reference
from demands import selectors
from demands.models import Claim, Demand, DemandItem, DemandList
from demands.services.evidence import insist_on_evidence
from demands.services.items import insist_on_accepted, write_beneficiaries, write_items
from demands.services.review import insist_on_future, insist_on_reason
from regions.models import Region


class Duplicate(Refused):
    """The demand looks like others of its village; `facts["demands"]` lists them with id, reference and title."""

    code = "duplicate"


_PLACES = (Region.Level.VILLAGE, Region.Level.TOWNSHIP)


@transaction.atomic
def create_demand(*, values: dict, items: list[dict], by, beneficiaries: dict[str, int] | None = None) -> Demand:
    """Write a new draft.

    `values` are plain fields of Demand (village, form, title, …); `items` are dicts of kind, what, unit, quantity and
    unit_price (yuan, may be missing); `beneficiaries` is {measure: number}. Refused without an item, with a quantity
    that is none, for a place that is neither village nor township, or for a list of another region.
    """
    demand = Demand(reference=next_reference("XQ"), **values)
    _insist_on_place(demand.village, demand.list)
    states.begin(demand, by=by)
    rows = write_items(demand, items)
    demand.needs, demand.kinds = DemandItem.in_words(rows), DemandItem.bits_of(rows)
    demand.save(update_fields=["needs", "kinds"])
    write_beneficiaries(demand, beneficiaries or {})
    return demand


@transaction.atomic
def edit_demand(
    *,
    demand: Demand,
    values: dict,
    items: list[dict],
    by,
    beneficiaries: dict[str, int] | None = None,
    version: int | None = None,
) -> Demand:
    """Change a draft or a returned demand as a whole; arguments as in `create_demand`.

    Refused in any other status, and (`stale`) when somebody changed it after `version`.
    """
    states.lock(demand, version=version)
    if demand.status not in Demand.EDITABLE:
        raise _wrong_state(_("Only a draft or a returned demand can be edited; this one is “%(status)s”."), demand)
    _insist_on_place(values.get("village", demand.village), values.get("list", demand.list))
    rows = write_items(demand, items)
    counts = write_beneficiaries(demand, beneficiaries or {})
    states.record(demand, {**values, "needs": DemandItem.in_words(rows)}, by=by, parts={"beneficiaries": counts})
    demand.kinds = DemandItem.bits_of(rows)
    demand.save(update_fields=["kinds"])
    return demand


@transaction.atomic
def submit(*, demand: Demand, by, not_a_duplicate: str = "", today: datetime.date | None = None) -> Demand:
    """Hand a draft or corrected demand in for review.

    Refused without evidence (`no_evidence`), after its last day (`over`), with something that is not accepted
    (`not_accepted`), and (`duplicate`) while it looks like another demand of the village and `not_a_duplicate` does
    not say why it is none.
    """
    states.lock(demand)
    reason = not_a_duplicate.strip() or demand.not_a_duplicate
    if demand.status not in Demand.EDITABLE:
        insist_on_future(demand, today)
        return states.move(demand, Demand.Status.SUBMITTED, by=by)
    for refusal in why_not_submitted([demand], reasons={demand.pk: reason}, today=today).values():
        raise refusal
    return states.move(demand, Demand.Status.SUBMITTED, by=by, note=not_a_duplicate.strip(), not_a_duplicate=reason)


def why_not_submitted(
    demands: Sequence[Demand], *, reasons: dict[int, str], today: datetime.date | None
) -> dict[int, Refused]:
    """The first thing that stands in the way of each draft, by key; nothing for those that may be handed in.

    `reasons` say by key why a demand that looks like another is none.
    """
    items, files = selectors.items_of(demands), selectors.evidence_of(demands)
    entries, alike = selectors.things_not_accepted(), selectors.duplicates_in(demands)
    found = {}
    for demand in demands:
        try:
            insist_on_future(demand, today)
            insist_on_accepted([item.what for item in items[demand.pk]], demand.village_id, entries)
            insist_on_evidence(files[demand.pk])
            if not reasons.get(demand.pk):
                _insist_on_difference(alike[demand.pk])
        except Refused as refusal:
            found[demand.pk] = refusal
    return found


@transaction.atomic
def withdraw_demand(*, demand: Demand, by, reason: str = "") -> Demand:
    """Take a demand back; a public one only with a reason. Refused (`live_claims`) while there is a claim on it."""
    states.lock(demand)
    if demand.is_public:
        reason = insist_on_reason(reason)
    live = Claim.objects.live().filter(demand=demand).count()
    if live:
        raise Refused(
            _("Organizations have claims on this demand: %(n)s. They have to be rejected or withdrawn first.")
            % {"n": live},
            code="live_claims",
            claims=live,
        )
    return states.move(demand, Demand.Status.WITHDRAWN, by=by, note=reason)


def _wrong_state(message: str, demand: Demand) -> states.WrongState:
    return states.WrongState(message % {"status": demand.get_status_display()}, status=demand.status)


def _insist_on_difference(alike: Sequence[Demand]) -> None:
    if alike:
        raise Duplicate(
            _("This looks like %(others)s of the same village. Say why it is another need, or withdraw one of them.")
            % {"others": ", ".join(str(other) for other in alike[:5])},
            demands=[{"id": other.pk, "reference": other.reference, "title": other.title} for other in alike[:5]],
        )


def _insist_on_place(village: Region, demand_list: DemandList | None) -> None:
    if village.level not in _PLACES:
        raise Refused(_("A demand belongs to a village or a township."), code="not_a_village")
    if demand_list is not None and not demand_list.region.contains(village.code):
        raise Refused(_("The demand list belongs to another region."), code="other_region")

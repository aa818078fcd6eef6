"""A demand from draft to publication, and out of it again."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from core.references import next_reference
from demands import permissions
from demands.models import Claim, Demand, DemandList
from demands.services.items import in_words, write_beneficiaries, write_items
from regions.models import Region

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
    demand.needs = in_words(write_items(demand, items))
    demand.save(update_fields=["needs"])
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
    needs = in_words(write_items(demand, items))
    counts = write_beneficiaries(demand, beneficiaries or {})
    states.record(demand, {**values, "needs": needs}, by=by, parts={"beneficiaries": counts})
    return demand


@transaction.atomic
def submit(*, demand: Demand, by, today: datetime.date | None = None) -> Demand:
    """Hand a draft or corrected demand in for review."""
    states.lock(demand)
    _insist_on_future(demand, today)
    return states.move(demand, Demand.Status.SUBMITTED, by=by)


@transaction.atomic
def publish(
    *, demand: Demand, by, note: str = "", version: int | None = None, today: datetime.date | None = None
) -> Demand:
    """Make a submitted demand public and claimable.

    Refused (`second_person`) to whoever wrote or submitted it, and (`stale`) if it changed after `version` was read.
    """
    states.lock(demand, version=version)
    # The table also leads here from claimed demands whose claims were given back.
    if demand.status not in Demand.IN_REVIEW:
        raise _wrong_state(_("Only a submitted demand can be published; this one is “%(status)s”."), demand)
    _insist_on_second_person(demand, by)
    _insist_on_future(demand, today)
    return states.move(demand, Demand.Status.PUBLISHED, by=by, note=note)


@transaction.atomic
def return_with_reasons(*, demand: Demand, reason: str, by) -> Demand:
    """Send a submitted demand back; it can be edited and submitted again."""
    return _decide(demand, Demand.Status.RETURNED, reason=reason, by=by)


@transaction.atomic
def reject(*, demand: Demand, reason: str, by) -> Demand:
    """Turn a submitted demand down for good."""
    return _decide(demand, Demand.Status.REJECTED, reason=reason, by=by)


@transaction.atomic
def withdraw_demand(*, demand: Demand, by, reason: str = "") -> Demand:
    """Take a demand back. Refused (`live_claims`) while an organization has a claim on it."""
    states.lock(demand)
    live = Claim.objects.live().filter(demand=demand).count()
    if live:
        raise Refused(
            _("Organizations have claims on this demand: %(n)s. They have to be rejected or withdrawn first.")
            % {"n": live},
            code="live_claims",
            claims=live,
        )
    return states.move(demand, Demand.Status.WITHDRAWN, by=by, note=reason)


def insist_on_reason(reason: str) -> str:
    """The reason without surrounding blanks; `Refused` when there is none."""
    reason = reason.strip()
    if not reason:
        raise Refused(_("Give a reason; the other side will read it."), code="no_reason")
    return reason


def _decide(demand: Demand, to: str, *, reason: str, by) -> Demand:
    reason = insist_on_reason(reason)
    states.lock(demand)
    _insist_on_second_person(demand, by)
    return states.move(demand, to, by=by, note=reason)


def _wrong_state(message: str, demand: Demand) -> states.WrongState:
    return states.WrongState(message % {"status": demand.get_status_display()}, status=demand.status)


def _insist_on_second_person(demand: Demand, by) -> None:
    if permissions.wrote(by, demand):
        raise Refused(
            _("You wrote or submitted this demand yourself; a second person has to review it."), code="second_person"
        )


def _insist_on_future(demand: Demand, today: datetime.date | None) -> None:
    if demand.is_over(today or timezone.localdate()):
        raise Refused(_("The last day for claims has passed. Change “valid until” first."), code="over")


def _insist_on_place(village: Region, demand_list: DemandList | None) -> None:
    if village.level not in _PLACES:
        raise Refused(_("A demand belongs to a village or a township."), code="not_a_village")
    if demand_list is not None and not demand_list.region.contains(village.code):
        raise Refused(_("The demand list belongs to another region."), code="other_region")

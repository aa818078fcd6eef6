"""What organizations can give: drafted, opened, paused, closed."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import states, texts
from core.errors import Refused
from core.references import next_reference
from demands.models import SupplyOffer
from demands.services.items import checked_quantity
from organizations.models import Organization
from organizations.permissions import acts_for
from organizations.selectors import why_not_eligible
from regions.models import Region


@transaction.atomic
def create_offer(*, organization: Organization, values: dict[str, Any], regions: list[Region], by) -> SupplyOffer:
    """Write a draft. `values` are plain fields of SupplyOffer; no regions: for everywhere.

    Refused for people of other organizations (`not_member`) and for a quantity that is none (`bad_quantity`).
    """
    _insist_on_member(organization, by)
    values = {**values, "quantity": checked_quantity(values["quantity"])}
    offer = states.begin(SupplyOffer(reference=next_reference("GJ"), organization=organization, **values), by=by)
    offer.regions.set(regions)
    return offer


@transaction.atomic
def edit_offer(
    *, offer: SupplyOffer, values: dict[str, Any], regions: list[Region], by, version: int | None = None
) -> SupplyOffer:
    """Change an offer that is not closed; refused (`stale`) when somebody changed it after `version`."""
    states.lock(offer, version=version)
    _insist_on_member(offer.organization, by)
    if offer.status == SupplyOffer.Status.CLOSED:
        raise states.WrongState(_("A closed offer is not changed any more. Write a new one."), status=offer.status)
    values = {**values, "quantity": checked_quantity(values["quantity"])}
    if offer.status == SupplyOffer.Status.OPEN:
        texts.insist_public(values["what"], values["unit"], values.get("description", offer.description))
    before = _names(list(offer.regions.order_by("code")))
    offer.regions.set(regions)
    after = _names(sorted(regions, key=lambda region: region.code))
    states.record(offer, values, by=by, parts={"regions": [before, after]})
    return offer


@transaction.atomic
def open_offer(*, offer: SupplyOffer, by, today: datetime.date | None = None) -> SupplyOffer:
    """Make it public. Refused while the organization may not claim (`not_eligible`), after its day (`over`), and with
    telephones, card numbers and the like in it (`personal_data`).
    """
    states.lock(offer)
    _insist_on_member(offer.organization, by)
    texts.insist_public(offer.what, offer.unit, offer.description)
    reason = why_not_eligible(offer.organization)
    if reason:
        raise Refused(reason, code="not_eligible")
    if offer.is_over(today or timezone.localdate()):
        raise Refused(_("The last day of this offer has passed. Change “valid until” first."), code="over")
    return states.move(offer, SupplyOffer.Status.OPEN, by=by)


@transaction.atomic
def pause_offer(*, offer: SupplyOffer, by) -> SupplyOffer:
    """Take an open offer out of the lists for a while."""
    _insist_on_member(offer.organization, by)
    return states.move(offer, SupplyOffer.Status.PAUSED, by=by)


@transaction.atomic
def close_offer(*, offer: SupplyOffer, by) -> SupplyOffer:
    """End an offer for good."""
    _insist_on_member(offer.organization, by)
    return states.move(offer, SupplyOffer.Status.CLOSED, by=by)


def _names(regions: list[Region]) -> str:
    return ", ".join(region.name for region in regions)


def _insist_on_member(organization: Organization, by) -> None:
    if not acts_for(by, organization):
        raise Refused(_("You do not act for this organization."), code="not_member")

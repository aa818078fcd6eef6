"""Offers and invitations of the cast (tests/house/cast.py)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from demands import services
from demands.models import Demand, Invitation, SupplyOffer
from organizations.models import Organization


def offer(cast, *, number: int = 0) -> SupplyOffer:
    """What the member's organization can give: 500 quilts, in 城口县."""
    values = {"form": "relief", "kind": "goods", "what": f"棉被{number or ''}", "unit": "条", "quantity": Decimal(500)}
    regions = [cast.regions["500229"]]
    return services.create_offer(organization=cast.organization, values=values, regions=regions, by=cast.member)


def open_offer(cast, *, number: int = 0) -> SupplyOffer:
    return services.open_offer(offer=offer(cast, number=number), by=cast.member)


def invitation(cast, demand: Demand, organization: Organization | None = None) -> Invitation:
    """The officer invites the member's organization."""
    return services.invite_organization(demand=demand, organization=organization or cast.organization, by=cast.officer)


def _demand(cast) -> Demand:
    from tests.house.cast import published_demand

    return cast.the(published_demand)


def _invited(cast) -> Invitation:
    return invitation(cast, _demand(cast))


def _pk(make: Callable[[Any], Any]) -> Callable[[Any], dict]:
    return lambda cast: {"pk": cast.the(make).pk}


ARGUMENTS: dict[str, Callable[[Any], dict]] = {
    "demands:demand-matches": _pk(_demand),
    "demands:demand-invite": _pk(_demand),
    "demands:invitation-detail": _pk(_invited),
    "demands:invitation-accept": _pk(_invited),
    "demands:invitation-decline": _pk(_invited),
    "demands:invitation-withdraw": _pk(_invited),
    "demands:offer-detail": _pk(open_offer),
    "demands:offer-edit": _pk(open_offer),
    "demands:offer-open": _pk(offer),
    "demands:offer-pause": _pk(open_offer),
    "demands:offer-close": _pk(open_offer),
    "api:demand-matches": _pk(_demand),
    "api:demand-invitations-detail": _pk(_invited),
    "api:demand-invitations-accept": _pk(_invited),
    "api:demand-invitations-decline": _pk(_invited),
    "api:demand-invitations-withdraw": _pk(_invited),
    "api:supply-offers-detail": _pk(open_offer),
    "api:supply-offers-open": _pk(offer),
    "api:supply-offers-pause": _pk(open_offer),
    "api:supply-offers-close": _pk(open_offer),
    "api:supply-offers-fits": _pk(open_offer),
}

"""Products, consumption and capacity records of the cast (tests/house/cast.py), all in 城口县."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from projects import services as projects
from projects.models import CapacityRecord, ConsumptionRecord, Product

TODAY = datetime.date(2026, 3, 1)


def product(cast, name: str = "老腊肉") -> Product:
    """The village offers bacon."""
    values = {"name": name, "region": cast.regions["500229201200"], "price": Decimal(45), "unit": "斤"}
    return projects.add_product(values=values, by=cast.reporter)


def withdrawn_product(cast) -> Product:
    return projects.withdraw_product(product=product(cast, "核桃"), by=cast.reporter)


def purchase(cast, voucher: str = "A-1") -> ConsumptionRecord:
    """The member's organization bought bacon; nobody has verified it."""
    values = {"mode": "direct", "channel": "fair", "buyer": cast.organization, "goods": "老腊肉"}
    values |= {"region": cast.regions["500229201200"], "quantity": Decimal(20), "unit": "斤", "amount": Decimal(900)}
    values |= {"bought_on": TODAY, "voucher": voucher}
    return projects.enter_purchase(values=values, by=cast.member)


def verified_purchase(cast, voucher: str = "A-2") -> ConsumptionRecord:
    return projects.verify_purchase(record=purchase(cast, voucher), by=cast.officer)


def station(cast, name: str = "龙田乡社工站") -> CapacityRecord:
    """The member's organization runs a station; nobody has verified it."""
    values = {"kind": "station", "name": name, "region": cast.regions["500229201"], "organization": cast.organization}
    return projects.enter_capacity(values={**values, "opened_on": TODAY, "source": "台账"}, by=cast.member)


def verified_station(cast, name: str = "县社工站") -> CapacityRecord:
    return projects.verify_capacity(record=station(cast, name), by=cast.officer)


def _pk(make: Callable) -> Callable[[Any], dict]:
    return lambda cast: {"pk": cast.the(make).pk}


ARGUMENTS: dict[str, Callable[[Any], dict]] = {
    "projects:product-detail": _pk(product),
    "projects:product-edit": _pk(product),
    "projects:product-withdraw": _pk(product),
    "projects:product-offer": _pk(withdrawn_product),
    "projects:purchase-detail": _pk(purchase),
    "projects:purchase-verify": _pk(purchase),
    "projects:purchase-strike": _pk(purchase),
    "projects:refund-add": _pk(verified_purchase),
    "projects:capacity-detail": _pk(station),
    "projects:capacity-verify": _pk(station),
    "projects:capacity-close": _pk(station),
    "projects:capacity-strike": _pk(station),
    "api:products-detail": _pk(product),
    "api:products-withdraw": _pk(product),
    "api:products-offer": _pk(withdrawn_product),
    "api:consumption-records-detail": _pk(purchase),
    "api:consumption-records-verify": _pk(purchase),
    "api:consumption-records-strike": _pk(purchase),
    "api:consumption-records-refunds": _pk(verified_purchase),
    "api:capacity-records-detail": _pk(station),
    "api:capacity-records-verify": _pk(station),
    "api:capacity-records-strike": _pk(station),
    "api:capacity-records-close": _pk(station),
}
ONE_MORE: dict[str, Callable[[Any, int], Any]] = {
    "projects.Product": lambda cast, number: product(cast, f"产品{number}"),
    "projects.ConsumptionRecord": lambda cast, number: verified_purchase(cast, f"N-{number}"),
    "projects.CapacityRecord": lambda cast, number: verified_station(cast, f"社工站{number}"),
}

"""Demands of the cast (tests/house/cast.py): of 四湾村 in 城口县, by its reporter, with what is held against them."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from demands import services as demands
from demands.models import Claim, Demand, DemandItem, DemandList, Evidence, NotAccepted, PriceBand
from regions.models import Region

TODAY = datetime.date(2026, 3, 1)


def draft_demand(cast, village: Region | None = None) -> Demand:
    """A hundred quilts for 四湾村, written by its reporter."""
    values = {"village": village or cast.regions["500229201200"], "form": "relief", "title": "过冬棉被"}
    values |= {"not_a_duplicate": "另一批"}
    quilts = {"kind": DemandItem.Kind.GOODS, "what": "棉被", "unit": "条", "quantity": Decimal(100)}
    demand = demands.create_demand(values=values, items=[quilts], by=cast.reporter)
    demands.attach_evidence(record=demand, name="a.txt", content=b"a", public=True, by=cast.reporter)
    return demand


def submitted_demand(cast, village: Region | None = None) -> Demand:
    return demands.submit(demand=draft_demand(cast, village), by=cast.reporter)


def suspended_demand(cast) -> Demand:
    return demands.suspend_demand(demand=published_demand(cast), reason="暴雨", by=cast.officer)


def public_evidence(cast) -> Evidence:
    return published_demand(cast).evidence.get()


def draft_evidence(cast) -> Evidence:
    return draft_demand(cast).evidence.get()


def price_band(cast, number: int = 0) -> PriceBand:
    """What a quilt usually costs in 城口县."""
    entry = {"name": f"棉被{number or ''}", "source": "价格监测", "region": cast.regions["500229"], "valid_from": TODAY}
    return demands.add_entry(entry=PriceBand(**entry, unit="条", low=80, high=200), by=cast.officer)


def not_accepted(cast, number: int = 0) -> NotAccepted:
    entry = {"name": f"旧衣物{number or ''}", "source": "民政局", "region": cast.regions["500229"], "valid_from": TODAY}
    return demands.add_entry(entry=NotAccepted(**entry, reason="卫生无法保证"), by=cast.officer)


def published_demand(cast, village: Region | None = None) -> Demand:
    return demands.publish(demand=submitted_demand(cast, village), by=cast.officer)


def claim(cast) -> Claim:
    """The member's organization takes sixty of the quilts."""
    demand = published_demand(cast)
    lines = [(demand.items.get(), Decimal(60))]
    return demands.claim_demand(demand=demand, organization=cast.organization, lines=lines, by=cast.member)


def demand_list(cast) -> DemandList:
    return demands.create_list(region=cast.regions["500229"], title="冬季需求", by=cast.officer)


def published_list(cast) -> DemandList:
    return demands.publish_list(demand_list=demand_list(cast), by=cast.officer)


def list_evidence(cast) -> Evidence:
    return demands.attach_evidence(record=demand_list(cast), name="a.csv", content=b"a,b\n", by=cast.officer)


def _file(make: Callable[[Any], Evidence]) -> Callable[[Any], dict]:
    return lambda cast: {"pk": cast.the(make).record.pk, "file_pk": cast.the(make).pk}


def _pk(make: Callable[[Any], Any]) -> Callable[[Any], dict]:
    return lambda cast: {"pk": cast.the(make).pk}


ARGUMENTS: dict[str, Callable[[Any], dict]] = {
    "demands:batch-detail": _pk(published_list),
    "demands:batch-publish": _pk(demand_list),
    "demands:demand-detail": _pk(published_demand),
    "demands:demand-edit": _pk(draft_demand),
    "demands:demand-submit": _pk(draft_demand),
    "demands:demand-publish": _pk(submitted_demand),
    "demands:demand-check": _pk(submitted_demand),
    "demands:demand-suspend": _pk(published_demand),
    "demands:demand-resume": _pk(suspended_demand),
    "demands:demand-close": _pk(published_demand),
    "demands:evidence-add": _pk(draft_demand),
    "demands:evidence-download": _pk(public_evidence),
    "demands:evidence-remove": _pk(draft_evidence),
    "demands:batch-publish-demands": _pk(demand_list),
    "demands:batch-submit": _pk(demand_list),
    "demands:batch-evidence-add": _pk(demand_list),
    "demands:price-end": _pk(price_band),
    "demands:not-accepted-end": _pk(not_accepted),
    "api:demands-check": _pk(submitted_demand),
    "api:demands-suspend": _pk(published_demand),
    "api:demands-resume": _pk(suspended_demand),
    "api:demands-close": _pk(published_demand),
    "api:demands-duplicates": _pk(draft_demand),
    "api:demands-files": _pk(published_demand),
    "api:demand-lists-files": _pk(published_list),
    "api:demands-quantities": _pk(published_demand),
    "api:demands-evidence-file": _file(draft_evidence),
    "api:demand-lists-evidence-file": _file(list_evidence),
    "api:demand-lists-submit": _pk(demand_list),
    "api:demand-lists-publish-demands": _pk(demand_list),
    "api:price-bands-detail": _pk(price_band),
    "api:price-bands-end": _pk(price_band),
    "api:things-not-accepted-detail": _pk(not_accepted),
    "api:things-not-accepted-end": _pk(not_accepted),
    "demands:demand-return": _pk(submitted_demand),
    "demands:demand-reject": _pk(submitted_demand),
    "demands:demand-withdraw": _pk(published_demand),
    "demands:demand-quantities": _pk(published_demand),
    "demands:demand-claim": _pk(published_demand),
    "demands:claim-detail": _pk(claim),
    "demands:claim-receipt": _pk(claim),
    "demands:claim-approve": _pk(claim),
    "demands:claim-reject": _pk(claim),
    "demands:claim-withdraw": _pk(claim),
    "api:demands-detail": _pk(published_demand),
    "api:demands-submit": _pk(draft_demand),
    "api:demands-publish": _pk(submitted_demand),
    "api:demands-send-back": _pk(submitted_demand),
    "api:demands-reject": _pk(submitted_demand),
    "api:demands-withdraw": _pk(published_demand),
    "api:demands-claim": _pk(published_demand),
    "api:demand-lists-detail": _pk(published_list),
    "api:demand-lists-publish": _pk(demand_list),
    "api:claims-detail": _pk(claim),
    "api:claims-approve": _pk(claim),
    "api:claims-reject": _pk(claim),
    "api:claims-withdraw": _pk(claim),
}

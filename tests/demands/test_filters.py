"""Each filter of the three lists finds what it says and nothing else."""

import datetime
from types import SimpleNamespace

import pytest

from demands import services
from demands.filters import ClaimFilter, DemandFilter, DemandListFilter
from demands.models import Claim, Demand, DemandList


def found(filterset, rows, user, **query) -> set[str]:
    """The titles or references a query finds; a wrong value fails the test."""
    result = filterset(query, queryset=rows, request=SimpleNamespace(user=user))
    assert result.is_valid(), result.errors
    return {getattr(row, "title", None) or row.reference for row in result.qs}


@pytest.fixture
def demands(make_demand, regions, officer, quilts, claim_of):
    """Three published demands that differ in everything one can filter by."""
    batch = services.create_list(region=regions["500229"], title="清单", by=officer)
    make_demand(title="棉被", valid_until=datetime.date(2030, 1, 1), list=batch, urgency="urgent")
    full = make_demand(title="稻种", form="industry", items=[quilts | {"what": "种子"}])
    claim_of(full, 100)
    make_demand(
        title="义诊",
        form="health",
        items=[quilts | {"kind": "service", "what": "眼科检查"}],
        valid_until=datetime.date(2031, 1, 1),
    )
    return batch


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({"q": "眼科"}, {"义诊"}),
        ({"q": "四湾村"}, {"棉被", "稻种", "义诊"}),
        ({"q": "XQ-"}, {"棉被", "稻种", "义诊"}),
        ({"region": "500229"}, {"棉被", "稻种", "义诊"}),
        ({"region": "重庆市城口县龙田乡"}, {"棉被", "稻种", "义诊"}),
        ({"region": "500237"}, set()),
        ({"form": "industry"}, {"稻种"}),
        ({"kind": "service"}, {"义诊"}),
        ({"status": "claimed"}, {"稻种"}),
        ({"claimable": "true"}, {"棉被", "义诊"}),
        ({"urgency": "urgent"}, {"棉被"}),
        ({"valid_until": "2030-06-01"}, {"棉被"}),
    ],
    ids=lambda value: str(sorted(value.items() if isinstance(value, dict) else value)),
)
def test_demands_are_found_by(demands, officer, query, titles):
    assert found(DemandFilter, Demand.objects.all(), officer, **query) == titles


def test_demands_are_found_by_their_list(demands, officer):
    assert found(DemandFilter, Demand.objects.all(), officer, list=demands.reference) == {"棉被"}


def test_a_demand_is_not_claimable_after_its_last_day(demands):
    assert {d.title for d in Demand.objects.claimable(datetime.date(2030, 1, 1))} == {"棉被", "义诊"}
    assert {d.title for d in Demand.objects.claimable(datetime.date(2030, 1, 2))} == {"义诊"}


def test_what_is_left_is_a_share_per_item_and_their_mean(make_demand, quilts, claim_of):
    demand = make_demand(items=[quilts, quilts | {"what": "大米", "unit": "吨", "quantity": "2"}])
    claim_of(demand, 50)
    assert Demand.objects.with_remaining().get().share_left == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"q": "RL-"}, 1),
        ({"q": "临沂"}, 1),
        ({"q": "德州"}, 0),
        ({"region": "500229"}, 1),
        ({"region": "500237"}, 0),
        ({"status": "submitted"}, 1),
        ({"status": "approved"}, 0),
        ({"form": "industry"}, 1),
        ({"form": "health"}, 0),
        ({"demand": "XQ-0"}, 0),
    ],
    ids=str,
)
def test_claims_are_found_by(demands, officer, query, count):
    assert len(found(ClaimFilter, Claim.objects.all(), officer, **query)) == count


def test_claims_are_found_by_organization_and_demand(demands, officer, organization):
    claim = Claim.objects.get()
    assert found(ClaimFilter, Claim.objects.all(), officer, organization=organization.pk) == {claim.reference}
    assert found(ClaimFilter, Claim.objects.all(), officer, demand=claim.demand.reference) == {claim.reference}


@pytest.mark.parametrize(
    ("query", "count"),
    [({"q": "清"}, 1), ({"q": "x"}, 0), ({"region": "500229"}, 1), ({"region": "500237"}, 0), ({"status": "draft"}, 1)],
    ids=str,
)
def test_lists_are_found_by(demands, officer, query, count):
    assert len(found(DemandListFilter, DemandList.objects.all(), officer, **query)) == count

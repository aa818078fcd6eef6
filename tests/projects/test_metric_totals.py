"""Totals of metrics over nested regions, over parts of a period, and over people with and without a name."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.models import Metric, MetricValue
from projects.selectors import total_of
from regions.models import Region

DAY = datetime.date
YEAR = (DAY(2025, 1, 1), DAY(2025, 12, 31))
FIRST_HALF, SECOND_HALF = (DAY(2025, 1, 1), DAY(2025, 6, 30)), (DAY(2025, 7, 1), DAY(2025, 12, 31))
SPRING_TO_AUTUMN = (DAY(2025, 4, 1), DAY(2025, 9, 30))
COUNTY = Region(code="500229000000", level="county")
VILLAGES = [Region(code=f"50022920120{n}", level="village") for n in range(3)]


def value(amount: int, region=COUNTY, period=YEAR, *, organization=None, project=None) -> MetricValue:
    value.number += 1
    return MetricValue(
        pk=value.number,
        region=region,
        value=Decimal(amount),
        period_from=period[0],
        period_to=period[1],
        organization_id=organization,
        project_id=project,
    )


value.number = 0


def bounds(*values: MetricValue, adds: str = "sum", measure: str = "") -> tuple:
    total = total_of(Metric(adds=adds, subject="beneficiary" if measure else "thing", measure=measure), values)
    return total.total, total.at_least, total.at_most


def test_of_the_latest_values_the_wider_region_holds_the_narrower_one_whenever_they_end():
    later = (DAY(2026, 1, 1), DAY(2026, 3, 31))
    assert bounds(value(20), value(3, VILLAGES[0], later), adds="latest") == (20, 20, 20)
    assert bounds(value(3, VILLAGES[0], later), value(4, VILLAGES[1]), adds="latest") == (7, 7, 7)


def test_an_older_value_of_the_wider_region_does_not_hold_what_a_newer_one_replaced():
    newer = (DAY(2026, 1, 1), DAY(2026, 12, 31))
    assert bounds(value(20), value(22, period=newer), value(3, VILLAGES[0]), adds="latest") == (22, 22, 22)


def test_a_value_that_lies_in_the_period_of_a_wider_one_in_part_gives_bounds():
    county, village = value(100, period=FIRST_HALF), value(40, VILLAGES[0], SPRING_TO_AUTUMN)
    assert bounds(county, village) == (None, 100, 140)
    assert bounds(county, value(40, VILLAGES[0], SECOND_HALF)) == (140, 140, 140)
    assert bounds(county, value(40, VILLAGES[0], (DAY(2025, 2, 1), DAY(2025, 3, 1)))) == (100, 100, 100)


@pytest.mark.parametrize("names", [{"organization": 7}, {"project": 8}, {"organization": 7, "project": 8}])
@pytest.mark.parametrize("region", [COUNTY, VILLAGES[0]])
def test_a_value_of_nobody_in_particular_may_hold_those_of_named_ones(names, region):
    assert bounds(value(1000), value(300, region, **names)) == (None, 1000, 1300)
    assert bounds(value(200), value(300, region, **names)) == (None, 300, 500)


def test_values_of_two_organizations_and_of_two_regions_add_up():
    assert bounds(value(1, organization=1), value(2, organization=2)) == (3, 3, 3)
    assert bounds(value(1, VILLAGES[0]), value(2, VILLAGES[1], organization=2)) == (3, 3, 3)


def test_what_may_be_part_of_another_value_says_so():
    total = total_of(Metric(adds="sum", subject="thing", measure=""), [value(9), named := value(4, organization=7)])
    assert total.doubtful == (named,)


values = st.builds(
    lambda amount, region, period, organization: value(amount, region, period, organization=organization),
    st.integers(1, 10**9),
    st.sampled_from([COUNTY, *VILLAGES]),
    st.sampled_from([YEAR, FIRST_HALF, SECOND_HALF, SPRING_TO_AUTUMN]),
    st.sampled_from([None, 1, 2]),
)


@given(
    st.lists(values, min_size=1, max_size=10),
    st.sampled_from(["sum", "latest", "max"]),
    st.sampled_from(["", "persons", "person_times"]),
    st.randoms(use_true_random=False),
)
def test_bounds_hold_and_do_not_depend_on_the_order(some, adds, measure, random):
    total, at_least, at_most = bounds(*some, adds=adds, measure=measure)
    assert at_least <= at_most and total in (None, at_least)
    assert (total is None) == (at_least != at_most) or at_least == at_most
    mixed = list(some)
    random.shuffle(mixed)
    if adds != "latest":
        assert bounds(*mixed, adds=adds, measure=measure) == (total, at_least, at_most)

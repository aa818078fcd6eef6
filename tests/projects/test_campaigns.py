"""Campaigns: metrics of their own, values verified by a second person, and totals that add nothing twice."""

import datetime
from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Refused
from projects import services
from projects.models import Campaign, Metric, MetricValue
from projects.selectors import total_of
from regions.models import Region

pytestmark = pytest.mark.django_db
DAY = datetime.date


@pytest.fixture
def campaign(regions, officer) -> Campaign:
    values = {"name": "五个专项行动", "region": regions["500229"], "starts_on": DAY(2026, 1, 1)}
    return services.create_campaign(values=values, by=officer)


@pytest.fixture
def metric(campaign, officer) -> Metric:
    """Surgeries of 光明行, in a campaign that has begun."""
    action = services.add_action(campaign=campaign, values={"name": "光明行", "form": "health"}, by=officer)
    values = {"name": "手术例数", "unit": "例", "subject": "thing", "measure": "", "adds": "sum", "allows_over": True}
    metric = services.add_metric(action=action, values=values, by=officer)
    services.start_campaign(campaign=campaign, by=officer)
    return Metric.objects.select_related("action__campaign").get(pk=metric.pk)


@pytest.fixture
def enter(metric, regions, organization, member):
    """Enter a value by the organization's manager."""

    def make(value=100, *, on=metric, region="500229", **fields) -> MetricValue:
        values = {
            "stage": "achieved",
            "region": regions[region],
            "organization": organization,
            "period_from": DAY(2026, 1, 1),
            "period_to": DAY(2026, 3, 31),
            "value": Decimal(value),
            "basis": "手术登记",
        } | fields
        return services.enter_value(metric=on, values=values, by=member)

    return make


def total(metric: Metric):
    return total_of(metric, MetricValue.objects.filter(metric=metric).counted().select_related("region"))


def test_a_campaign_begins_only_with_a_metric(campaign, officer):
    with pytest.raises(Refused, match="metric|指标"):
        services.start_campaign(campaign=campaign, by=officer)
    assert not Campaign.objects.visible_to(Client().get("/").wsgi_request.user).exists()


def test_only_verified_achieved_values_are_in_the_total(metric, enter, officer):
    enter(1000)
    expected = enter(500, stage="expected")
    services.verify_value(value=expected, by=officer)
    assert total(metric).total is None
    services.verify_value(value=MetricValue.objects.get(value=1000), by=officer)
    assert total(metric).total == 1000


def test_whoever_entered_a_value_cannot_verify_it(enter, member):
    with pytest.raises(services.NotSecondPerson):
        services.verify_value(value=enter(), by=member)


def test_a_cumulative_value_over_a_counted_period_is_refused(enter):
    enter(100)
    with pytest.raises(services.PeriodsOverlap):
        enter(250, period_to=DAY(2026, 6, 30))
    enter(150, period_from=DAY(2026, 4, 1), period_to=DAY(2026, 6, 30))


def test_what_has_been_achieved_does_not_lie_in_days_to_come(enter):
    with pytest.raises(Refused):
        enter(100, period_to=DAY(2126, 3, 31))
    assert enter(100, period_to=DAY(2126, 3, 31), stage="expected").pk


def test_a_struck_value_is_out_of_the_total_and_makes_room(metric, enter, officer):
    value = enter(100)
    services.verify_value(value=value, by=officer)
    services.strike_value(value=value, by=officer, reason="重复登记")
    assert total(metric).total is None
    services.verify_value(value=enter(90), by=officer)
    assert total(metric).total == 90


def test_the_value_of_a_wider_region_includes_the_narrower_one(metric, enter, officer):
    for value in (enter(100), enter(40, region="500229201200")):
        services.verify_value(value=value, by=officer)
    found = total(metric)
    assert (found.total, [part.value for part in found.within]) == (100, [40])


def test_a_sum_with_a_part_more_than_prints_as_more_than(metric, enter, officer):
    later = {"period_from": DAY(2026, 4, 1), "period_to": DAY(2026, 6, 30)}
    for value in (enter(100), enter(50, qualifier="over", **later)):
        services.verify_value(value=value, by=officer)
    assert (total(metric).total, total(metric).qualifier) == (150, "over")


def test_persons_of_two_periods_are_not_added(metric, enter, officer, campaign):
    values = {"name": "受益人数", "unit": "人", "subject": "beneficiary", "measure": "persons", "adds": "sum"}
    persons = services.add_metric(action=metric.action, values=values | {"allows_over": True}, by=officer)
    later = {"period_from": DAY(2026, 4, 1), "period_to": DAY(2026, 6, 30)}
    for value in (enter(100, on=persons), enter(50, on=persons, **later)):
        services.verify_value(value=value, by=officer)
    found = total(persons)
    assert (found.total, found.at_least, found.at_most) == (None, 100, 150)


@pytest.mark.parametrize(("adds", "wanted"), [("sum", 170), ("max", 100), ("latest", 70)])
def test_values_go_together_as_the_metric_says(metric, enter, officer, adds, wanted):
    Metric.objects.filter(pk=metric.pk).update(adds=adds)
    later = {"period_from": DAY(2026, 4, 1), "period_to": DAY(2026, 6, 30)}
    for value in (enter(100), enter(70, **later)):
        services.verify_value(value=value, by=officer)
    assert total(Metric.objects.get(pk=metric.pk)).total == wanted


def test_a_metric_with_values_keeps_its_meaning(metric, enter, officer):
    enter()
    with pytest.raises(services.MetricInUse):
        services.edit_metric(metric=metric, values={"unit": "人"}, version=metric.version, by=officer)
    services.edit_metric(metric=metric, values={"name": "复明手术"}, version=metric.version, by=officer)


def test_a_metric_of_exact_values_refuses_more_than(metric, enter):
    Metric.objects.filter(pk=metric.pk).update(allows_over=False)
    exact = Metric.objects.select_related("action__campaign").get(pk=metric.pk)
    with pytest.raises(Refused):
        enter(10, on=exact, qualifier="over")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.tuples(st.integers(1, 10**9), st.booleans()), min_size=1, max_size=12), data=st.data())
def test_a_total_does_not_depend_on_the_order_of_its_values(parts, data):
    metric = Metric(adds="sum", subject="thing", measure="")
    values = [_value(number, amount, over) for number, (amount, over) in enumerate(parts)]
    shuffled = data.draw(st.permutations(values))
    one, other = total_of(metric, values), total_of(metric, shuffled)
    assert (one.total, one.qualifier) == (other.total, other.qualifier) == (sum(a for a, _o in parts), one.qualifier)


@given(
    parts=st.lists(st.tuples(st.integers(2, 10**9), st.booleans()), min_size=1, max_size=8),
    adds=st.sampled_from(["sum", "latest"]),
    data=st.data(),
)
def test_a_total_does_not_depend_on_how_a_value_is_split(parts, adds, data):
    """A village's value as one row, or as rows of two parts of the village's people, organizations or months."""
    metric = Metric(adds=adds, subject="thing", measure="")
    whole = [_value(number, amount, over) for number, (amount, over) in enumerate(parts)]
    cut = data.draw(st.sampled_from(whole))
    share = data.draw(st.integers(1, int(cut.value) - 1))
    pieces = [_value(90 + n, amount, cut.qualifier == "over") for n, amount in enumerate((share, cut.value - share))]
    split = [value for value in whole if value is not cut] + pieces
    one, other = total_of(metric, whole), total_of(metric, split)
    assert (one.total, one.qualifier) == (other.total, other.qualifier)


@given(
    parts=st.lists(st.tuples(st.integers(1, 10**9), st.booleans()), min_size=1, max_size=8), more=st.integers(1, 10**9)
)
def test_a_further_value_of_people_who_may_be_the_same_raises_the_lower_bound_only_to_itself(parts, more):
    metric = Metric(adds="sum", subject="beneficiary", measure="persons")
    values = [_value(number, amount, over) for number, (amount, over) in enumerate(parts)]
    other = _value(99, more, False)
    other.organization_id = 7
    before, after = total_of(metric, values), total_of(metric, [*values, other])
    assert after.at_least == max(*(amount for amount, _over in parts), more)
    assert after.at_most == before.at_most + more
    assert after.total is None


def test_what_is_struck_out_or_rejected_is_in_no_total(metric, enter, officer):
    services.verify_value(value=enter(100), by=officer)
    other = {"period_from": DAY(2026, 4, 1), "period_to": DAY(2026, 4, 30)}
    struck = services.verify_value(value=enter(7, **other), by=officer)
    services.strike_value(value=struck, by=officer, reason="重复")
    services.reject_value(value=enter(5, **other), by=officer, reason="无依据")
    assert total(metric).total == 100


def _value(number: int, amount: int, over: bool) -> MetricValue:
    region = Region(code=f"5002292012{number:02d}", level="village")
    return MetricValue(
        pk=number,
        region=region,
        value=Decimal(amount),
        qualifier="over" if over else "exact",
        period_from=DAY(2026, 1, 1),
        period_to=DAY(2026, 1, 31),
    )


def test_the_page_shows_records_and_reports_beside_each_other(metric, enter, officer, second_officer, campaign):
    services.verify_value(value=enter(1459), by=officer)
    figure = services.enter_figure(
        values={
            "number": "R-1",
            "topic": "光明行",
            "indicator": "手术例数",
            "metric": metric,
            "subject": "thing",
            "value": Decimal(1500),
            "unit": "例",
            "qualifier": "nearly",
            "region": campaign.region,
            "period_to": DAY(2026, 3, 31),
            "source": "简报",
        },
        places=[],
        by=officer,
    )
    services.publish_figure(figure=figure, by=second_officer)
    page = Client().get(f"/projects/campaigns/{campaign.pk}/").content.decode()
    assert "1,459" in page and "1,500" in page and "2,959" not in page
    line = Client().get(f"/api/v1/campaigns/{campaign.pk}/").json()["actions"][0]["metrics"][0]
    assert line["from_records"]["total"] == "1459.000"
    assert [row["value"] for row in line["reported"]] == ["1500.000"]


def test_a_value_over_rest_is_stored_once_for_one_key(metric, member, organization):
    client = Client()
    client.force_login(member)
    body = {
        "metric": metric.pk,
        "stage": "achieved",
        "region": "500229",
        "organization": organization.pk,
        "period_from": "2026-01-01",
        "period_to": "2026-03-31",
        "value": "12",
        "qualifier": "exact",
        "basis": "登记",
    }
    for _time in range(2):
        answer = client.post(
            "/api/v1/metric-values/", body, content_type="application/json", headers={"Idempotency-Key": "v-1"}
        )
        assert answer.status_code == 201, answer.content
    assert MetricValue.objects.count() == 1

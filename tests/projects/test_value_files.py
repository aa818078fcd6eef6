"""Files of values of metrics: every village in one file, each rule at its row, one step to take it back."""

import datetime

import pytest

from exchange import services as exchange
from exchange.models import Batch
from projects import services
from projects.models import Metric, MetricValue

pytestmark = pytest.mark.django_db
HEAD = "专项活动,行动,活动指标,预计或完成,地区代码,组织,项目编号,时期起,时期止,精确程度,数值,统计依据"
ROW = "五个专项行动,光明行,手术例数,,500229201200,,,2026-01-01,2026-03-31,超过,40,手术登记"


@pytest.fixture(autouse=True)
def metric(regions, officer) -> Metric:
    values = {"name": "五个专项行动", "region": regions["500229"], "starts_on": datetime.date(2026, 1, 1)}
    campaign = services.create_campaign(values=values, by=officer)
    action = services.add_action(campaign=campaign, values={"name": "光明行", "form": "health"}, by=officer)
    words = {"name": "手术例数", "unit": "例", "subject": "thing", "measure": "", "adds": "sum", "allows_over": True}
    metric = services.add_metric(action=action, values=words, by=officer)
    services.start_campaign(campaign=campaign, by=officer)
    return metric


def sent(by, *rows: str) -> Batch:
    content = "\n".join([HEAD, *rows]).encode()
    batch = exchange.upload_batch(sheet="metric-values", file_name="x.csv", content=content, by=by)
    return ran(batch)


def ran(batch: Batch) -> Batch:
    exchange.run_batch(batch_id=batch.pk)
    batch.refresh_from_db()
    return batch


def test_values_of_villages_are_entered_at_one_go_wait_for_a_second_person_and_are_taken_back(officer):
    other = ROW.replace("500229201200", "500229100001").replace(",40,", ",2.5,")
    batch = sent(officer, ROW, other)
    assert batch.status == Batch.Status.CHECKED, batch.problems
    batch = ran(exchange.confirm_batch(batch=batch, by=officer))
    found = MetricValue.objects.order_by("value").values_list("value", "qualifier", "stage", "status", "region__code")
    assert [(str(value), *rest) for value, *rest in found] == [
        ("2.500", "over", "achieved", "entered", "500229100001"),
        ("40.000", "over", "achieved", "entered", "500229201200"),
    ]
    assert sent(officer, ROW, other).counts["unchanged"] == 2
    exchange.undo_batch(batch=batch, by=officer, reason="试用")
    ran(batch)
    assert not MetricValue.objects.exists()


@pytest.mark.parametrize(
    "row",
    [
        ROW.replace("手术例数", "没有的指标"),
        ROW.replace("500229201200", "500237"),
        ROW.replace("2026-03-31", "2126-03-31"),
        ROW.replace("2026-03-31", "2025-03-31"),
        ROW.replace(",40,", ",-4,"),
    ],
)
def test_a_row_that_breaks_a_rule_is_named_and_nothing_is_stored(officer, row):
    batch = sent(officer, ROW.replace("500229201200", "500229"), row)
    assert batch.status == Batch.Status.REFUSED
    assert {problem["row"] for problem in batch.problems} == {3}


def test_two_rows_for_a_part_of_the_same_period_are_refused(officer):
    batch = sent(officer, ROW, ROW.replace("2026-01-01", "2026-03-01").replace("2026-03-31", "2026-05-31"))
    assert [problem["row"] for problem in batch.problems] == [3]


def test_a_value_that_stands_there_for_a_part_of_the_period_refuses_the_row(officer):
    ran(exchange.confirm_batch(batch=sent(officer, ROW), by=officer))
    assert sent(officer, ROW.replace("2026-03-31", "2026-06-30")).status == Batch.Status.REFUSED
    assert sent(officer, ROW.replace(",40,", ",41,")).status == Batch.Status.REFUSED


def test_nobody_enters_values_of_others_by_a_file(outsider, member):
    assert sent(outsider, ROW).status == Batch.Status.REFUSED
    assert sent(member, ROW).status == Batch.Status.REFUSED
    assert sent(member, ROW.replace("1200,,", "1200,临沂市慈善总会,")).status == Batch.Status.CHECKED


def test_a_value_of_zero_is_a_value(officer):
    row = ROW.replace(",40,", ",0,").replace("超过", "确数")
    batch = sent(officer, row)
    assert batch.status == Batch.Status.CHECKED, batch.problems
    ran(exchange.confirm_batch(batch=batch, by=officer))
    assert MetricValue.objects.get().value == 0
    assert sent(officer, row).counts["unchanged"] == 1

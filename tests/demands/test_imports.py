"""Demands come in by the sheet: one row an item, all or nothing, seen again, taken back, and out in the same form."""

import pytest
from django.urls import reverse

from demands import services as demands
from demands.models import Demand
from demands.sheets import DEMAND_SHEET, rows_of
from exchange import services
from exchange.models import Batch
from exchange.sheets import read, write

HEAD = "需求序号,村代码,需求清单,帮扶形式,需求标题,类别,内容,数量,单位,估算单价（元）,受益人数,受益户数\n"
GOOD = (
    HEAD
    + "A,500229201200,,健康帮扶,卫生室设备,物资,血压计,20,台,260,820,\n"
    + "A,,,,,服务,义诊,6,次,,,\n"
    + "B,500229201200,,救助帮困,过冬棉被,物资,棉被,100,条,,,40\n"
)


@pytest.fixture
def run(officer):
    def run(content: str, *, store: bool = True) -> Batch:
        batch = services.upload_batch(sheet="demands", file_name="x.csv", content=content.encode(), by=officer)
        services.run_batch(batch_id=batch.pk)
        batch.refresh_from_db()
        if store and batch.status == Batch.Status.CHECKED:
            services.confirm_batch(batch=batch, by=officer)
            services.run_batch(batch_id=batch.pk)
            batch.refresh_from_db()
        return batch

    return run


def test_rows_of_one_number_are_one_demand_with_items_and_beneficiaries(run, regions):
    assert run(GOOD, store=False).counts["new"] == 2
    assert not Demand.objects.exists()
    assert run(GOOD).status == Batch.Status.STORED
    first, second = Demand.objects.order_by("pk")
    assert (first.status, first.needs, first.kinds) == ("draft", "血压计 20 台; 义诊 6 次", 2 + 4)
    assert {row.measure: row.value for row in first.beneficiaries.all()} == {"persons": 820}
    assert {row.measure: row.value for row in second.beneficiaries.all()} == {"households": 40}


def test_the_same_file_again_stores_nothing(run, regions):
    run(GOOD)
    again = run(GOOD)
    assert (again.counts["new"], again.counts["unchanged"], Demand.objects.count()) == (0, 2, 2)


def test_every_error_is_named_and_nothing_is_stored(run, regions, outsider):
    bad = (
        HEAD
        + "A,500229,,健康帮扶,县里的,物资,血压计,20,台,,,\n"
        + "B,500229201200,没有,健康帮扶,,物资,血压计,0,台,,,\n"
        + "C,500229201200,,健康帮扶,甲,物资,血压计,1,台,,,\n"
        + "C,,,,乙,物资,温度计,1,支,,,\n"
    )
    batch = run(bad)
    assert batch.status == Batch.Status.REFUSED
    assert {(p["row"], p["key"]) for p in batch.problems} >= {(2, "village"), (3, "quantity"), (5, "title")}
    assert not Demand.objects.exists()


def test_a_likely_duplicate_is_said_and_not_refused(run, make_demand):
    make_demand(title="新棉被")
    batch = run(GOOD, store=False)
    assert (batch.status, batch.counts["similar"]) == (Batch.Status.CHECKED, 1)


def test_a_file_is_taken_back_until_somebody_worked_on_a_draft(run, officer, regions):
    batch = run(GOOD)
    services.undo_batch(batch=batch, reason="传错了", by=officer)
    services.run_batch(batch_id=batch.pk)
    assert not Demand.objects.exists()
    batch = run(GOOD)
    demands.attach_evidence(record=Demand.objects.first(), name="a.txt", content=b"a", by=officer)
    services.undo_batch(batch=batch, reason="传错了", by=officer)
    services.run_batch(batch_id=batch.pk)
    batch.refresh_from_db()
    assert "卫生室设备" in batch.needed["en"][0]


def test_what_comes_out_can_go_in_again(run, regions, client):
    run(GOOD)
    rows = Demand.objects.prefetch_related("items", "beneficiaries").select_related("list").order_by("pk")
    reading = read(DEMAND_SHEET, write(DEMAND_SHEET, rows_of(rows)))
    assert reading.problems == []
    assert [row.values["what"] for row in reading.rows] == ["血压计", "义诊", "棉被"]
    Demand.objects.update(status="published")
    answer = client.get(reverse("demands:demand-sheet"))
    assert [row.values["what"] for row in read(DEMAND_SHEET, answer.content).rows] == ["棉被", "血压计", "义诊"]


def test_a_whole_list_is_handed_in_and_published_and_what_is_refused_is_said(
    run, regions, officer, second_officer, quilts
):
    batch = demands.create_list(region=regions["500229"], title="摸底", by=officer)
    run(GOOD.replace(",500229201200,,", ",500229201200,摸底,"))
    done, refused = demands.submit_list(demand_list=batch, by=officer)
    assert (done, len(refused)) == (0, 2)
    demands.attach_evidence(record=batch, name="摸底.txt", content=b"a", by=officer)
    assert demands.submit_list(demand_list=batch, by=officer) == (2, [])
    assert demands.publish_demands_of(demand_list=batch, by=officer)[0] == 0
    assert demands.publish_demands_of(demand_list=batch, by=second_officer) == (2, [])

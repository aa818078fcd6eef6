"""Usual prices and things not accepted come in by a sheet; prices out of the usual are remarked on before storing."""

import pytest
from django.conf import settings
from django.urls import reverse

from demands import services as demands
from demands.imports import not_accepted_run, price_run
from demands.models import Demand, NotAccepted, PriceBand
from exchange import services
from exchange.imports import problems_of, remarks_of
from exchange.models import Batch
from regions.models import Region

DATA = settings.BASE_DIR / "data" / "catalogue"
PRICES = "名称,别称,单位,最低价（元）,最高价（元）,地区,有效期自,有效期至,来源\n"
MINE = PRICES + "棉被,被子；被褥,条,80,180,500229000000,2026-01-01,,县级采购\n"


def run(sheet: str, content: str, by, *, store: bool = True) -> Batch:
    batch = services.upload_batch(sheet=sheet, file_name="x.csv", content=content.encode(), by=by)
    services.run_batch(batch_id=batch.pk)
    batch.refresh_from_db()
    if store and batch.status == Batch.Status.CHECKED:
        services.confirm_batch(batch=batch, by=by)
        services.run_batch(batch_id=batch.pk)
        batch.refresh_from_db()
    return batch


def test_staff_store_the_prices_of_their_region_once_and_take_the_file_back(regions, officer):
    batch = run("prices", MINE, officer)
    assert batch.status == Batch.Status.STORED
    band = PriceBand.objects.get()
    assert (band.name, band.unit, band.low, band.high, band.region_id) == ("棉被", "条", 80, 180, "500229000000")
    again = run("prices", MINE, officer, store=False)
    assert (again.counts["new"], again.counts["unchanged"]) == (0, 1)
    services.undo_batch(batch=batch, reason="试录", by=officer)
    services.run_batch(batch_id=batch.pk)
    assert not PriceBand.objects.exists()


def test_an_entry_that_was_ended_since_keeps_its_file_from_being_taken_back(regions, officer):
    batch = run("prices", MINE, officer)
    demands.end_entry(entry=PriceBand.objects.get(), on=PriceBand.objects.get().valid_from, by=officer)
    services.undo_batch(batch=batch, reason="试录", by=officer)
    services.run_batch(batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.status == Batch.Status.STORED and "棉被" in str(batch.needed)
    assert PriceBand.objects.exists()


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("棉被,,条,80,180,,2026-01-01,,全国", "region"),
        ("棉被,,条,180,80,500229000000,2026-01-01,,反了", "name"),
        ("棉被,,条,80,180,500229000000,2026-02-01,2026-01-01,反了", "name"),
    ],
)
def test_what_may_not_be_stored_is_named_with_its_column(row, column, regions, officer):
    batch = run("prices", PRICES + row + "\n", officer)
    assert [problem.key for problem in problems_of(batch)] == [column]
    assert not PriceBand.objects.exists()


def test_the_same_entry_twice_in_a_file_is_an_error(regions, officer):
    batch = run("prices", MINE + MINE.splitlines()[1] + "\n", officer)
    assert len(problems_of(batch)) == 1


def test_reporters_upload_no_catalogue(regions, reporter, log_in):
    assert log_in(reporter).get(reverse("exchange:batch-add", args=["prices"])).status_code == 403


def test_a_price_out_of_the_usual_is_remarked_on_before_storing(regions, officer):
    run("prices", MINE, officer)
    head = "需求序号,村代码,帮扶形式,需求标题,类别,内容,数量,单位,估算单价（元）\n"
    rows = "A,500229201200,救助帮困,过冬,物资,棉被,100,条,260\nB,500229201200,救助帮困,加厚,物资,被褥,10,条,100\n"
    batch = run("demands", head + rows, officer, store=False)
    assert batch.counts["remarks"] == 1
    assert [remark["name"] for remark in remarks_of(batch)] == ["棉被"]
    assert not Demand.objects.exists()


def test_the_files_of_the_demonstration_load_twice_without_adding_anything(regions):
    Region.objects.create(code="340722000000", name="枞阳县", level="county")
    counts = [
        demands.load_catalogue(start=start, path=DATA / name, by=None)
        for _time in range(2)
        for start, name in ((price_run, "prices.csv"), (not_accepted_run, "not-accepted.csv"))
    ]
    assert counts == [8, 4, 0, 0]
    assert NotAccepted.objects.filter(name="旧衣物").exists()

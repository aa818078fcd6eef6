"""Capacity records: counted by kind and region once verified, with reported figures beside them and never added."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from core.errors import Refused
from exchange import services as exchange
from projects import selectors, services
from projects.models import CapacityRecord
from tests.projects.test_consumption import load

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 3, 1)


@pytest.fixture
def enter(regions, organization, member):
    def make(name: str = "社工站", kind: str = "station", region: str = "500229201", **fields) -> CapacityRecord:
        values = {"kind": kind, "name": name, "region": regions[region], "organization": organization}
        return services.enter_capacity(values={**values, "opened_on": DAY, "source": "台账", **fields}, by=member)

    return make


@pytest.fixture
def verify(officer):
    return lambda record: services.verify_capacity(record=record, by=officer)


def counts(user, region, on=DAY) -> dict:
    places = selectors.capacity_counts(user, region=region, on=on)
    return {
        place.region.name if not place.whole else "": {one.kind: one.count for one in place.kinds if one.count}
        for place in places
    }


def test_only_verified_records_are_counted_in_each_region_above_them(enter, verify, regions, officer):
    verify(enter())
    verify(enter("另一社工站"))
    verify(enter("培训班", "training", "500229", closed_on=DAY))
    enter("没有核实的社工站")
    assert counts(officer, regions["500229"]) == {
        "": {"station": 2, "training": 1},
        regions["500229201"].name: {"station": 2},
    }
    assert counts(officer, regions["500237"]) == {"": {}}


def test_a_closed_station_no_longer_counts_and_a_course_that_was_held_does(enter, verify, regions, officer):
    station, course = enter(), enter("培训班", "training", closed_on=DAY)
    for record in (station, course):
        verify(record)
    end = {"closed_on": DAY + datetime.timedelta(days=10)}
    services.close_capacity(record=station, values=end, version=station.version, by=officer)
    assert counts(officer, regions["500229"])[""] == {"station": 1, "training": 1}
    assert counts(officer, regions["500229"], end["closed_on"])[""] == {"training": 1}


def test_a_reported_figure_stands_beside_the_count_and_is_not_added(enter, verify, regions, officer, second_officer):
    verify(enter())
    values = {"number": "A-1", "topic": "社工站", "indicator": "建成社工站数", "subject": "organization", "value": 20}
    values |= {"unit": "个", "region": regions["500229"], "period_to": DAY, "source": "简报", "capacity": "station"}
    figure = services.enter_figure(values=values, places=[], by=officer)
    services.publish_figure(figure=figure, by=second_officer)
    whole = selectors.capacity_counts(officer, region=regions["500229"], on=DAY)[0]
    assert (whole.kinds[0].count, whole.kinds[0].reported) == (1, [figure])
    page = Client().get("/projects/capacity/counts/?region=500229&on=2026-03-01").content.decode()
    assert "20 个" in page and "<strong>1</strong>" in page and "<strong>21</strong>" not in page
    answer = Client().get("/api/v1/capacity-records/counts/?region=500229&on=2026-03-01").json()
    assert answer[0]["kinds"][0]["from_records"] == 1 and len(answer[0]["kinds"][0]["reported"]) == 1


def test_a_record_is_entered_once_and_verified_by_another(enter, member, officer):
    record = enter()
    with pytest.raises(Refused, match="已有"):
        enter()
    with pytest.raises(services.NotSecondPerson):
        services.verify_capacity(record=record, by=member)
    services.strike_capacity(record=record, by=officer, reason="重复")
    enter()
    with pytest.raises(IntegrityError, match="capacity_once"), transaction.atomic():
        CapacityRecord.objects.create(reference="x", **{name: getattr(record, name) for name in CapacityRecord.FIELDS})


def test_a_file_of_capacity_records_is_stored_once_and_taken_back(regions, officer):
    rows = "类别,名称,地区代码,起始日期,来源\n社工站,龙田乡社工站,500229201,2026-03-01,台账\n"
    rows += "竞赛,护理竞赛,500229,2026-03-01,台账\n"
    batch = load("capacity", rows, officer)
    load("capacity", rows, officer)
    assert CapacityRecord.objects.count() == 2
    exchange.undo_batch(batch=batch, by=officer, reason="试")
    exchange.run_batch(batch_id=batch.pk)
    assert not CapacityRecord.objects.exists()


def test_a_file_for_another_county_is_refused(regions, officer):
    rows = "类别,名称,地区代码,起始日期,来源\n社工站,某社工站,500237,2026-03-01,台账\n"
    assert load("capacity", rows, officer).problems and not CapacityRecord.objects.exists()

"""Published, claimed, verified, and the days between: exact, from the history."""

import csv
import datetime
import io
from decimal import Decimal

import openpyxl
import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from demands import selectors
from demands.models import Demand

DAY = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
MARCH = {"since": datetime.date(2026, 3, 1), "until": datetime.date(2026, 3, 31)}


@pytest.fixture
def fared(make_demand, regions):
    """A demand whose history says what happened on which day after the first of March."""

    def fared(steps: list[tuple[str, str, float]], **values) -> Demand:
        demand = make_demand("draft", **values)
        for old, new, days in steps:
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO core_statuschange "
                    "(content_type_id, object_id, old, new, role, at, note, changes, request_id) "
                    "VALUES (%s, %s, %s, %s, '', %s, '', '{}', '')",
                    [
                        ContentType.objects.get_for_model(Demand).pk,
                        demand.pk,
                        old,
                        new,
                        DAY + datetime.timedelta(days=days),
                    ],
                )
        return demand

    return fared


PUBLISHED = ("submitted", "published", 0)


def test_the_figures_of_five_demands(fared):
    fared([PUBLISHED])
    fared([PUBLISHED, ("published", "claimed_in_part", 2), ("claimed_in_part", "published", 3)])
    fared([PUBLISHED, ("published", "claimed", 4), ("accepted", "verified", 14)])
    fared([PUBLISHED, ("published", "claimed", 6), ("accepted", "verified", 26)], form="health")
    fared(
        [PUBLISHED, ("published", "claimed", 1), ("accepted", "verified", 9), ("verified", "delivering", 10)],
        form="health",
    )
    fared([("submitted", "published", 40)])
    total = selectors.docking(None, **MARCH).total
    assert (total.published, total.claimed, total.verified) == (5, 4, 2)
    assert (total.claimed_share, total.verified_share) == (Decimal("80.0"), Decimal("40.0"))
    # Claims after 1, 2, 4 and 6 days; verified 10 and 20 days after the claim, 14 and 26 after publication.
    assert (total.days_to_claim, total.days_to_verify, total.days_in_all) == (3, 15, 20)
    by_form = {line.key: line for line in selectors.docking(None, **MARCH).by_form}
    assert (by_form["relief"].published, by_form["health"].published) == (3, 2)
    assert by_form["health"].days_in_all == 26
    assert selectors.docking(None, **MARCH, form="health").total.published == 2


def test_a_demand_counts_where_its_village_is(fared, regions):
    fared([PUBLISHED])
    fared([PUBLISHED], village=regions["500229100001"])
    answer = selectors.docking(regions["500229"], **MARCH)
    assert {line.name: line.published for line in answer.by_place} == {"龙田乡": 1, "葛城街道": 1}
    assert [line.name for line in selectors.docking(regions["500000"], **MARCH).by_place] == ["城口县"]
    assert selectors.docking(regions["370000"], **MARCH).total.published == 0


def test_the_days_of_the_period_are_days_in_china(fared):
    """An hour before midnight of the last day counts, an hour after does not."""
    fared([("submitted", "published", 30 + 3 / 24)])
    fared([("submitted", "published", 30 + 5 / 24)])
    assert selectors.docking(None, **MARCH).total.published == 1


def test_a_demand_published_again_after_a_suspension_counts_once_from_the_first_day(fared):
    fared([PUBLISHED, ("published", "suspended", 1), ("suspended", "published", 20), ("published", "claimed", 22)])
    total = selectors.docking(None, **MARCH).total
    assert (total.published, total.days_to_claim) == (1, 22)


def test_real_steps_are_counted(make_demand, claim_of):
    claim_of(make_demand(), 100)
    today = timezone.localdate()
    total = selectors.docking(None, since=today, until=today).total
    assert (total.published, total.claimed, total.verified) == (1, 1, 0)
    assert total.days_to_claim == Decimal("0.0")


def test_the_page_and_rest_show_figures_with_their_definitions(client, fared):
    fared([PUBLISHED, ("published", "claimed", 2)])
    query = {"since": "2026-03-01", "until": "2026-03-31", "region": "500229"}
    page = client.get(reverse("demands:docking"), query, headers={"accept-language": "en"}).content.decode()
    for _figure, words in selectors.definitions():
        assert words
    assert "龙田乡" in page
    assert "format=csv" in page
    body = client.get("/api/v1/docking/", query).json()
    assert body["total"]["claimed"] == 1
    assert body["total"]["days_to_claim"] == "2.0"
    assert len(body["definitions"]) == 4
    assert client.get("/api/v1/docking/", {"from": "2026-03-01"}).status_code == 400
    assert client.get("/api/v1/docking/", {"since": "2026-04-01", "until": "2026-03-01"}).status_code == 400
    assert client.get(reverse("demands:docking"), {"region": "没有的地方"}).status_code == 400


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("end", ["since", "until"])
def test_a_period_beyond_the_calendar_is_bad_input(client, db, end, day):
    assert client.get(reverse("demands:docking"), {end: day}).status_code == 400
    assert client.get("/api/v1/docking/", {end: day}).json()["errors"].keys() == {end}


def test_the_figures_come_as_a_file_with_their_definitions(client, fared):
    fared([PUBLISHED, ("published", "claimed", 2), ("accepted", "verified", 10)])
    query = {"since": "2026-03-01", "until": "2026-03-31", "region": "500229"}
    lines = b"".join(client.get(reverse("demands:docking"), {**query, "format": "csv"})).decode("utf-8-sig")
    heading, *rows = csv.reader(io.StringIO(lines))
    assert len({len(row) for row in [heading, *rows]}) == 1
    assert [(row[1], row[3]) for row in rows] == [("500229201000", "1"), ("relief", "1"), ("500229000000", "1")]
    assert (rows[0][2], rows[2][2]) == ("龙田乡", "城口县")
    assert rows[-1][4:] == ["1", "100.0", "1", "100.0", "2.0", "8.0", "10.0"]
    answer = client.get(reverse("demands:docking"), {**query, "format": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer)))
    data, notes = (list(sheet.values) for sheet in book)
    assert data[-1][3:] == (1, 1, 100, 1, 100, 2, 8, 10)
    words = {str(label): value for label, value in notes}
    assert words.items() >= {str(figure): text for figure, text in selectors.definitions()}.items()
    assert client.get(reverse("demands:docking"), {"region": "没有的地方", "format": "csv"}).status_code == 400

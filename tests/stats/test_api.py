"""The public statistics over REST."""

import csv
import datetime
import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from donations.models import Donation
from stats import selectors, services
from stats.api import RenderedAnswers

URL = "/api/v1/statistics/donations/"
YEAR = {"region": "500000", "from": "2021-01-01", "to": "2021-12-31"}


@pytest.fixture
def applied(gifts_of_2021) -> None:
    services.apply_all_changes()


def lines(data: dict) -> dict:
    return {tuple(line["codes"]): line for line in data["lines"]}


def test_anybody_reads_that_eleven_charities_gave_4_240_000_yuan(client, applied):
    data = client.get(URL, {**YEAR, "by": "receiver"}).json()
    assert data["total"] == {
        "cash": "3500000.00",
        "goods": "740000.00",
        "services": "0.00",
        "total": "4240000.00",
        "gifts": 7,
        "donors": 11,
        "unvalued_lots": 0,
    }
    assert data["relief_apart"]["goods"] == "2100000.00"
    assert data["region"] == {"code": "500000000000", "name": "重庆市"}
    assert lines(data)["500241000000",]["label"] == "秀山土家族苗族自治县"
    joint = lines(data)["500114000000", "500237000000", "500238000000"]
    assert joint["joint"] and joint["total"] == "500000.00"


@pytest.mark.parametrize(
    ("relief", "total"), [("exclude", "4240000.00"), ("include", "6340000.00"), ("only", "2100000.00")]
)
def test_relief_is_left_out_included_or_alone(client, applied, relief, total):
    assert client.get(URL, {**YEAR, "relief": relief}).json()["total"]["total"] == total


@pytest.mark.parametrize("by", ["receiver", "giver", "form", "channel", "month"])
def test_csv_holds_the_same_lines_as_json(client, applied, by):
    data = client.get(URL, {**YEAR, "by": by}).json()
    body = client.get(URL, {**YEAR, "by": by, "format": "csv"})
    assert body["Content-Type"].startswith("text/csv")
    text = body.content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["key"], row["total"]) for row in rows[:-1]] == [(line["key"], line["total"]) for line in data["lines"]]
    assert rows[-1]["total"] == data["total"]["total"] and rows[-1]["version"] == str(data["version"])


def test_every_answer_carries_its_definition_cut_off_version_and_what_is_pending(client, applied, gift):
    data = client.get(URL, YEAR).json()
    assert data["definition"] and data["as_of"] and data["version"] >= 1 and data["pending"] == 0
    gift(["371300"], ["500229"], [("cash", 1)])
    later = client.get(URL, YEAR).json()
    assert later["pending"] > 0 and later["total"] == data["total"]
    services.apply_all_changes()
    assert client.get(URL, YEAR).json()["total"]["total"] == "4250000.00"


def test_an_unchanged_version_is_answered_304_and_a_new_gift_changes_the_etag(client, applied, gift):
    first = client.get(URL, YEAR)
    again = client.get(URL, YEAR, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304 and again.content == b""
    gift(["371300"], ["500229"], [("cash", 1)])
    services.apply_all_changes()
    changed = client.get(URL, YEAR, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200 and changed["ETag"] != first["ETag"]


def test_an_answer_asked_again_costs_one_query(client, applied):
    client.get(URL, YEAR)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(URL, YEAR)
    assert len(queries) == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"region": "999999"}, "region"),
        ({"region": "abc"}, "region"),
        ({"from": "2021-13-01"}, "from"),
        ({"from": "2021-12-31", "to": "2021-01-01"}, "to"),
        ({"by": "colour"}, "by"),
        ({"by": "month", "level": "county"}, "level"),
        ({"by": "giver", "level": "village"}, "level"),
        ({"region": "500229", "level": "province"}, "level"),
        ({"region": "500229", "level": "city"}, "level"),
        ({"relief": "maybe"}, "relief"),
        ({"donor__password": "x"}, "donor__password"),
        ({"format": "xml"}, "format"),
    ],
)
def test_bad_parameters_are_named_in_a_problem(client, applied, query, field):
    answer = client.get(URL, query)
    assert answer.status_code == 400 and answer["Content-Type"] == "application/problem+json"
    assert field in json.loads(answer.content)["errors"]


def test_bad_parameters_are_explained_in_both_languages(client, applied):
    english = client.get(URL, {"region": "999999"}, headers={"Accept-Language": "en"})
    assert "no region with the code 999999" in english.content.decode()
    chinese = client.get(URL, {"region": "999999"}, headers={"Accept-Language": "zh-CN"})
    assert "999999" in chinese.content.decode() and "no region" not in chinese.content.decode()


def test_the_page_shows_the_same_numbers_as_the_api(client, applied):
    page = client.get("/statistics/donations/", YEAR).content.decode()
    for text in ("4,240,000.00", "3,500,000.00", "740,000.00", "2,100,000.00", "秀山土家族苗族自治县", "1,400,000.00"):
        assert text in page, text


def test_the_page_says_what_is_wrong_with_the_question(client, applied):
    answer = client.get("/statistics/donations/", {"region": "999999"})
    assert answer.status_code == 400 and "999999" in answer.content.decode()


def test_no_donor_is_named_in_public_figures(client, applied):
    Donation.objects.update(consent_to_publish=False)
    body = client.get(URL, {**YEAR, "by": "giver"}).content.decode()
    assert "慈善总会" not in body


def test_an_answer_without_a_period_is_not_kept_into_the_next_month(client, applied, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: datetime.date(2026, 11, 30))
    first = client.get(URL)
    monkeypatch.setattr(timezone, "localdate", lambda: datetime.date(2026, 12, 1))
    second = client.get(URL, headers={"If-None-Match": first["ETag"]})
    assert (first.json()["to"], second.json()["to"]) == ("2026-11-30", "2026-12-31")


def test_the_numbers_of_an_answer_belong_to_the_state_it_names(client, applied, gift, monkeypatch):
    donors = selectors._donors

    def late(question):
        monkeypatch.setattr(selectors, "_donors", donors)
        gift(["371300"], ["500229"], [("cash", 1)])
        services.apply_all_changes()
        return donors(question)

    monkeypatch.setattr(selectors, "_donors", late)
    data = client.get(URL, YEAR).json()
    assert (data["total"]["total"], data["version"]) == ("4250000.00", selectors.figure_state().version)
    assert client.get(URL, YEAR).json() == data


def test_kept_answers_stay_within_their_number_and_their_bytes():
    answers = RenderedAnswers(most=3, most_bytes=100)
    for key in range(5):
        answers.keep(key, b"x" * 10)
    assert [answers.get(key) for key in (1, 2, 4)] == [None, b"x" * 10, b"x" * 10]
    answers.keep("large", b"y" * 95)
    assert answers.get("large") and answers.size == 95

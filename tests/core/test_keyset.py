"""Pages that begin after a row: every row on exactly one page, in both directions, in any order."""

import base64
import datetime
import json

import pytest
from django.db import connection
from django.db.models.functions import Length
from rest_framework.test import APIClient

from core import keyset
from core.statements import Statement
from organizations.models import Organization

URL = "/api/v1/organizations/"
ORDERS = [
    ["pinyin"],
    ["-pinyin"],
    ["name"],
    ["founded_on"],
    ["-founded_on"],
    ["level", "founded_on"],
    ["-level", "-founded_on", "-pk"],
    ["level", "-created_at"],
    ["region__name", "pk"],
    ["length", "pk"],
    ["-pk"],
]


@pytest.fixture
def thirteen(make_organization):
    """Organizations with equal names and days, and three without a day."""
    days = [datetime.date(2000, 1, 1), None, datetime.date(1990, 5, 5), datetime.date(2000, 1, 1)]
    for number in range(13):
        make_organization(
            f"慈善会{number % 4}",
            region=["371300", "500229", "500237"][number % 3],
            level=["city", "county"][number % 2],
            founded_on=days[number % 4],
        )
    return Organization.objects.alias(length=Length("name"))


def walk(rows, order, size, cursor="") -> list[list[int]]:
    """All pages from a cursor on, followed by `next`."""
    pages = []
    while cursor is not None:
        page = keyset.page(rows, order, cursor=cursor, size=size)
        pages.append([row.pk for row in page.rows])
        cursor = page.next
    return pages


@pytest.mark.parametrize("size", [1, 4, 13, 20])
@pytest.mark.parametrize("order", ORDERS, ids=",".join)
def test_every_row_is_on_one_page_and_the_way_back_is_the_same(thirteen, order, size):
    forward = walk(thirteen, order, size)
    assert sorted(pk for page in forward for pk in page) == sorted(thirteen.values_list("pk", flat=True))
    cursor, last = "", None
    while cursor is not None:
        last = keyset.page(thirteen, order, cursor=cursor, size=size)
        cursor = last.next
    back = [[row.pk for row in last.rows]]
    while last.previous is not None:
        last = keyset.page(thirteen, order, cursor=last.previous, size=size)
        back.append([row.pk for row in last.rows])
    assert back[::-1] == forward


@pytest.mark.parametrize("order", [["founded_on"], ["-founded_on"]])
def test_rows_without_a_value_come_last_in_either_direction(thirteen, order):
    (rows,) = walk(thirteen, order, 20)
    days = dict(thirteen.values_list("pk", "founded_on"))
    assert [days[pk] is None for pk in rows] == [False] * 10 + [True] * 3
    known = [days[pk] for pk in rows[:10]]
    assert known == sorted(known, reverse=order[0].startswith("-"))


def test_a_row_that_comes_or_goes_moves_no_other_row(thirteen, make_organization):
    first = keyset.page(thirteen, ["name"], cursor="", size=5)
    expected = [pk for page in walk(thirteen, ["name"], 5)[1:] for pk in page]
    make_organization("一个新会")
    thirteen.filter(pk=first.rows[2].pk).delete()
    assert [pk for page in walk(thirteen, ["name"], 5, first.next) for pk in page] == expected


def encoded(value) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!!!",
        "W10",
        "é",
        "%00",
        "A" * 10_000,
        encoded({}),
        encoded(["pinyin,id", False, ["a"]]),
        encoded(["pinyin,id", 1, ["a", 1]]),
        encoded(["pinyin,id", False, ["a", "b"]]),
        encoded(["pinyin,id", False, [None, 1]]),
        encoded(["pinyin,id", False, ["a\0", 1]]),
        encoded(["pinyin,id", False, ["\ud800", 1]]),
        encoded(["pinyin,id", False, [["a"], 1]]),
        encoded(["pinyin,id", False, ["a", 2**63]]),
        encoded(["pinyin,id", False, ["a", 1e400]]),
        encoded(["name,id", False, ["a", 1]]),
        encoded(["founded_on,id", False, ["2026-02-30", 1]]),
    ],
)
def test_a_broken_cursor_is_bad_input(organization, cursor):
    answer = APIClient(headers={"accept-language": "en"}).get(URL, {"cursor": cursor, "sort": "pinyin"})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["errors"] == {
        "cursor": ["This cursor does not belong to this list in this order. Begin again without it."]
    }


def test_links_keep_filters_order_and_size(thirteen):
    client = APIClient()
    answer = client.get(URL, {"sort": "newest", "level": ["city", "county"], "page_size": 5}).json()
    keys = []
    while True:
        keys += [row["id"] for row in answer["results"]]
        if answer["next"] is None:
            break
        answer = client.get(answer["next"]).json()
    assert keys == sorted(keys, reverse=True)
    assert len(keys) == 13
    assert len(answer["results"]) == 3
    back = client.get(answer["previous"]).json()
    assert [row["id"] for row in back["results"]] == keys[5:10]


def test_results_are_counted_when_they_fit_on_a_page_or_when_asked(thirteen, monkeypatch):
    client = APIClient()
    assert client.get(URL).json()["count"] == 13
    assert client.get(URL, {"page_size": 5}).json()["count"] is None
    asked = client.get(URL, {"page_size": 5, "count": "true"}).json()
    assert (asked["count"], asked["more_than"]) == (13, None)
    monkeypatch.setattr("core.rest.Pages.most_counted", 12)
    asked = client.get(URL, {"page_size": 5, "count": "true"}).json()
    assert (asked["count"], asked["more_than"]) == (None, 12)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page_size", "0"),
        ("page_size", "501"),
        ("page_size", "x"),
        ("page_size", "９"),
        ("count", "yes"),
        ("sort", "uscc"),
        ("page", "2"),
    ],
)
def test_what_no_list_knows_is_bad_input(db, name, value):
    answer = APIClient().get(URL, {name: value})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])


@pytest.mark.parametrize("sort", ["", "pinyin", "-pinyin", "founded", "-founded", "grade", "-grade", "newest"])
def test_what_everybody_sees_and_what_somebody_sees_have_the_same_order(thirteen, officer, sort):
    """Without a log-in and without filters the statement is made beforehand."""

    def names(client) -> list:
        answer, found = client.get(URL, {"sort": sort, "page_size": 4}).json(), []
        while True:
            found.append([row["id"] for row in answer["results"]])
            if answer["next"] is None:
                back = client.get(answer["previous"]).json()
                assert [row["id"] for row in back["results"]] == found[-2]
                return found
            answer = client.get(answer["next"]).json()

    somebody = APIClient()
    somebody.force_authenticate(officer)
    assert names(APIClient()) == names(somebody)
    assert sum(map(len, names(somebody))) == 13


def test_statements_are_prepared_once_by_a_connection_and_not_without_bound(thirteen, monkeypatch):
    monkeypatch.setattr(Statement, "most_prepared", 3)
    connection.prepared_pages = None, {}
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    client, names = APIClient(), ["pinyin", "-pinyin", "grade", "-grade", "founded", "-founded"]
    expected = [client.get(URL, {"sort": name}).json()["results"] for name in names]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone()[0] == 3
    assert [client.get(URL, {"sort": name}).json()["results"] for name in names] == expected
    page = client.get(URL, {"sort": "-founded", "page_size": 4}).json()
    assert page["results"] + client.get(page["next"]).json()["results"] == expected[-1][:8]

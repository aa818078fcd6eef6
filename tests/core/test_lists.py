"""The list page: filtered, sorted, paged and exported in the same way for every app."""

import csv
import io

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from core.lists import Pages

URL = "/organizations-of-core/"
pytestmark = pytest.mark.urls("tests.core.urls")


@pytest.fixture
def twelve(make_organization):
    return [make_organization(f"组织{number:02}", level="county") for number in range(12)]


def names(answer) -> list[str]:
    return [row.name for row in answer.context_data["object_list"]]


@pytest.fixture
def get(client: Client, monkeypatch):
    """Ask for the list; the page itself is drawn by each app's template."""

    def ask(query: str = ""):
        from tests.core.urls import OrganizationList

        monkeypatch.setattr(OrganizationList, "template_name", "errors/404.html")
        return client.get(URL + query)

    return ask


def test_the_first_sort_is_the_default_and_pages_do_not_overlap(twelve, get):
    pages = [get("?page=1"), get("?page=2"), get("?page=3")]
    assert [len(names(page)) for page in pages] == [5, 5, 2]
    assert sum([names(page) for page in pages], []) == [f"组织{number:02}" for number in range(12)]
    assert pages[0].context_data["total"] == 12
    assert pages[0].context_data["sort"] == "name"


def test_a_sort_can_be_turned_round_also_a_descending_one(twelve, get):
    assert names(get("?sort=-name"))[0] == "组织11"
    assert names(get("?sort=newest"))[0] == "组织11"
    assert names(get("?sort=-newest"))[0] == "组织00"
    assert [entry[2] for entry in get("?sort=-newest").context_data["sorts"]] == [False, True]


@pytest.mark.parametrize("sort", ["nonsense", "-", "password", "name; drop", "--name"])
def test_an_unknown_sort_is_the_default(twelve, get, sort):
    answer = get(f"?sort={sort}")
    assert answer.context_data["sort"] == "name"
    assert names(answer)[0] == "组织00"


@pytest.mark.parametrize("page", ["99", "0", "-1", "abc"])
def test_a_page_that_does_not_exist_is_an_error_page(twelve, get, page):
    assert get(f"?page={page}").status_code == 404


def test_a_filter_narrows_and_a_wrong_one_shows_nothing(twelve, get):
    assert names(get("?search=组织07")) == ["组织07"]
    wrong = get("?kind=nonsense")
    assert names(wrong) == []
    assert wrong.context_data["filter"].form.errors["kind"]


def test_an_export_has_all_pages_of_the_current_query(twelve, get):
    answer = get("?search=组织0&sort=-name&page=2&format=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["Name", "Synthetic"]
    assert [row[0] for row in rows[1:]] == [f"组织{number:02}" for number in range(9, -1, -1)]


def test_a_workbook_export_is_a_workbook(twelve, get):
    answer = get("?format=xlsx")
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    answer.close()


def test_an_unknown_format_is_the_page(twelve, get):
    assert len(names(get("?format=exe"))) == 5


def test_what_may_not_be_seen_is_in_no_page_and_no_export(regions, get):
    from organizations.models import Organization

    Organization.objects.create(name="草稿", region=regions["500229"], kind="federation", level="county")
    assert names(get()) == []
    assert "草稿" not in b"".join(get("?format=csv").streaming_content).decode()


def test_a_long_list_numbers_and_counts_only_its_beginning(twelve, get, monkeypatch):
    monkeypatch.setattr(Pages, "most", 10)
    answer = get("?page=2")
    assert (answer.context_data["total"], answer.context_data["has_more"]) == (10, True)
    assert len(names(answer)) == 5
    assert get("?page=3").status_code == 404
    assert not get("?search=组织07").context_data["has_more"]


@pytest.mark.parametrize("wanted", ["csv", "xlsx"])
def test_without_a_log_in_a_huge_export_is_refused_with_a_way_out(twelve, get, settings, wanted):
    settings.EXPORT_ROWS_ANONYMOUS = 11
    answer = get(f"?kind=federation&format={wanted}")
    assert (answer.status_code, answer["Location"]) == (302, f"{URL}?kind=federation")
    (sentence,) = get_messages(answer.wsgi_request)
    assert "11" in str(sentence)


def test_an_export_of_the_limit_or_by_somebody_known_is_given(twelve, get, client, officer, settings):
    settings.EXPORT_ROWS_ANONYMOUS = 12
    assert get("?format=csv").status_code == 200
    settings.EXPORT_ROWS_ANONYMOUS = 1
    client.force_login(officer)
    assert get("?format=csv").status_code == 200

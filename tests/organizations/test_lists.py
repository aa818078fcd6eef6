"""The register's list: its orders, the grades kept for them, its queries, and search keys of older rows."""

import datetime
import importlib

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import keyset
from organizations import services, tasks
from organizations.models import Assessment, FormerName, Organization

TODAY = datetime.date.today()


def assess(organization, grade: str, *, days: int = 0, **values) -> Assessment:
    values = {"authority": "甲局", "valid_from": TODAY - datetime.timedelta(days=days), **values}
    entry = services.add_entry(organization=organization, entry=Assessment(grade=grade, **values), by=None)
    organization.refresh_from_db()
    return entry


def test_the_grade_follows_the_assessments(organization):
    assert organization.grade == ""
    older = assess(organization, "3A", days=900)
    assert organization.grade == "3A"
    newer = assess(organization, "5A")
    assert organization.grade == "5A"
    services.strike_entry(entry=newer, reason="误录", by=None, version=newer.version)
    organization.refresh_from_db()
    assert organization.grade == "3A"
    Assessment.objects.filter(pk=older.pk).delete()
    organization.refresh_from_db()
    assert organization.grade == ""


def test_grades_begin_and_end_with_the_day(organization, make_organization):
    """As the clock finds them in the morning: triggers see no day go by."""
    begun = make_organization("今日会")
    assess(begun, "4A")
    Organization.objects.filter(pk=begun.pk).update(grade_rank=6)
    assess(organization, "3A", days=3000)
    Organization.objects.filter(pk=organization.pk).update(grade_rank=3)
    assert (tasks.refresh_grades(), tasks.refresh_grades()) == (2, 0)
    begun.refresh_from_db()
    organization.refresh_from_db()
    assert (begun.grade, organization.grade) == ("4A", "")


def test_the_list_is_sorted_by_grade_and_shows_it(client, make_organization):
    for name, grade in [("甲会", "3A"), ("乙会", "5A"), ("丙会", "")]:
        made = make_organization(name)
        if grade:
            assess(made, grade)
    answer = client.get("/organizations/?sort=grade")
    assert [row.name for row in answer.context["object_list"]] == ["乙会", "甲会", "丙会"]
    assert ">5A<" in answer.content.decode()
    rest = client.get("/api/v1/organizations/?sort=grade").json()["results"]
    assert [row["grade"] for row in rest] == ["5A", "3A", ""]


FILTERS = [
    "q=慈善会",
    "q=临沂 慈善",
    "kind=federation",
    "level=city",
    "region=371300",
    "status=active",
    "grade=5A",
    "certificate=charity",
    "certificate_on=2024-01-01",
    "focus=health",
    "founded_from=2020-01-01",
    "credit=none",
    "sort=-founded",
]


@pytest.mark.parametrize("asked", FILTERS)
def test_a_page_of_the_list_takes_at_most_twelve_queries_whatever_is_asked(
    client, make_organization, officer, django_assert_max_num_queries, asked
):
    for number in range(3):
        make_organization(f"临沂第{number}慈善会")
    client.force_login(officer)
    with django_assert_max_num_queries(12):
        assert client.get(f"/organizations/?{asked}").status_code == 200


@pytest.mark.parametrize("near", [1, 4, 1_500])
def test_a_narrowed_list_has_the_same_order_however_it_is_fetched(make_organization, monkeypatch, near):
    """Walked to along the order at once or after a look, or sorted after fetching."""
    monkeypatch.setattr(keyset, "LOOK", near)
    monkeypatch.setattr(keyset, "NEAR", near)
    monkeypatch.setattr(keyset, "DENSE", 0.5)
    for number in range(7):
        make_organization(f"第{7 - number}慈善会")
    rows = Organization.objects.matching("慈善")
    expected = list(rows.order_by("-name"))
    for skip, most in [(0, 3), (2, 3), (0, 7), (5, 9)]:
        with CaptureQueriesContext(connection) as captured:
            assert list(keyset.steady(rows, ["-name"], skip=skip, most=most)) == expected[skip : skip + most]
        # More than there are is never found by walking; of few near rows too few are known to match.
        assert any("COALESCE" in one["sql"] for one in captured) is (skip + most > 7 or near == 1 and skip + most > 3)
    page = keyset.page(rows, ["-name"], cursor="", size=4, is_narrow=True)
    rest = keyset.page(rows, ["-name"], cursor=page.next, size=4, is_narrow=True)
    assert [*page.rows, *rest.rows] == expected


def test_rows_older_than_the_search_get_their_search_keys(organization):
    FormerName.objects.create(organization=organization, name="沂州救济会", until=TODAY)
    organization.set_search_keys()
    Organization.objects.update(search=None, pinyin="", initials="")
    fill = importlib.import_module("organizations.migrations.0006_grades_and_search").fill_search
    fill(apps, None)
    for word in ("慈善", "lyscszh", "救济会"):
        assert Organization.objects.matching(word).get() == organization
    assert Organization.objects.get().pinyin == organization.pinyin


def test_organizations_without_a_day_come_last_in_the_order_they_were_entered(client, make_organization):
    made = [make_organization(f"第{number}慈善会") for number in range(3)]
    known = make_organization("有日期的慈善会", founded_on=datetime.date(2012, 3, 1))
    shown = client.get("/organizations/", {"sort": "-founded"}).context["object_list"]
    assert list(shown) == [known, *made]

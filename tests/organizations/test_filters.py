"""What the filters of the register find."""

import datetime

import pytest
from django.db import connection
from django.utils import timezone

from organizations import services
from organizations.filters import OrganizationFilter
from organizations.models import Assessment, Certificate, CreditEntry, Organization


@pytest.fixture
def register(regions):
    rows = [
        ("临沂市慈善总会", "federation", "53371300000000015R", "city", "371300"),
        ("兰陵县慈善总会", "federation", None, "county", "371324"),
        ("德州市医学会", "association", None, "city", "371400"),
        ("城口县夕阳红协会", "community", None, "county", "500229"),
    ]
    names = ["name", "kind", "uscc", "level", "region"]
    rows[0] = (*rows[0][:2], "51371300000000015" + _check("51371300000000015"), *rows[0][3:])
    services.load_organizations(rows=[dict(zip(names, row, strict=True)) for row in rows], by=None)
    left = Organization.objects.get(name="德州市医学会")
    services.cancel_organization(organization=left, reason="自愿注销", by=None)


def _check(body):
    from organizations.uscc import check_character

    return check_character(body)


def found(query: str) -> list[str]:
    from django.http import QueryDict

    filterset = OrganizationFilter(QueryDict(query), queryset=Organization.objects.order_by("name"))
    assert filterset.is_valid(), filterset.errors
    return [row.name[:2] for row in filterset.qs]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["临沂", "兰陵", "城口", "德州"]),
        ("q=慈善", ["临沂", "兰陵"]),
        ("q=慈善 兰陵", ["兰陵"]),
        ("q=lyscszh", ["临沂"]),
        ("q=CSZH", ["临沂", "兰陵"]),
        ("q=linyishi", ["临沂"]),
        ("q=51371300", ["临沂"]),
        ("q=５１３７１３", ["临沂"]),
        ("q=100%25", []),
        ("q=_", []),
        ("kind=association&kind=community", ["城口", "德州"]),
        ("level=county", ["兰陵", "城口"]),
        ("region=370000", ["临沂", "兰陵", "德州"]),
        ("region=371300000000", ["临沂", "兰陵"]),
        ("region=城口县", ["城口"]),
        ("status=cancelled", ["德州"]),
        ("region=370000&status=active&q=慈善&level=city", ["临沂"]),
    ],
)
def test_each_filter_narrows_the_list(register, query, names):
    assert sorted(found(query)) == sorted(names)


@pytest.mark.parametrize(
    "query", ["region=999999", "region=1", "kind=club", "level=moon", "status=x", "q=" + "a" * 121]
)
def test_a_value_nobody_can_choose_is_an_error_not_everything(regions, query):
    from django.http import QueryDict

    filterset = OrganizationFilter(QueryDict(query), queryset=Organization.objects.all())
    assert not filterset.is_valid()
    assert list(filterset.errors) == [query.split("=")[0]]


def test_grade_certificate_focus_and_credit_narrow_the_list(register):
    linyi, lanling = (Organization.objects.get(name__startswith=name) for name in ("临沂", "兰陵"))
    add = services.add_entry
    start, end = datetime.date(2020, 1, 1), datetime.date(2022, 12, 31)
    old = Assessment(grade="5A", authority="甲", valid_from=start, valid_to=end)
    add(organization=linyi, entry=old, by=None)
    now = Assessment(grade="4A", authority="甲", valid_from=timezone.localdate())
    add(organization=lanling, entry=now, by=None)
    certificate = Certificate(kind="tax", issuer="甲", valid_from=start, valid_to=end)
    add(organization=linyi, entry=certificate, by=None)
    listed = CreditEntry(kind="serious", reason="甲", authority="乙", listed_on=start)
    add(organization=lanling, entry=listed, by=None)
    linyi.refresh_from_db()
    services.edit_organization(
        organization=linyi, values={"focus": ["health", "elderly"]}, version=linyi.version, by=None
    )
    assert found("grade=5A") == []
    assert found("grade=5A&grade=4A") == ["兰陵"]
    assert found("certificate=tax") == []
    assert found("certificate=tax&certificate_on=2022-12-31") == ["临沂"]
    assert found("certificate=charity&certificate_on=2022-12-31") == []
    assert found("certificate_on=2022-12-31") == ["临沂"]
    assert found("focus=health&focus=culture") == ["临沂"]
    assert found("credit=serious") == ["兰陵"]
    assert "兰陵" not in found("credit=none")


def test_a_former_name_is_found(register):
    made = Organization.objects.get(name__startswith="兰陵")
    services.edit_organization(organization=made, values={"name": "苍山慈善会"}, version=made.version, by=None)
    assert found("q=兰陵县") == ["苍山"]


def test_two_characters_are_found_through_the_index(register, regions):
    rows = (
        Organization(name=f"第{number}号协会", kind="other", level="city", region=regions["371300"], status="active")
        for number in range(3000)
    )
    Organization.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE organizations_organization")
        # So small a table is read as quickly from end to end.
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "organization_search" in Organization.objects.matching("慈善").explain()
    assert Organization.objects.matching("慈善").count() == 2
    assert Organization.objects.matching("协会").count() == 3001

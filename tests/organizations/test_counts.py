"""How many organizations by kind, level and region."""

import pytest

from organizations import selectors
from organizations.models import Organization
from regions.models import Region


@pytest.fixture
def hebei(db):
    """Hebei's 192 social-assistance foundations of 2020 by where they are registered, as published."""
    places = [("130000000000", "province", "statutory", None)]
    places += [(f"13{city:02}00000000", "city", "statutory", "130000000000") for city in range(1, 15)]
    for number in range(165):
        city = f"13{number % 14 + 1:02}"
        places.append((f"{city}{number // 14 + 10:02}000000", "county", "statutory", f"{city}00000000"))
    places += [(f"13{city:02}71000000", "county", "zone", f"13{city:02}00000000") for city in range(1, 13)]
    Region.objects.bulk_create(
        Region(code=code, name=f"地{code[:6]}", level=level, kind=kind, parent_id=parent)
        for code, level, kind, parent in places
    )
    Organization.objects.bulk_create(
        Organization(name=f"基金会{code}", kind="foundation", level=level, region_id=code, status="active")
        for code, level, _kind, _parent in places
    )
    return Region.objects.get(code="130000000000")


def test_the_192_foundations_of_hebei_by_level(hebei):
    found = selectors.counts(Organization.objects.all(), hebei)
    (line,) = found.kinds
    assert (line.of, line.cells, line.total) == ("foundation", [0, 1, 14, 165, 12], 192)
    assert found.regions[0].cells == [0, 1, 0, 0, 0]
    assert len(found.regions) == 15
    assert sum(line.total for line in found.regions) == found.total.total == 192
    assert selectors.counts(Organization.objects.all()).regions[0].cells == [0, 1, 14, 165, 12]
    city = Region.objects.get(code="130100000000")
    inside = Organization.objects.filter(region__code__range=(city.low, city.high))
    assert selectors.counts(inside, city).total.cells == [0, 0, 1, 12, 1]


def test_page_and_rest_give_the_same_counts_with_the_same_filters(client, hebei):
    Organization.objects.filter(level="province").update(status="cancelled")
    query = "?region=130000&kind=foundation"
    answer = client.get(f"/api/v1/organizations/counts/{query}").json()
    assert (answer["total"], answer["kinds"][0]["counts"]["zone"]) == (191, 12)
    page = client.get(f"/organizations/counts/{query}")
    assert page.context["counts"].total.total == 191
    assert client.get(f"/organizations/counts/{query}&status=cancelled").context["counts"].total.total == 1
    assert client.get(f"/api/v1/organizations/counts/{query}&status=cancelled").json()["total"] == 1
    assert client.get("/organizations/counts/?region=1").status_code == 400
    assert client.get("/api/v1/organizations/counts/?colour=red").status_code == 400


def test_districts_of_a_direct_controlled_city_stand_directly_below_it(make_organization, regions):
    make_organization("城口县慈善会", region="500229", level=Organization.Level.COUNTY)
    make_organization("龙田乡协会", region="500229201", level=Organization.Level.COUNTY)
    found = selectors.counts(Organization.objects.all(), regions["500000"])
    assert [(line.label, line.total) for line in found.regions] == [("城口县", 2)]
    below = selectors.counts(Organization.objects.filter(region__code__startswith="500229"), regions["500229"])
    assert [(line.label, line.total) for line in below.regions] == [("城口县", 1), ("龙田乡", 1)]

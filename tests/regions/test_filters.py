import pytest

from regions.filters import RegionFilterSet
from regions.models import Region, RegionDesignation

pytestmark = pytest.mark.django_db


def names(**query) -> set[str]:
    filterset = RegionFilterSet(query, queryset=Region.objects.all())
    assert filterset.is_valid(), filterset.errors
    return set(filterset.qs.values_list("name", flat=True))


def test_no_filter_takes_nothing_away(loaded):
    assert len(names()) == Region.objects.values("name").distinct().count()


def test_kind_tells_development_zones_apart(loaded):
    assert "东莞生态园" in names(kind="zone", within="441900")
    assert "虎门镇" in names(kind="statutory", within="441900")


def test_a_designation_counts_while_it_lasts(loaded):
    RegionDesignation.objects.create(region_id="500229000000", kind="national_key")
    RegionDesignation.objects.create(region_id="371428000000", kind="national_key", valid_to="2020-12-31")
    assert names(designation="national_key") == {"城口县"}


def test_filters_narrow_each_other(loaded):
    assert names(search="龙田", level="township") == {"龙田乡"}
    assert names(search="龙田", level="county") == set()

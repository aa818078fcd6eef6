import datetime

import pytest
from django.utils import translation

from regions import selectors
from regions.models import Region

pytestmark = pytest.mark.django_db
DAY = datetime.date(2025, 6, 30)


def first(text: str) -> str:
    return selectors.search(text)[0].path_name


@pytest.mark.parametrize(
    "typed", ["城口", "城口县", "cks", "ckx", "CKX", "ck", "chengkou", "cheng kou", "500229", "５００２２９"]
)
def test_a_county_is_found_by_name_code_and_pinyin(loaded, typed):
    assert first(typed) == "重庆市城口县"


def test_counties_come_before_townships_before_villages(loaded):
    found = [region.level for region in selectors.search("c", limit=200)]
    order = ["province", "city", "county", "township", "village"]
    tiers = [max(order.index(level), 2) for level in found]
    assert tiers == sorted(tiers)
    assert len(set(tiers)) == 3


def test_parts_of_names_are_found_down_to_the_township(loaded):
    assert first("田乡") == "重庆市城口县龙田乡"
    assert first("重庆 龙田") == "重庆市城口县龙田乡"
    assert selectors.search("山东 龙田") == []


@pytest.mark.parametrize("typed", ["", " ", "%", "_", "火星", "\x00", "x" * 500, "!!", "🏔"])
def test_a_search_for_nothing_finds_nothing(loaded, typed):
    assert selectors.search(typed) == []


def test_a_search_takes_a_limit_and_few_queries(loaded, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        assert len(selectors.search("c", limit=5)) == 5


@pytest.mark.parametrize(
    "written",
    [
        "500229201",
        "500229201000",
        "500229201 重庆市城口县龙田乡",
        "重庆市城口县龙田乡",
        "重庆市 / 城口县 / 龙田乡",
        "重庆市 城口县 龙田乡",
        "城口县龙田乡",
        "龙田乡",
    ],
)
def test_a_region_is_known_by_code_path_or_name(loaded, written):
    assert selectors.resolve_text(written).code == "500229201000"


@pytest.mark.parametrize("code", ["999999", "50022", "5002290", "abc", "", "500229999", "-50022", "５００２２"])
def test_an_unknown_code_is_refused_by_name(loaded, code):
    with pytest.raises(selectors.UnknownRegion) as refused, translation.override("en"):
        selectors.resolve(code)
    assert code in str(refused.value)


def test_an_outdated_code_is_refused_with_its_successor(loaded):
    Region.objects.filter(code="500229201000").update(valid_to=DAY, successor="500229202000")
    with pytest.raises(selectors.OutdatedRegion) as refused, translation.override("en"):
        selectors.resolve("500229201", on=DAY + datetime.timedelta(days=1))
        str(refused.value)
    for part in ("龙田乡", "500229201", "北屏乡", "500229202", "2025-06-30"):
        assert part in str(refused.value)
    assert refused.value.facts["successor"] == "500229202000"
    assert selectors.resolve("500229201", on=DAY).name == "龙田乡"


def test_a_code_that_is_not_yet_valid_is_refused(loaded):
    Region.objects.filter(code="500229201000").update(valid_from=DAY)
    with pytest.raises(selectors.OutdatedRegion):
        selectors.resolve("500229201", on=DAY - datetime.timedelta(days=1))
    assert selectors.resolve("500229201", on=DAY)


def test_a_name_that_several_regions_have_offers_them(loaded):
    Region.objects.create(code="371428900000", name="龙田乡", level="township", parent_id="371428000000")
    with pytest.raises(selectors.AmbiguousRegion) as refused:
        selectors.resolve_text("龙田乡")
    assert {region.path_name for region in refused.value.candidates} == {
        "重庆市城口县龙田乡",
        "山东省德州市武城县龙田乡",
    }


def test_part_of_a_name_offers_what_is_similar(loaded):
    with pytest.raises(selectors.AmbiguousRegion) as refused:
        selectors.resolve_text("城口")
    assert refused.value.candidates[0].path_name == "重庆市城口县"


@pytest.mark.parametrize("written", ["火星", "重庆市火星县", "x" * 300, "重\x00庆"])
def test_a_name_nobody_has_is_unknown(loaded, written):
    with pytest.raises(selectors.UnknownRegion):
        selectors.resolve_text(written)

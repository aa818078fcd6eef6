import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regions import selectors
from regions.models import Region

pytestmark = pytest.mark.django_db

ORACLE = """
WITH RECURSIVE below AS (
    SELECT code FROM regions_region WHERE code = %s
    UNION ALL SELECT r.code FROM regions_region r JOIN below b ON r.parent_id = b.code
) SELECT code FROM below
"""


def walked(code: str) -> set[str]:
    """The subtree by walking from parent to child."""
    with connection.cursor() as cursor:
        cursor.execute(ORACLE, [code])
        return {row[0] for row in cursor.fetchall()}


def test_the_code_range_is_the_subtree_for_every_real_region_above_the_village(loaded):
    for region in Region.objects.exclude(level="village"):
        assert set(Region.objects.subtree(region).values_list("code", flat=True)) == walked(region.code), region


# A tree is a list of paths of small numbers; None leaves a level out, as in the municipalities and 东莞市.
NUMBER = st.integers(1, 3)
PATH = st.tuples(NUMBER, st.none() | NUMBER, st.none() | NUMBER, st.none() | NUMBER, st.none() | NUMBER)
WIDTHS = {"province": 2, "city": 2, "county": 2, "township": 3, "village": 3}


def grow(paths) -> None:
    rows = {}
    for path in paths:
        parent, digits = None, ""
        for (level, width), number in zip(WIDTHS.items(), path, strict=True):
            digits += str(number or 0).zfill(width)
            if number:
                code = digits.ljust(12, "0")
                rows[code] = Region(code=code, name=code, level=level, parent_id=parent)
                parent = code
    Region.objects.bulk_create(rows.values())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(paths=st.lists(PATH, min_size=1, max_size=12))
def test_the_code_range_is_the_subtree_in_any_tree(paths):
    with transaction.atomic():
        grow(paths)
        for region in Region.objects.all():
            assert set(Region.objects.subtree(region).values_list("code", flat=True)) == walked(region.code)
            assert all(region.contains(code) for code in walked(region.code))
        transaction.set_rollback(True)


def test_a_path_leaves_out_the_rows_that_are_no_places(loaded):
    township = Region.objects.get(code="500229201000")
    assert [region.name for region in township.path()] == ["重庆市", "城口县", "龙田乡"]
    assert Region.objects.get(code="441900121000").full_name == "广东省东莞市虎门镇"
    assert Region.objects.get(code="419001000000").full_name == "河南省济源市"


def test_lists_sort_by_pinyin_not_by_stroke_or_code(loaded):
    towns = Region.objects.filter(parent="500229000000").order_by("pinyin").values_list("name", flat=True)[:4]
    assert list(towns) == ["巴山镇", "北屏乡", "东安镇", "复兴街道"]


def test_counts_and_children_pass_over_middle_rows(loaded):
    chongqing = Region.objects.get(code="500000000000")
    assert selectors.counts_by_level(chongqing) == [("county", 1), ("township", 25), ("village", 204)]
    assert [region.name for region in selectors.children(chongqing)] == ["城口县"]
    below = selectors.children_of_each([chongqing, Region.objects.get(code="500229000000")])
    assert [region.name for region in below["500000000000"]] == ["城口县"]
    assert len(below["500229000000"]) == 25

"""The whole file: 665,274 rows."""

import time
from collections import Counter

import pytest
from django.db import connection

from regions import selectors, services
from regions.models import Region

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def test_the_whole_country_loads_once_and_is_searched_by_index():
    begin = time.monotonic()
    loaded = services.load_regions()
    took = time.monotonic() - begin
    print(f"{loaded.rows:,} rows in {took:.1f} s")
    levels = Counter(Region.objects.values_list("level", flat=True))
    assert levels == {"province": 34, "city": 342, "county": 2975, "township": 41_351, "village": 620_572}
    assert Region.objects.filter(kind="placeholder").count() == 9
    assert selectors.search("cks")[0].path_name == "重庆市城口县"

    begin = time.monotonic()
    assert services.load_regions().unchanged
    again = time.monotonic() - begin
    print(f"again in {again:.2f} s")

    for text in ("城口", "口", "cks", "c", "chengkou", "500229", "5"):
        plan = Region.objects.real().filter(selectors.match(text)).explain()
        assert "Seq Scan" not in plan, f"{text}: {plan}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM regions_region r LEFT JOIN regions_region p ON p.code = r.parent_id "
            "WHERE r.level <> 'province' AND p.code IS NULL"
        )
        assert cursor.fetchone() == (0,)

import hashlib
import json
import lzma
import time

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation

from core.errors import Refused
from regions import services
from regions.models import Region, RegionLoad
from tests.regions.conftest import pack

pytestmark = pytest.mark.django_db


def names(**filters):
    return set(Region.objects.filter(**filters).values_list("name", flat=True))


def test_one_county_of_the_real_file_comes_with_everything_above_and_below():
    loaded = services.load_regions(only=["500229"])
    county = Region.objects.get(code="500229000000")
    below = Region.objects.subtree(county)
    assert below.filter(level="township").count() == 25
    assert below.filter(level="village").count() == 204
    assert names(level__in=["province", "city"]) == {"重庆市", "县"}
    assert (loaded.rows, loaded.added) == (232, 232)
    assert county.pinyin == "chengkouxian"
    assert county.initials == "ckx"


def test_several_parts_of_any_level_can_be_chosen(folder):
    services.load_regions(only=["441900", "110101001", "500229201201"], folder=folder)
    assert {"东莞市", "虎门镇", "东华门街道", "龙田乡", "重庆市"} <= names()
    assert not Region.objects.filter(code="110101002000").exists()
    assert names(code__startswith="500229201", level="village") == names(code="500229201201")


def test_a_second_load_changes_nothing_and_says_so(folder):
    first = services.load_regions(folder=folder)
    begin = time.monotonic()
    second = services.load_regions(folder=folder)
    assert time.monotonic() - begin < 1
    assert second.unchanged
    assert second.rows == first.rows == Region.objects.count()
    assert RegionLoad.objects.count() == 1
    assert services.load_regions(only=["500229"], folder=folder).unchanged


def test_rows_that_have_gone_come_back_with_the_next_load(folder):
    services.load_regions(folder=folder)
    Region.objects.filter(code="500229201201").delete()
    again = services.load_regions(folder=folder)
    assert (again.added, again.changed) == (1, 0)


def test_a_newer_file_renames_but_keeps_what_was_entered_here(folder, some_lines):
    services.load_regions(folder=folder)
    Region.objects.filter(code="500229201000").update(valid_to="2024-12-31", successor="500229202000")
    lines = [[*line] for line in some_lines]
    next(line for line in lines if line[0] == "500229201000")[1] = "新龙田镇"
    result = services.load_regions(folder=pack(folder, lines))
    region = Region.objects.get(code="500229201000")
    assert (result.added, result.changed) == (0, 1)
    assert (region.name, region.successor_id, str(region.valid_to)) == ("新龙田镇", "500229202000", "2024-12-31")


def test_search_indexes_are_there_again_after_the_first_load(folder):
    services.load_regions(folder=folder)
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, "regions_region")
    assert {index.name for index in Region._meta.indexes} <= set(constraints)


def cut(folder):
    path = folder / "regions-test.csv.xz"
    path.write_bytes(path.read_bytes()[:-100])


def cut_with_right_checksum(folder):
    cut(folder)
    manifest = json.loads((folder / "regions-test.json").read_text())
    manifest["sha256"] = hashlib.sha256((folder / "regions-test.csv.xz").read_bytes()).hexdigest()
    (folder / "regions-test.json").write_text(json.dumps(manifest))


def wrong_header(folder):
    pack(folder, [["500000000000", "重庆市", "province", "", "statutory", "chong qing shi"]], header=["id", "name"])


def wrong_line(folder):
    pack(folder, [["50000000000x", "重庆市", "province", "", "statutory", "chong qing shi"]])


def short_line(folder):
    pack(folder, [["500000000000", "重庆市", "province"]])


def rows_missing(folder):
    line = ["500000000000", "重庆市", "province", "", "statutory", "chong qing shi"]
    pack(folder, [line], rows={"province": 2})


def no_xz(folder):
    path = folder / "regions-test.csv.xz"
    assert lzma.decompress(path.read_bytes())
    pack(folder, [], sha256="0" * 64)


def no_manifest(folder):
    (folder / "regions-test.json").unlink()


def broken_manifest(folder):
    (folder / "regions-test.json").write_text('{"file": "regions-test.csv.xz"')


def empty_manifest(folder):
    (folder / "regions-test.json").write_text("[]")


DAMAGES = [
    cut,
    cut_with_right_checksum,
    wrong_header,
    wrong_line,
    short_line,
    rows_missing,
    no_xz,
    no_manifest,
    broken_manifest,
    empty_manifest,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_file_is_one_sentence_and_stores_nothing(folder, damage):
    damage(folder)
    with pytest.raises(services.DamagedFile) as refused, translation.override("en"):
        services.load_regions(folder=folder)
    assert "\n" not in str(refused.value)
    assert not Region.objects.exists()
    assert not RegionLoad.objects.exists()


@pytest.mark.parametrize("code", ["999999", "500229999", "abc", "5002", ""])
def test_an_unknown_county_is_refused_and_stores_nothing(folder, code):
    with pytest.raises(Refused):
        services.load_regions(only=["500229", code], folder=folder)
    assert not Region.objects.exists()


def test_the_command_prints_what_it_did(folder, capsys):
    call_command("load_regions", counties="500229, 371428", folder=folder)
    assert "added" in capsys.readouterr().out
    call_command("load_regions", counties="371428,500229", folder=folder)
    assert "unchanged" in capsys.readouterr().out


def test_the_command_fails_with_one_sentence(folder):
    cut(folder)
    with pytest.raises(CommandError) as error:
        call_command("load_regions", folder=folder, verbosity=0)
    assert "\n" not in str(error.value)


def test_the_manifest_counts_what_the_provenance_promises():
    manifest, _packed = services._read_files(services.FOLDER)
    assert sum(manifest["rows"].values()) == 665_274
    assert manifest["sha256"] in (services.FOLDER / "PROVENANCE.md").read_text()

"""Files of pairs and teams: the pairs of the country, what is refused, and that a download can be loaded again."""

import datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from exchange.imports import IMPORTERS, Effects
from exchange.sheets import read
from pairings import services
from pairings.management.commands.load_pairs import PAIRS
from pairings.models import Pairing, Scheme, Team, TeamMember
from pairings.sheets import PAIRING_SHEET, TEAM_SHEET
from regions.models import Region
from tests.pairings.conftest import DAY, FOURTEEN

Status = Pairing.Status
HEADINGS = "结对方案,方案类型,帮扶方,受援方,上级结对,起始日期,截止日期,可信度,来源"
PROVINCES = (
    "110000北京市 120000天津市 150000内蒙古自治区 310000上海市 320000江苏省 330000浙江省 350000福建省 440000广东省 "
    "450000广西壮族自治区 510000四川省 520000贵州省 530000云南省 610000陕西省 620000甘肃省 630000青海省 "
    "640000宁夏回族自治区"
)
EAST_WEST = {
    ("北京市", "内蒙古自治区"),
    ("天津市", "甘肃省"),
    ("上海市", "云南省"),
    ("江苏省", "陕西省"),
    ("江苏省", "青海省"),
    ("浙江省", "四川省"),
    ("福建省", "宁夏回族自治区"),
    ("山东省", "重庆市"),
    ("山东省", "甘肃省"),
    ("广东省", "广西壮族自治区"),
    ("广东省", "贵州省"),
}


@pytest.fixture
def whole_country(all_regions):
    """The regions of all pairs of the file."""
    cities = "210200大连市 320500苏州市 330100杭州市 520200六盘水市 520600铜仁市 422800恩施土家族苗族自治州"
    for level, text in [("province", PROVINCES), ("city", cities)]:
        for place in text.split():
            Region.objects.get_or_create(code=place[:6] + "000000", defaults={"name": place[6:], "level": level})


@pytest.fixture
def sheet_file(tmp_path):
    """A CSV file of the pairing sheet with these lines."""

    def make(*lines: str):
        path = tmp_path / "pairs.csv"
        path.write_text("\n".join([HEADINGS, *lines, ""]), encoding="utf-8")
        return path

    return make


LINE = "鲁渝协作,东西部协作,371300 临沂市,500229 城口县,,2021-01-01,,较可能,渝民〔2021〕114号"


def test_the_file_holds_all_pairs_of_provinces_and_the_fourteen_of_shandong_and_chongqing(whole_country, capsys):
    call_command("load_pairs")
    assert "28" in capsys.readouterr().out
    loaded = Pairing.objects.for_list()
    provinces = loaded.filter(scheme__name="东西部协作", status=Status.ACTIVE)
    assert {(made.giver.name, made.receiver.name) for made in provinces} == EAST_WEST
    assert len({giver for giver, _receiver in EAST_WEST}) == 8
    cities = loaded.filter(scheme__name="鲁渝协作")
    assert {made.giver.name[:2]: made.receiver.name[:2] for made in cities} == FOURTEEN
    assert len(cities) == 14
    for made in cities:
        assert (made.status, made.valid_from, made.valid_to) == (Status.ACTIVE, DAY, None)
        assert str(made.parent) == "山东省 → 重庆市"
    assert {made.giver.name for made in cities.filter(confidence="inferred")} == {"泰安市"}
    assert not loaded.filter(source="").exists()
    assert not {"370200000000", "371700000000"} & {made.giver_region_id for made in cities}
    ended = loaded.filter(status=Status.ENDED)
    assert {(made.giver.name, made.valid_to) for made in ended} == {
        (name, datetime.date(2021, 3, 31)) for name in ("大连市", "苏州市", "杭州市")
    }


def test_a_second_load_adds_nothing(whole_country):
    first = services.load_pairs_file(path=PAIRS, by=None)
    second = services.load_pairs_file(path=PAIRS, by=None)
    assert (first.added, second.added, second.unchanged, Pairing.objects.count()) == (28, 0, 28, 28)


def test_with_a_part_of_the_regions_only_their_pairs_are_loaded_when_asked(regions):
    with pytest.raises(services.BadPairs) as refused:
        services.load_pairs_file(path=PAIRS, by=None)
    assert len(refused.value.facts["errors"]) >= 26
    assert not Pairing.objects.exists()
    loaded = services.load_pairs_file(path=PAIRS, by=None, known_only=True)
    assert (loaded.added, loaded.skipped) == (2, 26)
    assert {str(made) for made in Pairing.objects.for_list()} == {"山东省 → 重庆市", "临沂市 → 城口县"}


OTHER = LINE.replace("500229 城口县", "500237 巫山县")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (OTHER.replace("371300 临沂市", "371300 德州市"), "371300 is 临沂市, not 德州市"),
        (OTHER.replace("500237 巫山县", "509999"), "no region with the code 509999"),
        (OTHER.replace("500237 巫山县", "没有这个会"), "没有这个会"),
        (OTHER.replace("2021-01-01", "2021-02-30"), "There is no such day"),
        (OTHER.replace("东西部协作", "friends"), "not in the list"),
        (OTHER.replace("鲁渝协作,东西部协作", "新计划,"), "no scheme with this name"),
        (OTHER.replace(",,2021", ",370000→500000,2021"), "There is no pair “370000→500000”"),
        (OTHER.replace(",,2021", ",JD-1999-000001,2021"), "There is no pair “JD-1999-000001”"),
        (OTHER.replace("500237 巫山县", "371300"), "the same"),
        (OTHER.replace("2021-01-01,,", "2021-01-01,2020-12-31,"), "cannot end before it begins"),
        (LINE, "The same pair stands in row 2"),
    ],
)
def test_each_wrong_row_is_one_sentence_and_nothing_is_stored(regions, sheet_file, line, words):
    with override("en"), pytest.raises(services.BadPairs) as refused:
        services.load_pairs_file(path=sheet_file(LINE, line), by=None)
    (error,) = refused.value.facts["errors"]
    assert error["row"] == 3
    assert words in error["message"]
    assert not Pairing.objects.exists()
    assert not Scheme.objects.exists()


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"", b"\xff\xfe\x00", None])
def test_a_file_that_is_none_is_one_sentence(db, tmp_path, content):
    path = tmp_path / "pairs.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError) as error:
        call_command("load_pairs", str(path))
    assert "pairs.csv" in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_organizations_pair_up_under_the_pair_of_their_regions_in_a_row_above(
    regions, sheet_file, organization, make_organization
):
    make_organization("城口县慈善会", region="500229", level="county")
    below = "慈善会协作,行业协会商会协作,临沂市慈善总会,城口县慈善会,371300→500229,2021-05-01,,推断,"
    services.load_pairs_file(path=sheet_file(LINE, below), by=None)
    made = Pairing.objects.for_list().get(parent__isnull=False)
    assert (made.giver, str(made.parent), made.confidence) == (organization, "临沂市 → 城口县", "inferred")


def test_a_row_changes_where_a_stored_pair_is_written_but_not_since_when_it_is_in_force(regions, sheet_file):
    services.load_pairs_file(path=sheet_file(LINE), by=None)
    services.load_pairs_file(path=sheet_file(LINE.replace("较可能", "确定")), by=None)
    assert Pairing.objects.get().confidence == "certain"
    with pytest.raises(services.BadPairs):
        services.load_pairs_file(path=sheet_file(LINE.replace("2021-01-01", "2022-01-01")), by=None)


def test_staff_load_only_pairs_in_which_one_side_is_theirs(regions, officer, sheet_file):
    other = LINE.replace("500229 城口县", "500237 巫山县")
    sheet = IMPORTERS["pairings"].sheet(officer)
    reading = read(sheet, sheet_file(LINE, other).read_bytes())
    outcome = IMPORTERS["pairings"].start(officer).check(reading.rows)
    assert [problem.row for problem in outcome.problems] == [3]
    assert [plan.pairing.receiver.name for plan in outcome.new] == ["城口县"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_download_of_the_list_can_be_loaded_again_and_changes_nothing(whole_country, client, language):
    services.load_pairs_file(path=PAIRS, by=None)
    client.cookies["django_language"] = language
    for kind in ("csv", "xlsx"):
        content = b"".join(client.get(f"/pairings/?format={kind}").streaming_content)
        reading = read(PAIRING_SHEET, content)
        assert not reading.problems
        outcome = services.PairingRun(None).check(reading.rows)
        assert (len(outcome.new), len(outcome.changed), outcome.unchanged, outcome.problems) == (0, 0, 28, [])


def test_a_download_loads_into_an_empty_portal_as_the_same_pairs(whole_country, client, tmp_path):
    services.load_pairs_file(path=PAIRS, by=None)

    def facts():
        rows = Pairing.objects.for_list().order_by("giver_region_id", "receiver_region_id")
        return [(str(p), p.scheme.name, p.valid_from, p.valid_to, p.confidence, p.source, p.status) for p in rows]

    before = facts()
    path = tmp_path / "again.csv"
    lines = b"".join(client.get("/pairings/?format=csv").streaming_content).decode("utf-8-sig").splitlines()
    # Parents stand above the pairs under them, and are written by their numbers, which an empty portal does not know.
    number = Pairing.objects.get(giver_region="370000000000", receiver_region="500000000000").reference
    head, *rows = [line.replace(f",{number},2021", ",370000→500000,2021") for line in lines]
    path.write_text("\n".join([head, *sorted(rows, key=lambda row: "→" in row)]), encoding="utf-8")
    Pairing.objects.exclude(parent=None).delete()
    Pairing.objects.all().delete()
    services.load_pairs_file(path=path, by=None)
    assert facts() == before


def test_staff_get_the_template_and_find_every_column_explained(client, officer):
    client.force_login(officer)
    for key, sheet in (("pairings", PAIRING_SHEET), ("teams", TEAM_SHEET)):
        assert client.get(f"/uploads/{key}/template/").content.startswith(b"PK")
        text = client.get(f"/uploads/{key}/columns/").content.decode()
        assert all(column.zh in text for column in sheet.columns)


def test_a_file_is_taken_back_unless_something_depends_on_its_pairs(regions, sheet_file, pair):
    reading = read(PAIRING_SHEET, sheet_file(LINE.replace("鲁渝", "另一")).read_bytes())
    run = services.PairingRun(None)
    effects = run.store(run.check(reading.rows))
    made = Pairing.objects.get(pk=effects.new[0])
    services.state_target(pairing=made, year=2022, measure="cash", side="giver", value=5, by=None)
    assert services.undo_pairs(effects=effects, by=None, reason="错误")
    assert Pairing.objects.count() == 2
    made.targets.all().delete()
    assert services.undo_pairs(effects=effects, by=None, reason="错误") == []
    assert Pairing.objects.get() == pair


TEAM_HEADINGS = "结对方案,帮扶团,帮扶村,组建日期,单位,角色,加入日期,任务,来源"
TEAM_LINES = (
    "1+N,四湾帮扶团,500229201200,2021-07-01,临沂市慈善总会,牵头单位,,黄桃,报道",
    "1+N,四湾帮扶团,500229201200,2021-07-01,兰陵县慈善总会,成员,2022-03-15,黄桃,报道",
)


@pytest.fixture
def team_file(tmp_path, organization, second_organization):
    def make(*lines: str):
        path = tmp_path / "teams.csv"
        path.write_text("\n".join([TEAM_HEADINGS, *lines, ""]), encoding="utf-8")
        return path

    return make


def test_a_team_is_loaded_with_its_members_and_starts_and_a_second_load_adds_nothing(team_file):
    path = team_file(*TEAM_LINES)
    call_command("load_pairs", str(path), "--teams")
    team = Team.objects.for_list().get()
    assert (team.status, team.village.name, team.scheme.kind) == ("active", "四湾村村民委员会", "team")
    assert [(str(m), m.is_lead, m.joined_on.isoformat()) for m in team.current_members] == [
        ("临沂市慈善总会", True, "2021-07-01"),
        ("兰陵县慈善总会", False, "2022-03-15"),
    ]
    again = services.load_teams_file(path=path, by=None)
    assert (again.added, again.unchanged) == (0, 2)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("成员", "牵头单位"), "has a lead unit already"),
        (("500229201200", "500229100001"), "helps another village"),
        (("500229201200", "500229"), "A team helps one village"),
        (("兰陵县慈善总会", "临沂市慈善总会"), "The same member stands in row 2"),
        (("兰陵县慈善总会", "没有这个会"), "没有这个会"),
        (("2022-03-15", "2020-03-15"), "between the forming of the team and today"),
        (("2022-03-15", "2999-03-15"), "between the forming of the team and today"),
    ],
)
def test_a_wrong_member_is_one_sentence_and_nothing_is_stored(team_file, change, words):
    first, second = TEAM_LINES
    with override("en"), pytest.raises(services.BadPairs) as refused:
        services.load_teams_file(path=team_file(first, second.replace(*change)), by=None)
    (error,) = refused.value.facts["errors"]
    assert error["row"] == 3
    assert words in error["message"]
    assert not Team.objects.exists()


def test_a_file_of_a_team_is_taken_back_until_somebody_has_left(team_file):
    reading = read(TEAM_SHEET, team_file(*TEAM_LINES).read_bytes())
    run = services.TeamRun(None)
    effects = run.store(run.check(reading.rows))
    member = TeamMember.objects.get(is_lead=False)
    services.leave_team(member=member, on=member.joined_on, reason="调整", by=None)
    assert services.undo_teams(effects=effects, by=None, reason="错误")
    assert TeamMember.objects.count() == 2
    lead = Effects(new=[TeamMember.objects.get(is_lead=True).pk])
    assert services.undo_teams(effects=lead, by=None, reason="错误") == []
    assert TeamMember.objects.count() == 1

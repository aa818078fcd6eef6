"""Schemes and pairs: what is stored and refused, and the 14 pairs of Shandong and Chongqing."""

import datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from core.errors import Refused
from core.models import StatusChange
from core.states import WrongState
from pairings import services
from pairings.management.commands.load_pairs import PAIRS
from pairings.models import Pairing, Scheme
from regions.models import Region

Status = Pairing.Status
DAY = datetime.date(2021, 1, 1)

# The pairs as the field's own documents print them, region names in their short form.
FOURTEEN = {
    "济宁": "万州",
    "日照": "黔江",
    "潍坊": "开州",
    "济南": "武隆",
    "临沂": "城口",
    "枣庄": "丰都",
    "威海": "云阳",
    "滨州": "奉节",
    "烟台": "巫山",
    "泰安": "巫溪",
    "淄博": "石柱",
    "德州": "秀山",
    "东营": "酉阳",
    "聊城": "彭水",
}
CITIES = "370100济南市 370300淄博市 370400枣庄市 370500东营市 370600烟台市 370700潍坊市 370800济宁市 370900泰安市"
MORE_CITIES = "371000威海市 371100日照市 371300临沂市 371400德州市 371500聊城市 371600滨州市"
COUNTIES = "500101万州区 500114黔江区 500154开州区 500156武隆区 500229城口县 500230丰都县 500235云阳县 500236奉节县"
MORE_COUNTIES = (
    "500237巫山县 500238巫溪县 500240石柱土家族自治县 500241秀山土家族苗族自治县 "
    "500242酉阳土家族苗族自治县 500243彭水苗族土家族自治县"
)


@pytest.fixture
def all_regions(regions):
    """Both provinces, all cities and counties of the pairs."""
    for level, text in [("city", f"{CITIES} {MORE_CITIES}"), ("county", f"{COUNTIES} {MORE_COUNTIES}")]:
        for place in text.split():
            code = place[:6] + "000000"
            Region.objects.get_or_create(code=code, defaults={"name": place[6:], "level": level})


@pytest.fixture
def scheme(db):
    return services.create_scheme(name="东西部协作", kind=Scheme.Kind.EAST_WEST, by=None)


@pytest.fixture
def values(scheme, regions):
    return {"scheme": scheme, "giver": regions["371300"], "receiver": regions["500229"], "valid_from": DAY}


@pytest.fixture
def pairing(values):
    return services.activate_pairing(pairing=services.create_pairing(**values, by=None), by=None)


def test_a_scheme_has_its_name_alone(scheme, officer):
    with pytest.raises(Refused) as refused:
        services.create_scheme(name="东西部协作 ", kind=Scheme.Kind.TEAM, by=officer)
    assert refused.value.code == "scheme_taken"


def test_a_new_pair_is_a_draft_with_a_number(values, officer):
    made = services.create_pairing(**values, by=officer)
    assert (made.status, str(made), made.reference[:3]) == (Status.DRAFT, "临沂市 → 城口县", "JD-")
    assert StatusChange.objects.of(made).get().by == officer


def test_sides_may_be_organizations(values, organization, second_organization):
    made = services.create_pairing(**{**values, "giver": organization}, by=None)
    assert (made.giver, made.receiver.name) == (organization, "城口县")
    both = services.create_pairing(**{**values, "giver": organization, "receiver": second_organization}, by=None)
    assert both.receiver == second_organization


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (lambda regions: {"giver": regions["500229"]}, "same_party"),
        (lambda regions: {"valid_to": DAY - datetime.timedelta(days=1)}, "dates"),
    ],
)
def test_an_impossible_pair_is_refused_and_nothing_is_stored(values, regions, changes, code):
    with pytest.raises(Refused) as refused:
        services.create_pairing(**{**values, **changes(regions)}, by=None)
    assert refused.value.code == code
    assert not Pairing.objects.exists()


def test_the_same_two_are_a_pair_once_until_it_ends(values, pairing):
    with pytest.raises(Refused) as refused:
        services.create_pairing(**values, by=None)
    assert refused.value.code == "already_paired"
    services.end_pairing(pairing=pairing, on=datetime.date(2022, 1, 1), reason="调整", by=None)
    services.create_pairing(**{**values, "valid_from": datetime.date(2023, 1, 1)}, by=None)


def test_a_pair_under_another_one_lies_inside_it(values, pairing, regions, organization):
    inside = services.create_pairing(
        **{**values, "giver": regions["371324"], "receiver": regions["500229201"], "parent": pairing}, by=None
    )
    assert inside.parent == pairing
    services.create_pairing(**{**values, "giver": organization, "parent": pairing}, by=None)
    for outside in [{"giver": regions["371400"]}, {"receiver": regions["500237"]}]:
        with pytest.raises(Refused) as refused:
            services.create_pairing(**{**values, **outside, "parent": pairing}, by=None)
        assert refused.value.code == "outside_parent"


def test_ending_needs_a_reason_and_a_day_between_the_first_one_and_today(pairing):
    today = datetime.date(2022, 6, 30)
    for on, reason, code in [
        (today, " ", "reason_missing"),
        (today + datetime.timedelta(days=1), "调整", "future_end"),
        (DAY - datetime.timedelta(days=1), "调整", "dates"),
    ]:
        with pytest.raises(Refused) as refused:
            services.end_pairing(pairing=pairing, on=on, reason=reason, by=None, today=today)
        assert refused.value.code == code
        assert Pairing.objects.get().status == Status.ACTIVE
    services.end_pairing(pairing=pairing, on=today, reason="调整", by=None, today=today)
    pairing.refresh_from_db()
    assert (pairing.status, pairing.valid_to) == (Status.ENDED, today)
    assert StatusChange.objects.of(pairing).first().note == "调整"


def test_pairs_under_it_end_first(values, pairing, regions):
    below = services.create_pairing(**{**values, "giver": regions["371324"], "parent": pairing}, by=None)
    with pytest.raises(Refused) as refused:
        services.end_pairing(pairing=pairing, on=DAY, reason="调整", by=None)
    assert refused.value.code == "has_children"
    services.activate_pairing(pairing=below, by=None)
    services.end_pairing(pairing=below, on=DAY, reason="调整", by=None)
    services.end_pairing(pairing=pairing, on=DAY, reason="调整", by=None)
    with pytest.raises(Refused) as refused:
        services.create_pairing(**{**values, "giver": regions["371324"], "parent": pairing}, by=None)
    assert refused.value.code == "parent_ended"


@pytest.mark.parametrize("old", Status)
@pytest.mark.parametrize("new", [Status.ACTIVE, Status.ENDED])
def test_exactly_the_steps_of_the_table_are_possible(values, old, new):
    made = services.create_pairing(**values, by=None)
    Pairing.objects.filter(pk=made.pk).update(status=old)

    def step():
        if new == Status.ACTIVE:
            return services.activate_pairing(pairing=made, by=None)
        return services.end_pairing(pairing=made, on=DAY, reason="调整", by=None)

    if new in Pairing.TRANSITIONS[old]:
        assert step().status == new
    else:
        with pytest.raises(WrongState):
            step()
        assert Pairing.objects.get().status == old


def test_a_pair_counts_from_its_first_to_its_last_day_also_after_it_ended(pairing):
    last = datetime.date(2022, 12, 31)
    services.end_pairing(pairing=pairing, on=last, reason="调整", by=None)
    for day, valid in [
        (DAY - datetime.timedelta(days=1), False),
        (DAY, True),
        (last, True),
        (last + datetime.timedelta(days=1), False),
    ]:
        assert Pairing.objects.valid(day).exists() is valid


def test_the_fourteen_pairs_of_shandong_and_chongqing(all_regions, capsys):
    call_command("load_pairs")
    assert "15" in capsys.readouterr().out
    loaded = Pairing.objects.for_list()
    cities = loaded.filter(giver_region__level="city")
    assert {made.giver.name[:2]: made.receiver.name[:2] for made in cities} == FOURTEEN
    assert len(cities) == 14
    for made in cities:
        assert made.giver_region.code.startswith("37")
        assert made.receiver_region.code.startswith("50")
        assert (made.scheme.name, made.scheme.kind) == ("鲁渝协作", Scheme.Kind.EAST_WEST)
        assert (made.status, made.valid_from, made.valid_to) == (Status.ACTIVE, DAY, None)
        assert str(made.parent) == "山东省 → 重庆市"
        assert made.source
    assert not {"370200000000", "371700000000"} & {made.giver_region_id for made in cities}


def test_a_second_load_adds_nothing(all_regions):
    first = services.load_pairs_file(path=PAIRS, by=None)
    second = services.load_pairs_file(path=PAIRS, by=None)
    assert (first.added, second.added, Pairing.objects.count()) == (15, 0, 15)
    assert [made.pk for made in second.pairings] == [made.pk for made in first.pairings]


def test_with_a_part_of_the_regions_only_their_pairs_are_loaded_when_asked(regions):
    with pytest.raises(services.BadPairs) as refused:
        services.load_pairs_file(path=PAIRS, by=None)
    assert len(refused.value.facts["errors"]) == 13
    assert not Pairing.objects.exists()
    loaded = services.load_pairs_file(path=PAIRS, by=None, known_only=True)
    assert (loaded.added, loaded.skipped) == (2, 13)
    assert [str(made) for made in loaded.pairings] == ["山东省 → 重庆市", "临沂市 → 城口县"]


ROW = {
    "scheme": "鲁渝协作",
    "kind": "east_west",
    "giver": "371300",
    "giver_name": "临沂市",
    "receiver": "500229",
    "receiver_name": "城口县",
    "parent": "",
    "valid_from": "2021-01-01",
    "source": "",
}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"giver_name": "德州市"}, "371300 is 临沂市, not 德州市"),
        ({"receiver": "509999"}, "no region with the code 509999"),
        ({"receiver": "城口"}, "no region with the code 城口"),
        ({"valid_from": "2021-02-30"}, "“2021-02-30” is no date"),
        ({"valid_from": ""}, "is no date"),
        ({"scheme": "新计划", "kind": "friends"}, "“friends” is no kind of scheme"),
        ({"parent": "370000>500000"}, "There is no pair “370000>500000”"),
        ({"receiver": "371300", "receiver_name": "临沂市"}, "the same"),
    ],
)
def test_each_wrong_row_is_one_sentence_and_nothing_is_stored(regions, changes, words):
    with override("en"), pytest.raises(services.BadPairs) as refused:
        services.load_pairs(rows=[ROW, {**ROW, **changes}, {**ROW, **changes}], by=None)
    errors = refused.value.facts["errors"]
    assert [error["row"] for error in errors] == [3, 4]
    assert words in errors[0]["message"]
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

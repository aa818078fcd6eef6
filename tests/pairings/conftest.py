"""Pairs of the tests: 临沂市 helps 城口县, and people who speak for either side."""

import datetime

import pytest

from pairings import services
from pairings.models import Pairing, Scheme
from regions.models import Region

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


DAY = datetime.date(2021, 1, 1)


@pytest.fixture
def all_regions(regions):
    """Both provinces, all cities and counties of the pairs."""
    for level, text in [("city", f"{CITIES} {MORE_CITIES}"), ("county", f"{COUNTIES} {MORE_COUNTIES}")]:
        for place in text.split():
            code = place[:6] + "000000"
            Region.objects.get_or_create(code=code, defaults={"name": place[6:], "level": level})


@pytest.fixture
def linyi(regions, make_user):
    """Civil-affairs staff of the giving side."""
    return make_user("linyi-staff", region=regions["371300"])


@pytest.fixture
def pair(regions) -> Pairing:
    """临沂市 → 城口县, in force since 2021."""
    scheme = services.create_scheme(name="鲁渝协作", kind=Scheme.Kind.EAST_WEST, by=None)
    giver, receiver = regions["371300"], regions["500229"]
    made = services.create_pairing(scheme=scheme, giver=giver, receiver=receiver, valid_from=DAY, by=None)
    return services.activate_pairing(pairing=made, by=None)


@pytest.fixture
def team_scheme(db) -> Scheme:
    return services.create_scheme(name="组团帮扶", kind=Scheme.Kind.TEAM, by=None)

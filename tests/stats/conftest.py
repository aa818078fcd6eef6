"""Gifts for the figures: the eleven Shandong charities of 2021, and a maker of arbitrary gifts."""

import datetime
import itertools
from decimal import Decimal

import pytest

from donations.models import Donation, DonationDonor, DonationRegion, Lot
from organizations.models import Organization
from regions.models import Region

RECEIVERS = {
    "500114": "黔江区",
    "500229": "城口县",
    "500230": "丰都县",
    "500235": "云阳县",
    "500237": "巫山县",
    "500238": "巫溪县",
    "500240": "石柱土家族自治县",
    "500241": "秀山土家族苗族自治县",
}
CITIES = {
    "370300": "淄博市",
    "370400": "枣庄市",
    "370600": "烟台市",
    "370900": "泰安市",
    "371000": "威海市",
    "371100": "日照市",
    "371300": "临沂市",
    "371400": "德州市",
}
COUNTIES = {"371428": "武城县", "371482": "禹城市", "371082": "荣成市", "371324": "兰陵县"}
DONORS = [*CITIES, *COUNTIES]
DONORS.remove("371000")  # 威海 gave through 荣成


def full(code: str) -> str:
    return code.ljust(12, "0")


@pytest.fixture
def places(regions) -> None:
    """The regions of the 2021 gifts, with Chongqing's middle rows that are no cities."""
    rows = [
        ("500100000000", "市辖区", "city", "placeholder", "500000000000"),
        *(
            (full(c), n, "county", "statutory", "500100000000" if c == "500114" else "500200000000")
            for c, n in RECEIVERS.items()
        ),
        ("500230210000", "三建乡", "township", "statutory", "500230000000"),
        *((full(c), n, "city", "statutory", "370000000000") for c, n in CITIES.items()),
        *((full(c), n, "county", "statutory", full(c[:4])) for c, n in COUNTIES.items()),
    ]
    Region.objects.bulk_create(
        [Region(code=c, name=n, level=level, kind=k, parent_id=p) for c, n, level, k, p in rows], ignore_conflicts=True
    )


@pytest.fixture
def charities(places) -> dict[str, Organization]:
    """The charities that gave, by the code of their region."""
    rows = [
        Organization(name=f"慈善总会{code}", kind="federation", level="city", region_id=full(code), status="active")
        for code in DONORS
    ]
    return dict(zip(DONORS, Organization.objects.bulk_create(rows), strict=True))


@pytest.fixture
def gift(charities):
    """Store a gift as it stands in the tables: donors and regions by code, lots as (form, ten thousand yuan)."""
    numbers = itertools.count(1)

    def make(donors, receivers, lots, *, relief="none", on=datetime.date(2021, 9, 1), channel="own", status="received"):
        donation = Donation.objects.create(
            reference=f"JZ-2021-T{next(numbers)}", status=status, received_on=on, relief=relief, channel=channel
        )
        DonationRegion.objects.bulk_create([DonationRegion(donation=donation, region_id=full(c)) for c in receivers])
        for donor in donors:
            known = charities.get(donor)
            DonationDonor.objects.create(donation=donation, organization=known, name="" if known else donor)
        for form, amount in lots:
            value = None if amount is None else Decimal(str(amount)) * 10_000
            Lot.objects.create(donation=donation, form=form, amount=value, basis="voucher" if value else "none")
        return donation

    return make


@pytest.fixture
def gifts_of_2021(gift) -> None:
    """Shandong to Chongqing 2021: 424 by eleven organizations, and 210 of relief goods apart (ten thousand yuan)."""
    gift(["371400"], ["500241"], [("cash", 60)], on=datetime.date(2021, 3, 10))
    gift(["371428", "371482"], ["500241"], [("cash", 80)], on=datetime.date(2021, 4, 10))
    gift(["371082"], ["500235"], [("cash", 120)], on=datetime.date(2021, 5, 10))
    gift(["371300", "371324"], ["500229"], [("cash", 20), ("goods", 60)], on=datetime.date(2021, 6, 10))
    gift(["370400"], ["500230210"], [("cash", 10)], on=datetime.date(2021, 7, 10))
    gift(["370600", "370900", "371100"], ["500237", "500238", "500114"], [("cash", 50)], on=datetime.date(2021, 8, 10))
    gift(["370300"], ["500240"], [("cash", 10), ("goods", 14)], relief="within")
    gift(["371300"], ["500229"], [("goods", 210)], relief="apart", channel="raised")

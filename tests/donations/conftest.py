"""Gifts for the tests of this folder: one way to enter them, and the records of the demonstration workbooks."""

import datetime
from decimal import Decimal

import pytest
from django.db import transaction

from core import states
from donations import services
from donations.models import Donation, DonationDonor, Lot
from donations.sheets import donation_sheet
from exchange import sheets
from organizations.services import load_organizations
from organizations.sheets import ORGANIZATION_SHEET, rows_of
from pairings.models import Pairing, Scheme
from regions.models import Region

TODAY = datetime.date(2026, 6, 1)
DEMO_REGIONS = [
    ("500100000000", "市辖区", "city", "placeholder", "500000000000"),
    ("500114000000", "黔江区", "county", "statutory", "500100000000"),
    ("500230000000", "丰都县", "county", "statutory", "500200000000"),
    ("500230210000", "三建乡", "township", "statutory", "500230000000"),
    ("500235000000", "云阳县", "county", "statutory", "500200000000"),
    ("500238000000", "巫溪县", "county", "statutory", "500200000000"),
    ("500240000000", "石柱土家族自治县", "county", "statutory", "500200000000"),
    ("500241000000", "秀山土家族苗族自治县", "county", "statutory", "500200000000"),
    ("370300000000", "淄博市", "city", "statutory", "370000000000"),
    ("370400000000", "枣庄市", "city", "statutory", "370000000000"),
    ("370600000000", "烟台市", "city", "statutory", "370000000000"),
    ("370900000000", "泰安市", "city", "statutory", "370000000000"),
    ("371000000000", "威海市", "city", "statutory", "370000000000"),
    ("371082000000", "荣成市", "county", "statutory", "371000000000"),
    ("371100000000", "日照市", "city", "statutory", "370000000000"),
    ("371428000000", "武城县", "county", "statutory", "371400000000"),
    ("371482000000", "禹城市", "county", "statutory", "371400000000"),
]
DEMO_PAIRS = [
    ("371400", "500241"),
    ("371000", "500235"),
    ("371300", "500229"),
    ("370400", "500230"),
    ("370300", "500240"),
]


@pytest.fixture
def pairing(regions):
    """临沂市 → 城口县."""
    return make_pair("371300000000", "500229000000")


def make_pair(giver: str, receiver: str) -> Pairing:
    scheme, _new = Scheme.objects.get_or_create(name="东西部协作", kind=Scheme.Kind.EAST_WEST)
    pair = Pairing(
        reference=f"JD-{giver[:6]}-{receiver[:6]}",
        scheme=scheme,
        giver_region_id=giver,
        receiver_region_id=receiver,
        valid_from=datetime.date(2010, 1, 1),
    )
    with transaction.atomic():
        states.begin(pair, by=None)
        states.move(pair, Pairing.Status.ACTIVE, by=None)
    return pair


@pytest.fixture
def give(regions, organization):
    """Enter a gift: 60,000 yuan in cash of 临沂市慈善总会 for 城口县, received on 2026-05-20, or as said."""

    def make(**changes) -> Donation:
        values = {
            "donors": [DonationDonor(organization=organization)],
            "lots": [Lot(form=Lot.Form.CASH, amount=Decimal("60000.00"))],
            "regions": [regions["500229"]],
            "received_on": datetime.date(2026, 5, 20),
            "consent_to_publish": True,
            "by": None,
            "today": TODAY,
            **changes,
        }
        return services.record_donation(**values)

    return make


@pytest.fixture
def pledge(give):
    return give(received_on=None, pledged_on=datetime.date(2026, 5, 1))


@pytest.fixture
def demo_parties(regions, settings):
    """The regions, pairs and organizations the demonstration gifts need."""
    rows = [Region(code=c, name=n, level=lv, kind=k, parent_id=p) for c, n, lv, k, p in DEMO_REGIONS]
    Region.objects.bulk_create(rows)
    for giver, receiver in DEMO_PAIRS:
        make_pair(giver.ljust(12, "0"), receiver.ljust(12, "0"))
    content = (settings.BASE_DIR / "data/demo/organizations.xlsx").read_bytes()
    reading = sheets.read(ORGANIZATION_SHEET, content)
    assert reading.problems == []
    return load_organizations(rows=rows_of(reading), by=None)


@pytest.fixture
def demo_file(settings):
    return settings.BASE_DIR / "data/demo/shandong-chongqing-2021.xlsx"


@pytest.fixture
def workbook():
    """Make a workbook of the donation sheet from changes of one good row each."""

    def make(*rows: dict) -> bytes:
        good = {
            "import_key": "a-1",
            "donors": "临沂市慈善总会",
            "channel": "自身捐赠",
            "regions": "500229",
            "received_on": datetime.date(2026, 5, 20),
            "cash": Decimal(100),
        }
        return sheets.write(donation_sheet(), [{**good, **row} for row in rows])

    return make


@pytest.fixture
def read_workbook(workbook):
    def read(*rows: dict, user=None):
        return sheets.read(donation_sheet(user), workbook(*rows))

    return read

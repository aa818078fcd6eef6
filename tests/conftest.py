"""The fixed cast of the tests: a small part of the country, its officers, two organizations and their people."""

import pytest
from django.conf import settings
from django.db import transaction

from accounts.models import Post, User
from core import states
from organizations.models import Membership, Organization
from portal.management.commands.messages import compile_catalog
from regions.models import Region

REGIONS = [
    ("500000000000", "重庆市", "province", "statutory", None),
    ("500200000000", "县", "city", "placeholder", "500000000000"),
    ("500229000000", "城口县", "county", "statutory", "500200000000"),
    ("500229100000", "葛城街道", "township", "statutory", "500229000000"),
    ("500229100001", "东大街社区居民委员会", "village", "statutory", "500229100000"),
    ("500229201000", "龙田乡", "township", "statutory", "500229000000"),
    ("500229201200", "四湾村村民委员会", "village", "statutory", "500229201000"),
    ("500237000000", "巫山县", "county", "statutory", "500200000000"),
    ("370000000000", "山东省", "province", "statutory", None),
    ("371300000000", "临沂市", "city", "statutory", "370000000000"),
    ("371324000000", "兰陵县", "county", "statutory", "371300000000"),
    ("371400000000", "德州市", "city", "statutory", "370000000000"),
]


def pytest_configure(config):
    """Pages are tested in Chinese: the catalog is compiled once, before the workers start."""
    if not hasattr(config, "workerinput"):
        compile_catalog(settings.BASE_DIR)


@pytest.fixture
def regions(db) -> dict[str, Region]:
    """A few real regions by their short code: regions["500229"] is 城口县."""
    rows = [
        Region(code=code, name=name, level=level, kind=kind, parent_id=parent)
        for code, name, level, kind, parent in REGIONS
    ]
    Region.objects.bulk_create(rows, ignore_conflicts=True)
    return {region.short_code: region for region in Region.objects.filter(code__in=[row[0] for row in REGIONS])}


@pytest.fixture
def make_user(db):
    """Make a user, with a post in a region or a membership in an organization."""

    def make(username: str, *, kind: str = "", region: Region | None = None, organization=None) -> User:
        user = User.objects.create_user(username=username, password="a long password 1", name=username)
        if region is not None:
            Post.objects.create(user=user, kind=kind or Post.Kind.STAFF, region=region)
        if organization is not None:
            Membership.objects.create(user=user, organization=organization, role=Membership.Role.MANAGER)
        return user

    return make


@pytest.fixture
def make_organization(regions):
    """Make an active organization (a charity federation of 临沂市 unless said otherwise)."""

    def make(name: str, *, region: str = "371300", uscc: str | None = None, **values) -> Organization:
        values = {"kind": Organization.Kind.CHARITY_FEDERATION, "level": Organization.Level.CITY, **values}
        organization = Organization(name=name, region=regions[region], uscc=uscc, **values)
        with transaction.atomic():
            states.begin(organization, by=None)
            states.move(organization, Organization.Status.ACTIVE, by=None)
        return organization

    return make


@pytest.fixture
def officer(regions, make_user) -> User:
    """Civil-affairs staff of 城口县."""
    return make_user("officer", region=regions["500229"])


@pytest.fixture
def second_officer(regions, make_user) -> User:
    """A colleague of the officer: the second person."""
    return make_user("second-officer", region=regions["500229"])


@pytest.fixture
def outsider(regions, make_user) -> User:
    """Civil-affairs staff of another county, 巫山县."""
    return make_user("outsider", region=regions["500237"])


@pytest.fixture
def reporter(regions, make_user) -> User:
    """Village reporter of 四湾村 in 城口县."""
    return make_user("reporter", kind=Post.Kind.REPORTER, region=regions["500229201200"])


@pytest.fixture
def organization(make_organization) -> Organization:
    return make_organization("临沂市慈善总会")


@pytest.fixture
def second_organization(make_organization) -> Organization:
    return make_organization("兰陵县慈善总会", region="371324", level=Organization.Level.COUNTY)


@pytest.fixture
def member(organization, make_user) -> User:
    """Manager of the first organization."""
    return make_user("member", organization=organization)


@pytest.fixture
def second_member(second_organization, make_user) -> User:
    """Manager of the second organization."""
    return make_user("second-member", organization=second_organization)

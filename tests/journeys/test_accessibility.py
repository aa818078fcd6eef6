"""axe-core on every public list and detail page, in both languages and widths: no violations."""

import pytest
from django.urls import reverse

from tests.house.cast import ARGUMENTS, received_gift

PAGES = [
    "portal:home",
    "accounts:login",
    "regions:region-list",
    "regions:region-detail",
    "organizations:organization-list",
    "organizations:organization-detail",
    "publications:document-list",
    "publications:document-detail",
    "pairings:pairing-list",
    "pairings:pairing-detail",
    "demands:demand-list",
    "demands:demand-detail",
    "demands:batch-list",
    "demands:batch-detail",
    "projects:project-list",
    "projects:project-detail",
    "donations:donation-list",
    "donations:donation-detail",
    "stats:donations",
    "stats:beneficiaries",
]


@pytest.fixture
def addresses(cast) -> list[str]:
    """The address of every public page, each of a record that exists."""
    cast.gather()
    cast.the(received_gift)
    return [address_of(name, cast) for name in PAGES]


FOR_STAFF = [
    "portal:work-queue",
    "accounts:profile",
    "accounts:password-change",
    "organizations:organization-add",
    "organizations:organization-edit",
    "organizations:organization-detail",
    "organizations:entry-strike",
    "organizations:member-end",
    "organizations:registration-add",
    "accounts:post-list",
    "accounts:post-end",
    "accounts:account-close",
    "publications:document-add",
    "publications:document-edit",
    "publications:document-return",
    "publications:file-add",
    "pairings:pairing-add",
    "demands:demand-create",
    "demands:demand-quantities",
    "demands:claim-list",
    "demands:claim-detail",
    "demands:claim-reject",
    "demands:batch-create",
    "demands:delivery-list",
    "demands:delivery-detail",
    "demands:delivery-inspect",
    "demands:entry-reverse",
    "demands:claim-verify",
    "demands:claim-confirm",
    "demands:spot-check-list",
    "demands:spot-check-detail",
    "demands:spot-check-order",
    "projects:project-add",
    "projects:count-add",
    "donations:donation-add",
    "donations:donation-reverse",
    "exchange:batch-list",
    "exchange:batch-add",
    "exchange:batch-detail",
    "exchange:batch-undo",
    "exchange:sheet-detail",
]


def address_of(name: str, cast) -> str:
    return reverse(name, kwargs=ARGUMENTS[name](cast) if name in ARGUMENTS else {})


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_axe_finds_nothing_on_public_pages(window, addresses, language, width):
    visitor = window(language=language, width=width)
    figures = "/statistics/donations/?region=500229&from=2026-01-01&to=2026-12-31"
    audit_all(visitor, [*addresses, figures, "/nowhere/"])


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 390), ("en", 1280)])
def test_axe_finds_nothing_on_pages_for_staff(window, cast, language, width):
    cast.gather()
    addresses = [address_of(name, cast) for name in FOR_STAFF]
    staff = window(language=language, width=width)
    staff.open("/login/")
    staff.log_in("officer")
    audit_all(staff, addresses)


def audit_all(visitor, addresses: list[str]) -> None:
    """Open and audit every page; all complaints are told together."""
    found = []
    for address in addresses:
        status = visitor.open(address)
        assert status == (404 if address == "/nowhere/" else 200), address
        try:
            visitor.audit()
        except AssertionError as complaint:
            found.append(str(complaint))
    assert found == [], "\n\n".join(found)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_axe_finds_nothing_on_pages_with_errors(window, regions, officer, language):
    officer_window = window(language=language, width=390)
    officer_window.open("/login/?next=/demands/new/")
    officer_window.page.fill("[name=username]", "officer")
    officer_window.press("Log in")
    officer_window.audit()
    officer_window.log_in("officer")
    officer_window.press("Store the draft")
    officer_window.audit()

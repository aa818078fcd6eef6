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
    return [reverse(name, kwargs=ARGUMENTS[name](cast) if name in ARGUMENTS else {}) for name in PAGES]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_axe_finds_nothing_on_public_pages(window, addresses, language, width):
    visitor = window(language=language, width=width)
    found = []
    for address in [*addresses, "/statistics/donations/?region=500229&from=2026-01-01&to=2026-12-31", "/nowhere/"]:
        status = visitor.open(address)
        assert status == (404 if address == "/nowhere/" else 200), address
        try:
            visitor.audit()
        except AssertionError as complaint:
            found.append(str(complaint))
    assert found == [], "\n\n".join(found)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_axe_finds_nothing_on_pages_with_errors(window, addresses, officer, language):
    officer_window = window(language=language, width=390)
    officer_window.open("/login/?next=/demands/new/")
    officer_window.page.fill("[name=username]", "officer")
    officer_window.press("Log in")
    officer_window.audit()
    officer_window.log_in("officer")
    officer_window.press("Store the draft")
    officer_window.audit()

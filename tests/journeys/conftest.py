"""A real browser on real pages: Debian's Chromium, driven by Playwright; skipped where there is no Chromium."""

import os

import pytest

from launcher.browser import chromium
from tests.journeys.window import Window

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/journeys/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


def _chromium() -> str:
    """The path of the browser; without one the test is skipped, or fails where a browser is required."""
    path = os.environ.get("CHROMIUM") or chromium()
    if path:
        return path
    why = "Chromium is missing (Debian: apt install chromium fonts-noto-cjk)"
    if os.environ.get("BROWSER_REQUIRED") == "1" or os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(why)
    return pytest.skip(why)


@pytest.fixture(scope="session")
def browser():
    """The browser of all journeys of this process."""
    path = _chromium()
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread; Django would refuse the fixtures' queries for it.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()
    if before is None:
        os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")


@pytest.fixture
def window(browser, live_server):
    """Open a window on the portal: window(language="en", width=390, scripts=False)."""
    opened = []

    def open_window(**how) -> Window:
        opened.append(Window(browser, live_server.url, **how))
        return opened[-1]

    yield open_window
    for each in opened:
        each.close()


@pytest.fixture
def cast(request):
    """The people and records of tests/house/cast.py."""
    from tests.house.cast import Cast

    return Cast(request.getfixturevalue)

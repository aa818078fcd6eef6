"""A visitor without a log-in and without JavaScript reads what Chongqing received, and finds a county."""

import csv
import io

import pytest

from stats import services
from tests.stats.conftest import charities, gift, gifts_of_2021, places  # noqa: F401


@pytest.fixture
def figures(gifts_of_2021):  # noqa: F811
    """The gifts of 2021 in the figures."""
    services.apply_all_changes()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_visitor_reads_the_figures_of_chongqing_and_takes_them_as_csv(window, figures, language):
    visitor = window(language=language, width=390, scripts=False)
    visitor.open("/")
    visitor.follow(visitor.page.get_by_role("link", name=visitor.words("All figures"), exact=True))
    visitor.page.fill("[name=region]", "500000")
    visitor.page.fill("[name=from]", "2021-01-01")
    visitor.page.fill("[name=to]", "2021-12-31")
    with visitor._leaving():
        visitor.page.locator("main form").get_by_role("button").last.click()
    visitor.sees("4,240,000.00", "3,500,000.00", "740,000.00", "2,100,000.00")
    address = visitor.link("CSV").get_attribute("href")
    answer = visitor.page.request.get(address)
    assert answer.ok
    assert "text/csv" in answer.headers["content-type"]
    rows = list(csv.reader(io.StringIO(answer.text().lstrip("\ufeff"))))
    assert any("4240000.00" in cell for row in rows for cell in row)


def test_a_visitor_goes_from_the_list_of_regions_to_chengkou(window, regions):
    visitor = window(language="zh-hans", width=390, scripts=False)
    visitor.open("/regions/")
    visitor.page.fill("main [name=search]", "cks")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_load_state()
    visitor.follow(visitor.page.locator("main").get_by_role("link", name="城口县").first)
    assert visitor.page.url.endswith("/regions/500229000000/")
    visitor.sees("葛城街道", "龙田乡")


def test_the_picker_cascades_without_script(window, regions):
    visitor = window(language="zh-hans", width=390, scripts=False)
    visitor.open("/statistics/donations/")
    for level, (code, below) in enumerate([("500000000000", "500229000000"), ("500229000000", "500229201000")]):
        selects = visitor.page.locator(".region-picker select")
        selects.nth(level).select_option(code)
        visitor.press("Next level")
        assert visitor.page.locator(f".region-picker option[value='{below}']").count() == 1


def test_the_language_switch_keeps_the_page(window, regions):
    visitor = window(language="zh-hans", width=390, scripts=False)
    visitor.open("/regions/500229000000/?x=1")
    address = visitor.page.url
    visitor.language = "en"
    with visitor._leaving():
        visitor.page.get_by_role("button", name="English").click()
    assert visitor.page.url == address
    visitor.sees("城口县", "Log in")

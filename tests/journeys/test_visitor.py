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
    visitor.leave_by(visitor.page.get_by_role("link", name=visitor.words("All figures"), exact=True))
    visitor.page.fill("[name=region]", "500000")
    visitor.page.fill("[name=from]", "2021-01-01")
    visitor.page.fill("[name=to]", "2021-12-31")
    visitor.press("Show figures")
    visitor.sees("4,240,000.00", "3,500,000.00", "740,000.00", "2,100,000.00")
    address = visitor.link("CSV").get_attribute("href")
    answer = visitor.page.request.get(address)
    assert answer.ok
    assert "text/csv" in answer.headers["content-type"]
    rows = list(csv.reader(io.StringIO(answer.text().lstrip("\ufeff"))))
    assert any("4240000.00" in cell for row in rows for cell in row)


def test_a_visitor_finds_chengkou_in_the_list_of_regions(window, regions):
    visitor = window(language="zh-hans", width=390, scripts=False)
    visitor.open("/regions/")
    visitor.page.locator(".filters-link").click()  # on a phone the filters stand behind a link
    visitor.page.fill("main [name=search]", "城口")
    visitor.press("Show results")
    visitor.leave_by(visitor.page.locator("main").get_by_role("link", name="城口县").first)
    assert "/regions/500229" in visitor.page.url
    visitor.sees("葛城街道", "龙田乡")


def test_the_picker_leads_to_a_village_without_script(window, regions, officer):
    person = window(language="zh-hans", width=390, scripts=False)
    person.open("/login/?next=/demands/new/")
    person.log_in("officer")
    levels = ["500000000000", "500229000000", "500229201000", "500229201200"]
    for number, code in enumerate(levels):
        person.page.locator(".region-picker select").nth(number).select_option(code)
        person.press("Next level")
    text = person.page.locator(".region-picker [data-region-text]")
    assert "四湾村" in text.input_value()


def test_the_language_switch_keeps_the_page(window, regions):
    visitor = window(language="zh-hans", width=390, scripts=False)
    visitor.open("/regions/500229000000/?x=1")
    address = visitor.page.url
    visitor.language = "en"
    visitor.leave_by(visitor.page.get_by_role("button", name="English"))
    assert visitor.page.url == address
    visitor.sees("城口县", "Log in")

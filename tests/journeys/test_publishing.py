"""A notice from its draft to the public, by two people."""

import pytest

from tests.journeys.variants import RUNS, audit

TITLE = "关于做好2026年对口帮扶工作的通知"


@pytest.mark.parametrize(("scripts", "language", "width"), RUNS)
def test_a_draft_is_published_by_a_second_person_and_read_by_everybody(
    scripts, language, width, window, officer, second_officer
):
    how = {"scripts": scripts, "language": language, "width": width}
    author, second, visitor = (window(**how) for _person in range(3))
    author.open("/login/?next=/publications/add/")
    author.log_in("officer")
    author.page.select_option("main [name=kind]", "notice")
    typed = {"title": TITLE, "number": "城民[2026]7号", "issuer_name": "城口县民政局", "region": "500229"}
    for name, value in {**typed, "issued_on": "2026-03-01", "body": "各乡镇：\n\n请认真落实。"}.items():
        author.page.fill(f"main [name={name}]", value)
    audit(author)
    author.press("Save as draft")
    author.sees("城民〔2026〕7号")
    address = author.page.url
    author.press("Submit for publication")
    assert visitor.open(address) == 404
    author.open(address)
    assert author.page.get_by_role("button", name=author.words("Publish the document")).count() == 0

    second.open("/login/?next=/work/")
    second.log_in("second-officer")
    second.leave_by(second.link(TITLE))
    audit(second)
    second.press("Publish the document")
    second.sees(second.words("History"))

    visitor.open("/publications/")
    visitor.leave_by(visitor.page.locator("main").get_by_role("link", name=TITLE).first)
    visitor.sees("请认真落实。", "城民〔2026〕7号", "城口县民政局")
    audit(visitor)

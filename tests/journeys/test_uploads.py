"""A workbook on its way: refused with its errors, corrected, looked at, stored, taken back."""

import pytest

from exchange import tasks
from organizations.models import Organization
from tests.exchange.corpus import HEADINGS, book, row
from tests.journeys.variants import RUNS, audit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(autouse=True)
def no_queue(monkeypatch):
    """No worker runs beside the tests; they take its turn themselves."""
    monkeypatch.setattr(tasks.run_batch, "delay_on_commit", lambda batch_id: None)


@pytest.mark.parametrize(("scripts", "language", "width"), RUNS)
def test_a_file_is_refused_corrected_stored_and_taken_back(scripts, language, width, window, officer):
    staff = window(scripts=scripts, language=language, width=width)
    staff.open("/login/?next=/uploads/organizations/add/")
    staff.log_in("officer")
    audit(staff)
    send(staff, "bad.xlsx", book(HEADINGS, row(1), row(2, region="999999"), row(3, name="")))
    staff.sees(staff.words("Nothing was stored. Correct the cells below in your file and upload it again."), "999999")
    assert staff.page.locator("main tbody tr").count() == 2
    audit(staff)
    with staff.page.expect_download() as marked:
        staff.page.get_by_role("link", name=staff.words("Download the file with the errors marked")).click()
    assert marked.value.suggested_filename.endswith(".xlsx")

    staff.leave_by(staff.link(staff.words("Upload the corrected file")))
    send(staff, "good.xlsx", book(HEADINGS, *[row(number) for number in range(1, 4)]))
    staff.sees(staff.words("Nothing is stored yet."))
    audit(staff)
    assert not Organization.objects.exists()
    staff.press("Store the rows")
    work(staff)
    staff.leave_by(staff.page.locator("main .actions").get_by_role("link", name=staff.words("To the list")))
    staff.sees("城口县第1协会", "城口县第3协会")

    staff.open("/uploads/")
    staff.leave_by(staff.page.locator("main").get_by_role("link", name="good.xlsx").first)
    staff.leave_by(staff.link(staff.words("Take the file back")))
    staff.page.fill("main [name=reason]", "传错了文件")
    audit(staff)
    staff.leave_by(staff.page.locator("main form button[type=submit]"))
    work(staff)
    staff.sees(staff.words("What the file stored has been taken back."))
    assert not Organization.objects.exists()


def send(staff, name: str, content: bytes) -> None:
    staff.page.set_input_files("main [name=file]", {"name": name, "mimeType": XLSX, "buffer": content})
    staff.press("Check the file")
    work(staff)


def work(staff) -> None:
    """The worker's turn; then the page is asked for again."""
    tasks.finish_batches()
    staff.open(staff.page.url)

"""What the portal writes opens in LibreOffice, and what LibreOffice writes is taken in. Slow: the real program runs."""

import csv
import io

import openpyxl
import pytest
from django.utils import translation

from core import exports
from exchange import services
from exchange.imports import IMPORTERS, corrected_copy
from exchange.models import Batch
from exchange.sheets import template
from exchange.sheets.declaration import Kind
from tests.exchange import office
from tests.exchange.corpus import HEADINGS, book, row

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif(
        office.program() is None, reason="LibreOffice is missing (Debian: apt install libreoffice-calc)"
    ),
]
# The options of LibreOffice's CSV filter: comma, quotes, UTF-8, first row, all cells as shown.
CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"


def lines_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def checked(content: bytes, officer, name: str = "x.xlsx") -> Batch:
    batch = services.upload_batch(sheet="organizations", file_name=name, content=content, by=officer)
    services.run_batch(batch_id=batch.pk)
    batch.refresh_from_db()
    return batch


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("key", sorted(IMPORTERS))
def test_every_template_opens_and_keeps_its_drop_down_lists(tmp_path, officer, key, language):
    with translation.override(language):
        sheet = IMPORTERS[key].sheet(officer)
        content = template(sheet)
        headings = [column.heading + ("*" if column.required else "") for column in sheet.columns]
        # A cell for several choices has a prompt with the words in place of a list.
        listed = [column for column in sheet.columns if column.kind is Kind.CHOICE and not column.many]
        choices = [[c.label for c in column.choices] for column in listed]
    assert lines_of(office.saved_as(content, CSV, tmp_path))[0] == headings
    again = openpyxl.load_workbook(io.BytesIO(office.saved_as(content, "xlsx", tmp_path)))
    assert len(again.sheetnames) == 2
    rules = again.worksheets[0].data_validations.dataValidation
    kept = [one.formula1.strip('"').split(",") for one in rules if one.type == "list"]
    assert sorted(kept) == sorted(choices)


def test_an_export_opens_with_its_rows(tmp_path, make_organization):
    columns = [exports.Column("名称", lambda o: o.name), exports.Column("代码", lambda o: o.region.short_code)]
    answer = exports.xlsx_answer("organizations", columns, [make_organization("=临沂市慈善总会")])
    content = b"".join(answer.streaming_content)
    answer.close()
    lines = lines_of(office.saved_as(content, CSV, tmp_path))
    assert ["名称", "代码"] in lines
    assert any("临沂市慈善总会" in line[0] and line[1] == "371300" for line in lines if len(line) > 1)


def test_a_marked_file_opens_is_corrected_there_and_is_taken_in(tmp_path, officer):
    batch = checked(book(HEADINGS, row(1), row(2, region="")), officer)
    assert batch.status == "refused"
    marked = corrected_copy(batch, IMPORTERS["organizations"], officer)
    saved = office.saved_as(marked, "xlsx", tmp_path)
    opened = openpyxl.load_workbook(io.BytesIO(saved))
    page = opened.active
    assert page.cell(3, 5).fill.fgColor.rgb.endswith("FBD9D3")
    page.cell(3, 5).value = "500229"
    target = io.BytesIO()
    opened.save(target)
    good = checked(office.saved_as(target.getvalue(), "xlsx", tmp_path), officer)
    assert (good.status, good.counts["new"]) == ("checked", 2)


@pytest.mark.parametrize("wanted", ["xlsx", CSV], ids=["xlsx", "csv"])
def test_what_it_saves_is_taken_in(tmp_path, officer, wanted):
    lines = [row(number) for number in range(1, 51)]
    saved = office.saved_as(book(HEADINGS, *lines), wanted, tmp_path)
    batch = checked(saved, officer, f"x.{wanted[:4].rstrip(':')}")
    assert (batch.status, batch.counts.get("new")) == ("checked", 50), batch.problems[:3]


def test_its_own_format_is_refused_with_the_way_out(tmp_path, officer):
    batch = checked(office.saved_as(book(HEADINGS, row(1)), "ods", tmp_path), officer, "x.ods")
    assert batch.status == "refused"
    assert ".xlsx" in batch.problems[0]["words"]["en"][1] + batch.problems[0]["words"]["en"][2]

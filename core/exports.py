"""Any list as CSV or XLSX: the current filters, typed cells, constant memory, and no cell that runs as a formula."""

import csv
import datetime
import decimal
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from xlsxwriter.format import Format

# Rows of a worksheet below its heading.
SHEET_ROWS = 1_048_575
# Spreadsheets know no day before; those stay text.
FIRST_YEAR = 1901
# Excel and WPS run a text cell that starts with one of these; a leading apostrophe keeps it text.
_DANGEROUS = tuple("=+-@\t\r\n\0＝＋－＠")


@dataclass(frozen=True)
class Column:
    """One column of an export: its heading and how to read the value from a row."""

    label: Any
    value: Callable[[Any], Any]


def cell(value: Any) -> Any:
    """The value as a spreadsheet may hold it: numbers stay numbers, text that looks like a formula is defused."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float | decimal.Decimal):
        return value
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, datetime.date):
        return value.isoformat()
    text = str(value)
    return "'" + text if text.startswith(_DANGEROUS) else text


class _Echo:
    def write(self, value: str) -> str:
        return value


def csv_lines(columns: list[Column], rows: Iterable) -> Iterator[str]:
    """The lines of a CSV file with a byte-order mark, so that Excel and WPS show Chinese."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([str(column.label) for column in columns])
    for row in rows:
        yield writer.writerow([cell(column.value(row)) for column in columns])


def csv_answer(name: str, columns: list[Column], rows: Iterable) -> StreamingHttpResponse:
    lines = _in_language(csv_lines(columns, rows), translation.get_language())
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, f"{name}.csv")
    return answer


def _in_language(lines: Iterator[str], language: str | None) -> Iterator[str]:
    """The lines, each made in this language: they are sent after the request's own language has been put back."""
    while True:
        with translation.override(language):
            line = next(lines, None)
        if line is None:
            return
        yield line


def xlsx_answer(name: str, columns: list[Column], rows: Iterable, *, notes: Iterable[tuple] = ()) -> FileResponse:
    """A workbook of the rows and, on a second sheet, what they are: source, filters, time of the export."""
    target = tempfile.TemporaryFile()
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet(_("Data")[:31])
    bold = book.add_format({"bold": True})
    dates = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 0)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, 18)
        sheet.write_string(0, index, str(column.label), bold)
    for number, row in enumerate(rows, start=1):
        for index, column in enumerate(columns):
            _write_cell(sheet, number, index, column.value(row), dates)
    explanations = book.add_worksheet(_("Explanations")[:31])
    explanations.set_column(0, 1, 30)
    for number, (label, value) in enumerate([*notes, (_("Exported at"), timezone.now())]):
        explanations.write_string(number, 0, str(label), bold)
        explanations.write_string(number, 1, str(cell(value)))
    book.close()
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"{name}.xlsx")


def _write_cell(sheet: xlsxwriter.worksheet.Worksheet, number: int, index: int, value: Any, dates: Format) -> None:
    """Numbers and days as such, so that they can be counted and sorted; everything else as text."""
    is_day = isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)
    if is_day and value.year >= FIRST_YEAR:
        sheet.write_datetime(number, index, value, dates)
        return
    value = cell(value)
    if isinstance(value, str):
        sheet.write_string(number, index, value)
    else:
        sheet.write_number(number, index, value)


def file_answer(file: FieldFile, *, name: str, content_type: str, sha256: str) -> FileResponse:
    """A kept file as a download: always saved, never shown by the browser. Raises `Http404` when it is gone."""
    try:
        content = file.open("rb")
    except FileNotFoundError as error:
        raise Http404(_("The file is no longer there.")) from error
    headers = {"X-Content-Type-Options": "nosniff", "ETag": f'"{sha256}"'}
    return FileResponse(content, as_attachment=True, filename=name, content_type=content_type, headers=headers)

"""Writing a sheet: the empty template with its codes, or filled with rows as the loader reads them."""

import datetime
import io
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from core.exports import cell
from exchange.sheets.declaration import Column, Kind, Sheet, in_language
from exchange.sheets.headings import REASONS
from exchange.sheets.readers import Table

# XlsxWriter would write the time of day into the file; a fixed one keeps the same rows the same bytes.
WRITTEN_AT = datetime.datetime(2026, 1, 1)
# What a spreadsheet shows beside a cell at most.
MOST_SIGNS = 255
# Rows of a filled workbook that get the drop-down lists.
LISTED = 2000


def template(sheet: Sheet) -> bytes:
    """An empty workbook: headings in the reader's language, drop-down lists, and a sheet that explains every column."""
    return write(sheet, [], explained=True)


def write(sheet: Sheet, rows: Iterable[dict[str, Any]], *, explained: bool = False) -> bytes:
    """A workbook with the rows, given as {column key: text, Decimal or date}; the same rows are the same bytes."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": sheet.name, "created": WRITTEN_AT})
    write_table(book, sheet, rows, sheet.max_rows if explained else min(sheet.max_rows, LISTED))
    if explained:
        write_codes(book, sheet)
    book.close()
    return target.getvalue()


def word(column: Column, value: Any) -> Any:
    """A stored value as the sheet has it in the reader's language: the word of a choice, yes or no, parts joined."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, list):
        return "；".join(str(word(column, part)) for part in value)
    if column.kind is Kind.CHOICE:
        return next((choice.label for choice in column.choices if choice.value == value), value)
    if column.kind is Kind.YES_NO:
        return in_language("是", "yes") if value else in_language("否", "no")
    return value


def write_table(
    book: xlsxwriter.Workbook, sheet: Sheet, rows: Iterable[dict[str, Any]], listed: int, *, told: bool = False
) -> None:
    """`listed`: how many rows get the drop-down lists; `told`: with the columns that are not read."""
    columns = (*sheet.columns, *sheet.told) if told else sheet.columns
    page = book.add_worksheet(sheet.name)
    bold = book.add_format({"bold": True, "bg_color": "#E3EFF0", "border": 1, "text_wrap": True})
    formats = {
        Kind.DATE: book.add_format({"num_format": "yyyy-mm-dd"}),
        Kind.DECIMAL: book.add_format({"num_format": "#,##0.00#"}),
        Kind.COUNT: book.add_format({"num_format": "0"}),
    }
    # As text, so that codes keep their leading zeros and long numbers their digits.
    plain = book.add_format({"num_format": "@"})
    page.freeze_panes(1, 0)
    _fit_to_paper(page)
    for index, column in enumerate(columns):
        page.set_column(index, index, 18, formats.get(column.kind, plain))
        page.write_string(0, index, column.heading + ("*" if column.required else ""), bold)
        _guide(page, index, column, listed)
    for number, row in enumerate(rows, start=1):
        for index, column in enumerate(columns):
            _write_cell(page, number, index, row.get(column.key), formats.get(column.kind, plain))


def _guide(page, index: int, column: Column, listed: int) -> None:
    """The drop-down list of a column; a cell with several words has none, its words stand beside it when chosen."""
    words = [choice.label for choice in column.choices]
    if not words:
        return
    if column.many:
        message = _("Several are separated by semicolons: %(words)s") % {"words": _("; ").join(words)}
        if len(message) > MOST_SIGNS:
            message = _("Several are separated by semicolons; the allowed words stand on the second sheet.")
        rule = {"validate": "any", "input_title": column.heading[:32], "input_message": message}
    else:
        rule = {"validate": "list", "source": words}
    page.data_validation(1, index, listed, index, rule)


def _fit_to_paper(page) -> None:
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _write_cell(page, number: int, index: int, value: Any, look) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime.date):
        page.write_datetime(number, index, datetime.datetime.combine(value, datetime.time()), look)
    elif isinstance(value, Decimal | int) and not isinstance(value, bool):
        page.write_number(number, index, value, look)
    else:
        page.write_string(number, index, cell(value), look)


def marked(table: Table, problems: Iterable[tuple[int, str, str]]) -> bytes:
    """The table of a refused file with its bad cells coloured and a column of reasons, to be corrected and sent again.

    `problems` are (row, column key, sentence); a row's problems without a column stand in the last one only.
    """
    by_row: dict[int, list[tuple[str, str]]] = {}
    for row, key, sentence in problems:
        by_row.setdefault(row, []).append((key, sentence))
    target = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, options)
    page = book.add_worksheet(table.sheet.name)
    looks = _Looks(book)
    index_of = {column.key: index for index, (column, _factor) in table.positions.items()}
    width = 1 + max([*table.positions, *table.ignored])
    last = min(table.ignored, default=width)
    for number, line in enumerate(table.lines(), start=1):
        own = by_row.get(number, [])
        bad = {index_of[key] for key, _sentence in own if key in index_of}
        for index, value in enumerate(line):
            if index not in table.ignored:
                _write_marked(page, number - 1, index, value, looks.of(value, index in bad))
        if number == table.first:
            page.write_string(number - 1, last, in_language(*REASONS), looks.head)
        elif own:
            page.write_string(number - 1, last, _("; ").join(sentence for _key, sentence in own)[:32_000], looks.bad)
    page.set_column(0, last, 18)
    page.set_column(last, last, 60)
    book.close()
    return target.getvalue()


class _Looks:
    """The formats of a marked workbook."""

    def __init__(self, book: xlsxwriter.Workbook):
        red = {"bg_color": "#FBD9D3", "border": 1, "border_color": "#B3261E"}
        self.head = book.add_format({"bold": True, "bg_color": "#E3EFF0"})
        self.bad = book.add_format(red)
        self.bad_day = book.add_format({**red, "num_format": "yyyy-mm-dd"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})

    def of(self, value: Any, bad: bool) -> Any:
        if isinstance(value, datetime.date):
            return self.bad_day if bad else self.day
        return self.bad if bad else None


def _write_marked(page, number: int, index: int, value: Any, look) -> None:
    if isinstance(value, bool) or value is None:
        page.write_string(number, index, "" if value is None else str(int(value)), look)
    elif isinstance(value, datetime.datetime):
        page.write_datetime(number, index, value, look)
    elif isinstance(value, datetime.date):
        page.write_datetime(number, index, datetime.datetime.combine(value, datetime.time()), look)
    elif isinstance(value, int | float):
        page.write_number(number, index, value, look)
    elif value == "":
        page.write_blank(number, index, None, look)
    else:
        page.write_string(number, index, str(cell(str(value)))[:32_000], look)


def write_codes(book: xlsxwriter.Workbook, sheet: Sheet, notes: Iterable[tuple] = ()) -> None:
    """The sheet of explanations: `notes` as (label, value), then every column with its codes."""
    page = book.add_worksheet(_("Explanations")[:31])
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "bg_color": "#E3EFF0", "border": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    _fit_to_paper(page)
    page.set_column(0, 2, 22)
    page.set_column(3, 3, 70, wrap)
    number = 0
    for label, value in notes:
        page.write_string(number, 0, str(label), bold)
        page.write_string(number, 1, str(cell(value)))
        number += 1
    for index, heading in enumerate((_("Column"), _("Must be filled in"), _("Code"), _("Meaning"))):
        page.write_string(number, index, heading, head)
    number += 1
    for column in sheet.columns:
        required = _("yes") if column.required else _("no")
        for index, text in enumerate((column.heading, required, "", str(column.help))):
            page.write_string(number, index, text)
        number += 1
        for choice in column.choices:
            page.write_string(number, 0, column.heading)
            page.write_string(number, 2, choice.value)
            page.write_string(number, 3, choice.label)
            number += 1

"""Lists in the form of a sheet: what is exported can be corrected and uploaded again."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

import xlsxwriter
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from core import exports
from exchange.sheets import writers
from exchange.sheets.declaration import Column, Sheet


def columns(sheet: Sheet, row_of: Callable[[Any], dict[str, Any]]) -> list[exports.Column]:
    """The columns of a sheet for a list's CSV; `row_of` gives the values of a record by column key."""
    return [
        exports.Column(lazy(lambda column=column: column.heading, str)(), _value(column, row_of))
        for column in (*sheet.columns, *sheet.told)
    ]


def _value(column: Column, row_of: Callable[[Any], dict[str, Any]]) -> Callable[[Any], Any]:
    return lambda record: writers.word(column, row_of(record)[column.key])


def workbook(sheet: Sheet, rows: Iterable[dict[str, Any]], *, notes: Iterable[tuple]) -> BinaryIO:
    """A workbook of the rows as the sheet has them, with an explanation of every column and of the export itself.

    Rows are written as they come and not kept in memory.
    """
    target = tempfile.TemporaryFile()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, options)
    words = ({column.key: writers.word(column, row[column.key]) for column in _all(sheet)} for row in rows)
    writers.write_table(book, sheet, words, writers.LISTED, told=True)
    writers.write_codes(book, sheet, [*notes, (_("Exported at"), exports.cell(timezone.now()))])
    book.close()
    target.seek(0)
    return target


def _all(sheet: Sheet) -> Iterator[Column]:
    yield from sheet.columns
    yield from sheet.told

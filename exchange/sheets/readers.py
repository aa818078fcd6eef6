"""Reading a filled-in sheet from .xlsx or CSV: every row, and every problem at once, in pieces of any size."""

import csv
import io
import itertools
import pickle
from collections.abc import Iterator
from typing import Any

import python_calamine
from django.utils.translation import gettext as _

from exchange.sheets import budget, structure
from exchange.sheets.declaration import Problem, Reading, Row, Sheet
from exchange.sheets.headings import HEADER_WITHIN, Headings, WrongHeader
from exchange.sheets.parsing import Parser

__all__ = ["Table", "WrongHeader", "opened", "read"]

LINES_AT_ONCE = 2000


class Table:
    """A file whose headings fit the sheet. `lines()` gives the cells of every row from the top, again and again."""

    def __init__(self, sheet: Sheet, content: bytes | str):
        """`content`: a workbook's bytes, or the text of a CSV file."""
        self.sheet = sheet
        self._marks = structure.Structure()
        self._lines: _PackedLines | _CsvLines
        if isinstance(content, bytes):
            self.name, self._lines = _lines_of(sheet, content)
            self._marks = structure.look(content, self.name)
        else:
            self.name, self._lines = "CSV", _CsvLines(content)
        name = self.name
        headings = Headings(sheet, name, list(itertools.islice(self.lines(), HEADER_WITHIN + 1)))
        self.positions, self.ignored = headings.positions, headings.ignored
        self._first = headings.last + 1
        above = itertools.islice(self.lines(), self._first)
        self._filled = self._lines.filled - sum(map(_holds_something, above))

    def __len__(self) -> int:
        """How many rows below the headings hold something."""
        return self._filled

    def lines(self) -> Iterator[list[Any]]:
        return iter(self._lines)

    @property
    def first(self) -> int:
        """The number of the row with the headings, from 1; the rows follow."""
        return self._first

    def _rows(self) -> Iterator[list[Any]]:
        return itertools.islice(self.lines(), self._first, None)

    def pieces(self, size: int) -> Iterator[Reading]:
        """The rows in pieces. Problems of the table's form come with the first piece."""
        filled = ((number, line) for number, line in enumerate(self._rows(), self._first + 1) if _holds_something(line))
        form = self._form_problems()
        parser = Parser(self.sheet, self.name, self.positions, self.ignored)
        while piece := list(itertools.islice(filled, size)):
            reading = parser.read(piece)
            reading.problems = [*form, *reading.problems]
            form = []
            yield reading

    def _form_problems(self) -> list[Problem]:
        """Cells below the headings that hold a formula or are merged: what they show is not what they hold."""
        found = [
            self._at(row, index, _("This cell holds a formula."), _("Copy the column and paste it as values."))
            for row, index in sorted(self._marks.formulas)
            if row > self._first
        ]
        found += [
            self._at(row, index, _("This cell is merged with others."), _("Split it and fill in every cell."))
            for row, index, last in sorted(self._marks.merged)
            if last > self._first
        ]
        return found

    def _at(self, row: int, index: int, reason: str, remedy: str) -> Problem:
        column = self.positions[index - 1][0] if index - 1 in self.positions else None
        return Row(self.name, row, {}).problem(column, reason, remedy)


def opened(sheet: Sheet, content: bytes) -> Table:
    """The table of a file's bytes. Raises `Unreadable` or `WrongHeader` when no row can be read at all."""
    is_workbook = budget.check(content, sheet.max_rows) == "xlsx"
    table = Table(sheet, content if is_workbook else _csv_text(content))
    if len(table) > sheet.max_rows:
        raise budget.Unreadable(
            _("The sheet has %(n)s rows; one file may have %(max)s. Split it into several files.")
            % {"n": len(table), "max": sheet.max_rows}
        )
    if not len(table):
        raise budget.Unreadable(_("There is no row below the headings. Fill in at least one row."))
    return table


def read(sheet: Sheet, content: bytes) -> Reading:
    """All rows of a file at once. Raises `Unreadable` or `WrongHeader` when no row can be read at all."""
    table = opened(sheet, content)
    return next(table.pieces(len(table)), Reading())


class _PackedLines:
    """Lines of a worksheet packed away: a tenth of the room the open worksheet takes, read again piece by piece.

    `filled`: how many of them hold something.
    """

    def __init__(self, lines: Iterator[list[Any]]):
        self._pieces = []
        self.filled = 0
        while piece := list(itertools.islice(lines, LINES_AT_ONCE)):
            self.filled += sum(map(_holds_something, piece))
            self._pieces.append(pickle.dumps(piece, protocol=5))

    def __iter__(self) -> Iterator[list[Any]]:
        for piece in self._pieces:
            # These bytes were made above and never left this process.
            yield from pickle.loads(piece)  # noqa: S301


def _lines_of(sheet: Sheet, content: bytes) -> tuple[str, _PackedLines]:
    """Name and lines of the worksheet with the declared name, or of the first one. The open worksheet is let go of."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = book.sheet_names
        page = book.get_sheet_by_name(next((n for n in names if n in (sheet.zh, sheet.en, sheet.key)), names[0]))
        del book
        return page.name, _PackedLines(page.iter_rows())
    except (python_calamine.CalamineError, IndexError, ValueError) as error:
        raise budget.damaged() from error


def _csv_text(content: bytes) -> str:
    """CSV in UTF-8 or, as older Excel writes it, GB 18030."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return content.decode("gb18030")
        except UnicodeDecodeError as error:
            raise budget.Unreadable(
                _("The text of the file cannot be read. Save it as .xlsx or as CSV in UTF-8.")
            ) from error


class _CsvLines:
    """The lines of a CSV text, separated by commas or tabs."""

    def __init__(self, text: str):
        self._text = text

    @property
    def filled(self) -> int:
        """How many of them hold something."""
        return sum(map(_holds_something, self))

    def __iter__(self) -> Iterator[list[str]]:
        delimiter = "\t" if "\t" in self._text.partition("\n")[0] else ","
        try:
            yield from csv.reader(io.StringIO(self._text, newline=""), delimiter=delimiter, strict=True)
        except csv.Error as error:
            raise budget.Unreadable(
                _("The CSV file is damaged: a quotation mark is not closed. Save it as .xlsx.")
            ) from error


def _holds_something(line: list[Any]) -> bool:
    # Mostly the first cell answers.
    for cell in line:
        if cell != "" and (not isinstance(cell, str) or not cell.isspace()):
            return True
    return False

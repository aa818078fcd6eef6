"""Reading a filled-in sheet from .xlsx or CSV: every row, and every problem at once, in pieces of any size."""

import csv
import io
import itertools
from collections.abc import Iterator
from typing import Any

import python_calamine
from django.utils.translation import gettext as _

from exchange.sheets import budget, cells, structure
from exchange.sheets.declaration import Problem, Reading, Row, Sheet, Unresolved
from exchange.sheets.headings import HEADER_WITHIN, Headings, WrongHeader

__all__ = ["Table", "WrongHeader", "opened", "read"]


class Table:
    """A file whose headings fit the sheet. `lines()` gives the cells of every row from the top, again and again."""

    def __init__(self, sheet: Sheet, name: str, content: bytes | str, marks: structure.Structure | None = None):
        self.sheet = sheet
        self.name = name
        self._content = content
        self._marks = marks or structure.Structure()
        self._grid = _open_sheet(content, name) if isinstance(content, bytes) else None
        headings = Headings(sheet, name, list(itertools.islice(self.lines(), HEADER_WITHIN + 1)))
        self.positions, self.ignored = headings.positions, headings.ignored
        self._first = headings.last + 1
        self._filled = sum(map(_holds_something, self._rows()))

    def __len__(self) -> int:
        """How many rows below the headings hold something."""
        return self._filled

    def lines(self) -> Iterator[list[Any]]:
        if self._grid is not None:
            yield from self._grid.iter_rows()
        else:
            yield from _csv_lines(str(self._content))

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
        while piece := list(itertools.islice(filled, size)):
            reading = _resolve(self.sheet, [self._parse(number, line) for number, line in piece])
            reading.problems = [*form, *reading.problems]
            reading.size = len(piece)
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

    def _parse(self, number: int, line: list) -> tuple[Row, list[Problem]]:
        row = Row(self.name, number, dict.fromkeys(column.key for column in self.sheet.columns))
        problems = []
        for index, value in enumerate(line):
            text = cells.text_of(value)
            if not text:
                continue
            if index not in self.positions:
                problems += self._without_heading(row, index, text)
                continue
            column, factor = self.positions[index]
            try:
                row.values[column.key] = cells.parse(column, value, text, factor)
            except cells.BadCell as bad:
                problems.append(row.problem(column, bad.reason, bad.remedy, text))
        return row, [*problems, *self._empty_ones(row, {problem.key for problem in problems})]

    def _without_heading(self, row: Row, index: int, text: str) -> list[Problem]:
        if index in self.ignored:
            return []
        reason, remedy = _("This cell has no heading above it."), _("Delete it or add the heading.")
        return [row.problem(None, reason, remedy, text)]

    def _empty_ones(self, row: Row, said: set[str]) -> list[Problem]:
        return [
            row.problem(column, _("This cell must not be empty."), _("Fill it in."))
            for column, _factor in self.positions.values()
            if column.required and row.values[column.key] in (None, "", []) and column.key not in said
        ]


def opened(sheet: Sheet, content: bytes) -> Table:
    """The table of a file's bytes. Raises `Unreadable` or `WrongHeader` when no row can be read at all."""
    if budget.check(content, sheet.max_rows) == "xlsx":
        name = _sheet_name(sheet, content)
        table = Table(sheet, name, content, structure.look(content, name))
    else:
        table = Table(sheet, "CSV", _csv_text(content))
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


def _sheet_name(sheet: Sheet, content: bytes) -> str:
    """The sheet with the declared name, or the first one."""
    try:
        names = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
        return next((name for name in names if name in (sheet.zh, sheet.en, sheet.key)), names[0])
    except (python_calamine.CalamineError, IndexError, ValueError) as error:
        raise budget.damaged() from error


def _open_sheet(content: bytes, name: str) -> Any:
    try:
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name)
    except (python_calamine.CalamineError, ValueError) as error:
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


def _csv_lines(text: str) -> Iterator[list[str]]:
    """The lines of a CSV text, separated by commas or tabs."""
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise budget.Unreadable(
            _("The CSV file is damaged: a quotation mark is not closed. Save it as .xlsx.")
        ) from error


def _holds_something(line: list[Any]) -> bool:
    return any(cell != "" and (not isinstance(cell, str) or not cell.isspace()) for cell in line)


def _resolve(sheet: Sheet, parsed: list[tuple[Row, list[Problem]]]) -> Reading:
    """Replace the texts of resolved columns by what they name, one call per column."""
    for column in sheet.columns:
        if column.resolve is None:
            continue
        texts = {text for row, _problems in parsed for text in _texts(row.values[column.key])}
        answers = column.resolve(sorted(texts)) if texts else {}
        for row, problems in parsed:
            found = []
            for text in _texts(row.values[column.key]):
                answer = answers.get(text) or Unresolved(_("This is not known."))
                if isinstance(answer, Unresolved):
                    problems.append(row.problem(column, answer.reason, answer.remedy, text))
                else:
                    found.append(answer)
            if column.many:
                row.values[column.key] = found
            else:
                row.values[column.key] = found[0] if found else None
    problems = [problem for _row, own in parsed for problem in own]
    return Reading(rows=[row for row, own in parsed if not own], problems=problems)


def _texts(value: Any) -> list[str]:
    if not value:
        return []
    return value if isinstance(value, list) else [value]

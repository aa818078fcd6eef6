"""Rows of lines, a piece of the table at a time: column by column, what a cell means is found out once."""

from collections import defaultdict
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _

from exchange.sheets import cells
from exchange.sheets.declaration import Column, Kind, Problem, Reading, Row, Sheet, Unresolved

# How many different cells of a column are remembered: enough for codes, words and days, too few to fill the memory.
MOST_KNOWN = 5000


class Parser:
    """Reads the lines of one file whose headings are known."""

    def __init__(self, sheet: Sheet, name: str, positions: dict[int, tuple[Column, int]], ignored: set[int]):
        self.sheet = sheet
        self.name = name
        self.positions = positions
        self.ignored = ignored
        self._known: dict[int, dict[Any, Any]] = {index: {"": None} for index in positions}
        self._answers: dict[str, dict[str, Any]] = defaultdict(dict)

    def read(self, piece: list[tuple[int, list[Any]]]) -> Reading:
        """The rows of some lines, given with their numbers, and every problem of the others."""
        numbers = [number for number, _line in piece]
        found = _Found(self.name, numbers)
        values = {column.key: [None] * len(numbers) for column in self.sheet.columns}
        for index, line in enumerate(zip_longest(*(line for _number, line in piece), fillvalue="")):
            if index in self.positions:
                values[self.positions[index][0].key] = self._column(index, line, found)
            elif index not in self.ignored:
                self._without_heading(line, found)
        for column, _factor in self.positions.values():
            if column.required:
                self._insist_on_filled(column, values[column.key], found)
        for column in self.sheet.columns:
            if column.resolve is not None:
                values[column.key] = self._resolved(column, values[column.key], found)
        keys, lines = tuple(values), zip(numbers, zip(*values.values(), strict=True), strict=True)
        return Reading(
            rows=[Row(self.name, n, dict(zip(keys, v))) for n, v in lines if n not in found.by_row],  # noqa: B905
            problems=[problem for number in sorted(found.by_row) for problem in found.by_row[number]],
            size=len(numbers),
        )

    def _column(self, index: int, line: tuple, found: "_Found") -> list[Any]:
        """What the cells of one column say; None for an empty or bad one."""
        column, factor = self.positions[index]
        if column.kind is Kind.TEXT and not column.many and cells.are_plain(line, column.max_length):
            return list(line)
        known = self._known[index]
        new = {cell: _understood(column, factor, cell) for cell in set(line) - known.keys()}
        if len(known) + len(new) <= MOST_KNOWN:
            known |= new
        else:
            known = {**known, **new}
        values = list(map(known.__getitem__, line))
        if cells.BadCell in set(map(type, values)):
            self._complain(column, line, values, found)
        return [list(value) if value else value for value in values] if column.many else values

    def _complain(self, column: Column, line: tuple, values: list[Any], found: "_Found") -> None:
        """Note the cells that could not be understood, and take them out."""
        for place, value in enumerate(values):
            if type(value) is cells.BadCell:
                found.add(place, column, value.reason, value.remedy, cells.text_of(line[place]))
                values[place] = None

    def _without_heading(self, line: tuple, found: "_Found") -> None:
        for place, cell in enumerate(line):
            if cell != "" and (text := cells.text_of(cell)):
                reason, remedy = _("This cell has no heading above it."), _("Delete it or add the heading.")
                found.add(place, None, reason, remedy, text)

    def _insist_on_filled(self, column: Column, values: list[Any], found: "_Found") -> None:
        if all(values):
            return
        for place, value in enumerate(values):
            if value in (None, "", []) and not found.complains_of(place, column):
                found.add(place, column, _("This cell must not be empty."), _("Fill it in."))

    def _resolved(self, column: Column, values: list[Any], found: "_Found") -> list[Any]:
        """Replace texts by what they name; the application is asked once for each."""
        texts = {text for value in values for text in value or ()} if column.many else {*values} - {None}
        answers = self._answers_to(column, texts)
        if not column.many and Unresolved not in set(map(type, map(answers.get, texts))):
            return list(map(answers.get, values))
        resolved = []
        for place, value in enumerate(values):
            named = []
            for text in _texts(value):
                answer = answers[text]
                if isinstance(answer, Unresolved):
                    found.add(place, column, answer.reason, answer.remedy, text)
                else:
                    named.append(answer)
            resolved.append(named if column.many else named[0] if named else None)
        return resolved

    def _answers_to(self, column: Column, texts: set[str]) -> dict[str, Any]:
        answers = self._answers[column.key]
        if len(answers) > MOST_KNOWN:
            answers.clear()
        if new := sorted(texts - answers.keys()):
            given = column.resolve(new) if column.resolve else {}
            answers |= {text: given.get(text) or Unresolved(_("This is not known.")) for text in new}
        return answers


def parsed(sheet: Sheet, rows: list[dict[str, Any]]) -> Reading:
    """Rows of a program, given as {column key: cell}, read as those of a file are; counted from 1."""
    positions = {index: (column, 1) for index, column in enumerate(sheet.columns)}
    lines = [[row.get(column.key, "") for column in sheet.columns] for row in rows]
    return Parser(sheet, sheet.name, positions, set()).read(list(enumerate(lines, start=1)))


class _Found:
    """The problems of one piece by the number of their row."""

    def __init__(self, name: str, numbers: list[int]):
        self.name = name
        self.numbers = numbers
        self.by_row: dict[int, list[Problem]] = {}

    def add(self, place: int, column: Column | None, reason: str, remedy: str, value: Any = None) -> None:
        row = Row(self.name, self.numbers[place], {})
        self.by_row.setdefault(row.number, []).append(row.problem(column, reason, remedy, value))

    def complains_of(self, place: int, column: Column) -> bool:
        return any(problem.key == column.key for problem in self.by_row.get(self.numbers[place], ()))


def _understood(column: Column, factor: int, cell: Any) -> Any:
    """What one cell says, None for an empty one; a `BadCell` for what cannot be understood."""
    text = cells.text_of(cell)
    if not text:
        return None
    try:
        return cells.parse(column, cell, text, factor)
    except cells.BadCell as bad:
        return bad


def _texts(value: Any) -> list[str]:
    if not value:
        return []
    return value if isinstance(value, list) else [value]

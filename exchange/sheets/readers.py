"""Reading a filled-in sheet from .xlsx or CSV: every row, and every problem at once."""

import csv
import io
from collections.abc import Iterable
from typing import Any

import python_calamine
from django.utils.translation import gettext as _

from core.errors import Refused
from exchange.sheets import budget, cells
from exchange.sheets.declaration import Column, Problem, Reading, Row, Sheet, Unresolved

# A title or a note may stand above the headings.
HEADER_WITHIN = 5


class WrongHeader(Refused):
    """The headings are not those of the sheet; the sentence names the missing, unknown and repeated ones."""

    code = "wrong_header"


def read(sheet: Sheet, content: bytes) -> Reading:
    """Read a file's bytes. Raises `Unreadable` or `WrongHeader` when no row can be read at all."""
    if budget.check(content) == "xlsx":
        name, grid = _workbook_grid(sheet, content)
    else:
        name, grid = "CSV", _csv_grid(content)
    first = _header_row(sheet, grid)
    positions = _positions(sheet, name, grid[first] if grid else [])
    filled = [
        (number, line) for number, line in enumerate(grid[first + 1 :], first + 2) if any(map(cells.text_of, line))
    ]
    if len(filled) > sheet.max_rows:
        raise budget.Unreadable(
            _("The sheet has %(n)s rows; one file may have %(max)s. Split it into several files.")
            % {"n": len(filled), "max": sheet.max_rows}
        )
    if not filled:
        raise budget.Unreadable(_("There is no row below the headings. Fill in at least one row."))
    return _resolve(sheet, [_parse_row(sheet, name, number, line, positions) for number, line in filled])


def _workbook_grid(sheet: Sheet, content: bytes) -> tuple[str, list[list[Any]]]:
    """The cells of the sheet with the declared name, or of the first one."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = book.sheet_names
        name = next((name for name in names if name in (sheet.zh, sheet.en, sheet.key)), names[0])
        return name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, IndexError, ValueError) as error:
        raise budget.Unreadable(
            _("The workbook is damaged or incomplete. Open it in Excel or WPS and save it again as .xlsx.")
        ) from error


def _csv_grid(content: bytes) -> list[list[Any]]:
    """CSV in UTF-8 or, as older Excel writes it, GB 18030; separated by commas or tabs."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError as error:
            raise budget.Unreadable(
                _("The text of the file cannot be read. Save it as .xlsx or as CSV in UTF-8.")
            ) from error
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise budget.Unreadable(
            _("The CSV file is damaged: a quotation mark is not closed. Save it as .xlsx.")
        ) from error


def _heading(value: Any) -> str:
    """A heading as it is compared: without blanks, the mark of required columns, and differences of width or case."""
    text = cells.text_of(value).replace("（", "(").replace("）", ")")
    return "".join(text.split()).strip("*＊").lower()


def _known(sheet: Sheet) -> dict[str, Column]:
    return {_heading(word): column for column in sheet.columns for word in column.headings}


def _header_row(sheet: Sheet, grid: list[list[Any]]) -> int:
    """The first of the top rows with the most known headings."""
    known = _known(sheet)
    counts = [sum(_heading(value) in known for value in line) for line in grid[:HEADER_WITHIN]]
    if not counts or not max(counts):
        return 0
    return counts.index(max(counts))


def _positions(sheet: Sheet, name: str, line: list[Any]) -> dict[int, Column]:
    """Which column stands where; raise `WrongHeader` unless every heading is known and stands once."""
    known = _known(sheet)
    positions, unknown, twice = {}, [], []
    for index, value in enumerate(line):
        text = cells.text_of(value)
        column = known.get(_heading(value))
        if column is None:
            unknown += [text] if text else []
        elif column in positions.values():
            twice.append(text)
        else:
            positions[index] = column
    missing = [c.heading for c in sheet.columns if c.required and c not in positions.values()]
    if missing or unknown or twice:
        parts = [
            _("Missing: %(names)s.") % {"names": _join(missing)} if missing else "",
            _("Unknown: %(names)s.") % {"names": _join(unknown)} if unknown else "",
            _("Twice: %(names)s.") % {"names": _join(twice)} if twice else "",
        ]
        raise WrongHeader(
            _("The headings of the sheet “%(sheet)s” do not fit the template. %(parts)s")
            % {"sheet": name, "parts": " ".join(filter(None, parts))}
        )
    return positions


def _join(words: Iterable[str]) -> str:
    return _("; ").join(words)


def _parse_row(sheet: Sheet, name: str, number: int, line: list, positions: dict[int, Column]) -> tuple[Row, list]:
    row = Row(name, number, {column.key: None for column in sheet.columns})
    problems = []
    for index, value in enumerate(line):
        column = positions.get(index)
        text = cells.text_of(value)
        if column is None and text:
            problems.append(
                row.problem(None, _("This cell has no heading above it."), _("Delete it or add the heading."), text)
            )
        if column is None or not text:
            continue
        try:
            row.values[column.key] = cells.parse(column, value)
        except cells.BadCell as bad:
            problems.append(row.problem(column, bad.reason, bad.remedy, text))
    said = {problem.column for problem in problems}
    for column in positions.values():
        if column.required and row.values[column.key] in (None, "", []) and column.heading not in said:
            problems.append(row.problem(column, _("This cell must not be empty."), _("Fill it in.")))
    return row, problems


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

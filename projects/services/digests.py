"""From a workbook with ID numbers to keyed digests, in memory. Nothing here stores, logs or repeats a number.

Whatever goes wrong while numbers are in memory ends as `RosterRefused` without the error that led to it: an error may
carry a piece of the file in its text.
"""

import csv
import datetime
import hashlib
import hmac
import io
import itertools
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import python_calamine
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from core.errors import Refused
from exchange.sheets import budget, cells, headings
from projects.sheets import ROSTER_SHEET

# What one request may hold in memory; a larger list is sent in several files.
MAX_BYTES = 5 * 1024 * 1024
# More problems than anybody mends at one go.
MAX_PROBLEMS = 100
_FORM = re.compile(r"[1-9][0-9]{16}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RosterProblem:
    """A cell that cannot be used: its row and column as the spreadsheet shows them, and why. Never what it holds."""

    row: int
    column: str
    reason: str


class RosterRefused(Refused):
    """The roster cannot be taken; `problems` name rows and columns only."""

    code = "roster_refused"

    def __init__(self, message, problems: tuple[RosterProblem, ...] = ()):
        super().__init__(message)
        self.problems = problems


@dataclass(frozen=True)
class Digests:
    """The distinct digests of a file, how many rows it had, and which key made them."""

    values: frozenset[bytes]
    rows: int
    key_id: str

    def __repr__(self) -> str:
        return f"<Digests: {len(self.values)}>"


@sensitive_variables()
def read_roster(*, content: bytes, jurisdiction: str) -> Digests:
    """The digests of the ID numbers of a workbook or CSV file. Raises `RosterRefused`; takes all rows or none.

    `jurisdiction` is the code of a province. The same number has the same digest there, under the same key, whoever
    sends it; elsewhere or under another key it has another one.
    """
    refusal = None
    try:
        return _digests(content, jurisdiction)
    except RosterRefused as error:
        refusal = RosterRefused(error.message, error.problems)
    except Refused as error:
        refusal = RosterRefused(error.message)
    except Exception as error:
        # Only the kind of the error is told: its text may hold a cell.
        logger.error("A roster could not be read: %s", type(error).__name__)
        refusal = RosterRefused(_("The file cannot be read. Save the list as .xlsx and send it again."))
    raise refusal


@sensitive_variables()
def _digests(content: bytes, jurisdiction: str) -> Digests:
    if not settings.ROSTER_KEYS:
        raise RosterRefused(_("No key has been set up for rosters. Ask whoever runs the portal."))
    if len(content) > MAX_BYTES:
        raise RosterRefused(
            _("The file is larger than %(max)s MB. Split it into several files.") % {"max": MAX_BYTES // 1024 // 1024}
        )
    numbers = _numbers(content)
    if not numbers:
        raise RosterRefused(_("There is no row below the headings. Fill in at least one row."))
    key_id = next(iter(settings.ROSTER_KEYS))
    key = hmac.digest(settings.ROSTER_KEYS[key_id], b"roster:" + jurisdiction.encode(), hashlib.sha256)
    values = frozenset(hmac.digest(key, number.encode(), hashlib.sha256) for number in numbers)
    return Digests(values, len(numbers), key_id)


@sensitive_variables()
def _numbers(content: bytes) -> list[str]:
    """The ID number of every row, or a refusal that names the rows without a good one."""
    numbers: list[str] = []
    problems: list[RosterProblem] = []
    for row, column, cell in _number_cells(_lines(content)):
        number, reason = id_number(cell)
        numbers.append(number)
        if reason:
            problems.append(RosterProblem(row, column, reason))
        if len(numbers) > ROSTER_SHEET.max_rows:
            raise RosterRefused(
                _("One file may have %(max)s rows. Split it into several files.") % {"max": ROSTER_SHEET.max_rows}
            )
        if len(problems) == MAX_PROBLEMS:
            break
    if problems:
        raise RosterRefused(_("Nothing was taken from the file. Mend these cells and send it again."), tuple(problems))
    return numbers


@sensitive_variables()
def id_number(cell: Any) -> tuple[str, str]:
    """The ID number in a cell, or why it holds none (GB 11643: 18 characters, a date of birth, a check digit)."""
    if isinstance(cell, int | float):
        return "", _("The cell is stored as a number, which loses digits. Format the column as text and fill it anew.")
    number = cells.text_of(cell).upper()
    if not number:
        return "", _("The row has no ID number.")
    if not _FORM.fullmatch(number):
        return "", _("An ID number has 17 digits and then a digit or X.")
    if not _is_birthday(number[6:14]):
        return "", _("The date of birth in the number does not exist.")
    weighted = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    if _CHECK[weighted % 11] != number[17]:
        return "", _("The check digit does not fit the number. Compare it with the document.")
    return number, ""


@sensitive_variables()
def _is_birthday(digits: str) -> bool:
    try:
        day = datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return datetime.date(1880, 1, 1) <= day <= timezone.localdate()


@sensitive_variables()
def _lines(content: bytes) -> Iterator[list[Any]]:
    """The rows of the sheet for rosters, or of the first one; the file is never written anywhere."""
    if budget.check(content, ROSTER_SHEET.max_rows) == "xlsx":
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        wanted = (ROSTER_SHEET.zh, ROSTER_SHEET.en)
        name = next((name for name in book.sheet_names if name in wanted), book.sheet_names[0])
        # Rows keep their numbers: empty ones above the first filled one count.
        return book.get_sheet_by_name(name).iter_rows()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


@sensitive_variables()
def _number_cells(lines: Iterator[list[Any]]) -> Iterator[tuple[int, str, Any]]:
    """Row, column letters and content of every cell under the heading; other columns are not looked at.

    Rows that are empty altogether are passed over.
    """
    known = {headings.plain(word) for word in ROSTER_SHEET.columns[0].headings}
    top = list(itertools.islice(lines, headings.HEADER_WITHIN + 1))
    places = [
        (row, index) for row, line in enumerate(top) for index, cell in enumerate(line) if headings.plain(cell) in known
    ]
    if len(places) != 1:
        message = _("The file needs one column with the heading “%(heading)s”, among its first rows.")
        raise RosterRefused(message % {"heading": ROSTER_SHEET.columns[0].heading})
    first, index = places[0]
    letters = _letters(index)
    for row, line in enumerate(itertools.chain(top[first + 1 :], lines), start=first + 2):
        if any(cells.text_of(cell) for cell in line):
            yield row, letters, line[index] if index < len(line) else ""


def _letters(index: int) -> str:
    """The letters of a column counted from 0: A, B, … Z, AA."""
    letters, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters

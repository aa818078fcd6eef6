"""Which column stands where: headings under all their names, in one row or two, with a title above."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from core.errors import Refused
from exchange.sheets import cells
from exchange.sheets.declaration import Column, Kind, Problem, Sheet

# A title or a note may stand above the headings.
HEADER_WITHIN = 5
# The column in which a refused file comes back with its reasons; it is not read.
REASONS = ("错误说明", "What is wrong")
TEN_THOUSAND = 10_000
# How a heading in yuan is written when its amounts are in ten thousand yuan.
_LARGER = (("(元)", "(万元)"), ("(yuan)", "(10,000yuan)"), ("(yuan)", "(tenthousandyuan)"))


class WrongHeader(Refused):
    """The headings are not those of the sheet; the sentence names the missing, unknown and repeated ones."""

    code = "wrong_header"

    def __init__(self, message, problems: list[Problem]):
        super().__init__(message)
        self.problems = problems


class Headings:
    """The headings of a table: `positions` is {index: (column, factor)}, `last` the index of their last row.

    `ignored` are the indexes of columns that are not read.
    """

    def __init__(self, sheet: Sheet, name: str, top: list[list[Any]]):
        self.known = _known(sheet)
        self.told = {plain(word) for column in sheet.told for word in column.headings}
        first = self._best(top)
        line = top[first] if top else []
        self.last = first
        if first + 1 < len(top) and self._is_second(top[first + 1]):
            self.last = first + 1
            line = self._joined(line, top[first + 1])
        elif first:
            line = self._joined(line, top[first - 1])
        self.positions = self._positions(sheet, name, line)
        self.ignored = {index for index, value in enumerate(line) if self._is_ignored(value)}

    def _best(self, top: list[list[Any]]) -> int:
        """The first of the top rows with the most known headings."""
        counts = [sum(plain(value) in self.known for value in line) for line in top]
        return counts.index(max(counts)) if counts and max(counts) else 0

    def _is_second(self, line: list[Any]) -> bool:
        """Whether a row holds only headings: the lower row of merged ones."""
        words = [plain(value) for value in line if cells.text_of(value)]
        return bool(words) and all(word in self.known for word in words)

    def _joined(self, line: list[Any], other: list[Any]) -> list[Any]:
        """The headings of two rows that stand above each other: a known one wins over a common title of several."""
        line = [*line, *([""] * (len(other) - len(line)))]
        return [
            there if plain(here) not in self.known and plain(there) in self.known else here
            for here, there in zip(line, [*other, *([""] * (len(line) - len(other)))], strict=True)
        ]

    def _positions(self, sheet: Sheet, name: str, line: list[Any]) -> dict[int, tuple[Column, int]]:
        """Which column stands where; raise `WrongHeader` unless every heading is known and stands once."""
        positions: dict[int, tuple[Column, int]] = {}
        unknown, twice = [], []
        for index, value in enumerate(line):
            text = cells.text_of(value)
            found = self.known.get(plain(value))
            if found is None:
                unknown += [text] if text and not self._is_ignored(value) else []
            elif any(found[0] is column for column, _factor in positions.values()):
                twice.append(text)
            else:
                positions[index] = found
        there = {column.key for column, _factor in positions.values()}
        missing = [column.heading for column in sheet.columns if column.required and column.key not in there]
        if missing or unknown or twice:
            raise self._wrong(name, missing, unknown, twice)
        return positions

    def _is_ignored(self, value: Any) -> bool:
        """Whether the column under a heading is not read: the reasons of a refused file, or what an export tells."""
        return cells.text_of(value) in REASONS or (plain(value) in self.told and plain(value) not in self.known)

    def _wrong(self, name: str, missing: list[str], unknown: list[str], twice: list[str]) -> WrongHeader:
        parts = [
            _("Missing: %(names)s.") % {"names": _join(missing)} if missing else "",
            _("Unknown: %(names)s.") % {"names": _join(unknown)} if unknown else "",
            _("Twice: %(names)s.") % {"names": _join(twice)} if twice else "",
        ]
        message = _("The headings of the sheet “%(sheet)s” do not fit the template. %(parts)s") % {
            "sheet": name,
            "parts": " ".join(filter(None, parts)),
        }
        row = self.last + 1
        reasons = (
            (missing, _("This column is missing."), _("Add it, as in the template.")),
            (unknown, _("This heading is not known."), _("Delete the column, or name it as in the template.")),
            (twice, _("This heading stands there twice."), _("Leave one of the columns.")),
        )
        problems = [
            Problem(name, row, word, word, reason, remedy) for words, reason, remedy in reasons for word in words
        ]
        return WrongHeader(message, problems)


def plain(value: Any) -> str:
    """A heading as it is compared: without blanks, the mark of required columns, and differences of width or case."""
    text = cells.text_of(value).replace("（", "(").replace("）", ")").replace("，", ",")
    return "".join(text.split()).strip("*＊").lower()


def _known(sheet: Sheet) -> dict[str, tuple[Column, int]]:
    """Every heading that is recognised: its column, and how many of the column's unit one of the heading's is."""
    known = {plain(word): (column, 1) for column in sheet.columns for word in column.headings}
    for word, (column, _factor) in list(known.items()):
        for yuan, larger in _LARGER:
            if column.kind is Kind.DECIMAL and word.endswith(yuan):
                known.setdefault(word.removesuffix(yuan) + larger, (column, TEN_THOUSAND))
    return known


def _join(words: Iterable[str]) -> str:
    return _("; ").join(words)

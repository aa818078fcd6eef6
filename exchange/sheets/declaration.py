"""What a sheet consists of, and what reading one gives: rows, or problems that name the cell."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from django.utils.translation import get_language


def in_language(zh: str, en: str) -> str:
    """The word of the file format in the reader's language."""
    return zh if (get_language() or "zh").startswith("zh") else en


class Kind(StrEnum):
    """How the cells of a column are understood."""

    TEXT = "text"
    DATE = "date"
    DECIMAL = "decimal"
    COUNT = "count"
    CHOICE = "choice"
    YES_NO = "yes_no"


@dataclass(frozen=True)
class Choice:
    """One allowed value: the stored code and the words people write for it; `also` are others that are understood."""

    value: str
    zh: str
    en: str
    also: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        return (self.value, self.zh, self.en, *self.also)

    @property
    def label(self) -> str:
        return in_language(self.zh, self.en)


@dataclass(frozen=True)
class Unresolved:
    """A resolver's answer for a text that names nothing: why, and what to write instead."""

    reason: str
    remedy: str = ""


@dataclass(frozen=True)
class Column:
    """One column. The headings are part of the file format, in both languages; they do not follow translations.

    `many` splits a cell at ； ; 、 or a line break into a list. `resolve` turns all texts of the column, in one call,
    into {text: value or Unresolved}; the application gives it, for example for region codes. `help` is a
    translatable sentence shown in the template. `required` cells may not be empty and their heading may not be absent.
    `may_be_zero` numbers say that there is none of something.
    """

    key: str
    zh: str
    en: str
    kind: Kind = Kind.TEXT
    required: bool = False
    many: bool = False
    aliases: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    resolve: Callable[[list[str]], dict[str, Any]] | None = None
    places: int = 2
    may_be_zero: bool = False
    max_length: int = 300
    help: Any = ""

    @property
    def heading(self) -> str:
        return in_language(self.zh, self.en)

    @cached_property
    def values(self) -> dict[str, str]:
        """What each word people write for a choice means; words in lower case."""
        return {word.lower(): choice.value for choice in reversed(self.choices) for word in choice.words}

    @property
    def headings(self) -> tuple[str, ...]:
        """Every heading under which this column is recognised."""
        return (self.zh, self.en, self.key, *self.aliases)


@dataclass(frozen=True)
class Sheet:
    """A table people fill in: its name, its columns, and how many rows one file may hold.

    `told` are columns an export has besides; they are not read.
    """

    key: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    max_rows: int = 2000
    told: tuple[Column, ...] = ()

    @property
    def name(self) -> str:
        return in_language(self.zh, self.en)

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)


@dataclass(frozen=True)
class Problem:
    """One error of a file: where it is, what stands there, why it is wrong, what to write instead.

    `key` is the column's key, `row` 0 for the file as a whole.
    """

    sheet: str
    row: int
    column: str
    value: str
    reason: str
    remedy: str = ""
    key: str = ""

    def __str__(self) -> str:
        place = " · ".join(part for part in (self.sheet, str(self.row), self.column) if part)
        shown = f" “{self.value}”" if self.value else ""
        return f"{place}{shown}: {self.reason} {self.remedy}".rstrip()


class Row(NamedTuple):
    """One row without errors in its cells: where it stands, and the values by column key (None where empty)."""

    sheet: str
    number: int
    values: dict[str, Any]

    def problem(self, column: Column | None, reason: str, remedy: str = "", value: Any = None) -> Problem:
        """A problem of this row found by a rule of the application."""
        shown = "" if value is None else str(value)
        heading, key = (column.heading, column.key) if column else ("", "")
        return Problem(self.sheet, self.number, heading, shown, str(reason), str(remedy), key)


@dataclass
class Reading:
    """The outcome of reading a file. Rows with a problem are not in `rows`; nothing is stored while any exist.

    `size` counts the rows of both kinds.
    """

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    size: int = 0

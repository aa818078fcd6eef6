"""By when annual returns are due: dated rules with their legal sources, read from a file (data/rules/README.md)."""

import csv
import datetime
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language

KEPT, ALWAYS, OFF = "kept", "always", "off"


@dataclass(frozen=True)
class ReturnRule:
    """One rule: the return of a year is due on `month`/`day` of the next one, for organizations of these kinds."""

    kinds: tuple[str, ...]
    month: int
    day: int
    applies: str
    valid_from: datetime.date
    valid_to: datetime.date | None
    basis_zh: str
    basis_en: str

    @property
    def basis(self) -> str:
        """The legal source in the reader's language."""
        return self.basis_zh if (get_language() or "").startswith("zh") else self.basis_en

    def due_on(self, year: int) -> datetime.date:
        """The last day for the return of a year."""
        return datetime.date(year + 1, self.month, self.day)

    def last_due_year(self, on: datetime.date) -> int | None:
        """The latest year whose return was due before the day; None when the rule was not in force at that time."""
        year = on.year - 1 if on > self.due_on(on.year - 1) else on.year - 2
        due = self.due_on(year)
        in_force = self.valid_from <= due and (self.valid_to is None or due <= self.valid_to)
        return year if in_force else None


def rules() -> tuple[ReturnRule, ...]:
    """The rules of the file named by the settings, without those switched off."""
    return _read(Path(settings.ANNUAL_RETURN_RULES))


@lru_cache(maxsize=8)
def _read(path: Path) -> tuple[ReturnRule, ...]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(_rule(row) for row in csv.DictReader(file) if row["applies"] != OFF)


def _rule(row: dict[str, str]) -> ReturnRule:
    if row["applies"] not in (KEPT, ALWAYS):
        raise ValueError(f"applies is {KEPT}, {ALWAYS} or {OFF}, not {row['applies']!r}")
    month, day = row["due"].split("-")
    return ReturnRule(
        kinds=tuple(row["kinds"].split(";")),
        month=int(month),
        day=int(day),
        applies=row["applies"],
        valid_from=datetime.date.fromisoformat(row["valid_from"]),
        valid_to=datetime.date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        basis_zh=row["basis"],
        basis_en=row["basis_en"],
    )

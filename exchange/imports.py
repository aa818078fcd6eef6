"""What an app gives to have its sheet imported: how rows are checked, stored and taken back. Filled when it starts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from exchange.sheets import Problem, Row, Sheet


@dataclass(frozen=True)
class Change:
    """A stored record a row would change: its name, and {column key: (before, after)} as people read them."""

    row: int
    name: str
    fields: dict[str, tuple[str, str]]
    item: Any = None


@dataclass(frozen=True)
class Likeness:
    """A row that looks like something stored or like another row, without being it for certain. It is not refused."""

    row: int
    name: str
    like: str


@dataclass
class Outcome:
    """What storing some rows would do. `new` holds what the app needs to store them."""

    new: list[Any] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    likenesses: list[Likeness] = field(default_factory=list)


@dataclass
class Effects:
    """What was stored: keys of the new records, and {key: {field: [before, after]}} of the changed ones."""

    new: list[int] = field(default_factory=list)
    changed: dict[str, dict[str, list]] = field(default_factory=dict)


class Run(Protocol):
    """One pass over the rows of one file, in pieces from top to bottom; remembers keys that may stand only once."""

    def check(self, rows: list[Row]) -> Outcome: ...

    def store(self, outcome: Outcome) -> Effects: ...


@dataclass(frozen=True)
class Importer:
    """One kind of sheet people may upload.

    `sheet` gives the sheet as one person fills it in; `start` begins a pass for that person (None: the system);
    `undo(effects, by=, reason=)` takes a stored file back, inside a transaction, and returns sentences that say what
    depends on it instead of changing anything when something does. `lock` is the name of the lock under which files
    of this kind are stored one after the other. `list_url` names the page of what the sheet fills.
    """

    title: Any
    sheet: Callable[[Any], Sheet]
    start: Callable[[Any], Run]
    undo: Callable[..., list[str]]
    can_upload: Callable[[Any], bool]
    lock: str
    list_url: str


IMPORTERS: dict[str, Importer] = {}


def register(key: str, importer: Importer) -> None:
    """Make a sheet known to the pages and the worker; each app does so when it starts."""
    IMPORTERS[key] = importer

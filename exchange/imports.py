"""What an app gives to have its sheet imported: how rows are checked, stored and taken back. Filled when it starts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from django.utils.translation import get_language

from exchange.definitions import TITLES
from exchange.models import Batch
from exchange.sheets import Problem, Row, Sheet, Unreadable, WrongHeader, marked, opened


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


@dataclass(frozen=True)
class Remark:
    """Something unusual about a row that is right all the same; `text` says it in the language of the moment."""

    row: int
    name: str
    text: Callable[[], str]


@dataclass
class Outcome:
    """What storing some rows would do. `new` and `same` hold what the app needs to store or to know them again."""

    new: list[Any] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: int = 0
    same: list[Any] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    likenesses: list[Likeness] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


@dataclass
class Effects:
    """What was stored: keys of the new records, and {key: {field: [before, after]}} of the changed ones."""

    new: list[int] = field(default_factory=list)
    changed: dict[str, dict[str, list]] = field(default_factory=dict)


class Run(Protocol):
    """One pass over the rows of one file, in pieces from top to bottom; remembers keys that may stand only once."""

    def check(self, rows: list[Row]) -> Outcome: ...


@runtime_checkable
class StoringRun(Run, Protocol):
    """A run that stores each piece right after checking it."""

    def store(self, outcome: Outcome) -> Effects: ...


@runtime_checkable
class StagingRun(Run, Protocol):
    """A run for large files: rows lie ready in a table from the check to the storing, which need not read the file.

    The key of the file says whose rows they are. `is_staged`: whether so many rows lie there and nothing they were
    held against has changed; if not, the file is read again. `store_staged` tells how many rows are done.
    """

    def expect(self, size: int) -> None:
        """Told how many bytes the file has, before it is read."""
        ...

    def stage(self, batch_id: int, outcome: Outcome) -> None: ...

    def finish(self, batch_id: int) -> None:
        """Called after the last piece: all rows lie ready from then on."""
        ...

    def close(self) -> None:
        """Called at the end of the pass over the file, whether or not there was a last piece."""
        ...

    def is_staged(self, batch_id: int, rows: int) -> bool: ...

    def store_staged(self, batch_id: int, tell: Callable[[int], None]) -> Effects: ...

    def clear(self, batch_id: int) -> None: ...

    def staged(self) -> list[int]:
        """The keys of all files of which rows lie ready."""
        ...


@dataclass(frozen=True)
class Importer:
    """One kind of sheet people may upload.

    `sheet` gives the sheet as one person fills it in; `start` begins a pass for that person (None: the system);
    `undo(effects=, by=, reason=)` takes a stored file back, inside a transaction, and returns sentences that say what
    depends on it instead of changing anything when something does; if `undo_tells`, it is also given `tell`, which
    hears how many records are done. `lock` is the name of the lock under which files
    of this kind are stored one after the other. `list_url` names the page of what the sheet fills. `settle` is done
    once the rows are stored, in no transaction.
    """

    title: Any
    sheet: Callable[[Any], Sheet]
    start: Callable[[Any], Run]
    undo: Callable[..., list[str]]
    can_upload: Callable[[Any], bool]
    lock: str
    list_url: str
    settle: Callable[[], None] | None = None
    undo_tells: bool = False


IMPORTERS: dict[str, Importer] = {}


def register(key: str, importer: Importer) -> None:
    """Make a sheet known to the pages and the worker; each app does so when it starts."""
    IMPORTERS[key] = importer
    TITLES[key] = importer.title


def problems_of(batch: Batch) -> list[Problem]:
    """Every error of a refused file with its words in the reader's language."""
    language = get_language() or ""
    found = []
    for entry in batch.problems:
        words = entry["words"]
        column, reason, remedy = words.get(language) or next(iter(words.values()))
        found.append(
            Problem(entry["sheet"], entry["row"], column, entry["value"], reason, remedy, entry["key"]),
        )
    return found


def changes_of(batch: Batch, importer: Importer, user) -> list[dict[str, Any]]:
    """The first records a checked file would change: row, name, and [(heading, before, after)]."""
    headings = {column.key: column.heading for column in importer.sheet(user).columns}
    return [
        {**change, "fields": [(headings.get(key, key), *pair) for key, pair in change["fields"].items()]}
        for change in batch.preview.get("changed", [])
    ]


def remarks_of(batch: Batch) -> list[dict[str, Any]]:
    """What is unusual about the first rows of a checked file, in the reader's language: row, name, text."""
    language = get_language() or ""
    return [
        {**entry, "text": entry["text"].get(language) or next(iter(entry["text"].values()))}
        for entry in batch.preview.get("remarks", [])
    ]


def needed_of(batch: Batch) -> list[str]:
    """What depends on a stored file that could not be taken back, in the reader's language."""
    return batch.needed.get(get_language() or "") or next(iter(batch.needed.values()), [])


def corrected_copy(batch: Batch, importer: Importer, user) -> bytes | None:
    """The refused file with its bad cells marked and a column of reasons; None when its rows cannot be read."""
    if not any(entry["row"] for entry in batch.problems):
        return None
    try:
        table = opened(importer.sheet(user), bytes(batch.content))
    except (Unreadable, WrongHeader):
        return None
    return marked(
        table,
        [
            (p.row, p.key, " ".join(filter(None, [p.column and f"{p.column}:", p.reason, p.remedy])))
            for p in problems_of(batch)
        ],
    )

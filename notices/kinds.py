"""What is told to whom: apps declare it in a room `notices`, the portal registers these rooms (portal.apps)."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

# A record as the rules see it, and the row of the outbox that brought it up.
Record = Any
Change = Any


@dataclass(frozen=True)
class Kind:
    """A kind of notice. `text` has the names of its facts as %(name)s; it is made when it is read.

    `page` is the URL name of the record the notice leads to. The text and the facts go into e-mails as well, so they
    name no person; what somebody wrote (a reason) is the notice's note, which only the portal shows.
    """

    key: str
    label: Any
    text: Any
    page: str


@dataclass(frozen=True)
class Rule:
    """Which changes of a model's records are told: `applies` looks at the change, `people` names the readers' ids."""

    kind: Kind
    model: str
    applies: Callable[[Change], bool]
    people: Callable[[Record, Change], Iterable[int]]
    facts: Callable[[Record], dict[str, str]]
    # The key of the record the page shows, where it is another one.
    target: Callable[[Record], int] = lambda record: record.pk
    with_note: bool = False


@dataclass(frozen=True)
class Reminder:
    """What is told because time passes: `due` yields each record with the occasion that is told once."""

    kind: Kind
    due: Callable[[datetime.datetime], Iterable[tuple[Record, str]]]
    people: Callable[[Record], Iterable[int]]
    facts: Callable[[Record], dict[str, str]]
    target: Callable[[Record], int] = lambda record: record.pk


def reaches(*statuses: str) -> Callable[[Change], bool]:
    """Changes that lead into one of these statuses (an edit within one is none)."""
    return lambda change: change.new in statuses and change.old != change.new


# An e-mail address is confirmed through a link; the mail that carries it is a notice of its own, never shown.
ADDRESS = Kind(
    key="address",
    label=_("Confirm your e-mail address"),
    text=_("Confirm that notices of the portal may be sent to this address. If you did not ask for this, do nothing."),
    page="notices:choices",
)

KINDS: dict[str, Kind] = {}
RULES: dict[str, list[Rule]] = {}
REMINDERS: list[Reminder] = []


def register(*, rules: Iterable[Rule] = (), reminders: Iterable[Reminder] = ()) -> None:
    """Take over what one app declares. A key belongs to one kind."""
    for rule in rules:
        _know(rule.kind)
        RULES.setdefault(rule.model.lower(), []).append(rule)
    for reminder in reminders:
        _know(reminder.kind)
        REMINDERS.append(reminder)


def _know(kind: Kind) -> None:
    if KINDS.setdefault(kind.key, kind) is not kind:
        raise ValueError(f"two kinds of notice are called {kind.key}")


def choices() -> list[tuple[str, Any]]:
    """The kinds for filters and settings, in the order of their declaration."""
    return [(kind.key, kind.label) for kind in KINDS.values()]

"""The catalogue: usual prices, and things that are not accepted. Entries are added and ended, never rewritten."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from demands.imports import CatalogueRun
from demands.models import NotAccepted, PriceBand
from exchange.sheets import Problem, read

Entry = TypeVar("Entry", PriceBand, NotAccepted)


@transaction.atomic
def add_entry(*, entry: Entry, by) -> Entry:
    """Store a new entry. Refused (`bad_value`) where the table would not take it."""
    try:
        entry.full_clean()
    except ValidationError as error:
        raise Refused(" ".join(error.messages), code="bad_value") from error
    return states.begin(entry, by=by)


@transaction.atomic
def end_entry(*, entry: Entry, on: datetime.date, by) -> dict[str, Any]:
    """Let an entry hold until the day `on` and no longer; not before its first day."""
    states.lock(entry)
    if on < entry.valid_from:
        raise Refused(_("The period cannot end before it begins."), code="bad_value")
    return states.record(entry, {"valid_to": on}, by=by)


class BadCatalogue(Refused):
    """A file of the catalogue has wrong rows; `problems` says which."""

    code = "bad_value"

    def __init__(self, problems: list[Problem]):
        super().__init__("; ".join(str(problem) for problem in problems[:5]))
        self.problems = problems


@transaction.atomic
def load_catalogue(*, start: Callable[[Any], CatalogueRun], path: Path, by) -> int:
    """Load a file of usual prices or of things not accepted; return how many entries are new.

    `start` is `price_run` or `not_accepted_run` of `demands.imports`; without `by` it is the system that enters them.

    Raises `BadCatalogue`, and then nothing is stored.
    """
    run = start(by)
    reading = read(run.sheet, path.read_bytes())
    outcome = run.check(reading.rows)
    problems = [*reading.problems, *outcome.problems]
    if problems:
        raise BadCatalogue(problems)
    return len(run.store(outcome).new)

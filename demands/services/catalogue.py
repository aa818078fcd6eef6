"""The catalogue: usual prices, and things that are not accepted. Entries are added and ended, never rewritten."""

import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from demands.models import NotAccepted, PriceBand

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

"""Reference numbers such as XQ-2026-000123: readable, unique under any concurrency, never used twice.

Each prefix draws from its own PostgreSQL sequence, which no transaction has to wait for; numbers may have gaps
(a rolled-back attempt keeps its number) and go on counting over the turn of the year.
"""

import datetime

from django.db import connection, migrations
from django.utils import timezone


def _sequence(prefix: str) -> str:
    if not (prefix.isalpha() and prefix.isascii() and prefix.isupper()):
        raise ValueError(f"A reference prefix is two or three capital letters, not {prefix!r}")
    return f"reference_{prefix.lower()}"


def next_reference(prefix: str, *, on: datetime.date | None = None) -> str:
    """The next number of a prefix, for example XQ-2026-000123; the year is that of `on` (default: today)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [_sequence(prefix)])
        return f"{beginning(prefix, on=on)}{cursor.fetchone()[0]:06d}"


def beginning(prefix: str, *, on: datetime.date | None = None) -> str:
    """What stands before the number, for example XQ-2026-."""
    return f"{prefix}-{(on or timezone.localdate()).year}-"


def create_sequence(prefix: str) -> migrations.RunSQL:
    """Migration step that makes the sequence of a prefix."""
    name = _sequence(prefix)
    return migrations.RunSQL(f"CREATE SEQUENCE {name}", f"DROP SEQUENCE {name}")

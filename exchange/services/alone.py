"""One worker at a file at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# First number of the advisory locks of this app; the second is the file's key.
_LOCK = 4_001


@contextmanager
def alone_with(batch_id: int) -> Iterator[bool]:
    """Whether nobody else works on the file; a worker that is killed lets go of it with its connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, batch_id % 2**31])
        alone = cursor.fetchone()[0]
    try:
        yield alone
    finally:
        # A broken transaction takes no more queries; its connection is closed by whoever began it.
        if alone and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, batch_id % 2**31])

"""How far the work on a file is."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from exchange.models import Batch

# Seconds between two words about a large file: the page asks less often.
MOMENT = 0.3


@contextmanager
def telling(batch: Batch) -> Iterator[Callable[[int], None]]:
    """Show how far the work is, a few times a second.

    Through a connection of its own, because the rows themselves are not yet committed.
    """
    apart = connection.copy()
    told = -MOMENT

    def tell(done: int) -> None:
        nonlocal told
        if (now := time.monotonic()) - told < MOMENT and done < batch.rows_total:
            return
        told = now
        with apart.cursor() as cursor:
            cursor.execute(
                "UPDATE exchange_batch SET rows_done = %s, rows_total = %s WHERE id = %s",
                [done, batch.rows_total, batch.pk],
            )

    try:
        yield tell
    finally:
        apart.close()

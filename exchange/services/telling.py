"""How far the work on a file is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from exchange.models import Batch


@contextmanager
def telling(batch: Batch) -> Iterator[Callable[[int], None]]:
    """Show how far the work is. Through a connection of its own, because the rows themselves are not yet committed."""
    apart = connection.copy()

    def tell(done: int) -> None:
        with apart.cursor() as cursor:
            cursor.execute(
                "UPDATE exchange_batch SET rows_done = %s, rows_total = %s WHERE id = %s",
                [done, batch.rows_total, batch.pk],
            )

    try:
        yield tell
    finally:
        apart.close()

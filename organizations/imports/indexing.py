"""The search index takes in the words of many organizations later, all together: that is a third of the time.

Until then they stand in a list of their own, where they are found all the same.
"""

import logging
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)


class TakingIn:
    """While very many organizations are stored, lets the index take in the words of those that are entered already.

    `beside`: whether a thread does so through a connection of its own, while the next are entered; otherwise they
    wait for `settle`. Words of rows that are rolled back are harmless: the index leads to no row, as after any
    rollback. Inside a transaction, whose setting it changes.
    """

    def __init__(self, *, beside: bool):
        self._thread = ThreadPoolExecutor(max_workers=1) if beside else None
        self._taking: Future | None = None

    def __enter__(self) -> "TakingIn":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL gin_pending_list_limit = '512MB'")
        return self

    def take_in(self) -> None:
        """Take in what is entered so far; what is entered while it is at work it takes in as well."""
        if self._thread is not None and (self._taking is None or self._taking.done()):
            self._taking = self._thread.submit(_settle_apart)

    def __exit__(self, *_error: object) -> None:
        if self._thread is not None:
            self._thread.shutdown()


def settle() -> None:
    """Let the search index take in the words of what was stored."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('organization_search')")


def _settle_apart() -> None:
    try:
        settle()
    except DatabaseError as error:
        # It is done once the rows are stored, at the latest.
        logger.warning("the search index takes its words in later: %s", error)
    finally:
        # Of this thread.
        connection.close()

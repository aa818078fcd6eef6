"""Checked rows laid ready in a table while the next ones are checked."""

import io
import logging
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import connection

from core.copying import copied_columns
from organizations.copying import KEYS, Columns, Helper, copied_new

logger = logging.getLogger(__name__)

TABLE = "organizations_staged"
_TARGET = ("number", "target_id", "target_version")
# Bytes of a file from which on a second process and a thread help: some four thousand rows.
LARGE = 200_000


class Laying:
    """Lays the rows of one pass over a file ready.

    For a large file a second process works out what the search reads, and a thread hands the rows to the database;
    so one piece is checked, one is worked out and one is written at the same time. Inside a transaction the rows are
    written by its own connection, because they must be gone if it is rolled back.
    """

    def __init__(self) -> None:
        self._helper: Helper | None = None
        # Names of the columns of the rows the helper is asked for.
        self._asked: list[str] | None = None
        self._writer: ThreadPoolExecutor | None = None
        self._writing: Future | None = None

    def expect(self, size: int) -> None:
        """Told the size of the file in bytes before it is read: meanwhile the second process can get ready."""
        if size >= LARGE and self._helper is None:
            try:
                self._helper = Helper()
            except OSError as error:
                logger.warning("no second process for a large file: %s", error)

    def lay(self, batch_id: int, rows: list[tuple], columns: Columns) -> None:
        """Lay rows ready: the number of each, key and version of the organization it means, and its columns."""
        if rows:
            filled = _filled(batch_id, rows, columns)
            self._write(list(filled), copied_columns(list(filled.values())).encode())

    def lay_new(self, batch_id: int, rows: list[tuple], columns: Columns) -> None:
        """Lay new rows ready, with what the search reads. With a second process they are laid with the next piece."""
        filled = _filled(batch_id, rows, columns) | {"uscc": columns["uscc"]}
        names = [*filled, *KEYS]
        if self._helper is None:
            self._write(names, copied_new(filled))
            return
        answer = self._helper.answer() if self._asked else b""
        self._helper.ask(filled)
        self._lay_answer(answer)
        self._asked = names

    def finish(self) -> None:
        """Lay the rows that still wait; all lie ready from now on."""
        if self._helper is not None and self._asked:
            self._lay_answer(self._helper.answer())
        self._written()

    def close(self) -> None:
        """Let go of the process and the thread, whatever has become of the rows."""
        if self._helper is not None:
            self._helper.close()
            self._helper = None
        if self._writer is not None:
            self._writer.submit(_close_connection)
            self._writer.shutdown()
            self._writer = None

    def _lay_answer(self, text: bytes) -> None:
        if self._asked:
            names, self._asked = self._asked, None
            self._write(names, text)

    def _write(self, names: list[str], text: bytes) -> None:
        sql = f"COPY {TABLE} ({', '.join(names)}) FROM STDIN"
        if self._helper is None or connection.in_atomic_block:
            _copy(sql, text)
            return
        self._writer = self._writer or ThreadPoolExecutor(max_workers=1)
        self._written()
        self._writing = self._writer.submit(_copy, sql, text)

    def _written(self) -> None:
        """Wait until what was handed over is written; what went wrong with it is raised here."""
        if self._writing is not None:
            writing, self._writing = self._writing, None
            writing.result()


def _filled(batch_id: int, rows: list[tuple], columns: Columns) -> dict[str, Sequence]:
    """The columns with where the rows stand and what they mean; one that no row fills need not be sent."""
    known = {"batch_id": [batch_id] * len(rows), **dict(zip(_TARGET, zip(*rows, strict=True), strict=True))}
    return {key: values for key, values in {**known, **columns}.items() if values.count(None) < len(rows)}


def _copy(sql: str, text: bytes) -> None:
    with connection.cursor() as cursor:
        # Read in one go: each time the thread comes back for more it waits for its turn.
        cursor.copy_expert(sql, io.BytesIO(text), len(text) + 1)


def _close_connection() -> None:
    # Of the thread that calls this.
    connection.close()

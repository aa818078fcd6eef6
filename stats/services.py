"""Keeping the figures: apply what changed, rebuild all, verify all. No person is behind these writes, so no `by`."""

from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext as _

from core.errors import Refused
from stats import sql

# One number for the advisory lock that lets a single worker change the figures at a time.
LOCK = 20_211_111
BATCH = 5_000


def apply_changes(*, limit: int = BATCH) -> int:
    """Bring the figures of up to `limit` logged changes up to date; return how many log rows were taken.

    One transaction: taking the rows, changing the cells and raising the version happen together or not at all, so a
    worker that is killed anywhere leaves nothing half done, and running this twice changes nothing the second time.
    Only committed changes are seen. Returns 0 at once when another worker is at it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        ids, taken = _take(cursor, limit)
        if not ids:
            return 0
        cursor.execute(sql.WORK_TABLES)
        batch = {"ids": ids}
        cursor.execute(sql.add_current(sql.SOME_GIFTS) + sql.SUBTRACT_STORED, batch)
        cursor.execute(sql.CHANGED, batch)
        if cursor.fetchone()[0]:
            cursor.execute(sql.UPSERT_CELLS)
            cursor.execute(sql.DROP_EMPTY_CELLS)
            cursor.execute(sql.DROP_STORED + sql.store_current(sql.SOME_GIFTS), batch)
            _raise_version(cursor)
        # The connection may serve another batch inside the same outer transaction.
        cursor.execute("DELETE FROM figure_delta")
        return taken


def apply_all_changes() -> int:
    """Apply batches until the log is empty; return how many log rows were taken."""
    total = 0
    while taken := apply_changes():
        total += taken
    return total


def rebuild_figures() -> int:
    """Compute all facts and cells anew from the records, in one transaction; return the number of facts."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        # Changes that commit from here on stay in the log and are applied afterwards.
        cursor.execute("DELETE FROM stats_change")
        cursor.execute(sql.WORK_TABLES)
        cursor.execute(sql.add_current(sql.ALL_GIFTS) + "ANALYZE figure_delta;")
        cursor.execute("DELETE FROM stats_fact; DELETE FROM stats_donorfact; DELETE FROM stats_cell;")
        cursor.execute(sql.INSERT_CELLS)
        cursor.execute(sql.store_current(sql.ALL_GIFTS))
        cursor.execute("SELECT count(*) FROM figure_delta")
        facts = cursor.fetchone()[0]
        cursor.execute("DELETE FROM figure_delta")
        _raise_version(cursor)
        return facts


@dataclass(frozen=True)
class Difference:
    """A cell whose stored value is not what the records say."""

    table: str
    cell: str
    values: tuple

    def __str__(self) -> str:
        return f"{self.table} [{self.cell}] {self.values}"


class StillChanging(Refused):
    """Changes keep arriving faster than they are applied, so there is no quiet state to verify."""

    code = "still_changing"


def verify_figures(*, attempts: int = 5) -> list[Difference]:
    """Recompute every cell from the records and return each difference (at most 100 a table); none means all right.

    Reads one snapshot in which no change is pending; raises `StillChanging` when `attempts` snapshots had one.
    """
    for _attempt in range(attempts):
        apply_all_changes()
        nested = connection.in_atomic_block
        with transaction.atomic(), connection.cursor() as cursor:
            if not nested:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT EXISTS (SELECT 1 FROM stats_change)")
            if not cursor.fetchone()[0]:
                return _differences(cursor)
    raise StillChanging(_("New changes keep arriving. Verify again when fewer gifts are being entered."))


def _differences(cursor) -> list[Difference]:
    cursor.execute(sql.WORK_TABLES)
    cursor.execute(sql.add_current(sql.ALL_GIFTS) + "ANALYZE figure_delta;")
    found = []
    for table, query in sql.DIFFERENCES.items():
        cursor.execute(query)
        found += [Difference(table, row[0], tuple(row[1:])) for row in cursor.fetchall()]
    cursor.execute("DELETE FROM figure_delta")
    return found


def _take(cursor, limit: int) -> tuple[list[int], int]:
    """Remove log rows and return the gifts they name (each once) and how many rows they were."""
    cursor.execute(
        "DELETE FROM stats_change WHERE id IN (SELECT id FROM stats_change ORDER BY id LIMIT %s) RETURNING donation_id",
        [limit],
    )
    rows = [row[0] for row in cursor.fetchall()]
    return sorted(set(rows)), len(rows)


def _raise_version(cursor) -> None:
    cursor.execute(
        "INSERT INTO stats_figurestate (id, version, as_of) VALUES (1, 1, now()) "
        "ON CONFLICT (id) DO UPDATE SET version = stats_figurestate.version + 1, as_of = now()"
    )

"""Checked rows laid ready in a table, and stored from there by the database itself."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from core import states
from exchange.imports import Effects, Outcome
from exchange.sheets import Unresolved
from organizations.copying import KEYS
from organizations.imports.indexing import TakingIn
from organizations.imports.laying import TABLE, Laying
from organizations.imports.rules import COLUMNS, EMPTY, Checks, changes_of
from organizations.models import FormerName, Organization
from organizations.sheets import regions_by_text
from regions.models import Region

# Name of the lock under which organizations are stored one file after the other.
LOCK = "organizations.load"
_FILLED = (*COLUMNS, *KEYS)
# Rows of one region lie together, so that the indexes by name are filled place by place: a quarter of the time.
_ORDER = "region_id, id"
ROWS_AT_ONCE = 25_000
CHANGES_AT_ONCE = 500


class OrganizationRun(Checks):
    """Checks rows, and lays them ready under the key of their file."""

    def __init__(self, by: Any, *, codes_may_miss: bool = False):
        super().__init__(by, codes_may_miss=codes_may_miss)
        self._laying = Laying()

    def expect(self, size: int) -> None:
        """Get ready for a file of so many bytes."""
        self._laying.expect(size)

    def stage(self, batch_id: int, outcome: Outcome) -> None:
        """Lay checked rows ready: new ones with all they become, the others with the organization they mean.

        Of a large file the last new ones are laid by `finish`.
        """
        targets = [(change.row, *change.item[:2]) for change in outcome.changed]
        values = [change.item[2] for change in outcome.changed]
        self._laying.lay(batch_id, targets, {key: [row[key] for row in values] for key in COLUMNS})
        self._laying.lay(batch_id, outcome.same, {})
        if outcome.new:
            numbers, new = zip(*outcome.new, strict=True)
            self._laying.lay_new(batch_id, [(number, None, None) for number in numbers], _completed(new))

    def finish(self, batch_id: int) -> None:
        """Lay the rows that still wait; from now on all lie ready."""
        self._laying.finish()

    def close(self) -> None:
        self._laying.close()

    def is_staged(self, batch_id: int, rows: int) -> bool:
        """Whether that many rows lie ready and still mean what they meant when they were checked."""
        with connection.cursor() as cursor:
            # Of the columns that are compared: those of the search have very many words.
            cursor.execute(f"ANALYZE {TABLE} (batch_id, number, target_id, uscc, name, region_id)")
            cursor.execute(f"SELECT count(*) FROM {TABLE} WHERE batch_id = %s", [batch_id])
            if cursor.fetchone()[0] != rows:
                return False
            cursor.execute(_OUTDATED, {"batch": batch_id})
            if cursor.fetchone()[0]:
                return False
            cursor.execute(f"SELECT DISTINCT region_id FROM {TABLE} WHERE batch_id = %s", [batch_id])
            regions = [code for (code,) in cursor.fetchall() if code]
        if not all(map(self.may_enter, regions)):
            return False
        return not any(isinstance(answer, Unresolved) for answer in regions_by_text(regions).values())

    def store_staged(self, batch_id: int, tell: Callable[[int], None]) -> Effects:
        """Enter the new organizations as active and change the others; `tell` hears how many rows are done.

        A row that points to nothing is an `IntegrityError` here, not when the transaction ends.
        """
        effects = Effects()
        new, same = self._counted(batch_id)
        parts = self._parts(batch_id, new)
        with connection.cursor() as cursor, TakingIn(beside=len(parts) > 1) as search:
            for part in parts:
                effects.new += states.begin_staged(
                    Organization,
                    _FILLED,
                    source=f"{TABLE} WHERE batch_id = %s AND region_id > %s AND region_id <= %s AND target_id IS NULL",
                    params=(batch_id, *part),
                    by=self.by,
                    then=Organization.Status.ACTIVE,
                    order=_ORDER,
                )
                search.take_in()
                tell(same + len(effects.new))
            if len(effects.new) != new:
                raise RuntimeError(f"{new} new rows lie ready, {len(effects.new)} were entered")
            effects.changed = self._store_changed(batch_id, lambda done: tell(same + new + done))
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        return effects

    def _counted(self, batch_id: int) -> tuple[int, int]:
        """How many rows are new, and of how many the organization stays as it is."""
        with connection.cursor() as cursor:
            cursor.execute(_COUNTED, [batch_id])
            return cursor.fetchone()

    def _parts(self, batch_id: int, new: int) -> list[tuple[str, str]]:
        """The new rows in parts by their regions: the last region of the part before, and of the part itself."""
        if not new:
            return []
        with connection.cursor() as cursor:
            cursor.execute(_LAST_REGIONS, {"batch": batch_id, "parts": -(-new // ROWS_AT_ONCE)})
            last = cursor.fetchone()[0]
        return list(itertools.pairwise(["", *dict.fromkeys(last)]))

    def _store_changed(self, batch_id: int, tell: Callable[[int], None]) -> dict[str, dict[str, list]]:
        """Change the registered organizations of some rows; return what was changed."""
        changed: dict[str, dict[str, list]] = {}
        done = last = 0
        while rows := _staged_changes(batch_id, after=last):
            for number, key, values in rows:
                changed[str(key)] = self._store_change(key, values)
                last, done = number, done + 1
            tell(done)
        return changed

    def _store_change(self, key: int, values: dict[str, Any]) -> dict[str, list]:
        """Change one organization; return {column: [before, after]}."""
        organization = Organization.objects.get(pk=key)
        wanted = changes_of(values, vars(organization))
        before = {name: getattr(organization, name) for name in wanted}
        states.record(organization, as_fields(wanted), by=self.by)
        changed = {name: [_plain(before[name]), _plain(wanted[name])] for name in wanted}
        if "name" in before and organization.status != Organization.Status.DRAFT:
            former = keep_former_name(organization, before["name"], by=self.by)
            if former is not None:
                changed["former_name"] = [None, former.pk]
        if before.keys() & {"name", "uscc"}:
            store_search_keys(organization)
        return changed

    def lock(self) -> None:
        """Wait for other files of organizations until the end of the transaction."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])

    def keys(self, batch_id: int) -> dict[int, int]:
        """The key of the organization of each row by the row's number, once they are stored."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT number, coalesce(target_id, id) FROM {TABLE} WHERE batch_id = %s", [batch_id])
            return dict(cursor.fetchall())

    def staged(self) -> list[int]:
        """The keys of all files of which rows lie ready; rows of programs lie under a key that no file has."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT DISTINCT batch_id FROM {TABLE}")
            return [key for (key,) in cursor.fetchall()]

    def clear(self, batch_id: int) -> None:
        """Take away what lies ready."""
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE} WHERE batch_id = %s", [batch_id])


_COUNTED = f"""
SELECT count(*) FILTER (WHERE target_id IS NULL), count(*) FILTER (WHERE target_id IS NOT NULL AND name IS NULL)
FROM {TABLE} WHERE batch_id = %s
"""
_LAST_REGIONS = f"""
SELECT percentile_disc(ARRAY(SELECT part::float / %(parts)s FROM generate_series(1, %(parts)s) part))
    WITHIN GROUP (ORDER BY region_id)
FROM {TABLE} WHERE batch_id = %(batch)s AND target_id IS NULL
"""
# A new row whose code, or whose name in its region, is registered meanwhile; a row whose organization has changed;
# a row whose registration authority is no active unit any more.
_OUTDATED = f"""
SELECT EXISTS (
    SELECT FROM {TABLE} s JOIN organizations_organization o ON o.uscc = s.uscc
    WHERE s.batch_id = %(batch)s AND s.target_id IS DISTINCT FROM o.id
) OR EXISTS (
    SELECT FROM {TABLE} s JOIN organizations_organization o ON o.name = s.name AND o.region_id = s.region_id
    WHERE s.batch_id = %(batch)s AND s.target_id IS NULL AND (o.uscc IS NULL OR s.uscc IS NULL)
) OR EXISTS (
    SELECT FROM {TABLE} s LEFT JOIN organizations_organization o ON o.id = s.target_id
    WHERE s.batch_id = %(batch)s AND s.target_id IS NOT NULL AND s.target_version IS DISTINCT FROM o.version
) OR EXISTS (
    SELECT FROM {TABLE} s LEFT JOIN organizations_organization o ON o.id = s.authority_organization_id
    WHERE s.batch_id = %(batch)s AND s.authority_organization_id IS NOT NULL AND o.status IS DISTINCT FROM 'active'
)
"""


def _completed(rows: Sequence[dict[str, Any]]) -> dict[str, Sequence]:
    """The columns of new rows, with what they leave out."""
    columns = {key: [row[key] for row in rows] for key in COLUMNS}
    for key, empty in EMPTY.items():
        columns[key] = [empty if value is None else value for value in columns[key]]
    return columns


def _staged_changes(batch_id: int, *, after: int) -> list[tuple[int, int, dict[str, Any]]]:
    """The next rows that change an organization: the number of each, the key of the organization, and the columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT number, target_id, {', '.join(COLUMNS)} FROM {TABLE} WHERE batch_id = %s AND number > %s "
            "AND target_id IS NOT NULL AND name IS NOT NULL ORDER BY number LIMIT %s",
            [batch_id, after, CHANGES_AT_ONCE],
        )
        return [(number, key, dict(zip(COLUMNS, row, strict=True))) for number, key, *row in cursor.fetchall()]


def keep_former_name(organization: Organization, name: str, *, by) -> FormerName | None:
    """Keep a name given up today, so that it is still found; None when it is kept already."""
    today = timezone.localdate()
    if organization.former_names.filter(name=name, until=today).exists():
        return None
    return states.begin(FormerName(organization=organization, name=name, until=today), by=by)


def store_search_keys(organization: Organization) -> None:
    """Store anew what the search reads, after a change of names or code."""
    organization.set_search_keys()
    organization.save(update_fields=["pinyin", "initials", "search"])


def as_fields(columns: dict[str, Any]) -> dict[str, Any]:
    """Columns as fields of the model, so that the history names regions and units instead of their keys."""
    values = {key: value for key, value in columns.items() if key not in ("region_id", "authority_organization_id")}
    if "region_id" in columns:
        values["region"] = Region.objects.get(pk=columns["region_id"])
    if "authority_organization_id" in columns:
        values["authority_organization"] = Organization.objects.filter(pk=columns["authority_organization_id"]).first()
    return values


def _plain(value: Any) -> Any:
    """A value as JSON can keep it."""
    return value if value is None or isinstance(value, str | int | bool | list) else str(value)

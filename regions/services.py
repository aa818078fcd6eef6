"""Loading the official code list into the database."""

import csv
import hashlib
import io
import json
import lzma
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from regions import pinyin
from regions.models import Region, RegionLoad
from regions.selectors import UnknownRegion, normal_code

FOLDER = Path(settings.BASE_DIR) / "data" / "regions"
HEADER = ["code", "name", "level", "parent", "kind", "pinyin"]
BATCH = 20_000

STAGE = """
CREATE TEMP TABLE region_stage (
    code text NOT NULL, name text NOT NULL, level text NOT NULL, parent_id text, kind text NOT NULL,
    pinyin text NOT NULL, initials text NOT NULL
) ON COMMIT DROP
"""
# Validity and successor are not in the file: what was entered here survives the next load.
MERGE = """
WITH merged AS (
    INSERT INTO regions_region AS r (code, name, level, parent_id, kind, pinyin, initials, source)
    SELECT code, name, level, parent_id, kind, pinyin, initials, %s FROM region_stage
    ON CONFLICT (code) DO UPDATE SET
        name = EXCLUDED.name, level = EXCLUDED.level, parent_id = EXCLUDED.parent_id, kind = EXCLUDED.kind,
        pinyin = EXCLUDED.pinyin, initials = EXCLUDED.initials, source = EXCLUDED.source
    WHERE (r.name, r.level, r.parent_id, r.kind, r.pinyin, r.initials, r.source) IS DISTINCT FROM
        (EXCLUDED.name, EXCLUDED.level, EXCLUDED.parent_id, EXCLUDED.kind, EXCLUDED.pinyin, EXCLUDED.initials,
         EXCLUDED.source)
    RETURNING xmax = 0 AS added
)
SELECT count(*) FILTER (WHERE added), count(*) FILTER (WHERE NOT added) FROM merged
"""

PLAIN_INDEXES = """
SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = 'regions_region'::regclass AND NOT i.indisunique
"""


class DamagedFile(Refused):
    """The region file is missing, cut off or altered."""

    code = "damaged_region_file"


@dataclass(frozen=True)
class Loaded:
    """What a load did: rows read from the file, rows added and rows changed in the database."""

    rows: int
    added: int
    changed: int
    unchanged: bool = False


@transaction.atomic
def load_regions(
    *, only: Iterable[str] = (), folder: Path = FOLDER, progress: Callable[[int, int], Any] | None = None
) -> Loaded:
    """Load the newest region file of `folder`, or only the subtrees of some codes with everything above them.

    A second load of the same file reads nothing and reports `unchanged`. `progress` is called with
    (lines read since the last call, lines in the file). Raises `DamagedFile` or `UnknownRegion`; nothing is
    stored then.
    """
    manifest, packed = _read_files(folder)
    wanted = sorted({_wanted(text) for text in only})
    part = ",".join(wanted)
    with connection.cursor() as cursor:
        # Two loads at once would each find nothing and then wait for each other's rows.
        cursor.execute("LOCK TABLE regions_regionload IN EXCLUSIVE MODE")
        rows = _rows_already_loaded(manifest, part)
        if rows:
            return Loaded(rows=rows, added=0, changed=0, unchanged=True)
        cursor.execute(STAGE)
        chosen = _Choice(wanted)
        rows = _copy(cursor, _checked(_lines(packed), manifest, progress), chosen)
        for code in chosen.missing():
            raise UnknownRegion(_("The region file has no code %(code)s.") % {"code": code})
        added, changed = _merge(cursor, rows, manifest["source"])
        cursor.execute("DROP TABLE region_stage")
    RegionLoad.objects.create(checksum=manifest["sha256"], part=part, rows=rows)
    return Loaded(rows=rows, added=added, changed=changed)


def _merge(cursor, rows: int, source: str) -> tuple[int, int]:
    """Bring the staged rows into the table; return how many were added and changed.

    For a first load all indexes but the key are built after the rows: 7 s instead of 21 s.
    """
    # An index cannot be dropped or built while checks of foreign keys are waiting for the end of the transaction.
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    rebuilt = []
    if rows > 10 * Region.objects.count():
        cursor.execute(PLAIN_INDEXES)
        rebuilt = cursor.fetchall()
    for name, _definition in rebuilt:
        cursor.execute(f'DROP INDEX "{name}"')
    cursor.execute(MERGE, [source])
    added, changed = cursor.fetchone()
    for _name, definition in rebuilt:
        cursor.execute(definition)
    cursor.execute("ANALYZE regions_region")
    return added, changed


def _wanted(text: str) -> str:
    code = normal_code(text)
    if code is None:
        raise UnknownRegion(_("“%(code)s” is not a region code of 6, 9 or 12 digits.") % {"code": text})
    return code


def _read_files(folder: Path) -> tuple[dict, bytes]:
    """The manifest and the packed file it names, after comparing the checksum."""
    manifests = sorted(folder.glob("regions-*.json"))
    if not manifests:
        raise DamagedFile(_("There is no region file in %(folder)s.") % {"folder": folder})
    try:
        manifest = json.loads(manifests[-1].read_text(encoding="utf-8"))
        packed = (folder / manifest["file"]).read_bytes()
        intact = hashlib.sha256(packed).hexdigest() == manifest["sha256"]
        sum(manifest["rows"].values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedFile(_("The region file of %(folder)s cannot be read.") % {"folder": folder}) from error
    if not intact:
        raise DamagedFile(
            _("The region file %(file)s is damaged: its checksum differs. Get it again from the release.")
            % {"file": manifest["file"]}
        )
    return manifest, packed


def _rows_already_loaded(manifest: dict, part: str) -> int:
    """Rows of an earlier load that makes this one needless; 0 when there is none or rows have gone since."""
    loads = RegionLoad.objects.filter(checksum=manifest["sha256"], part__in=["", part])
    rows = max((load.rows for load in loads), default=0)
    return rows if rows and Region.objects.filter(source=manifest["source"]).count() >= rows else 0


def _lines(packed: bytes) -> Iterator[list[str]]:
    """The rows of the packed file; raises `DamagedFile` when it is not such a file."""
    try:
        unpacked = lzma.LZMAFile(io.BytesIO(packed))
        with io.TextIOWrapper(unpacked, encoding="utf-8", newline="") as text:
            lines = csv.reader(text)
            if next(lines, None) != HEADER:
                raise DamagedFile(
                    _("This is not a region file: its first line must be %(header)s.") % {"header": ",".join(HEADER)}
                )
            yield from lines
    except (lzma.LZMAError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise DamagedFile(_("The region file is damaged: it cannot be unpacked.")) from error


def _checked(lines: Iterable[list[str]], manifest: dict, progress) -> Iterator[list[str]]:
    """The same rows; raises `DamagedFile` for a bad one, and at the end when rows of a level are missing."""
    total = sum(manifest["rows"].values())
    seen: Counter = Counter()
    for number, line in enumerate(lines, start=1):
        if len(line) != len(HEADER) or len(line[0]) != 12 or not line[0].isdigit() or line[2] not in Region.DIGITS:
            raise DamagedFile(_("The region file is damaged in line %(line)s.") % {"line": number + 1})
        seen[line[2]] += 1
        if progress and number % BATCH == 0:
            progress(BATCH, total)
        yield line
    if dict(seen) != manifest["rows"]:
        raise DamagedFile(_("The region file is incomplete: it has %(rows)s rows.") % {"rows": sum(seen.values())})
    if progress:
        progress(total % BATCH, total)


class _Choice:
    """Which rows are wanted. The file has parents before children, so one pass is enough."""

    def __init__(self, codes: list[str]):
        self.everything = not codes
        self.awaited = set(codes)
        self.above = {code[:digits].ljust(12, "0") for code in codes for digits in Region.DIGITS.values()}
        self.below: tuple[str, ...] = ()

    def takes(self, code: str, level: str) -> bool:
        if self.everything:
            return True
        if code in self.awaited:
            self.awaited.remove(code)
            self.below += (code[: Region.DIGITS[level]],)
        return code.startswith(self.below) or code in self.above

    def missing(self) -> list[str]:
        return sorted(self.awaited)


def _copy(cursor, lines: Iterable[list[str]], chosen: _Choice) -> int:
    """Send the chosen rows to the staging table by COPY; return their number."""
    rows = 0
    batch = io.StringIO()
    writer = csv.writer(batch)
    for code, name, level, parent, kind, spelled in lines:
        if not chosen.takes(code, level):
            continue
        parts = spelled.split()
        writer.writerow([code, name, level, parent, kind, "".join(parts), pinyin.first_letters(parts)])
        rows += 1
        if rows % BATCH == 0:
            _send(cursor, batch)
    _send(cursor, batch)
    return rows


def _send(cursor, batch: io.StringIO) -> None:
    batch.seek(0)
    cursor.cursor.copy_expert("COPY region_stage FROM STDIN WITH (FORMAT csv)", batch)
    batch.seek(0)
    batch.truncate()

"""A workbook of organizations from upload to stored, beside two yardsticks in the same run; with peak memory."""

import dataclasses
import io
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import python_calamine
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from core.copying import copied
from core.models import StatusChange
from exchange import services, sheets
from exchange.imports import IMPORTERS
from exchange.models import Batch
from organizations import uscc
from organizations.models import Organization
from organizations.sheets import ORGANIZATION_SHEET
from regions.models import Region

KINDS = {choice.zh: choice.value for choice in ORGANIZATION_SHEET.column("kind").choices[:3]}
FIELDS = (
    "茶叶 柑橘 养老 助学 慈善 商贸 中药材 养蜂 核桃 文化 体育 书法 志愿服务 救援 农机 电商 畜牧 教育 摄影 餐饮".split()
)
ENDINGS = "协会 商会 促进会 联合会 服务中心 基金会 研究会 互助会".split()
SIGNS = "东西南北中山水金木火土天地春夏秋冬红黄蓝白青龙凤虎马羊鹤松柏梅兰竹菊福禄寿喜和平安康宁华兴隆昌盛明光辉"


def run(options) -> None:
    """Make the file, measure the yardsticks, then the import in a process of its own so that its memory is known."""
    if options.stage:
        stage(options.stage, options.batch)
        return
    call_command("migrate", verbosity=0)
    call_command("load_regions", verbosity=0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "organizations.xlsx"
        make_file(path, options.rows)
        print(f"| file | {path.stat().st_size / 1e6:.1f} MB, {options.rows:,} rows |", flush=True)
        content = path.read_bytes()
        bounds = bare(content, options.rows)
        other, _after = in_a_process("import-export", path, options.rows)
        dry, _after = in_a_process("import-export-dry", path, options.rows)
        by = User.objects.create_superuser(username="bench-exchange", password="bench")
        batch = services.upload_batch(sheet="organizations", file_name=path.name, content=content, by=by)
    checking, _after = in_a_process("check", batch.pk, options.rows)
    services.confirm_batch(batch=batch, by=by)
    storing, after = in_a_process("store", batch.pk, options.rows)
    compare(options.rows, checking + storing, after, bounds, other, dry)
    batch.refresh_from_db()
    history = StatusChange.objects.filter(content_type__model="organization", new="active").count()
    assert (batch.status, Organization.objects.count(), history) == ("stored", options.rows, options.rows)


def compare(rows: int, seconds: float, after: float, bounds: dict[str, float], other: float, dry: float) -> None:
    """Each bound beside what is like it: until the rows are stored, or until the search index has them, too."""
    print(f"| check and store | {rows / seconds:,.0f} rows/s; with the search index {rows / (seconds + after):,.0f} |")
    for label, bound in bounds.items():
        print(f"| × {label} | {bound / (seconds if 'later' in label else seconds + after):.2f} |")
    print(f"| × django-import-export | {other / seconds:.1f}; with the search index {other / (seconds + after):.1f} |")
    print(f"| × its dry run and import, as its pages do | {(dry + other) / seconds:.1f} |")


def make_file(path: Path, rows: int) -> None:
    """Names as they occur: a region, two signs of its own, a field, an ending; every code its right last character."""
    counties = list(Region.objects.filter(level="county").real().order_by("code")[:2000])
    choose = random.Random(2026)

    def line(number: int) -> dict:
        region = counties[number % len(counties)]
        body = f"51{region.code[:6]}{number:09d}"
        own = choose.choice(SIGNS) + choose.choice(SIGNS)
        return {
            "name": region.name + own + choose.choice(FIELDS) + choose.choice(ENDINGS),
            "kind": choose.choice(list(KINDS)),
            "uscc": body + uscc.check_character(body),
            "level": "县级",
            "region": region.short_code,
            "synthetic": "是",
        }

    path.write_bytes(sheets.write(ORGANIZATION_SHEET, map(line, range(rows))))


def bare(content: bytes, rows: int) -> dict[str, float]:
    """Seconds of reading with calamine alone, and of COPY into the register, as bounds: one after the other.

    The rows are copied twice: as they stand in the register in the end, with what the search reads; and as they
    stand in the file. Both times with the settings of the server and with the setting our import works under.
    """
    started = time.monotonic()
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    lines = book.get_sheet_by_index(0).to_python()[1:]
    reading = time.monotonic() - started
    print(f"| calamine alone | {rows / reading:,.0f} rows/s, {reading:.1f} s |", flush=True)
    bounds = {}
    for keys in (True, False):
        text = rows_of(lines, keys)
        for later in (True, False):
            seconds = copy(text, later)
            label = f"bare COPY, {'rows as registered' if keys else 'only what the file says'}"
            label += ", search index later" if later else ", search index at once"
            print(f"| {label} | {rows / seconds:,.0f} rows/s, {seconds:.1f} s |", flush=True)
            bounds[f"reading and {label}"] = reading + seconds
    return bounds


FILLED = [field for field in Organization._meta.concrete_fields if not field.primary_key]


def rows_of(lines: list[list], keys: bool) -> str:
    now = timezone.now()
    text = io.StringIO()
    for name, kind, code, _level, region, *_rest in lines:
        organization = Organization(
            name=name, kind=KINDS[kind], uscc=str(code), level="county", region_id=str(region).ljust(12, "0")
        )
        organization.status, organization.is_synthetic = "active", True
        organization.created_at = organization.updated_at = now
        if keys:
            organization.set_search_keys()
        text.write(copied(getattr(organization, field.attname) for field in FILLED))
    return text.getvalue()


def copy(text: str, later: bool) -> float:
    """Seconds of COPY with the register's indexes and constraints; rolled back."""
    columns = ", ".join(field.column for field in FILLED)
    with transaction.atomic(), connection.cursor() as cursor:
        if later:
            cursor.execute("SET LOCAL gin_pending_list_limit = '512MB'")
        started = time.monotonic()
        cursor.copy_expert(f"COPY organizations_organization ({columns}) FROM STDIN", io.StringIO(text))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        seconds = time.monotonic() - started
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM organizations_organization")
    return seconds


def in_a_process(name: str, given, rows: int) -> tuple[float, float]:
    command = [sys.executable, "-m", "bench", "exchange", "--stage", name, "--batch", str(given)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    seconds, megabytes, after = map(float, output[-3:])
    more = f", then {after:.1f} s for the search index" if after else ""
    print(f"| {name} | {rows / seconds:,.0f} rows/s, {seconds:.1f} s{more}, peak {megabytes:.0f} MB |", flush=True)
    return seconds, after


def stage(name: str, given: str) -> None:
    """One step in this process, as the task does it; prints seconds, the peak of memory in MB, and seconds after."""
    after = 0.0
    if name.startswith("import-export"):
        from bench import import_export

        seconds = import_export.load(Path(given), dry_run=name.endswith("dry"))
    else:
        importer = IMPORTERS["organizations"]
        IMPORTERS["organizations"] = dataclasses.replace(importer, settle=None)
        started = time.monotonic()
        services.run_batch(batch_id=int(given))
        seconds = time.monotonic() - started
        if name == "store" and importer.settle:
            importer.settle()
            after = time.monotonic() - started - seconds
        batch = Batch.objects.only("status", "problems", "updated_at").get(pk=int(given))
        assert batch.status == {"check": "checked", "store": "stored"}[name], (batch.status, batch.problems[:3])
    print(seconds, peak(), after)


def peak() -> float:
    """The most memory this process has held, in MB; getrusage would count what its parent held before the fork."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024

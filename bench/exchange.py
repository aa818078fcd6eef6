"""A workbook of organizations from upload to stored, beside reading it and copying the bare rows; with peak memory."""

import io
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import python_calamine
from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import User
from exchange import services, sheets
from exchange.models import Batch
from organizations import uscc
from organizations.models import Organization
from organizations.sheets import ORGANIZATION_SHEET
from regions.models import Region

COLUMNS = "created_at, updated_at, version, name, pinyin, initials, kind, uscc, level, region_id, status, is_synthetic"


def run(options) -> None:
    """Make the file, measure the yardstick, then the import in a process of its own so that its memory is known."""
    if options.stage:
        stage(options.stage, options.batch)
        return
    call_command("migrate", verbosity=0)
    call_command("load_regions", verbosity=0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "organizations.xlsx"
        make_file(path, options.rows)
        print(f"| file | {path.stat().st_size / 1e6:.1f} MB, {options.rows:,} rows |")
        bare = yardstick(path.read_bytes(), options.rows)
        by = User.objects.create_superuser(username="bench-exchange", password="bench")
        content = path.read_bytes()
        batch = services.upload_batch(sheet="organizations", file_name=path.name, content=content, by=by)
    seconds = in_a_process("check", batch, options.rows)
    services.confirm_batch(batch=batch, by=by)
    seconds += in_a_process("store", batch, options.rows)
    batch.refresh_from_db()
    assert batch.status == "stored" and Organization.objects.count() == options.rows, batch.status
    print(
        f"| check and store | {options.rows / seconds:,.0f} rows/s, {options.rows / seconds / bare:.2f} of the bare |"
    )


def make_file(path: Path, rows: int) -> None:
    counties = list(Region.objects.filter(level="county").real().order_by("code")[:2000])
    kinds = [choice.zh for choice in ORGANIZATION_SHEET.column("kind").choices[:3]]

    def line(number: int) -> dict:
        region = counties[number % len(counties)]
        body = f"51{region.code[:6]}{number:09d}"
        return {
            "name": f"{region.name}第{number}协会",
            "kind": kinds[number % 3],
            "uscc": body + uscc.check_character(body),
            "level": "县级",
            "region": region.short_code,
            "synthetic": "是",
        }

    path.write_bytes(sheets.write(ORGANIZATION_SHEET, map(line, range(rows))))


def yardstick(content: bytes, rows: int) -> float:
    """Rows a second of reading with calamine alone and of COPY into the same table, one after the other."""
    started = time.monotonic()
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    lines = book.get_sheet_by_index(0).to_python()[1:]
    reading = time.monotonic() - started
    text = io.StringIO()
    for line in lines:
        name, _kind, code, _level, region, _synthetic = map(str, line)
        values = ["2026-01-01", "2026-01-01", "1", name, "", "", "association", code, "county", region.ljust(12, "0")]
        text.write("\t".join([*values, "active", "t"]) + "\n")
    text.seek(0)
    started = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.copy_expert(f"COPY organizations_organization ({COLUMNS}) FROM STDIN", text)
        copying = time.monotonic() - started
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM organizations_organization")
    print(f"| calamine alone | {rows / reading:,.0f} rows/s |")
    print(f"| bare COPY | {rows / copying:,.0f} rows/s |", flush=True)
    return rows / (reading + copying)


def in_a_process(name: str, batch: Batch, rows: int) -> float:
    command = [sys.executable, "-m", "bench", "exchange", "--stage", name, "--batch", str(batch.pk)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    seconds, megabytes = float(output[-2]), float(output[-1])
    print(f"| {name} | {rows / seconds:,.0f} rows/s, {seconds:.1f} s, peak {megabytes:.0f} MB |", flush=True)
    return seconds


def stage(name: str, pk: int) -> None:
    """The worker's part, as the task does it; prints seconds and the peak of memory in MB."""
    started = time.monotonic()
    services.run_batch(batch_id=pk)
    seconds = time.monotonic() - started
    expected = {"check": "checked", "store": "stored"}[name]
    batch = Batch.objects.only("status", "problems").get(pk=pk)
    assert batch.status == expected, (batch.status, batch.problems[:3])
    print(seconds, peak())


def peak() -> float:
    """The most memory this process has held, in MB; getrusage would count what its parent held before the fork."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024

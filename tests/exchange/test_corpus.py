"""The corpus: every malformed file is refused with its place and reason in both languages, every good one accepted."""

import re
import subprocess
import sys
import time

import pytest

from exchange import services
from exchange.models import Batch
from organizations.models import Organization
from tests.exchange import corpus
from tests.exchange.good_files import good

pytestmark = pytest.mark.django_db
CHINESE = re.compile("[\u4e00-\u9fff]")
SECONDS = 10
MEGABYTES = 512


def outcome(content: bytes, officer) -> Batch:
    batch = services.upload_batch(sheet="organizations", file_name="x.xlsx", content=content, by=officer)
    started = time.monotonic()
    services.run_batch(batch_id=batch.pk)
    assert time.monotonic() - started < SECONDS
    batch.refresh_from_db()
    return batch


def complaints(batch: Batch, place: tuple[int, str] | None) -> list[str]:
    """What is missing in the answer to a malformed file."""
    if batch.status != "refused":
        return [f"is {batch.status}"]
    found = []
    for entry in batch.problems:
        zh, en = entry["words"]["zh-hans"], entry["words"]["en"]
        if not (CHINESE.search(zh[1]) and en[1]) or zh[1] == en[1]:
            found.append(f"not in both languages: {zh[1]!r} {en[1]!r}")
    if place and place not in [(entry["row"], entry["key"]) for entry in batch.problems]:
        found.append(f"names {[(e['row'], e['key'], e['words']['en'][1]) for e in batch.problems][:3]}, not {place}")
    return found[:3]


def test_every_malformed_file_is_refused_with_reasons_in_both_languages(officer):
    files = corpus.bad()
    assert len(files) >= 160 and len({kind for kind, *_rest in files}) >= 16
    wrong = []
    for kind, name, content, place in files:
        wrong += [f"{kind} · {name}: {complaint}" for complaint in complaints(outcome(content, officer), place)]
    assert wrong == []
    assert not Organization.objects.exists()


def test_no_malformed_file_takes_more_memory_or_time_than_allowed(settings, tmp_path):
    """Each is read in a process of its own, whose peak the system tells."""
    for number, (kind, _name, content, _place) in enumerate(corpus.bad()):
        (tmp_path / f"{number:03d} {kind.replace('/', ' ')}").write_bytes(content)
    command = [sys.executable, "-m", "tests.exchange.limits", str(tmp_path), str(MEGABYTES), str(SECONDS)]
    ran = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=300)
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stdout + ran.stderr[-2000:]


def test_every_good_file_is_accepted(officer):
    files = list(good())
    assert len(files) >= 40
    wrong = []
    for program, name, content in files:
        batch = outcome(content, officer)
        if batch.status != "checked" or not batch.counts["new"]:
            wrong.append(f"{program} · {name}: {batch.status} {[e['words']['en'] for e in batch.problems][:3]}")
    assert wrong == []

"""The corpus: every malformed file is refused with its place and reason in both languages, every good one accepted."""

import re
import resource
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
MEMORY = 1024 * 1024  # kB for the whole test process; the worker's own limit is measured in bench/


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
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < MEMORY


def test_every_good_file_is_accepted(officer):
    files = list(good())
    assert len(files) >= 40
    wrong = []
    for program, name, content in files:
        batch = outcome(content, officer)
        if batch.status != "checked" or not batch.counts["new"]:
            wrong.append(f"{program} · {name}: {batch.status} {[e['words']['en'] for e in batch.problems][:3]}")
    assert wrong == []

import csv
import hashlib
import io
import json
import lzma
from collections import Counter

import pytest

from regions import services

# 城口县, 济源市 (directly under its province), 东莞市 (no counties), 东城区 of Beijing, 武城县, 香港.
PARTS = ("500229", "419001", "4419", "110101", "371428", "81")


def pack(folder, lines, *, header=services.HEADER, **changes):
    """Write a region file of some rows with its manifest."""
    text = io.StringIO()
    csv.writer(text).writerows([header, *lines])
    packed = lzma.compress(text.getvalue().encode())
    (folder / "regions-test.csv.xz").write_bytes(packed)
    manifest = {
        "file": "regions-test.csv.xz",
        "sha256": hashlib.sha256(packed).hexdigest(),
        "source": "nbs-2023-06-30",
        "rows": dict(Counter(line[2] for line in lines)),
        **changes,
    }
    (folder / "regions-test.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture(scope="session")
def some_lines() -> list[list[str]]:
    """Real rows of a few very different parts of the country, with everything above them."""
    with lzma.open(services.FOLDER / "regions-2023-06-30.csv.xz", "rt", encoding="utf-8") as text:
        lines = list(csv.reader(text))[1:]
    above = {part[:cut].ljust(12, "0") for part in PARTS for cut in (2, 4)}
    return [line for line in lines if line[0].startswith(PARTS) or line[0] in above]


@pytest.fixture
def folder(tmp_path, some_lines):
    return pack(tmp_path, some_lines)


@pytest.fixture
def loaded(db, folder):
    """The real rows of a few parts of the country in the database."""
    return services.load_regions(folder=folder)

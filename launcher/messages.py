"""What the launcher tells the person at the terminal, always in Chinese and English on one line."""

import sys


class Trouble(Exception):
    """Something the person can mend; shown as one line, without a traceback, and the exit code is 1."""

    def __init__(self, chinese: str, english: str):
        super().__init__(f"{chinese} / {english}")


def say(chinese: str, english: str) -> None:
    """Print one bilingual line at once, also when the output goes to a file or a pipe."""
    print(f"{chinese} / {english}", flush=True)


def complain(trouble: Trouble) -> None:
    """Print a trouble on standard error."""
    print(f"✗ {trouble}", file=sys.stderr, flush=True)


def speak_utf8() -> None:
    """Keep Chinese printable where the terminal's encoding is something else."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")

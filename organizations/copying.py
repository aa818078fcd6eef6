"""New organizations as the text COPY reads, with what the search reads; for very many, made by a second process."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from core.copying import copied_columns
from organizations.search import search_keys

# The columns of the search, which stand behind those that are given.
KEYS = ("pinyin", "initials", "search")

Columns = Mapping[str, Sequence[Any]]


def copied_new(columns: Columns) -> bytes:
    """Rows given as their columns, among them name and uscc, in UTF-8; `KEYS` stand at the end of each line."""
    keys = zip(*map(search_keys, columns["name"], columns["uscc"]), strict=True)
    return copied_columns([*columns.values(), *keys]).encode()


class Helper:
    """A process that makes the text while this one does something else; it ends when this one lets go of it.

    It asks no database and knows no settings: columns go in as a line of JSON; out comes a line with the length of
    the text, and the text. Loading the readings takes it half a second, then it answers what it was asked meanwhile.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "organizations.copying"],
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._in: Any = self._process.stdin
        self._out: Any = self._process.stdout
        self._asked: Columns = {}

    def ask(self, columns: Columns) -> None:
        """Have it make the text of some rows; the answer is fetched before the next question."""
        self._asked = columns
        try:
            self._in.write(orjson.dumps(columns) + b"\n")
            self._in.flush()
        except OSError:
            self._process.kill()

    def answer(self) -> bytes:
        """The text of the rows it was asked for; made here if it has died."""
        length = self._out.readline()
        text = self._out.read(int(length)) if length.endswith(b"\n") else b""
        return text if text and len(text) == int(length) else copied_new(self._asked)

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


def _help() -> None:
    """Answer one line after the other, until there are no more because the other process has ended."""
    # A first name loads the readings.
    search_keys("城口县", None)
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        text = copied_new(orjson.loads(line))
        out.write(b"%d\n" % len(text))
        out.write(text)
        out.flush()


if __name__ == "__main__":
    _help()

"""What the search and the order by pinyin read of an organization; for very many, worked out by a second process."""

import select
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import orjson

from core import bigrams
from regions import pinyin


def search_keys(name: str, code: str | None, former: Iterable[str] = ()) -> tuple[str, str, str]:
    """The pinyin of a name, its initials, and the search vector of the names and the credit code."""
    whole, letters = pinyin.keys(name)
    spelled, initials = whole[:500], letters[:120]
    endings = [initials[start:] for start in range(len(initials))]
    return spelled, initials, bigrams.vector([name, *former], [(code or "").lower(), spelled, *endings])


class Helper:
    """A process that works out search keys while this one does something else; it ends when this one lets go of it.

    It asks no database and knows no settings: names and codes go in as a line of JSON, and keys come out as one.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "organizations.search"],
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._in: Any = self._process.stdin
        self._out: Any = self._process.stdout
        self._asked: tuple[Sequence, Sequence] = ((), ())

    def is_ready(self) -> bool:
        """Whether it can be asked; loading the readings takes it half a second. It is no more once it has died."""
        return bool(select.select([self._out], [], [], 0)[0]) and self._line() == b"ready\n"

    def ask(self, names: Sequence[str], codes: Sequence[str | None]) -> None:
        """Have it work out the keys of some rows; the answer is fetched before the next question."""
        self._asked = names, codes
        try:
            self._in.write(orjson.dumps(self._asked) + b"\n")
            self._in.flush()
        except OSError:
            self._process.kill()

    def answer(self) -> Sequence[Sequence[str]]:
        """The keys of the rows it was asked for; worked out here if it has died."""
        line = self._line()
        return orjson.loads(line) if line.endswith(b"\n") else list(map(search_keys, *self._asked))

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _line(self) -> bytes:
        return self._out.readline()


def _help() -> None:
    """Answer one line after the other, until there are no more because the other process has ended."""
    # A first name loads the readings.
    search_keys("城口县", None)
    out = sys.stdout.buffer
    out.write(b"ready\n")
    out.flush()
    for line in sys.stdin.buffer:
        names, codes = orjson.loads(line)
        out.write(orjson.dumps(list(map(search_keys, names, codes))) + b"\n")
        out.flush()


if __name__ == "__main__":
    _help()

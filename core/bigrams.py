"""Chinese substring search at index speed: texts as PostgreSQL search vectors of overlapping pairs of characters.

Vectors and queries are written as literals, so that neither the server's parser nor its locale matters. A run of
Chinese characters becomes its pairs with positions, and its last character alone; other letters and digits become
whole lower-case words. Runs stand apart by a gap, so that a phrase never crosses punctuation.
"""

import re
import unicodedata
from collections.abc import Iterable
from operator import add

from django.db.models import BooleanField, F, Func, Value

CHINESE = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
RUNS = re.compile(f"[{CHINESE}]+|[^\\W_{CHINESE}]+")
IS_CHINESE = re.compile(f"[{CHINESE}]")
# PostgreSQL keeps no position beyond this; longer texts lose the order of words, not the words.
LAST_POSITION = 16_383


def runs(text: str) -> list[str]:
    """The runs of Chinese characters and of other letters and digits, half-width and in lower case.

    >>> runs("城口县（2021）Ａ组")
    ['城口县', '2021', 'a', '组']
    """
    return RUNS.findall(unicodedata.normalize("NFKC", text).lower())


def vector(texts: Iterable[str], words: Iterable[str] = ()) -> str:
    """The search vector of texts, as a literal; `words` are found by their beginning only (codes, pinyin)."""
    lexemes: list[str] = []
    position = 1
    for text in texts:
        for run in runs(text):
            parts = _parts(run)
            if position + len(parts) <= LAST_POSITION:
                lexemes += [f"'{part}':{place}" for place, part in enumerate(parts, position)]
            else:
                lexemes += [f"'{part}':{min(place, LAST_POSITION)}" for place, part in enumerate(parts, position)]
            position += len(parts) + 1
    if known := list(filter(str.isalnum, words)):
        # What stands there twice PostgreSQL keeps once.
        lexemes.append("'" + "' '".join(known) + "'")
    return " ".join(lexemes)


def _parts(run: str) -> list[str]:
    if not IS_CHINESE.match(run):
        return [run]
    return [*map(add, run, run[1:]), run[-1]]


def query(text: str) -> str:
    """What finds the texts that contain each run of `text`, as a literal; empty when it has no letter or digit."""
    return " & ".join(_wanted(run) for run in runs(text))


def _wanted(run: str) -> str:
    if len(run) == 1 or not IS_CHINESE.match(run):
        return f"'{run}':*"
    pairs = (f"'{run[start : start + 2]}'" for start in range(len(run) - 1))
    return f"({' <-> '.join(pairs)})"


def matches(field: str, text: str) -> Func:
    """A condition for `filter`: the vector in `field` holds every run of `text`, which must have one."""
    return Func(
        F(field),
        Value(query(text)),
        template="(%(expressions)s::tsquery)",
        arg_joiner=" @@ ",
        output_field=BooleanField(),
    )

"""What the search and the order by pinyin read of an organization."""

from collections.abc import Iterable

from core import bigrams
from regions import pinyin


def search_keys(name: str, code: str | None, former: Iterable[str] = ()) -> tuple[str, str, str]:
    """The pinyin of a name, its initials, and the search vector of the names and the credit code."""
    whole, letters = pinyin.keys(name)
    spelled, initials = whole[:500], letters[:120]
    endings = [initials[start:] for start in range(len(initials))]
    return spelled, initials, bigrams.vector([name, *former], [(code or "").lower(), spelled, *endings])

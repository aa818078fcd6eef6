"""Personal data in texts and files before they become public: identity cards, telephones, bank cards.

Numbers are told from others by their check digits (GB 11643, ISO/IEC 7812) and by how they begin. What is found is
only ever shown masked. Pictures and PDF files are not read; a person has to look at them.
"""

import datetime
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

# As much of a file as is read; a letter or a table of a village is far smaller.
MOST_READ = 20 * 1024 * 1024
# Signs without width, which come along when text is copied from chats.
_INVISIBLE = re.compile(r"[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_SIGN = r"[ \-.·\u2010-\u2015]?"


class What(StrEnum):
    """Kinds of personal data that must not be published."""

    IDENTITY = "identity"
    MOBILE = "mobile"
    LANDLINE = "landline"
    BANK_CARD = "bank_card"


class Finding(NamedTuple):
    """Something found: what it is, and its first and last signs."""

    what: str
    sample: str


def _spaced(*groups: int) -> str:
    """Digits in groups as people write them, with a blank or a dash between any two of them."""
    return _SIGN.join([r"\d"] * sum(groups))


_IDENTITY = re.compile(rf"(?<!\d)({_spaced(17)}{_SIGN}[\dXx])(?![\dXx])")
_OLD_IDENTITY = re.compile(rf"(?<!\d)({_spaced(15)})(?!\d)")
_MOBILE = re.compile(rf"(?<!\d)(?:\+?86{_SIGN})?(1{_SIGN}[3-9]{_SIGN}{_spaced(9)})(?!\d)")
_LANDLINE = re.compile(r"(?<![\d.])(\(?0(?:10|2\d|[3-9]\d{2})\)?[ \-\u2010-\u2015]?\d{7,8}(?:-\d{1,6})?)(?!\d)")
_LOCAL = re.compile(r"(?:电话|座机|联系方式|tel|phone)[:： ]{0,3}([2-8]\d{6,7})(?!\d)", re.IGNORECASE)
_CARD = re.compile(rf"(?<!\d)(\d(?:{_SIGN}\d){{15,18}})(?!\d)")
_CARD_STARTS = re.compile(r"62\d{14,17}|(?:4\d|5[1-5]|35)\d{14}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PROVINCES = {
    *range(11, 16),
    *range(21, 24),
    *range(31, 38),
    *range(41, 47),
    *range(50, 55),
    *range(61, 66),
    71,
    81,
    82,
}


def find(text: str) -> list[Finding]:
    """The personal data in a text, each number once, in the order of the kinds."""
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    found: dict[str, Finding] = {}
    for what, number in _numbers(plain):
        found.setdefault(number, Finding(what.value, mask(number)))
    return list(found.values())


def _numbers(text: str) -> Iterator[tuple[What, str]]:
    left = text
    for what, pattern, is_one in _KINDS:
        taken = []
        for match in pattern.finditer(left):
            number = _bare(match[1])
            if is_one is None or is_one(number):
                yield what, number
                taken.append(match.span(1))
        left = _blotted(left, taken)


def _blotted(text: str, spans: list[tuple[int, int]]) -> str:
    """The text without these parts: digits that are one thing are not looked at again as a part of another.

    All at once, because a copy of the text for each number would take hours with a long list of telephones.
    """
    pieces, end = [], 0
    for start, stop in spans:
        pieces += [text[end:start], "#" * (stop - start)]
        end = stop
    return "".join([*pieces, text[end:]])


def _bare(text: str) -> str:
    return "".join(char for char in text if char.isalnum()).upper()


def is_identity(number: str) -> bool:
    """Whether 18 signs are a citizen identification number: province, day of birth and check sign are right."""
    if not re.fullmatch(r"\d{17}[\dX]", number) or int(number[:2]) not in _PROVINCES or not _is_day(number[6:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return number[17] == "10X98765432"[total % 11]


def _is_old_identity(number: str) -> bool:
    """The numbers of 15 digits given out until 1999 have no check sign; province and day of birth have to be right."""
    return int(number[:2]) in _PROVINCES and _is_day("19" + number[6:12])


def _is_day(text: str) -> bool:
    try:
        return 1900 <= datetime.datetime.strptime(text, "%Y%m%d").year <= 2100
    except ValueError:
        return False


def is_card(number: str) -> bool:
    """Whether 16 to 19 digits are a bank card's: they begin like one and the Luhn sum is right."""
    if not _CARD_STARTS.fullmatch(number) or is_identity(number):
        return False
    digits = [int(digit) for digit in reversed(number)]
    return sum(sum(divmod(digit * 2, 10)) if odd % 2 else digit for odd, digit in enumerate(digits)) % 10 == 0


# What to look for, in this order: a number is only the first thing it can be.
_KINDS = (
    (What.IDENTITY, _IDENTITY, is_identity),
    (What.IDENTITY, _OLD_IDENTITY, _is_old_identity),
    (What.BANK_CARD, _CARD, is_card),
    (What.MOBILE, _MOBILE, None),
    (What.LANDLINE, _LANDLINE, None),
    (What.LANDLINE, _LOCAL, None),
)


def mask(number: str) -> str:
    """A number that can be found again by whoever has it, and by nobody else: 138…67."""
    return f"{number[:3]}…{number[-2:]}"


def words_of(*, kind: str, content: bytes) -> str:
    """The text of a file where reading it is cheap: txt, csv, docx and xlsx; empty for anything else."""
    if kind in ("txt", "csv"):
        return _decoded(content[:MOST_READ])
    if kind == "docx":
        return _office(content, ("word/",), re.compile(r"</w:p>|<w:(?:br|tab)\b[^>]*>"))
    if kind == "xlsx":
        return _office(content, ("xl/sharedStrings", "xl/worksheets/", "xl/comments"), re.compile(r"</(?:si|v|c|t)>"))
    return ""


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8", "replace")


def _office(content: bytes, starts: tuple[str, ...], breaks: re.Pattern) -> str:
    """The words of the parts of an Office file whose names begin so; tags are dropped, some become line ends."""
    left, texts = MOST_READ, []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                if entry.filename.startswith(starts) and entry.filename.endswith(".xml") and left > 0:
                    with archive.open(entry) as stream:
                        piece = stream.read(left)
                    left -= len(piece)
                    texts.append(_without_tags(piece.decode("utf-8", "replace"), breaks))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError, RuntimeError, zlib.error):
        return "\n".join(texts)
    return "\n".join(texts)


def _without_tags(xml: str, breaks: re.Pattern) -> str:
    # Cut at the ends of tags: a pattern that looks for an end from every "<" takes hours with a file of nothing else.
    *pieces, rest = xml.split(">")
    words = []
    for piece in pieces:
        text, start, tag = piece.partition("<")
        words += [text, ("\n" if breaks.search(f"<{tag}>") else "") if start else ">"]
    return "".join([*words, rest])


def find_in(texts: Iterable[str]) -> list[Finding]:
    """The personal data in several texts, each number once."""
    return list(dict.fromkeys(finding for text in texts for finding in find(text)))

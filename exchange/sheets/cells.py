"""What people type into cells: dates in many spellings, amounts, yes and no. Each function raises ValueError."""

import datetime
import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.texts import clean
from exchange.sheets.declaration import Column, Kind

YES = {"是", "有", "同意", "yes", "y", "true", "1", "√"}
NO = {"否", "无", "不同意", "no", "n", "false", "0", "×"}
# Exports of the portal put an apostrophe before text that a spreadsheet would run.
_DEFUSED = tuple(f"'{sign}" for sign in "=+-@＝＋－＠")
# What most cells hold: printable ASCII and Chinese characters, no blank at either end and no apostrophe in front.
_AS_IT_STANDS = re.compile(r"[!-&(-~\u4e00-\u9fff](?:[ -~\u4e00-\u9fff]*[!-~\u4e00-\u9fff])?")
_SEPARATORS = re.compile(r"[；;、\n\r]+")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]0{1,2}:00(?::00)?)?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000  # 1954-10-03 to 2119-01-10
_EPOCH = datetime.date(1899, 12, 30)


class BadCell(ValueError):
    """A cell that cannot be understood: why, and what to write."""

    def __init__(self, reason: str, remedy: str):
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


def text_of(value: Any) -> str:
    """The cell as trimmed text: whole numbers without ".0", full-width letters and digits as half-width ones.

    Chinese punctuation stays as it was written.
    """
    if isinstance(value, str):
        return value if _AS_IT_STANDS.fullmatch(value) else _plain_text(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return format(Decimal(format(value, ".15g")), "f")
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    return _plain_text(str(value))


def are_plain(values: Sequence[Any], most: int) -> bool:
    """Whether all cells of a text column are filled and can be taken as they stand, none longer than `most`."""
    return (
        set(map(type, values)) == {str} and all(map(_AS_IT_STANDS.fullmatch, values)) and max(map(len, values)) <= most
    )


def _plain_text(text: str) -> str:
    # A workbook can hold NUL as _x0000_; no table of the database can.
    text = clean(text)
    text = (text if text.isascii() else text.translate(_HALF_WIDTH)).strip()
    return text[1:] if text.startswith(_DEFUSED) else text


class _HalfWidth(dict):
    """For `str.translate`: each character is looked at once, however often it stands in a file."""

    def __missing__(self, number: int) -> str:
        char = chr(number)
        plain = unicodedata.normalize("NFKC", char)
        self[number] = plain if len(plain) == 1 and (plain.isalnum() or plain == " ") else char
        return self[number]


_HALF_WIDTH = _HalfWidth()


def parse(column: Column, value: Any, text: str, factor: int = 1) -> Any:
    """One cell, and its text, by the kind of its column; not an empty one. `factor`: what one of its unit is."""
    if column.kind is Kind.DATE:
        return parse_date(value)
    if column.kind is Kind.DECIMAL:
        return parse_decimal(value, column.places, factor, may_be_zero=column.may_be_zero)
    if column.kind is Kind.YES_NO:
        return parse_yes_no(value)
    if column.kind is Kind.COUNT:
        return parse_count(value)
    if column.kind is Kind.CHOICE:
        return [parse_choice(column, part) for part in split(text)] if column.many else parse_choice(column, value)
    if len(text) > column.max_length and not column.many:
        raise BadCell(
            _("The text has %(n)s characters.") % {"n": len(text)},
            _("Shorten it to at most %(max)s characters.") % {"max": column.max_length},
        )
    return split(text) if column.many else text


def split(text: str) -> list[str]:
    """The parts of a cell that holds several entries."""
    return [part.strip() for part in _SEPARATORS.split(text) if part.strip()]


def parse_date(value: Any) -> datetime.date:
    """A date: a real date cell, 2026-1-2, 2026/1/2, 2026.1.2, 2026年1月2日, 20260102, or the serial number of Excel."""
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    text = unicodedata.normalize("NFKC", text_of(value))
    try:
        if match := _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text):
            return datetime.date(*map(int, match.groups()))
    except ValueError as error:
        raise BadCell(_("There is no such day."), _("Check the month and the day.")) from error
    if text.isdecimal() and _FIRST_SERIAL <= int(text) <= _LAST_SERIAL:
        return _EPOCH + datetime.timedelta(days=int(text))
    raise BadCell(_("This is not a date."), _("Write year, month and day, for example 2026-01-31."))


def parse_decimal(value: Any, places: int, factor: int = 1, *, may_be_zero: bool = False) -> Decimal:
    """A number greater than zero with at most 16 digits before and `places` digits after the point, times `factor`."""
    text = unicodedata.normalize("NFKC", text_of(value)).replace(",", "").replace(" ", "")
    text = text.removeprefix("¥").removesuffix("元" if factor == 1 else "万元")
    if not _NUMBER.fullmatch(text):
        raise BadCell(_("This is not a number."), _("Write digits only; amounts in yuan, not in ten thousand yuan."))
    number = Decimal(text) * factor
    if number < 0 and may_be_zero:
        raise BadCell(_("The number must not be less than zero."), _("Correct it, or leave the cell empty."))
    if number <= 0 and not may_be_zero:
        raise BadCell(
            _("The number must be greater than zero."),
            _("Correct it, or leave the cell empty; a mistaken gift is corrected by a reversal."),
        )
    if number >= Decimal(10) ** (18 - places):
        raise BadCell(_("The number is too large."), _("Check the number of digits and the unit."))
    if number != round(number, places):
        raise BadCell(
            _("The number has too many decimal places."),
            _("Round it to at most %(n)s decimal places.") % {"n": places},
        )
    return number


def parse_count(value: Any) -> int:
    """A whole number, zero or more, of at most nine digits."""
    text = unicodedata.normalize("NFKC", text_of(value)).replace(",", "").replace(" ", "")
    if text.isascii() and text.isdecimal() and len(text) <= 9:
        return int(text)
    raise BadCell(_("This is not a whole number."), _("Write digits only, zero or more."))


def parse_yes_no(value: Any) -> bool:
    text = text_of(value).lower()
    if text in YES:
        return True
    if text in NO:
        return False
    raise BadCell(_("This is neither yes nor no."), _("Write yes or no."))


def parse_choice(column: Column, value: Any) -> str:
    found = column.values.get(text_of(value).lower())
    if found is not None:
        return found
    raise BadCell(
        _("This value is not in the list."),
        _("Use one of: %(words)s.") % {"words": _("; ").join(choice.label for choice in column.choices)},
    )

"""Rows as the text format of PostgreSQL's COPY has them. It knows no settings, so that a bare process can use it."""

import datetime
import json
from collections.abc import Iterable, Sequence
from typing import Any

# What the format may not hold as it is.
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
# No two of different kinds are equal, as 1 and True are.
_TOLD_APART = {str, bool, type(None), datetime.date}


def copied_value(value: Any, *, is_json: bool = False) -> str:
    """One value: text, number, date, a list for an array column, or anything for a column of JSON; None is NULL."""
    if value is None:
        return "\\N"
    if is_json:
        text = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, list):
        # An array column; a JSON string of a plain word is a quoted element of an array as well.
        text = "{" + ",".join(json.dumps(str(element), ensure_ascii=False) for element in value) + "}"
    else:
        text = str(value)
    return text if text.isprintable() and "\\" not in text else text.translate(_ESCAPED)


def copied(values: Iterable[Any]) -> str:
    """A row of plain values as one line."""
    return "\t".join(map(copied_value, values)) + "\n"


def copied_columns(columns: Sequence[Sequence[Any]]) -> str:
    """`copied` for rows given as their columns, each looked at as a whole: a fifth of the time. At least one row."""
    return "\n".join(map("\t".join, zip(*map(_copied_column, columns), strict=True))) + "\n"


def _copied_column(values: Sequence[Any]) -> Sequence[str]:
    if values.count(values[0]) == len(values):
        return [copied_value(values[0])] * len(values)
    kinds = set(map(type, values))
    if kinds == {str} and (text := "".join(values)).isprintable() and "\\" not in text:
        return values
    if kinds == {int}:
        return list(map(str, values))
    if kinds <= _TOLD_APART:
        known = {value: copied_value(value) for value in set(values)}
        return list(map(known.__getitem__, values))
    return list(map(copied_value, values))

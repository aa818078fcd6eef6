"""Rows of a list as JSON written by PostgreSQL, from the fields a serializer declares.

Turning fifty rows into dictionaries and these into JSON costs more than finding them among a million. The fields stay
declared once, in the serializer; a test of each such list compares both.
"""

from collections.abc import Mapping
from typing import Any

import orjson
from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from rest_framework import serializers


class _Joined(Func):
    """Texts one after the other."""

    template = "(%(expressions)s)"
    arg_joiner = " || "
    output_field = TextField()


class _Text(Func):
    """A text as JSON."""

    template = "to_json(%(expressions)s)::text"
    output_field = TextField()


class _Moment(Func):
    """A moment as the framework writes it: local time, six digits of a second or none, and the offset.

    The offset is that of today, for moments the portal noted itself in a zone without summer time.
    """

    output_field = TextField()
    template = """('"' || replace(to_char(%(expressions)s AT TIME ZONE '%(zone)s', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        '.000000', '') || '%(offset)s"')"""

    def __init__(self, *expressions):
        now = timezone.localtime()
        super().__init__(*expressions, zone=timezone.get_current_timezone_name(), offset=now.isoformat()[-6:])


def row(serializer: serializers.Serializer, written: Mapping[str, Any], prefix: str = "") -> Func:
    """What a serializer shows of a row, as one JSON text.

    `written` has an expression for each field that is no column: JSON as text. Nested serializers are rows of a
    foreign key that always leads somewhere. Raises TypeError for a field nobody has said how to write.
    """
    parts: list[Any] = []
    for name, field in serializer.fields.items():
        parts.append(Value(f'{"," if parts else "{"}"{name}":'))
        if name in written:
            parts.append(written[name])
        elif isinstance(field, serializers.Serializer):
            parts.append(row(field, {}, f"{prefix}{field.source}__"))
        else:
            parts.append(_column(field, f"{prefix}{field.source}"))
    return _Joined(*parts, Value("}"))


def _column(field: serializers.Field, source: str) -> Any:
    if isinstance(field, serializers.CharField | serializers.ChoiceField):
        found: Any = _Text(F(source))
    elif isinstance(field, serializers.IntegerField | serializers.BooleanField):
        found = Cast(F(source), TextField())
    elif isinstance(field, serializers.DateTimeField):
        found = _Moment(F(source))
    else:
        raise TypeError(f"{source}: {type(field).__name__} is not written by the database")
    return Coalesce(found, Value("null"), output_field=TextField()) if field.allow_null else found


def array(texts: list[str]) -> orjson.Fragment:
    """Rows of JSON as a list inside an answer; `core.rest.JSONRenderer` takes it as it is."""
    return orjson.Fragment(f"[{','.join(texts)}]")

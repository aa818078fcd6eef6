"""Pages that begin after a row, not at a number: the deepest costs what the first does.

A cursor holds the place of the row at the edge of a page: its values of the columns the list is ordered by. It is
opaque to clients, who only follow `next` and `previous`. Rows without a value in the first column come last, in
either direction; in another column nothing counts as the greatest value, as in PostgreSQL's own order. The reasons
are in docs/adr/0004-keyset-paging.md.
"""

import base64
import binascii
import datetime
import decimal
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import connection
from django.db.models import BooleanField, F, Field, Func, OrderBy, Q, QuerySet, Value
from django.utils.functional import cached_property

# No cursor of ours is longer: a name of 120 characters, its pinyin of 500, a number.
LONGEST = 6_000
BIGGEST = 2**63
# SOON matches have to be among the NEAR next rows, one in three hundred, for the list to be walked along its order.
NEAR, SOON = 1_500, 5
_ALL = Q()


class BrokenCursor(ValueError):
    """The cursor was not made by this list in this order."""


@dataclass(frozen=True)
class Key:
    """One column of the order."""

    name: str
    descending: bool
    field: Field
    nullable: bool = False

    @property
    def turned(self) -> "Key":
        return Key(self.name, not self.descending, self.field, self.nullable)

    @property
    def ordering(self) -> str:
        return f"-{self.name}" if self.descending else self.name

    def read(self, row: Any) -> Any:
        """The value of a row: a record or a dictionary."""
        if isinstance(row, dict):
            return row[self.name]
        for name in self.name.split("__"):
            row = getattr(row, name)
        return row


@dataclass(frozen=True)
class Page:
    """Some rows in order, and the cursors of the pages beside it; None where there is none."""

    rows: list
    next: str | None
    previous: str | None


def keys_of(queryset: QuerySet, order: Sequence[str]) -> list[Key]:
    """The columns of an order, made total by the primary key, which goes the way of the column before it."""
    meta = queryset.model._meta
    keys = [_key(queryset, name) for name in order]
    if not any(key.field is meta.pk and "__" not in key.name for key in keys):
        keys.append(Key(meta.pk.name, bool(keys) and keys[-1].descending, meta.pk))
    return keys


def _key(queryset: QuerySet, wanted: str) -> Key:
    name = wanted.removeprefix("-")
    if name == "pk":
        name = queryset.model._meta.pk.name
    annotation = queryset.query.annotations.get(name)
    if annotation is not None:
        return Key(name, wanted.startswith("-"), annotation.output_field)
    try:
        field = queryset.model._meta.get_field(name)
    except FieldDoesNotExist:
        # The way to a column of another table.
        field = queryset.query.clone().resolve_ref(name).output_field
    return Key(name, wanted.startswith("-"), field, field.null)


def page(queryset: QuerySet, order: Sequence[str], *, cursor: str, size: int, is_narrow: bool = False) -> Page:
    """The page a cursor leads to; the first one without a cursor. Raises `BrokenCursor`.

    `is_narrow` says that a large table is filtered: see `steady`.
    """
    keys = keys_of(queryset, order)
    for key in keys:
        if key.name in queryset.query.annotations and key.name not in queryset.query.annotation_select:
            queryset = queryset.annotate(**{key.name: F(key.name)})

    def fetch(part: list[Key], place: list | None, known: bool | None, most: int) -> list:
        after = _after(part, place) if place is not None else Q()
        found = queryset.filter(after)
        if known is not None:
            found = found.filter(**{f"{keys[0].name}__isnull": not known})
        ordering = [key.ordering for key in part]
        found = steady(found, ordering, after) if is_narrow else found.order_by(*ordering)
        return list(found[:most])

    return _page(keys, fetch, cursor=cursor, size=size)


class Statement:
    """A list that anybody may see, asked for so often that its SQL is made once; rows are dictionaries.

    `make` gives the rows of one table, and what it is joined with, without an order; `shown` names the columns of
    the answer.
    """

    # So many orders and sizes of pages are kept prepared by a connection; others are planned at each request.
    most_prepared = 60

    def __init__(self, make: Callable[[], QuerySet], shown: Sequence[str]):
        self.make, self.shown = make, shown
        self.made: dict[tuple, tuple[list[Key], str, tuple, list[str]]] = {}

    @cached_property
    def queryset(self) -> QuerySet:
        return self.make().order_by()

    def _in_order(self, order: tuple) -> tuple[list[Key], str, tuple, list[str]]:
        """The columns of an order, the SQL with its values, and the names of its columns."""
        found = self.made.get(order)
        if found is None:
            keys = keys_of(self.queryset, order)
            names = list(dict.fromkeys([*self.shown, *(key.name for key in keys)]))
            sql, params = self.queryset.values(*names).query.sql_with_params()
            found = self.made[order] = keys, sql, params, names
        return found

    def page(self, order: Sequence[str], *, cursor: str, size: int) -> Page:
        """As `page` of this module."""
        keys, sql, params, names = self._in_order(tuple(order))

        def fetch(part: list[Key], place: list | None, known: bool | None, most: int) -> list:
            asked = sql
            if known is not None:
                asked += f" AND {_column(keys[0])} IS {'NOT ' if known else ''}NULL"
            if place is not None:
                marks = ", ".join(f"${number + 1}" for number in range(len(part)))
                asked += f" AND ({', '.join(map(_column, part))}) {'<' if part[0].descending else '>'} ({marks})"
            asked += f" ORDER BY {', '.join(_column(key) + (' DESC' if key.descending else '') for key in part)}"
            rows = _prepared(f"{asked} LIMIT {most:d}", params, place or [], self.most_prepared)
            return [dict(zip(names, row, strict=True)) for row in rows]

        return _page(keys, fetch, cursor=cursor, size=size)


def _prepared(sql: str, params: tuple, values: list, most: int) -> list[tuple]:
    """The rows of a statement planned once by each connection: for a page, planning takes as long as fetching."""
    with connection.cursor() as cursor:
        known = connection.__dict__.setdefault("prepared_pages", {})
        if known.get("connection") is not connection.connection:
            # A new connection has prepared nothing yet.
            known.clear()
            known["connection"] = connection.connection
        name = known.get(sql)
        if name is None and len(known) <= most:
            name = f"page_{len(known)}"
            cursor.execute(f"PREPARE {name} AS {sql}", params)
            known[sql] = name
        marks = ", ".join(["%s"] * len(values))
        if name is None:
            for number in range(len(values), 0, -1):
                sql = sql.replace(f"${number}", "%s")
            cursor.execute(sql, [*params, *values])
        else:
            cursor.execute(f"EXECUTE {name}" + (f"({marks})" if marks else ""), values)
        return cursor.fetchall()


def _column(key: Key) -> str:
    quote = connection.ops.quote_name
    return f"{quote(key.field.model._meta.db_table)}.{quote(key.field.column)}"


def _page(keys: list[Key], fetch: Callable[..., list], *, cursor: str, size: int) -> Page:
    backwards, place = _decode(cursor, keys) if cursor else (False, None)
    turned = [key.turned for key in keys] if backwards else keys
    rows = _take(fetch, turned, place, size + 1, backwards=backwards)
    is_more = len(rows) > size
    rows = rows[:size]
    if backwards:
        if not is_more and len(rows) < size:
            return _page(keys, fetch, cursor="", size=size)
        rows.reverse()
    has_next, has_previous = (True, is_more) if backwards else (is_more, bool(cursor))
    return Page(
        rows,
        _encode(keys, rows[-1], backwards=False) if rows and has_next else None,
        _encode(keys, rows[0], backwards=True) if rows and has_previous else None,
    )


def _take(fetch: Callable[..., list], keys: list[Key], place: list | None, most: int, *, backwards: bool) -> list:
    """The first rows after a place, from the part of the list with a value in the first column, then from the rest."""
    # What is known of the first column, and the columns that order this part.
    parts: list[tuple[bool | None, list[Key]]] = [(None, keys)]
    if keys[0].nullable:
        parts = [(True, keys), (False, keys[1:])]
        if backwards:
            parts.reverse()
        if place is not None:
            reached = place[0] is not None
            while parts[0][0] is not reached:
                del parts[0]
            place = place if reached else place[1:]
    rows: list = []
    for known, part in parts:
        rows += fetch(part, place, known, most - len(rows))
        place = None
        if len(rows) >= most:
            break
    return rows


def steady(queryset: QuerySet, ordering: Sequence[str | OrderBy], after: Any = _ALL) -> QuerySet:
    """The rows in order, so that the first of them never take long to find however the matches are spread.

    PostgreSQL takes matches to be spread evenly over the order and walks along the index of the order until it has
    enough. Names begin with their place, so all matches of a word may stand at the far end, and the walk takes
    seconds. So it is looked whether some come soon; if not, all matches are fetched by their own index and sorted.
    """
    # PostgreSQL's own estimate is of no use: it takes the pairs of a phrase to be independent of each other.
    near = queryset.model._base_manager.filter(after).order_by(*ordering).values("pk")[:NEAR]
    if queryset.order_by().filter(pk__in=near)[:SOON].count() == SOON:
        return queryset.order_by(*ordering)
    return queryset.order_by(*[_fenced(name) for name in ordering])


def _fenced(one: str | OrderBy) -> OrderBy:
    """The same order, but no index has it."""
    if isinstance(one, str):
        one = OrderBy(F(one.removeprefix("-")), descending=one.startswith("-"))
    column = one.expression
    twice = Func(column, column, function="COALESCE")
    return OrderBy(twice, descending=one.descending, nulls_last=one.nulls_last)


def _after(keys: list[Key], place: list) -> Any:
    """The condition that a row comes after the place in this order; the first column is known to have a value."""
    if len({key.descending for key in keys}) == 1 and not any(key.nullable for key in keys[1:]):
        return _row(" < " if keys[0].descending else " > ", keys, place)
    condition, same = Q(pk__in=[]), Q()
    for key, value in zip(keys, place, strict=True):
        condition |= same & _beyond(key, value)
        same &= Q(**{f"{key.name}__isnull": True}) if value is None else Q(**{key.name: value})
    return condition


def _row(sign: str, keys: list[Key], place: list) -> Func:
    """A comparison of rows, which an index on the columns answers in one step."""
    fields = Func(*[F(key.name) for key in keys], template="(%(expressions)s)", output_field=BooleanField())
    values = Func(
        *[Value(value, output_field=key.field) for key, value in zip(keys, place, strict=True)],
        template="(%(expressions)s)",
        output_field=BooleanField(),
    )
    return Func(fields, values, template="%(expressions)s", arg_joiner=sign, output_field=BooleanField())


def _beyond(key: Key, value: Any) -> Q:
    """The condition that a column lies beyond a value; nothing is the greatest value."""
    if value is None:
        return Q(**{f"{key.name}__isnull": False}) if key.descending else Q(pk__in=[])
    if key.descending:
        return Q(**{f"{key.name}__lt": value})
    beyond = Q(**{f"{key.name}__gt": value})
    return beyond | Q(**{f"{key.name}__isnull": True}) if key.nullable else beyond


def _encode(keys: list[Key], row: Any, *, backwards: bool) -> str:
    values = [_plain(key.read(row)) for key in keys]
    text = json.dumps([_signature(keys), backwards, values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str, keys: list[Key]) -> tuple[bool, list]:
    try:
        if len(cursor) > LONGEST:
            raise ValueError("too long")
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        signature, backwards, values = json.loads(text)
        if signature != _signature(keys) or not isinstance(backwards, bool):
            raise ValueError("of another list")
        return backwards, [_value(key, value) for key, value in zip(keys, values, strict=True)]
    except (ValueError, TypeError, binascii.Error, RecursionError, ValidationError) as error:
        raise BrokenCursor(str(error)) from error


def _signature(keys: list[Key]) -> str:
    return ",".join(key.ordering for key in keys)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value) if isinstance(value, decimal.Decimal) else value


def _value(key: Key, value: Any) -> Any:
    """A value from outside as the column can be compared with it."""
    if value is None:
        if not key.nullable:
            raise ValueError("nothing where there is always something")
        return None
    if isinstance(value, bool | list | dict | float):
        raise ValueError("no value of a column")
    if isinstance(value, str) and ("\0" in value or not value.isprintable() and value.strip() != value):
        raise ValueError("no text of a column")
    found = key.field.to_python(value)
    if isinstance(found, str):
        found.encode()
    if isinstance(found, int) and not -BIGGEST <= found < BIGGEST:
        raise ValueError("no number of a column")
    return found

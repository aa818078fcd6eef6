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
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import connection
from django.db.models import BooleanField, F, Field, Func, OrderBy, Q, QuerySet, Value
from django.db.models.sql.where import WhereNode

# No cursor of ours is longer: a name of 120 characters, its pinyin of 500, a number.
LONGEST = 6_000
BIGGEST = 2**63
# A narrowed list is looked at over its NEAR next rows, if one of the first LOOK matches. Walking costs less than
# fetching all matches of a million rows if more than DENSE times the root of the wanted rows match there: 9 for a
# page of 50, so one row in 170.
LOOK, NEAR, DENSE = 300, 1_500, 1.25
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
        found, ordering, after = behind(queryset, keys, part, place, known)
        return list(steady(found, ordering, after, most=most) if is_narrow else found.order_by(*ordering)[:most])

    return page_by(keys, fetch, cursor=cursor, size=size)


def behind(
    queryset: QuerySet, keys: list[Key], part: list[Key], place: list | None, known: bool | None
) -> tuple[QuerySet, list[str], Any]:
    """The rows of a part of the list behind a place, their order, and the condition that they are behind it."""
    after = _after(part, place) if place is not None else _ALL
    found = queryset.filter(after)
    if known is not None:
        found = found.filter(**{f"{keys[0].name}__isnull": not known})
    return found, [key.ordering for key in part], after


def page_by(keys: list[Key], fetch: Callable[..., list], *, cursor: str, size: int) -> Page:
    """The page of rows that `fetch` gets: behind a place, of the part with or without a value in the first column."""
    backwards, place = _decode(cursor, keys) if cursor else (False, None)
    turned = [key.turned for key in keys] if backwards else keys
    rows = _take(fetch, turned, place, size + 1, backwards=backwards)
    is_more = len(rows) > size
    rows = rows[:size]
    if backwards:
        if not is_more and len(rows) < size:
            return page_by(keys, fetch, cursor="", size=size)
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


def steady(
    queryset: QuerySet, ordering: Sequence[str | OrderBy], after: Any = _ALL, *, skip: int = 0, most: int
) -> QuerySet:
    """The rows of `first_keys`."""
    found = first_keys(queryset, ordering, after, skip=skip, most=most)
    # All conditions were just checked; with them PostgreSQL might take another index than that of the keys.
    rows = queryset.order_by(*ordering)
    rows.query.where = WhereNode()
    return rows.filter(pk__in=found)


def first_keys(
    queryset: QuerySet, ordering: Sequence[str | OrderBy], after: Any = _ALL, *, skip: int = 0, most: int
) -> list:
    """The keys of `most` rows in order, behind `skip` others, never long in finding however the matches are spread.

    PostgreSQL takes matches to be spread evenly over the order, and the pairs of a phrase to be independent of each
    other. Names begin with their place, so all matches of a word may stand at the far end, and walking along the
    index of the order takes seconds; so does sorting the hundred thousand matches of a phrase it thinks rare.
    So it is looked how many of the next rows match, and the list walked if they are dense; if not, or if the walk
    ends without finding enough, all matches are fetched by their own index and sorted.
    """
    wanted = skip + most
    found = _walk(queryset, ordering, after, rows=LOOK, most=wanted)
    if found and len(found) < wanted:
        found = _walk(queryset, ordering, after, rows=NEAR, most=wanted)
    if DENSE * math.sqrt(wanted) < len(found) < wanted:
        found = _walk(queryset, ordering, after, rows=2 * wanted * NEAR // len(found), most=wanted)
    if len(found) == wanted:
        return found[skip:]
    fenced = queryset.order_by(*[_fenced(name) for name in ordering])
    return list(fenced.values_list("pk", flat=True)[skip:wanted])


def _walk(queryset: QuerySet, ordering: Sequence[str | OrderBy], after: Any, *, rows: int, most: int) -> list:
    """The keys of the first matches, at most so many, among the next rows of the table in order."""
    model = queryset.model
    near, near_values = model._base_manager.filter(after).order_by(*ordering)[:rows].query.sql_with_params()
    asked, values = queryset.order_by(*ordering).values_list("pk")[:most].query.sql_with_params()
    with connection.cursor() as cursor:
        # Inside the statement the name of the table means its next rows, so that no other index can be used.
        table = connection.ops.quote_name(model._meta.db_table)
        cursor.execute(f"WITH {table} AS ({near}) {asked}", [*near_values, *values])
        return [row[0] for row in cursor.fetchall()]


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

"""Lists and questions asked so often that their SQL is made once, and planned once by each connection."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators
from django.utils.functional import cached_property

from core.keyset import Key, Page, behind, first_keys, keys_of, page_by


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
        self.texts: dict[tuple, str] = {}

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
        """As `core.keyset.page`."""
        keys, sql, params, names = self._in_order(tuple(order))

        def fetch(part: list[Key], place: list | None, known: bool | None, most: int) -> list:
            shape = (*order, part[0].descending, known, place is None, most)
            text = self.texts.get(shape) or _text(sql, keys, part, known, is_first=place is None, most=most)
            if len(self.texts) < self.most_prepared:
                self.texts[shape] = text
            rows = _prepared(text, params, place or [], self.most_prepared)
            return [dict(zip(names, row, strict=True)) for row in rows]

        return page_by(keys, fetch, cursor=cursor, size=size)

    def rows(self, order: Sequence[str], found: list) -> list[dict]:
        """The rows with these keys, as they stand in the list."""
        keys, sql, params, names = self._in_order(tuple(order))
        pk = next(key for key in keys if key.field is self.queryset.model._meta.pk)
        joint = "AND" if self.queryset.query.where else "WHERE"
        asked = f"{sql} {joint} {_column(pk)} = ANY(%s::{_type(pk)}[])"
        with connection.cursor() as cursor:
            cursor.execute(asked, [*params, found])
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        place = {key: number for number, key in enumerate(found)}
        return sorted(rows, key=lambda row: place[row[pk.name]])


@dataclass(frozen=True)
class Among:
    """The rows of a queryset as a statement shows them, which itself leaves none out."""

    statement: Statement
    queryset: QuerySet

    def page(self, order: Sequence[str], *, cursor: str, size: int, is_narrow: bool = False) -> Page:
        """As `core.keyset.page`."""
        keys = keys_of(self.queryset, order)

        def fetch(part: list[Key], place: list | None, known: bool | None, most: int) -> list:
            found, ordering, after = behind(self.queryset, keys, part, place, known)
            if is_narrow:
                picked = first_keys(found, ordering, after, most=most)
            else:
                picked = list(found.order_by(*ordering).values_list("pk", flat=True)[:most])
            return self.statement.rows(order, picked)

        return page_by(keys, fetch, cursor=cursor, size=size)


# Stands for a key in the SQL of a question; no record has it.
ANY_KEY = 2**62


class _Asked:
    """The SQL of a question, and how its rows become records."""

    def __init__(self, text: str, compiler: Any):
        self.text, self._compiler = text, compiler

    # Worked out when rows are first read: a condition inside another statement has none.
    @cached_property
    def fields(self) -> slice:
        own = self._compiler.klass_info["select_fields"]
        return slice(own[0], own[-1] + 1)

    @cached_property
    def model(self) -> type[Model]:
        return self._compiler.klass_info["model"]

    @cached_property
    def names(self) -> list[str]:
        return [column[0].target.attname for column in self._compiler.select[self.fields]]

    @cached_property
    def related(self) -> list[Any]:
        return get_related_populators(self._compiler.klass_info, self._compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]

    @cached_property
    def _converters(self) -> Any:
        return self._compiler.get_converters([column[0] for column in self._compiler.select])

    def converted(self, rows: list[tuple]) -> Iterable[Sequence[Any]]:
        return self._compiler.apply_converters(rows, self._converters) if self._converters else rows


class Question:
    """Rows that nearly every request asks for, with values of its own: whose key this is, what a demand needs.

    `make` gives the queryset of the values, which stand where `stand_ins` stood when its SQL was made: values of the
    same types that no condition has. `variant`, passed on behind them, is what else the SQL depends on, such as the
    day. Nothing but the SQL is kept, so every answer is that of the database at this moment.
    """

    most_variants = 8

    def __init__(self, make: Callable[..., QuerySet], *stand_ins: Any):
        self.make, self.stand_ins = make, stand_ins
        self.made: dict[tuple, _Asked] = {}

    def text(self, *variant: Any) -> str:
        """The SQL with $1, $2 and so on in the places of the values."""
        return self._asked(variant).text

    def rows(self, *values: Any, variant: tuple = ()) -> list[Any]:
        """The rows as records, with what the queryset joins them to."""
        asked = self._asked(variant)
        records: list[Model] = []
        for row in asked.converted(planned(asked.text, values)):
            record = asked.model.from_db(DEFAULT_DB_ALIAS, asked.names, row[asked.fields])
            for populator in asked.related:
                populator.populate(row, record)
            records.append(record)
        return records

    def _asked(self, variant: tuple) -> "_Asked":
        asked = self.made.get(variant)
        if asked is None:
            compiler = self.make(*self.stand_ins, *variant).query.get_compiler(DEFAULT_DB_ALIAS)
            sql, params = compiler.as_sql()
            with connection.cursor() as cursor:
                text = sql % tuple(self._place(value) or cursor.mogrify("%s", [value]).decode() for value in params)
            if len(self.made) >= self.most_variants:
                self.made.clear()
            asked = self.made[variant] = _Asked(text, compiler)
        return asked

    def _place(self, value: Any) -> str:
        return f"${self.stand_ins.index(value) + 1}" if value in self.stand_ins else ""


def planned(text: str, values: Sequence[Any]) -> list[tuple]:
    """The rows of a statement with $1, $2 and so on, planned once by each connection."""
    with connection.cursor() as cursor:
        known = _names()
        if text not in known:
            if len(known) >= Statement.most_prepared:
                cursor.execute("DEALLOCATE ALL")
                known.clear()
            name = f"page_{len(known)}"
            cursor.execute(f"PREPARE {name} AS {text}")
            known[text] = name
        cursor.execute(f"EXECUTE {known[text]}({', '.join(['%s'] * len(values))})", list(values))
        return cursor.fetchall()


def _names() -> dict[str, str]:
    """The names of what this thread's connection has prepared, by their SQL; one opened anew has prepared nothing."""
    own: Any = connections[DEFAULT_DB_ALIAS]
    kept: tuple[Any, dict[str, str]] = getattr(own, "prepared_pages", (None, {}))
    if kept[0] is not own.connection:
        kept = own.prepared_pages = own.connection, {}
    return kept[1]


def _text(sql: str, keys: list[Key], part: list[Key], known: bool | None, *, is_first: bool, most: int) -> str:
    """The statement of a part of the list, in its order, after the place given by the parameters."""
    if known is not None:
        sql += f" AND {_column(keys[0])} IS {'NOT ' if known else ''}NULL"
    if not is_first:
        # Inside a query of its own a value is none the planner knows: any place is planned like any other.
        marks = ", ".join(f"(SELECT ${number}::{_type(key)})" for number, key in enumerate(part, 1))
        sql += f" AND ({', '.join(map(_column, part))}) {'<' if part[0].descending else '>'} ({marks})"
    sql += f" ORDER BY {', '.join(_column(key) + (' DESC' if key.descending else '') for key in part)}"
    return f"{sql} LIMIT {most:d}"


def _prepared(sql: str, params: tuple, values: list, most: int) -> list[tuple]:
    """The rows of a statement planned once by each connection: for a page, planning takes as long as fetching."""
    with connection.cursor() as cursor:
        known = _names()
        name = known.get(sql)
        if name is None and len(known) < most:
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


def _type(key: Key) -> str:
    return str(key.field.db_type(connection)).split("(")[0]


def _column(key: Key) -> str:
    quote = connection.ops.quote_name
    return f"{quote(key.field.model._meta.db_table)}.{quote(str(key.field.column))}"

"""How every record is created, moved and edited: locked, checked against its table of steps, and written down."""

import datetime
import decimal
import io
from collections.abc import Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core import texts
from core.context import current_request_id
from core.copying import copied_value
from core.errors import Refused
from core.models import StatusChange

# A model with what Stamped gives and mostly a status of its own; no one base class says that.
Record = TypeVar("Record", bound=Any)


_HISTORY = StatusChange._meta.db_table


class WrongState(Refused):
    """The record is in a state from which this step does not lead."""

    code = "wrong_state"


class Stale(Refused):
    """Somebody changed the record after it was opened."""

    code = "stale"


def begin(obj: Record, *, by, note: str = "") -> Record:
    """Store a new record in its initial status and open its history. Its texts are cleaned (core.texts.cleaned)."""
    _insist_on_transaction()
    texts.clean_record(obj)
    if by is not None and hasattr(obj, "created_by_id") and obj.created_by_id is None:
        obj.created_by = by
    obj.save(force_insert=True)
    _write(obj, old="", new=getattr(obj, "status", "") or "created", by=by, note=note)
    return obj


def begin_many(objects: Sequence[Record], *, by, then: str = "", note: str = "") -> None:
    """`begin` for many new records of one kind at once, with one history row each. The records get their keys.

    `then` is a status one step from the initial one, in which they begin instead: they come from a register.
    """
    _insist_on_transaction()
    steps = []
    for obj in objects:
        texts.clean_record(obj)
        if by is not None and hasattr(obj, "created_by_id") and obj.created_by_id is None:
            obj.created_by = by
        first = getattr(obj, "status", "") or "created"
        if then:
            if then not in obj.TRANSITIONS.get(first, ()):
                raise ValueError(f"{first} does not lead to {then}")
            obj.status = then
        steps.append((obj, "", then or first))
    _copy(objects)
    _write_many(steps, by=by, note=note)


def begin_staged(
    model: type[models.Model],
    columns: Sequence[str],
    *,
    source: str,
    params: Sequence,
    by,
    then: str,
    note: str = "",
    order: str = "id",
) -> list[int]:
    """`begin_many` for new records whose columns lie ready in a table, with the keys they get in its column `id`.

    The database copies them itself, so they never pass through this process. `source` is what follows FROM: the
    table and the condition, with `params`. `then` is a status one step from the initial one. The rows are entered in
    the `order` of some of its columns. Return the keys.
    """
    _insist_on_transaction()
    first = model().status  # type: ignore[attr-defined]
    if then not in model.TRANSITIONS.get(first, ()):  # type: ignore[attr-defined]
        raise ValueError(f"{first} does not lead to {then}")
    fixed = {"status": then, "version": 1, "created_at": timezone.now(), "created_by_id": by.pk if by else None}
    fixed["updated_at"] = fixed["created_at"]
    history = {**_shared(model, by=by, note=note), "old": "", "new": then, "at": fixed["created_at"], "changes": "{}"}
    with connection.cursor() as cursor:
        entered = ((model._meta.db_table, ("id", *columns), fixed, order), (_HISTORY, ("id",), history, "id"))
        for table, copied, given, sorting in entered:
            into = ", ".join([*(name if table != _HISTORY else "object_id" for name in copied), *given])
            values = ", ".join([*copied, *(["%s"] * len(given))])
            sql = f"INSERT INTO {table} ({into}) SELECT {values} FROM {source} ORDER BY {sorting}"
            cursor.execute(sql, [*given.values(), *params])
        cursor.execute(f"SELECT id FROM {source} ORDER BY id", params)
        return [key for (key,) in cursor.fetchall()]


def remove_many(objects: Sequence[Record], *, by, note: str) -> None:
    """Delete records of one kind that were entered by mistake and that nothing depends on; their history stays."""
    _insist_on_transaction()
    if objects:
        steps = [(obj, getattr(obj, "status", "") or "edited", "removed") for obj in objects]
        _write_many(steps, by=by, note=note)
        type(objects[0])._base_manager.filter(pk__in=[obj.pk for obj in objects]).delete()


def remove_keys(model: type[models.Model], keys: Sequence[int], *, by, note: str) -> None:
    """`remove_many` for very many records, by their keys alone: the database writes the history and deletes them.

    A record that something points to is an `IntegrityError`, at the latest when the transaction ends.
    """
    _insist_on_transaction()
    table = model._meta.db_table
    given = {**_shared(model, by=by, note=note), "new": "removed", "at": timezone.now(), "changes": "{}"}
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_HISTORY} (object_id, old, {', '.join(given)}) "
            f"SELECT id, status, {', '.join(['%s'] * len(given))} FROM {table} WHERE id = ANY(%s) ORDER BY id",
            [*given.values(), list(keys)],
        )
        cursor.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [list(keys)])


def lock(obj: Record, *, version: int | None = None) -> Record:
    """Lock the record's row until the end of the transaction and bring `obj` up to date.

    The lock leaves foreign keys to the row usable. With `version`, raise `Stale` if the record has moved on since.
    """
    _insist_on_transaction()
    obj.refresh_from_db(from_queryset=type(obj)._base_manager.select_for_update(no_key=True))
    if version is not None and obj.version != version:
        raise Stale(
            _("Somebody changed this record after you opened it. Compare with the current state and send it again.")
        )
    return obj


def sent_version(text: str) -> int | None:
    """The version a form or an `If-Match` header carries; None for anything that cannot be one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def move(obj: Record, to: str, *, by, note: str = "", **fields: Any) -> Record:
    """Take one step in the record's table `TRANSITIONS`, setting `fields` with it; raise `WrongState` otherwise."""
    lock(obj)
    old = obj.status
    if to not in obj.TRANSITIONS.get(old, ()):
        raise WrongState(_wrong_state(obj), status=old)
    obj.status = to
    for name, value in texts.cleaned(type(obj), fields).items():
        setattr(obj, name, value)
    obj.version += 1
    obj.save(update_fields=["status", "version", "updated_at", *fields])
    _write(obj, old=old, new=to, by=by, note=note)
    return obj


def lock_many(rows: models.QuerySet) -> list:
    """Lock the rows in the order of their keys, as all locks of several rows are taken; return them up to date."""
    _insist_on_transaction()
    return list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))


def move_many(objects: Sequence[Record], to: str, *, by, note: str = "", **fields: Any) -> None:
    """`move` for many locked records of one kind at once (`lock_many`), with one history row each."""
    _insist_on_transaction()
    if not objects:
        return
    for obj in objects:
        if to not in obj.TRANSITIONS.get(obj.status, ()):
            raise WrongState(_wrong_state(obj), status=obj.status)
    steps = [(obj, obj.status, to) for obj in objects]
    keys, now = [obj.pk for obj in objects], timezone.now()
    rows = type(objects[0])._base_manager.filter(pk__in=keys)
    rows.update(status=to, version=models.F("version") + 1, updated_at=now, **fields)
    for obj in objects:
        obj.status, obj.updated_at, obj.version = to, now, obj.version + 1
        for name, value in fields.items():
            setattr(obj, name, value)
    _write_many(steps, by=by, note=note)


def _wrong_state(obj: Any) -> str:
    return _("This is not possible while the status is “%(status)s”. Reload the page to see the current state.") % {
        "status": obj.get_status_display()
    }


def record(
    obj: Any,
    values: dict[str, Any],
    *,
    by,
    note: str = "",
    version: int | None = None,
    parts: dict[str, list] | None = None,
) -> dict:
    """Edit plain fields of a record; return {field: [before, after]} of what really changed (may be empty).

    `parts` are changes of rows that belong to the record, made by the caller, in the same form.
    """
    if "status" in values:
        raise ValueError("A status changes only by a step: states.move")
    lock(obj, version=version)
    changes = {name: pair for name, pair in (parts or {}).items() if pair[0] != pair[1]}
    fields = []
    for name, value in texts.cleaned(type(obj), values).items():
        before = getattr(obj, name)
        if before != value:
            changes[name] = [_plain(before), _plain(value)]
            fields.append(name)
            setattr(obj, name, value)
    if changes:
        obj.version += 1
        obj.save(update_fields=[*fields, "version", "updated_at"])
        status = getattr(obj, "status", "") or "edited"
        _write(obj, old=status, new=status, by=by, note=note, changes=changes)
    return changes


def _write(obj: models.Model, *, old: str, new: str, by, note: str, changes: dict | None = None) -> None:
    StatusChange.objects.create(
        content_type=ContentType.objects.get_for_model(obj),
        object_id=obj.pk,
        old=old,
        new=new,
        by=by,
        role=_role(by),
        note=texts.clean(note),
        changes=changes or {},
        request_id=current_request_id(),
    )


def _write_many(steps: list[tuple[Any, str, str]], *, by, note: str) -> None:
    if steps:
        shared = _shared(steps[0][0], by=by, note=note)
        _copy([StatusChange(object_id=obj.pk, old=old, new=new, **shared) for obj, old, new in steps])


def _shared(kind: Any, *, by, note: str) -> dict[str, Any]:
    """What the history rows of one step with many records of a kind have in common."""
    return {
        "content_type_id": ContentType.objects.get_for_model(kind).pk,
        "by_id": by.pk if by is not None else None,
        "role": _role(by),
        "note": texts.clean(note),
        "request_id": current_request_id(),
    }


def _copy(objects: Sequence[Any]) -> None:
    """Insert new rows of one table by COPY, which takes half the time of INSERT; triggers and constraints hold.

    The rows get their keys from the table's own sequence.
    """
    if not objects:
        return
    meta = objects[0]._meta
    fields = [(field, isinstance(field, models.JSONField)) for field in meta.concrete_fields]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [meta.db_table, meta.pk.column, len(objects)],
        )
        lines = []
        for obj, (key,) in zip(objects, cursor.fetchall(), strict=True):
            obj.pk = key
            values = (copied_value(field.pre_save(obj, True), is_json=is_json) for field, is_json in fields)
            lines.append("\t".join(values))
        columns = ", ".join(connection.ops.quote_name(field.column) for field, _is_json in fields)
        table = connection.ops.quote_name(meta.db_table)
        cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", io.StringIO("\n".join(lines) + "\n"))
    for obj in objects:
        obj._state.adding, obj._state.db = False, connection.alias


def as_stored(obj: Record, status: str, version: int) -> None:
    """Bring the object up to date with the step an SQL function has taken and written down."""
    obj.status, obj.version = status, version


def signed(model: type[models.Model], *, by) -> tuple[int, str, str]:
    """What a history row written by an SQL function takes from here: kind of the record, office, and request."""
    shared = _shared(model, by=by, note="")
    return shared["content_type_id"], shared["role"], shared["request_id"]


def _role(by) -> str:
    """The person's office, in the portal's own language whatever language the person reads: it is kept for ever."""
    with override(settings.LANGUAGE_CODE):
        return str(by.role_label)[:100] if by is not None else ""


def _plain(value: Any) -> Any:
    """A value as JSON can keep it, exact for money and dates."""
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, decimal.Decimal | datetime.date):
        return str(value)
    return value


def _insist_on_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("Records change only inside a transaction: decorate the service with transaction.atomic")

"""Taking a stored file of organizations back."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from core import states
from exchange.imports import Effects
from organizations.imports.storing import as_fields, store_search_keys
from organizations.models import FormerName, Organization

# Version of an organization as a file has entered it.
FRESH = 1
# More sentences than anybody reads.
MOST_REASONS = 50
ROWS_AT_ONCE = 2000


def undo(*, effects: Effects, by, reason: str, tell: Callable[[int], None] = lambda done: None) -> list[str]:
    """Remove what a file entered and put back what it changed; or say what depends on it, changing nothing.

    A file may have entered 100,000: they are locked, looked at and removed by their keys, a piece at a time.
    """
    reasons = _changed_since(effects) + _dependents(effects.new)
    if reasons:
        return reasons[:MOST_REASONS]
    done = 0
    for keys in _pieces(effects.new):
        states.remove_keys(Organization, keys, by=by, note=reason)
        tell(done := done + len(keys))
    for keys in _pieces(list(map(int, effects.changed))):
        for organization in _these(keys):
            _put_back(organization, effects, by=by, reason=reason)
        tell(done := done + len(keys))
    return []


def _pieces(keys: list[int]) -> Iterator[list[int]]:
    return (keys[start : start + ROWS_AT_ONCE] for start in range(0, len(keys), ROWS_AT_ONCE))


def _these(keys: list[int]) -> QuerySet[Organization]:
    """The organizations with these keys, in order; many keys go as one array."""
    return Organization.objects.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [keys])).order_by("pk")


def _changed_since(effects: Effects) -> list[str]:
    """A sentence for every organization of the file that is no longer as the file left it. All of them are locked."""
    names = []
    for keys in _pieces(effects.new):
        # Locked with their keys, so that nothing can begin to point to them until they are gone.
        rows = _these(keys).select_for_update(of=("self",)).values_list("name", "version")
        names += [name for name, version in rows if version != FRESH]
    for keys in _pieces(list(map(int, effects.changed))):
        for organization in _these(keys).select_for_update(no_key=True, of=("self",)):
            fields = _fields(effects, organization)
            if any(_stored(organization, key) != after for key, (_before, after) in fields.items()):
                names.append(organization.name)
    return [_("“%(name)s” has been changed since.") % {"name": name} for name in names[:MOST_REASONS]]


def _fields(effects: Effects, organization: Organization) -> dict[str, list]:
    fields = effects.changed[str(organization.pk)]
    return {key: pair for key, pair in fields.items() if key != "former_name"}


def _put_back(organization: Organization, effects: Effects, *, by, reason: str) -> None:
    model = type(organization)._meta
    values = {
        key: model.get_field(key).to_python(before) for key, (before, _after) in _fields(effects, organization).items()
    }
    states.record(organization, as_fields(values), by=by, note=reason)
    _none, former = effects.changed[str(organization.pk)].get("former_name", (None, None))
    states.remove_many(list(FormerName.objects.filter(pk=former, organization=organization)), by=by, note=reason)
    store_search_keys(organization)


def _stored(organization: Organization, key: str) -> Any:
    value = getattr(organization, key)
    return value if value is None or isinstance(value, str | int | bool | list) else str(value)


def _dependents(keys: list[int]) -> list[str]:
    """A sentence for every kind of record that points to one of these organizations, whatever floor it is on."""
    found = []
    for relation in Organization._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and not relation.concrete):
            continue
        model, name = relation.related_model, relation.field.name
        if getattr(relation, "many_to_many", False):
            continue
        count = model._base_manager.filter(**{f"{name}__in": RawSQL("SELECT unnest(%s::bigint[])", [keys])}).count()
        if count:
            facts = {"kind": model._meta.verbose_name, "n": count}
            found.append(_("Records that name an organization of the file: %(kind)s (%(n)s).") % facts)
    return found

"""Taking a stored file of organizations back."""

from typing import Any

from django.utils.translation import gettext as _

from core import states
from exchange.imports import Effects
from organizations.imports.storing import as_fields, store_search_keys
from organizations.models import FormerName, Organization

# Version of an organization as a file has entered it.
FRESH = 1


def undo(*, effects: Effects, by, reason: str) -> list[str]:
    """Remove what a file entered and put back what it changed; or say what depends on it, changing nothing."""
    rows = Organization.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    made = list(rows.filter(pk__in=effects.new))
    changed = list(rows.filter(pk__in=[int(key) for key in effects.changed]))
    reasons = _dependents(effects.new) + [
        _("“%(name)s” has been changed since.") % {"name": organization}
        for organization in made
        if organization.version != FRESH
    ]
    for organization in changed:
        fields = _fields(effects, organization)
        if any(_stored(organization, key) != after for key, (_before, after) in fields.items()):
            reasons.append(_("“%(name)s” has been changed since.") % {"name": organization})
    if reasons:
        return reasons[:50]
    states.remove_many(made, by=by, note=reason)
    for organization in changed:
        _put_back(organization, effects, by=by, reason=reason)
    return []


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
        count = model._base_manager.filter(**{f"{name}__in": keys}).count()
        if count:
            facts = {"kind": model._meta.verbose_name, "n": count}
            found.append(_("Records that name an organization of the file: %(kind)s (%(n)s).") % facts)
    return found

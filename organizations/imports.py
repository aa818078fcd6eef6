"""The organization sheet as files of it are checked, stored and taken back."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from core import states
from exchange.imports import Change, Effects, Likeness, Outcome
from exchange.sheets import Choice, Kind, Problem, Row
from organizations import permissions, uscc
from organizations.models import FormerName, Organization, validate_uscc
from organizations.sheets import ORGANIZATION_SHEET as SHEET

# What a row may change of an organization that is registered already.
FIELDS = ("name", "kind", "uscc", "level", "region")
# Version of an organization as a file has entered it.
FRESH = 1


class OrganizationRun:
    """One pass over a file of organizations in the name of one person (None: the system).

    A row means the organization with its credit code, else the one of its name and region that has no other code.
    """

    def __init__(self, by: Any):
        self.by = by
        self.seen: dict[tuple, int] = {}

    def check(self, rows: list[Row]) -> Outcome:
        """What storing these rows would do, held against every rule and against the register."""
        outcome = Outcome()
        good = [(row, values) for row in rows if (values := self._values(row, outcome.problems)) is not None]
        by_code, by_name = _registered([values for _row, values in good])
        for row, values in good:
            namesakes = by_name[values["name"]]
            found = by_code.get(values["uscc"]) or _nameless(namesakes, values)
            if found is not None:
                self._compare(row, values, found, outcome)
            else:
                outcome.new.append(values)
                outcome.likenesses += [_alike(row, values, other) for other in namesakes[:3]]
        return outcome

    def _values(self, row: Row, problems: list[Problem]) -> dict[str, Any] | None:
        """The fields of a row; None when something is wrong with it."""
        before = len(problems)
        values = {key: row.values[key] for key in FIELDS}
        values["name"] = " ".join(values["name"].split())
        values["uscc"] = uscc.normalise(values["uscc"] or "") or None
        values["is_synthetic"] = bool(row.values["synthetic"])
        reason = _code_error(values)
        if reason:
            remedy = _("Copy the code from the certificate of registration.")
            problems.append(row.problem(SHEET.column("uscc"), reason, remedy, values["uscc"]))
        if self.by is not None and not permissions.can_add_in(self.by, values["region"].code):
            reason = _("You are not responsible for %(region)s.") % {"region": values["region"].name}
            remedy = _("Leave this row to the other office.")
            problems.append(row.problem(SHEET.column("region"), reason, remedy, values["region"].short_code))
        self._insist_on_once(row, values, problems)
        return values if len(problems) == before else None

    def _insist_on_once(self, row: Row, values: dict[str, Any], problems: list[Problem]) -> None:
        by_code = ("uscc", values["uscc"])
        key = by_code if values["uscc"] else ("name", values["name"], values["region"].code)
        first = self.seen.setdefault(key, row.number)
        if first != row.number:
            column = SHEET.column(str(key[0]))
            reason = _("The same organization stands in row %(row)s.") % {"row": first}
            problems.append(row.problem(column, reason, _("Leave one of the rows."), values[column.key]))

    def _compare(self, row: Row, values: dict[str, Any], found: Organization, outcome: Outcome) -> None:
        wanted = {key: values[key] for key in FIELDS if not (key == "uscc" and values["uscc"] is None)}
        changes = {key: value for key, value in wanted.items() if getattr(found, key) != value}
        if not changes:
            outcome.unchanged += 1
        elif self.by is not None and not permissions.can_edit(self.by, found):
            reason = _("You are not responsible for %(region)s.") % {"region": found.region.name}
            remedy = _("This organization is registered there. Leave the row to that office.")
            outcome.problems.append(row.problem(SHEET.column("region"), reason, remedy, values["region"].short_code))
        else:
            if "uscc" in changes:
                changes["is_synthetic"] = values["is_synthetic"]
            shown = {
                key: (_shown(key, getattr(found, key)), _shown(key, changes[key])) for key in changes if key in FIELDS
            }
            outcome.changed.append(Change(row.number, found.name, shown, (found, changes)))

    def store(self, outcome: Outcome) -> Effects:
        """Enter the new organizations as active, and change the others."""
        made = [Organization(**values) for values in outcome.new]
        for organization in made:
            organization.set_search_keys()
        states.begin_many(made, by=self.by, then=Organization.Status.ACTIVE)
        effects = Effects(new=[organization.pk for organization in made])
        for change in outcome.changed:
            organization, values = change.item
            before = {key: getattr(organization, f"{key}_id" if key == "region" else key) for key in values}
            states.record(organization, values, by=self.by)
            if before.get("name") and organization.status != Organization.Status.DRAFT:
                keep_former_name(organization, before["name"], by=self.by)
            _store_search_keys(organization)
            effects.changed[str(organization.pk)] = {
                key: [before[key], getattr(organization, f"{key}_id" if key == "region" else key)] for key in values
            }
        return effects


def undo(*, effects: Effects, by, reason: str) -> list[str]:
    """Remove what a file entered and put back what it changed; or say what depends on it, changing nothing."""
    keys = [int(key) for key in effects.changed]
    rows = Organization.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    made = list(rows.filter(pk__in=effects.new))
    changed = list(rows.filter(pk__in=keys))
    reasons = _dependents(effects.new) + [
        _("“%(name)s” has been changed since.") % {"name": organization}
        for organization in made
        if organization.version != FRESH
    ]
    for organization in changed:
        now = {key: pair[1] for key, pair in effects.changed[str(organization.pk)].items()}
        if any(_stored(organization, key) != value for key, value in now.items()):
            reasons.append(_("“%(name)s” has been changed since.") % {"name": organization})
    if reasons:
        return reasons[:50]
    states.remove_many(made, by=by, note=reason)
    for organization in changed:
        before = {key: pair[0] for key, pair in effects.changed[str(organization.pk)].items()}
        values = {("region_id" if key == "region" else key): value for key, value in before.items()}
        states.record(organization, values, by=by, note=reason)
        _store_search_keys(organization)
    return []


def _stored(organization: Organization, key: str) -> Any:
    return organization.region_id if key == "region" else getattr(organization, key)


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


def _registered(rows: Iterable[dict[str, Any]]) -> tuple[dict[str, Organization], dict[str, list[Organization]]]:
    """The organizations with one of the rows' codes, and those with one of their names."""
    rows = list(rows)
    register = Organization.objects.select_related("region")
    by_code = {o.uscc: o for o in register.filter(uscc__in=[row["uscc"] for row in rows if row["uscc"]])}
    by_name = defaultdict(list)
    for organization in register.filter(name__in={row["name"] for row in rows}).order_by("pk"):
        by_name[organization.name].append(organization)
    return by_code, by_name


def _nameless(namesakes: list[Organization], values: dict[str, Any]) -> Organization | None:
    here = [other for other in namesakes if other.region_id == values["region"].pk]
    return next((other for other in here if other.uscc is None or values["uscc"] is None), None)


def _alike(row: Row, values: dict[str, Any], other: Organization) -> Likeness:
    like = " · ".join(filter(None, [other.name, other.region.name, other.uscc]))
    return Likeness(row.number, values["name"], like)


def _code_error(values: dict[str, Any]) -> str:
    if values["uscc"] is None:
        missing = values["kind"] in Organization.CODED
        return _("An organization of this kind has a unified social credit code. Enter it.") if missing else ""
    if uscc.is_valid(values["uscc"]):
        return ""
    try:
        validate_uscc(values["uscc"])
    except ValidationError as error:
        return error.messages[0]
    return ""


def keep_former_name(organization: Organization, name: str, *, by) -> None:
    """Keep a name given up today, so that it is still found."""
    today = timezone.localdate()
    if not organization.former_names.filter(name=name, until=today).exists():
        states.begin(FormerName(organization=organization, name=name, until=today), by=by)


def _store_search_keys(organization: Organization) -> None:
    organization.set_search_keys()
    organization.save(update_fields=["pinyin", "initials", "search"])


def _shown(key: str, value: Any) -> str:
    """A value as the sheet writes it."""
    column = SHEET.column(key)
    if column.kind is Kind.CHOICE:
        choice: Choice | None = next((choice for choice in column.choices if choice.value == value), None)
        return choice.label if choice else str(value)
    return str(value or "")

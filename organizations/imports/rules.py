"""What a row of the organization sheet must fulfil, and what it would do to the register."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache, partial
from typing import Any

from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from exchange.imports import Change, Likeness, Outcome, Remark
from exchange.sheets import Kind, Problem, Row
from organizations import permissions, selectors
from organizations.models import Organization
from organizations.sheets import DETAILS
from organizations.sheets import ORGANIZATION_SHEET as SHEET
from regions import selectors as regions

# The columns of the register a row fills. In a row's values None leaves what is registered.
COLUMNS = (
    "name",
    "kind",
    "uscc",
    "level",
    "region_id",
    "is_synthetic",
    "authority",
    "authority_organization_id",
    *(key for key in DETAILS if key != "authority"),
)
# What an organization of a file has where the row says nothing.
EMPTY: dict[str, Any] = {
    "authority": "",
    "supervising_unit": "",
    "legal_representative": "",
    "focus": [],
    "is_industry_association": False,
    "is_hub": False,
}
_REGISTERED = ("id", "version", "status", "successor__name", "successor__uscc", "region__name", *COLUMNS)
_SHEET_KEYS = {"region_id": "region", "authority_organization_id": "authority", "is_synthetic": "synthetic"}


class Checks:
    """One pass over a file of organizations in the name of one person (None: the system).

    A row means the organization with its credit code, else the one of its name and region that has no other code.
    `codes_may_miss`: whether kinds that always have a code may stand without one, as in published sources.
    """

    def __init__(self, by: Any, *, codes_may_miss: bool = False):
        self.by = by
        self.codes_may_miss = codes_may_miss
        self.seen: dict[tuple, int] = {}
        self._allowed: dict[str, bool] = {}
        self._later = cache(regions.later)

    def check(self, rows: list[Row]) -> Outcome:
        """What storing these rows would do, held against every rule and against the register.

        `new` has (row number, values), `changed` has the values as `item`, `same` the row numbers of the others.
        """
        outcome = Outcome()
        good = [(row, values) for row in rows if (values := self._values(row, outcome.problems)) is not None]
        by_code, by_name = _registered([values for _row, values in good])
        for row, values in good:
            if values["uscc"]:
                self._remark(row, values, outcome)
            namesakes = by_name.get(values["name"], ())
            found = by_code.get(values["uscc"]) or _nameless(namesakes, values)
            if found is None:
                outcome.new.append((row.number, values))
                outcome.likenesses += [_alike(row, values, other) for other in namesakes[:3]]
            elif found["status"] == Organization.Status.MERGED:
                outcome.problems.append(_merged(row, found))
            else:
                self._compare(row, values, found, outcome)
        return outcome

    def may_enter(self, region_code: str) -> bool:
        """Whether the person is responsible for a region; asked once for each."""
        if region_code not in self._allowed:
            self._allowed[region_code] = self.by is None or permissions.can_add_in(self.by, region_code)
        return self._allowed[region_code]

    def _values(self, row: Row, problems: list[Problem]) -> dict[str, Any] | None:
        """The columns of a row; None when something is wrong with it."""
        before = len(problems)
        given = row.values
        # The columns of the sheet, two of them under the names they have in the register.
        region, authority = given["region"], given["authority"]
        values = {
            **given,
            "name": " ".join(given["name"].split()),
            "region_id": region.code,
            "is_synthetic": bool(given["synthetic"]),
            "authority": authority and authority.text,
            "authority_organization_id": authority and authority.organization_id,
        }
        del values["region"], values["synthetic"]
        if values["uscc"] is None and values["kind"] in Organization.CODED and not self.codes_may_miss:
            reason = _("An organization of this kind has a unified social credit code. Enter it.")
            remedy = _("Copy the code from the certificate of registration.")
            problems.append(row.problem(SHEET.column("uscc"), reason, remedy))
        if not self.may_enter(region.code):
            reason = _("You are not responsible for %(region)s.") % {"region": region.name}
            remedy = _("Leave this row to the other office.")
            problems.append(row.problem(SHEET.column("region"), reason, remedy, region.short_code))
        self._insist_on_once(row, values, problems)
        return values if len(problems) == before else None

    def _remark(self, row: Row, values: dict[str, Any], outcome: Outcome) -> None:
        """What is unusual about a code: worth a look, no reason to refuse the row."""
        code, level, region = values["uscc"], values["level"], row.values["region"]
        if not selectors.is_usual(code, level=level, region=region, later=self._later):
            said = partial(_said, code, level=level, region=region, later=self._later)
            outcome.remarks.append(Remark(row.number, values["name"], said))

    def _insist_on_once(self, row: Row, values: dict[str, Any], problems: list[Problem]) -> None:
        code = values["uscc"]
        first = self.seen.setdefault(code or (values["name"], values["region_id"]), row.number)
        if first != row.number:
            column = SHEET.column("uscc" if code else "name")
            reason = _("The same organization stands in row %(row)s.") % {"row": first}
            problems.append(row.problem(column, reason, _("Leave one of the rows."), values[column.key]))

    def _compare(self, row: Row, values: dict[str, Any], found: dict[str, Any], outcome: Outcome) -> None:
        changes = changes_of(values, found)
        if not changes:
            outcome.unchanged += 1
            outcome.same.append((row.number, found["id"], found["version"]))
        elif not self.may_enter(found["region_id"]):
            reason = _("You are not responsible for %(region)s.") % {"region": found["region__name"]}
            remedy = _("This organization is registered there. Leave the row to that office.")
            region = row.values["region"]
            outcome.problems.append(row.problem(SHEET.column("region"), reason, remedy, region.short_code))
        else:
            shown = {_SHEET_KEYS.get(key, key): (_shown(key, found[key]), _shown(key, changes[key])) for key in changes}
            item = (found["id"], found["version"], values)
            outcome.changed.append(Change(row.number, found["name"], shown, item))


def changes_of(values: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """What a row changes of a registered organization; an empty cell leaves what is registered."""
    changes = {key: value for key, value in values.items() if value is not None and found[key] != value}
    if values["authority"] is not None and found["authority_organization_id"] != values["authority_organization_id"]:
        changes["authority_organization_id"] = values["authority_organization_id"]
    if "uscc" not in changes:
        # Whether a code was made up is known of the code that is registered.
        changes.pop("is_synthetic", None)
    return changes


def _registered(rows: list[dict[str, Any]]) -> tuple[dict[str, dict], dict[str, list[dict]]]:
    """The organizations with one of the rows' codes, and those with one of their names."""
    register = Organization.objects.values(*_REGISTERED)
    by_code = {o["uscc"]: o for o in register.filter(uscc__in=_these({row["uscc"] for row in rows if row["uscc"]}))}
    by_name = defaultdict(list)
    for organization in register.filter(name__in=_these({row["name"] for row in rows})).order_by("pk"):
        by_name[organization["name"]].append(organization)
    return by_code, by_name


def _these(texts: set[str]) -> RawSQL:
    """For `in`: many texts of one line, sent as one text: quoting 2,000 of them takes longer than the question."""
    return RawSQL("SELECT unnest(string_to_array(%s, E'\\n'))", ["\n".join(sorted(texts))])


def _nameless(namesakes: Iterable[dict], values: dict[str, Any]) -> dict | None:
    """The namesake in the row's region that a code does not tell apart; a merged one only if there is no other."""
    here = [
        other
        for other in namesakes
        if other["region_id"] == values["region_id"] and (other["uscc"] is None or values["uscc"] is None)
    ]
    here.sort(key=lambda other: other["status"] == Organization.Status.MERGED)
    return here[0] if here else None


def _said(code: str, **facts: Any) -> str:
    return " ".join(selectors.code_warnings(code, **facts))


def _merged(row: Row, found: dict[str, Any]) -> Problem:
    successor = " · ".join(filter(None, [found["successor__name"], found["successor__uscc"]]))
    key = "uscc" if row.values["uscc"] else "name"
    reason = _("This organization was merged into “%(name)s”.") % {"name": successor}
    return row.problem(SHEET.column(key), reason, _("Name that organization, or delete the row."), row.values[key])


def _alike(row: Row, values: dict[str, Any], other: dict[str, Any]) -> Likeness:
    like = " · ".join(filter(None, [other["name"], other["region__name"], other["uscc"]]))
    return Likeness(row.number, values["name"], like)


def _shown(key: str, value: Any) -> str:
    """A value as the sheet writes it."""
    if key == "authority_organization_id":
        return str(Organization.objects.filter(pk=value).values_list("name", flat=True).first() or "")
    column = SHEET.column(_SHEET_KEYS.get(key, key))
    if column.kind is Kind.CHOICE:
        labels = {choice.value: choice.label for choice in column.choices}
        return _("; ").join(labels.get(one, str(one)) for one in ([value] if isinstance(value, str) else value or []))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)

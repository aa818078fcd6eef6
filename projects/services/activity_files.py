"""Files of activities: checked, entered or changed row by row, taken back.

A row is known again by its number: the portal's own, or one its organization has given. The same file twice changes
nothing; a row that differs corrects an activity nobody has verified; a verified one is never changed by a file.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core import states
from exchange.imports import Change, Effects, Outcome
from exchange.sheets import Problem, Row, Sheet
from exchange.sheets.cells import text_of
from organizations.models import Organization
from projects import permissions
from projects.models import Activity, Project
from projects.services import activities
from projects.services.imports import FRESH, kept, of_constraints, restored, shown
from projects.sheets import activity_sheet

Status = Activity.Status
_TEXTS = ("place", "summary")
# What the portal's own numbers begin with.
_OURS = "HD-"


class ActivityRun:
    """One pass over a file of activities in the name of one person (None: the system)."""

    def __init__(self, by: Any):
        self.by = by
        self.sheet: Sheet = activity_sheet(by)
        self.seen: dict[Any, int] = {}
        self.projects: set[int] = set()

    def check(self, rows: list[Row]) -> Outcome:
        """What storing these rows would do."""
        outcome = Outcome()
        numbers = [row.values["number"] for row in rows]
        ours = {number.upper() for number in numbers}
        stored = Activity.objects.all() if self.by is None else Activity.objects.visible_to(self.by)
        stored = stored.for_list().prefetch_related("project__regions", "project__partners")
        by_reference = {row.reference: row for row in stored.filter(reference__in=ours)}
        by_key = {(row.organization_id, row.import_key): row for row in stored.filter(import_key__in=numbers)}
        self._see_projects([*by_reference.values(), *by_key.values()])
        for row in rows:
            number, organization = row.values["number"], row.values["organization"]
            known = by_reference.get(number.upper()) or by_key.get((organization.pk, number))
            values = self._values(row, known)
            problems = self._problems(row, values, known)
            if problems:
                outcome.problems += problems
            elif known is None:
                outcome.new.append((number, values))
            else:
                self._compare(row, values, known, outcome)
        return outcome

    def _see_projects(self, stored: list[Activity]) -> None:
        """Which projects of stored activities this person sees: an unseen one is not taken away by an empty cell."""
        projects = Project.objects.all() if self.by is None else Project.objects.visible_to(self.by)
        keys = {row.project_id for row in stored if row.project_id}
        self.projects |= set(projects.filter(pk__in=keys).values_list("pk", flat=True))

    def _values(self, row: Row, known: Activity | None) -> dict[str, Any]:
        values = {name: row.values[name] for name in Activity.FIELDS}
        values |= {name: values[name] or "" for name in _TEXTS}
        values["sessions"] = 1 if values["sessions"] is None else values["sessions"]
        if known and known.project_id and values["project"] is None and known.project_id not in self.projects:
            values["project"] = known.project
        return values

    def _problems(self, row: Row, values: dict[str, Any], known: Activity | None) -> list[Problem]:
        organization, region = values["organization"], values["region"]
        found = []
        first = self.seen.setdefault(known.pk if known else (organization.pk, row.values["number"]), row.number)
        if first != row.number:
            reason = _("The same number stands in row %(row)s.") % {"row": first}
            found.append(self._problem(row, "number", reason, _("Leave one of the rows.")))
        if known is None and row.values["number"].upper().startswith(_OURS):
            reason = _("There is no activity with this number that you may see.")
            found.append(self._problem(row, "number", reason, _("Give a new activity a number of your own.")))
        if self.by is not None and not permissions.can_record_activity(self.by, organization, region.code):
            reason = _("You are not responsible for %(region)s.") % {"region": region.name}
            found.append(self._problem(row, "region", reason, _("Leave this row to those who are.")))
        if organization.status != Organization.Status.ACTIVE and (known is None or known.organization != organization):
            reason = _("%(organization)s is not an active organization.") % {"organization": organization}
            found.append(self._problem(row, "organization", reason, _("Leave this row.")))
        return found or self._broken_rules(row, values, known)

    def _broken_rules(self, row: Row, values: dict[str, Any], known: Activity | None) -> list[Problem]:
        """The rules a form has as well, each at its column."""
        activity = Activity(**values)
        found = []
        project = values["project"]
        if project and project.status not in Activity.RECORDABLE and (known is None or known.project_id != project.pk):
            reason = _("Activities are recorded once the work of the project has begun.")
            found.append(self._problem(row, "project", reason, _("Correct the number, or leave the row.")))
        try:
            activity.clean()
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                found += [self._problem(row, name, message, _("Correct the row.")) for message in messages]
        return found + of_constraints(self.sheet, row, activity, "kind")

    def _compare(self, row: Row, values: dict[str, Any], known: Activity, outcome: Outcome) -> None:
        changes = {name: value for name, value in values.items() if _differs(getattr(known, name), value)}
        if not changes:
            outcome.unchanged += 1
        elif known.status not in Activity.EDITABLE:
            reason = _("This activity is verified or struck out, and the row differs from it.")
            remedy = _("Have it struck out with the reason, and enter the right one under a new number.")
            outcome.problems.append(self._problem(row, "number", reason, remedy))
        elif self.by is not None and not permissions.can_edit_activity(self.by, known):
            reason = _("Only the organization and staff of the region may change this activity.")
            outcome.problems.append(self._problem(row, "number", reason, _("Use another number.")))
        else:
            told = {name: (shown(getattr(known, name)), shown(value)) for name, value in changes.items()}
            outcome.changed.append(Change(row.number, str(known), told, (known, changes)))

    def _problem(self, row: Row, key: str, reason: str, remedy: str) -> Problem:
        return row.problem(self.sheet.column(key), reason, remedy, shown(row.values[key]))

    def store(self, outcome: Outcome) -> Effects:
        """Enter the new activities and correct those nobody has verified."""
        effects = Effects()
        for number, values in outcome.new:
            effects.new.append(activities.record_activity(values=values, by=self.by, import_key=number).pk)
        for change in outcome.changed:
            activity, values = change.item
            before = {name: kept(getattr(activity, name)) for name in values}
            status = activity.status
            activities.edit_activity(activity=activity, values=values, version=activity.version, by=self.by)
            effects.changed[str(activity.pk)] = {
                **{name: [before[name], kept(value)] for name, value in values.items()},
                "status": [status, activity.status],
                "version": [None, activity.version],
            }
        return effects


def undo_activities(*, effects: Effects, by, reason: str) -> list[str]:
    """Remove what a file entered and put back what it changed; or say what stands in the way, changing nothing."""
    rows = Activity.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    made = list(rows.filter(pk__in=effects.new))
    changed = list(rows.filter(pk__in=[int(key) for key in effects.changed]))
    reasons = [
        _("“%(name)s” has been verified, changed or used since.") % {"name": row}
        for row in [*made, *changed]
        if row.version != effects.changed.get(str(row.pk), {}).get("version", [None, FRESH])[1]
    ]
    if reasons:
        return reasons[:50]
    states.remove_many(made, by=by, note=reason)
    for activity in changed:
        pairs = dict(effects.changed[str(activity.pk)])
        status = pairs.pop("status")[0]
        del pairs["version"]
        values = {name: restored(Activity, name, pair[0]) for name, pair in pairs.items()}
        activities.edit_activity(activity=activity, values=values, version=activity.version, by=by)
        if status == Status.RETURNED:
            activities.return_activity(activity=activity, by=by, reason=reason)
    return []


def _differs(one: Any, other: Any) -> bool:
    """Whether two values differ; what reading a cell does to a text (spaces, line breaks, wide digits) is none."""
    if isinstance(one, str) and isinstance(other, str):
        return text_of(one).split() != text_of(other).split()
    return one != other

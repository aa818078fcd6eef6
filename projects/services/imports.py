"""The sheets of this floor as files of them are checked, stored and taken back."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core import states
from exchange.imports import Change, Effects, Outcome
from exchange.sheets import Column, Problem, Row, Sheet
from projects import permissions
from projects.models import BeneficiaryCount, Campaign, CampaignAction, Metric, ReportedFigure
from projects.services import campaigns, reported
from projects.sheets import METRIC_SHEET, figure_sheet
from regions.models import Region

FRESH = 1
_HERE = ("metric", "unit", "subject", "measure", "adds", "allows_over")


class FigureRun:
    """One pass over a file of reported figures in the name of one person (None: the system)."""

    def __init__(self, by: Any):
        self.by = by
        self.sheet: Sheet = figure_sheet(by)
        self.seen: dict[str, int] = {}

    def check(self, rows: list[Row]) -> Outcome:
        """What storing these rows would do. A published figure is never changed by a file."""
        outcome = Outcome()
        known = {
            figure.number: figure
            for figure in ReportedFigure.objects.filter(number__in=[row.values["number"] for row in rows])
            .select_related("region", "metric__action__campaign")
            .prefetch_related("places")
        }
        for row in rows:
            problems = self._problems(row)
            values, places = self._values(row, problems)
            if not problems:
                problems += _broken_rules(self.sheet, row, values)
            if problems:
                outcome.problems += problems
            elif row.values["number"] in known:
                self._compare(row, values, places, known[row.values["number"]], outcome)
            else:
                outcome.new.append((values, places))
        return outcome

    def _problems(self, row: Row) -> list[Problem]:
        found = []
        first = self.seen.setdefault(row.values["number"], row.number)
        if first != row.number:
            reason = _("The same number stands in row %(row)s.") % {"row": first}
            found.append(self._problem(row, "number", reason, _("Leave one of the rows.")))
        if self.by is not None and not permissions.can_keep_figure(self.by, row.values["region"].code):
            reason = _("You are not responsible for %(region)s.") % {"region": row.values["region"].name}
            found.append(self._problem(row, "region", reason, _("Leave this row to the other office.")))
        return found

    def _values(self, row: Row, problems: list[Problem]) -> tuple[dict[str, Any], list[Region]]:
        given = row.values
        values = {name: given[name] for name in ReportedFigure.FIELDS if name != "metric"}
        for name in ("measure", "scope", "place_in_source", "remark", "capacity"):
            values[name] = given[name] or ""
        values["stage"] = given["stage"] or BeneficiaryCount.Stage.ACHIEVED
        values["basis"] = given["basis"] or ReportedFigure.Basis.STATED
        values["is_consumption"] = bool(given["is_consumption"])
        values["metric"] = None
        if any(given[name] for name in ("campaign", "action", "metric")):
            values["metric"], unknown = metric_of(row, self.sheet)
            problems += unknown
        return values, list(given["places"] or [given["region"]])

    def _compare(
        self, row: Row, values: dict[str, Any], places: list[Region], figure: ReportedFigure, outcome: Outcome
    ) -> None:
        changes = {name: value for name, value in values.items() if getattr(figure, name) != value}
        told = {name: (shown(getattr(figure, name)), shown(value)) for name, value in changes.items()}
        before = list(figure.places.all())
        if {place.pk for place in before} != {place.pk for place in places}:
            told["places"] = (_named(before), _named(places))
        if not told:
            outcome.unchanged += 1
        elif figure.status != ReportedFigure.Status.ENTERED:
            reason = _("This figure is published or withdrawn, and the row differs from it.")
            remedy = _("Withdraw the figure with the reason, and enter the right one under a new number.")
            outcome.problems.append(self._problem(row, "number", reason, remedy))
        elif self.by is not None and not permissions.can_keep_figure(self.by, figure.region_id):
            reason = _("You are not responsible for %(region)s.") % {"region": figure.region.name}
            outcome.problems.append(self._problem(row, "number", reason, _("Use another number.")))
        else:
            outcome.changed.append(Change(row.number, str(figure), told, (figure, changes, places)))

    def _problem(self, row: Row, key: str, reason: str, remedy: str) -> Problem:
        return row.problem(self.sheet.column(key), reason, remedy, shown(row.values[key]))

    def store(self, outcome: Outcome) -> Effects:
        """Enter the new figures and change those that are not published yet."""
        effects = Effects()
        for values, places in outcome.new:
            effects.new.append(reported.enter_figure(values=values, places=places, by=self.by).pk)
        for change in outcome.changed:
            figure, values, places = change.item
            before = {name: kept(getattr(figure, name)) for name in values}
            old_places = [place.pk for place in figure.places.all()]
            reported.edit_figure(figure=figure, values=values, places=places, version=figure.version, by=self.by)
            effects.changed[str(figure.pk)] = {
                **{name: [before[name], kept(value)] for name, value in values.items()},
                "places": [old_places, [place.pk for place in places]],
                "version": [None, figure.version],
            }
        return effects


def undo_figures(*, effects: Effects, by, reason: str) -> list[str]:
    """Remove what a file entered and put back what it changed; or say what stands in the way, changing nothing."""
    rows = ReportedFigure.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    made = list(rows.filter(pk__in=effects.new))
    changed = list(rows.filter(pk__in=[int(key) for key in effects.changed]))
    reasons = [
        _("“%(name)s” has been changed or published since.") % {"name": figure}
        for figure in [*made, *changed]
        if figure.version != effects.changed.get(str(figure.pk), {}).get("version", [None, FRESH])[1]
    ]
    if reasons:
        return reasons[:50]
    states.remove_many(made, by=by, note=reason)
    for figure in changed:
        pairs = effects.changed[str(figure.pk)]
        places = list(Region.objects.filter(pk__in=pairs["places"][0]))
        values = {
            name: restored(ReportedFigure, name, pair[0])
            for name, pair in pairs.items()
            if name not in ("places", "version")
        }
        reported.edit_figure(figure=figure, values=values, places=places, version=figure.version, by=by)
    return []


def metric_of(row: Row, sheet: Sheet) -> tuple[Metric | None, list[Problem]]:
    """The metric a row names by its campaign, its action and its own name; the problem where there is none."""
    given = row.values
    rows = Metric.objects.filter(
        action__campaign=given["campaign"], action__name=given["action"] or "", name=given["metric"] or ""
    )
    found = rows.select_related("action__campaign__region").first()
    if found is not None:
        return found, []
    reason = _("There is no such metric in this campaign and action.")
    remedy = _("Copy the three names from the campaign's page.")
    return None, [row.problem(sheet.column("metric"), reason, remedy, given["metric"])]


class MetricRun:
    """One pass over a file of campaigns, actions and metrics; a row is one metric."""

    def __init__(self, by: Any):
        self.by = by
        self.seen: dict[tuple, int] = {}
        self.campaigns: dict[tuple, tuple] = {}

    def check(self, rows: list[Row]) -> Outcome:
        """What storing these rows would do. A metric that differs from the stored one is changed on its own page."""
        outcome = Outcome()
        for row in rows:
            problems = self._problems(row)
            if problems:
                outcome.problems += problems
                continue
            found = _stored_metric(row)
            if found is None:
                outcome.new.append(row.values)
            elif (differs := _differences(found, row)) is None:
                outcome.unchanged += 1
            else:
                reason = _("This metric exists already with another %(field)s.") % {"field": differs.heading}
                remedy = _("Change it on the page of its campaign, or correct the row.")
                outcome.problems.append(row.problem(differs, reason, remedy, shown(row.values[differs.key])))
        return outcome

    def _problems(self, row: Row) -> list[Problem]:
        values, found = row.values, []
        key = (values["region"].pk, values["campaign"], values["action"], values["metric"])
        first = self.seen.setdefault(key, row.number)
        if first != row.number:
            reason = _("The same metric stands in row %(row)s.") % {"row": first}
            found.append(row.problem(METRIC_SHEET.column("metric"), reason, _("Leave one of the rows."), key[-1]))
        frame = (values["starts_on"], values["ends_on"])
        if self.campaigns.setdefault(key[:2], frame) != frame:
            reason = _("Another row gives this campaign other dates.")
            found.append(row.problem(METRIC_SHEET.column("starts_on"), reason, _("Write the same dates in all rows.")))
        if self.by is not None and not permissions.can_run_campaign(self.by, values["region"].code):
            reason = _("You are not responsible for %(region)s.") % {"region": values["region"].name}
            remedy = _("Leave this row to the other office.")
            found.append(row.problem(METRIC_SHEET.column("region"), reason, remedy, values["region"].short_code))
        metric = Metric(**{name: values[name] or "" for name in _HERE[1:]}, name=values["metric"])
        action = CampaignAction(unit_standard=values["unit_standard"], standard_per=values["standard_per"] or "")
        for record, column in ((metric, "measure"), (action, "unit_standard")):
            found += of_constraints(METRIC_SHEET, row, record, column)
        return found

    def store(self, outcome: Outcome) -> Effects:
        """Enter the new metrics, with the campaigns and actions they need, as drafts."""
        effects = Effects()
        for values in outcome.new:
            campaign = Campaign.objects.filter(region=values["region"], name=values["campaign"]).first()
            if campaign is None:
                fields = {"name": values["campaign"], "region": values["region"], "source": values["source"] or ""}
                fields |= {"starts_on": values["starts_on"], "ends_on": values["ends_on"]}
                campaign = campaigns.create_campaign(values=fields, by=self.by)
            action = campaign.actions.filter(name=values["action"]).first()
            if action is None:
                fields = {"name": values["action"], "form": values["form"]}
                fields |= {"unit_standard": values["unit_standard"], "standard_per": values["standard_per"] or ""}
                action = campaigns.add_action(campaign=campaign, values=fields, by=self.by)
            fields = {name: values[name] for name in Metric.FIELDS if name not in ("name", "measure")}
            fields |= {"name": values["metric"], "measure": values["measure"] or ""}
            effects.new.append(campaigns.add_metric(action=action, values=fields, by=self.by).pk)
        return effects


def undo_metrics(*, effects: Effects, by, reason: str) -> list[str]:
    """Remove the metrics a file entered, and the draft campaigns and actions that are empty without them."""
    metrics = list(Metric.objects.filter(pk__in=effects.new).select_related("action__campaign"))
    reasons = [
        _("“%(name)s” has values, or has been changed since.") % {"name": metric}
        for metric in metrics
        if metric.version != FRESH or metric.values.exists() or metric.reported.exists()
    ]
    begun = {metric.action.campaign for metric in metrics if metric.action.campaign.is_public}
    reasons += [_("“%(name)s” has begun.") % {"name": campaign} for campaign in begun]
    if reasons:
        return reasons[:50]
    actions = {metric.action for metric in metrics}
    states.remove_many(metrics, by=by, note=reason)
    empty = [action for action in actions if not action.metrics.exists()]
    campaigns = {action.campaign for action in empty}
    states.remove_many(empty, by=by, note=reason)
    states.remove_many([row for row in campaigns if not row.actions.exists()], by=by, note=reason)
    return []


def _stored_metric(row: Row) -> Metric | None:
    values = row.values
    rows = Metric.objects.filter(
        action__campaign__region=values["region"],
        action__campaign__name=values["campaign"],
        action__name=values["action"],
        name=values["metric"],
    )
    return rows.select_related("action__campaign").first()


def _differences(metric: Metric, row: Row) -> Column | None:
    """The first column in which a row differs from the stored metric, its action or its campaign."""
    action, campaign = metric.action, metric.action.campaign
    pairs = {
        "starts_on": campaign.starts_on,
        "ends_on": campaign.ends_on,
        "form": action.form,
        "unit_standard": action.unit_standard,
        "standard_per": action.standard_per or None,
        "unit": metric.unit,
        "subject": metric.subject,
        "measure": metric.measure or None,
        "adds": metric.adds,
        "allows_over": metric.allows_over,
    }
    key = next((key for key, value in pairs.items() if row.values[key] != value), None)
    return METRIC_SHEET.column(key) if key else None


def _broken_rules(sheet: Sheet, row: Row, values: dict[str, Any]) -> list[Problem]:
    """The table's own rules, so that a file and a form are refused with the same sentences."""
    return of_constraints(sheet, row, ReportedFigure(**values), "remark")


def of_constraints(sheet: Sheet, row: Row, record: Any, column: str) -> list[Problem]:
    """The conditions of the record's table that a row breaks, with the sentences a form gives."""
    checks = [constraint for constraint in record._meta.constraints if hasattr(constraint, "condition")]
    problems = []
    for constraint in checks:
        if getattr(constraint, "fields", None):
            continue
        try:
            constraint.validate(type(record), record)
        except ValidationError as error:
            problems.append(row.problem(sheet.column(column), error.messages[0], _("Correct the row.")))
    return problems


def _named(places: list[Region]) -> str:
    return "、".join(sorted(f"{place.name} ({place.short_code})" for place in places))


def shown(value: Any) -> str:
    """A value as a problem or a change names it."""
    return "" if value is None else str(value)


def kept(value: Any) -> Any:
    """A value as the batch keeps it: a text or a key."""
    if value is None or isinstance(value, str | bool):
        return value
    return value.pk if hasattr(value, "pk") else str(value)


def restored(model: Any, name: str, value: Any) -> Any:
    """The value of a field from what `kept` made of it."""
    field = model._meta.get_field(name)
    if value is None or not field.is_relation:
        return field.to_python(value)
    return field.related_model._base_manager.get(pk=value)

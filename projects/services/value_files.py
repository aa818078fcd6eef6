"""Files of values of metrics: checked, entered row by row to be verified, taken back.

A row that stands there already is left alone; a value of the same place and people for a part of the same period is
refused, as on the page: cumulative values are not entered twice.
"""

from typing import Any

from django.utils.translation import gettext as _

from core.errors import Refused
from exchange.sheets import Problem, Row
from projects import permissions
from projects.models import BeneficiaryCount, MetricValue
from projects.services import campaigns
from projects.services.entries import EntryRun
from projects.services.imports import metric_of
from projects.sheets import value_sheet

_WHOSE = ("metric", "stage", "region", "organization", "project")


class ValueRun(EntryRun):
    """One pass over a file of values; the rows before the present one are held against it as well."""

    model, blamed = MetricValue, "value"
    defaults = {"stage": BeneficiaryCount.Stage.ACHIEVED, "qualifier": BeneficiaryCount.Qualifier.EXACT}

    def __init__(self, by: Any):
        super().__init__(by)
        self.sheet = value_sheet(by)
        self.taken: dict[tuple, list[tuple[MetricValue, int]]] = {}

    def values(self, row: Row) -> tuple[dict[str, Any], list[Problem]]:
        given = row.values
        names = (*MetricValue.FIELDS, "basis")
        # Zero is a value: only an empty cell takes the default.
        values = {name: self.defaults.get(name) if given[name] is None else given[name] for name in names}
        values["metric"], problems = metric_of(row, self.sheet)
        return values, problems or self._broken(row, values)

    def _broken(self, row: Row, values: dict[str, Any]) -> list[Problem]:
        """The rules of the service, each at its row, before anything is stored."""
        value = MetricValue(**values)
        try:
            if value.period_from <= value.period_to and self.stored(values) is None:
                campaigns.insist_on_fit(value)
        except Refused as refused:
            return [self._problem(row, self.blamed, str(refused.message), _("Correct the row."))]
        rows = self.taken.setdefault(tuple(values[name] for name in _WHOSE), [])
        for other, number in rows:
            if other.period_from <= value.period_to and value.period_from <= other.period_to:
                reason = _("Row %(row)s gives this metric here for a part of the same period.") % {"row": number}
                return [self._problem(row, "period_from", reason, _("Enter only what came after it."))]
        rows.append((value, row.number))
        return []

    def key(self, values):
        return tuple(values[name] for name in (*_WHOSE, "period_from", "period_to"))

    def stored(self, values):
        same = {name: values[name] for name in (*_WHOSE, "period_from", "period_to")}
        query = {(f"{name}__isnull" if value is None else name): value is None or value for name, value in same.items()}
        live = (MetricValue.Status.ENTERED, MetricValue.Status.VERIFIED)
        return MetricValue.objects.filter(**query, status__in=live).first()

    def allowed(self, values):
        return permissions.can_enter_value_for(self.by, values["region"].code, values["organization"])

    def enter(self, values):
        plain = {name: value for name, value in values.items() if name != "metric"}
        return campaigns.enter_value(metric=values["metric"], values=plain, by=self.by)

"""What the values of a metric say together, and the reported figures that stand beside them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from demands.models import Measure
from projects.models import BeneficiaryCount, Campaign, CampaignAction, Metric, MetricValue, ReportedFigure
from projects.selectors.counts import ADDITIVE

Qualifier = BeneficiaryCount.Qualifier


@dataclass(frozen=True)
class MetricTotal:
    """Values of one metric together.

    `total` is None when people or households may stand in several values: the truth then lies between `at_least`
    and `at_most`. All three are None where there is no value, or the measure was not stated. `within` are values
    that a wider one of the same organization and project includes.
    """

    total: Decimal | None
    at_least: Decimal | None
    at_most: Decimal | None
    qualifier: str
    parts: tuple[MetricValue, ...]
    within: tuple[MetricValue, ...] = ()

    @property
    def qualifier_label(self):
        """The word before the number; nothing before an exact one."""
        return "" if self.qualifier == Qualifier.EXACT else Qualifier(self.qualifier).label


@dataclass(frozen=True)
class MetricLine:
    """A metric on the page of its campaign: what records say, and what sources reported, never added together."""

    metric: Metric
    total: MetricTotal
    reported: list[ReportedFigure]


def total_of(metric: Metric, values: Iterable[MetricValue]) -> MetricTotal:
    """Achieved, verified values of one metric together; reads `value.region`, so select it beforehand.

    - "max": the largest value. "latest": of each place, organization and project the value that ends last, summed.
    - "sum": the sum; services keep periods of one place, organization and project from overlapping.
    - Persons and households are summed only over values no two of which can hold the same people: one
      organization and project, one value per region, no region inside another, and periods that are the same.
    - A measure that was not stated is in no sum.
    """
    parts, within = _outermost(list(values))
    if metric.adds == Metric.Adds.LATEST:
        parts = _latest(parts)
    if metric.adds == Metric.Adds.MAX and parts:
        parts = [max(parts, key=lambda value: (value.value, value.pk))]
    qualifier = _qualifier(parts)
    if not parts or metric.measure == Measure.AMBIGUOUS:
        return MetricTotal(None, None, None, qualifier, tuple(parts), tuple(within))
    added = sum((part.value for part in parts), Decimal(0))
    exact = metric.measure in ("", *ADDITIVE) or len(parts) == 1 or _disjoint(parts)
    return MetricTotal(
        total=added if exact else None,
        at_least=added if exact else max(part.value for part in parts),
        at_most=added,
        qualifier=qualifier,
        parts=tuple(parts),
        within=tuple(within),
    )


def action_lines(campaign: Campaign, user) -> list[tuple[CampaignAction, list[MetricLine]]]:
    """Every action of a campaign with its metrics, their totals and the reported figures this person may see."""
    actions = list(campaign.actions.prefetch_related("metrics"))
    metrics = [metric for action in actions for metric in action.metrics.all()]
    values = defaultdict(list)
    for value in MetricValue.objects.visible_to(user).counted().filter(metric__in=metrics).select_related("region"):
        values[value.metric_id].append(value)
    figures = reported_beside(metrics, user)
    return [
        (
            action,
            [
                MetricLine(metric, total_of(metric, values[metric.pk]), figures[metric.pk])
                for metric in action.metrics.all()
            ],
        )
        for action in actions
    ]


def reported_beside(metrics: Sequence[Metric], user) -> dict[int, list[ReportedFigure]]:
    """Published reported figures of each metric, newest period first."""
    found: dict[int, list[ReportedFigure]] = defaultdict(list)
    rows = ReportedFigure.objects.visible_to(user).filter(metric__in=metrics, status=ReportedFigure.Status.PUBLISHED)
    for figure in rows.order_by("-period_to", "pk"):
        found[figure.metric_id].append(figure)
    return found


def _holder(value: MetricValue) -> tuple:
    return value.organization_id, value.project_id


def _overlap(one: MetricValue, other: MetricValue) -> bool:
    return one.period_from <= other.period_to and other.period_from <= one.period_to


def _outermost(values: list[MetricValue]) -> tuple[list[MetricValue], list[MetricValue]]:
    """Split off the values that one of a wider region, by the same people for the same time, includes."""
    places = defaultdict(list)
    for value in values:
        places[_holder(value), value.region_id].append(value)
    parts: list[MetricValue] = []
    within: list[MetricValue] = []
    for value in values:
        above = [code for code in value.region.ancestor_codes() if code != value.region_id]
        wider = (other for code in above for other in places.get((_holder(value), code), ()))
        (within if any(_overlap(value, other) for other in wider) else parts).append(value)
    return parts, within


def _latest(values: list[MetricValue]) -> list[MetricValue]:
    last: dict[tuple, MetricValue] = {}
    for value in sorted(values, key=lambda value: (value.period_to, value.pk)):
        last[_holder(value), value.region_id] = value
    return list(last.values())


def _disjoint(parts: list[MetricValue]) -> bool:
    same_people = len({_holder(part) for part in parts}) == 1
    same_time = len({(part.period_from, part.period_to) for part in parts}) == 1
    return same_people and same_time and len({part.region_id for part in parts}) == len(parts)


def _qualifier(parts: list[MetricValue]) -> str:
    found = {part.qualifier for part in parts}
    for qualifier in (Qualifier.OVER, Qualifier.ABOUT, Qualifier.NEARLY):
        if qualifier in found:
            return qualifier
    return Qualifier.EXACT

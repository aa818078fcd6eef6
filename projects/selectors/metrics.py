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

    `total` is None when people or households may stand in several values, or when some values may be part of others
    (`doubtful`): the truth then lies between `at_least` and `at_most`. All three are None where there is no value, or
    the measure was not stated. `within` are values that a wider one of the same organization and project includes.
    """

    total: Decimal | None
    at_least: Decimal | None
    at_most: Decimal | None
    qualifier: str
    parts: tuple[MetricValue, ...]
    within: tuple[MetricValue, ...] = ()
    doubtful: tuple[MetricValue, ...] = ()

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
    - A value of a wider region includes those of the same people inside it: in its period, or at any time where the
      latest holds. One that lies in its period only in part may be in it, and so may one of a named organization or
      project beside one that names none: then no exact sum exists.
    - Persons and households are summed only over values no two of which can hold the same people: one
      organization and project, one value per region, no region inside another, and periods that are the same.
    - A measure that was not stated is in no sum.
    """
    rows = list(values)
    if metric.adds == Metric.Adds.LATEST:
        rows = _latest(rows)
    parts, within, doubtful = _outermost(rows, any_time=metric.adds == Metric.Adds.LATEST)
    if metric.adds == Metric.Adds.MAX and parts:
        parts, doubtful = [max(parts, key=lambda value: (value.value, value.pk))], []
    qualifier = _qualifier(parts)
    if not parts or metric.measure == Measure.AMBIGUOUS:
        return MetricTotal(None, None, None, qualifier, tuple(parts), tuple(within))
    added = sum((part.value for part in parts), Decimal(0))
    adds_up = metric.measure in ("", *ADDITIVE) or len(parts) == 1 or _disjoint(parts)
    exact = adds_up and not doubtful
    sure = added - sum((part.value for part in doubtful), Decimal(0)) if adds_up else Decimal(0)
    return MetricTotal(
        total=added if exact else None,
        at_least=max(sure, *(part.value for part in parts)),
        at_most=added,
        qualifier=qualifier,
        parts=tuple(parts),
        within=tuple(within),
        doubtful=tuple(doubtful),
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


def _spans(one: MetricValue, other: MetricValue) -> bool:
    return one.period_from <= other.period_from and other.period_to <= one.period_to


def _speaks_for(one: MetricValue, other: MetricValue) -> bool:
    """Whether one names no other organization and no other project than the other does."""
    return all(mine in (None, theirs) for mine, theirs in zip(_holder(one), _holder(other), strict=True))


def _outermost(
    values: list[MetricValue], *, any_time: bool
) -> tuple[list[MetricValue], list[MetricValue], list[MetricValue]]:
    """The values that stand for themselves, those that a wider one includes, and which of the first may be in one."""
    places = defaultdict(list)
    for value in values:
        places[value.region_id].append(value)
    parts: list[MetricValue] = []
    within: list[MetricValue] = []
    doubtful: list[MetricValue] = []
    for value in values:
        here = [other for code in {value.region_id, *value.region.ancestor_codes()} for other in places.get(code, ())]
        beside = [other for other in here if any_time or _overlap(other, value)]
        same = [other for other in beside if _holder(other) == _holder(value) and other.region_id != value.region_id]
        if any(any_time or _spans(other, value) for other in same):
            within.append(value)
            continue
        parts.append(value)
        if same or any(_holder(other) != _holder(value) and _speaks_for(other, value) for other in beside):
            doubtful.append(value)
    return parts, within, doubtful


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

"""Beneficiaries of several counts together, without mixing measures and without counting anybody twice."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from demands.models import Measure
from projects.models import BeneficiaryCount, Project
from regions.selectors import with_paths

Qualifier = BeneficiaryCount.Qualifier
# Contacts add up; persons and households do so only over disjoint scopes (reference: domain §6.1).
ADDITIVE = (Measure.PERSON_TIMES, Measure.HOUSEHOLD_TIMES)


@dataclass(frozen=True)
class MeasureTotal:
    """What counts of one measure and one stage say together.

    `total` is None when no exact sum exists: then the truth lies between `at_least` (the largest single count) and
    `at_most` (the sum). All three are None for the measure that was not stated: its `parts` are shown as printed.
    `qualifier` belongs to the total, or to `at_most`. `parts` are the counts that went in; `within` are those
    left out because a part of the same project already includes them.
    """

    measure: str
    stage: str
    total: int | None
    at_least: int | None
    at_most: int | None
    qualifier: str
    parts: tuple[BeneficiaryCount, ...]
    within: tuple[BeneficiaryCount, ...] = ()

    @property
    def measure_label(self):
        return Measure(self.measure).label

    @property
    def qualifier_label(self):
        """The word before the number; nothing before an exact one."""
        return "" if self.qualifier == Qualifier.EXACT else Qualifier(self.qualifier).label


def combine(counts: Iterable[BeneficiaryCount]) -> list[MeasureTotal]:
    """One answer per stage and measure, expected before achieved; reads `count.region`, so select it beforehand.

    - Inside one project a count of a wider region, or without a group, is the total of the narrower ones: these are
      left out of the sum ("of which").
    - Person-times and household-times are summed.
    - Households live in one village: counts of regions none of which contains another are disjoint and are summed,
      whatever the project.
    - Persons come to a neighbouring region or a second project: only one project, which knows its own people, has
      disjoint counts of regions none of which contains another. Everything else gets bounds.
    - A count whose measure was not stated is listed and never summed.
    - A sum with a part "more than" is "more than"; else "about" before "nearly" before exact.
    """
    groups: dict[tuple[str, str], list[BeneficiaryCount]] = defaultdict(list)
    for count in counts:
        groups[count.stage, count.measure].append(count)
    order = {value: rank for rank, value in enumerate([*BeneficiaryCount.Stage.values, *Measure.values])}
    keys = sorted(groups, key=lambda key: (order[key[0]], order[key[1]]))
    return [_total(measure, stage, groups[stage, measure]) for stage, measure in keys]


def _total(measure: str, stage: str, counts: list[BeneficiaryCount]) -> MeasureTotal:
    qualifier = _qualifier(counts)
    if measure == Measure.AMBIGUOUS:
        return MeasureTotal(measure, stage, None, None, None, qualifier, tuple(counts))
    parts, within = _outermost(counts)
    values = [part.value for part in parts]
    added = sum(values)
    exact = measure in ADDITIVE or _disjoint(measure, parts)
    return MeasureTotal(
        measure=measure,
        stage=stage,
        total=added if exact else None,
        at_least=added if exact else max(values),
        at_most=added,
        qualifier=_qualifier(parts),
        parts=tuple(parts),
        within=tuple(within),
    )


def _outermost(counts: list[BeneficiaryCount]) -> tuple[list[BeneficiaryCount], list[BeneficiaryCount]]:
    """Split into counts that stand for themselves and those that a wider count of the same project includes."""
    known = {(count.project_id, count.region_id, count.group) for count in counts}
    parts: list[BeneficiaryCount] = []
    within: list[BeneficiaryCount] = []
    for count in counts:
        wider = {(count.project_id, code, group) for code in _above(count) for group in ("", count.group)}
        if count.group:
            wider.add((count.project_id, count.region_id, ""))
        (within if wider & known else parts).append(count)
    return parts, within


def _disjoint(measure: str, parts: list[BeneficiaryCount]) -> bool:
    """Whether nobody can be in two of the counts."""
    if measure == Measure.PERSONS and len({part.project_id for part in parts}) > 1:
        return False
    codes = {part.region_id for part in parts}
    if len(codes) < len(parts):
        return False
    return not any(code in codes for part in parts for code in _above(part))


def _above(count: BeneficiaryCount) -> list[str]:
    """Codes of the regions above; never its own, also where one code would fill two levels."""
    return [code for code in count.region.ancestor_codes() if code != count.region_id]


def _qualifier(counts: list[BeneficiaryCount]) -> str:
    found = {count.qualifier for count in counts}
    for qualifier in (Qualifier.OVER, Qualifier.ABOUT, Qualifier.NEARLY):
        if qualifier in found:
            return qualifier
    return Qualifier.EXACT


@dataclass(frozen=True)
class StageCounts:
    """The counts of one project in one stage, with what they say together."""

    stage: str
    label: str
    counts: list[BeneficiaryCount]
    totals: list[MeasureTotal]


def counts_by_stage(project: Project) -> list[StageCounts]:
    """Expected and achieved of one project, apart from each other; both are present even when empty.

    The regions of the counts carry their paths.
    """
    rows = list(project.counts.select_related("region").order_by("measure", "region", "group"))
    with_paths(row.region for row in rows)
    stages = []
    for stage in BeneficiaryCount.Stage:
        counts = [row for row in rows if row.stage == stage]
        stages.append(StageCounts(stage.value, str(stage.label), counts, combine(counts)))
    return stages

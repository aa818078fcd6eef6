"""Beneficiaries of several counts together, without mixing measures and without counting anybody twice."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from core.models import StatusChange
from demands.models import Measure
from projects.models import BeneficiaryCount, Project
from regions.selectors import with_paths

Qualifier, Status = BeneficiaryCount.Qualifier, BeneficiaryCount.Status
# Nobody in particular: what everybody may see.
_EVERYBODY = AnonymousUser()
# Contacts add up; persons and households do so only over disjoint scopes (reference: domain §6.1).
ADDITIVE = (Measure.PERSON_TIMES, Measure.HOUSEHOLD_TIMES)


@dataclass(frozen=True)
class MeasureTotal:
    """What counts of one measure and one stage say together.

    `total` is None when no exact sum exists: then the truth lies between `at_least` and `at_most`, the sum. All three
    are None for the measure that was not stated: its `parts` are shown as printed; and where nothing counts yet.
    `qualifier` belongs to the total, or to `at_most`. `parts` are the counts that went in; `within` are those
    left out because a part already includes their people; `waiting` are achieved ones nobody has verified.
    """

    measure: str
    stage: str
    total: int | None
    at_least: int | None
    at_most: int | None
    qualifier: str
    parts: tuple[BeneficiaryCount, ...]
    within: tuple[BeneficiaryCount, ...] = ()
    waiting: tuple[BeneficiaryCount, ...] = ()

    @property
    def measure_label(self):
        return Measure(self.measure).label

    @property
    def qualifier_label(self):
        """The word before the number; nothing before an exact one."""
        return "" if self.qualifier == Qualifier.EXACT else Qualifier(self.qualifier).label


def combine(counts: Iterable[BeneficiaryCount]) -> list[MeasureTotal]:
    """One answer per stage and measure, expected before achieved; reads `count.region`, so select it beforehand.

    - Achieved counts nobody has verified wait beside the total; those struck out are left aside altogether.
    - Counts of the same people count once, with the largest of their values.
    - Inside one project a count of a wider region, without a group or without a scope is the total of the narrower
      ones: these are left out of the sum ("of which").
    - Person-times and household-times are summed.
    - Persons and households get bounds: no more than the sum, no fewer than the counts that share nobody
      (`_shared_by_none`). Where the bounds meet, that is the total.
    - A count whose measure was not stated is listed and never summed.
    - A sum with a part "more than" is "more than"; else "about" before "nearly" before exact.
    """
    groups: dict[tuple[str, str], list[BeneficiaryCount]] = defaultdict(list)
    for count in counts:
        if count.status != Status.STRUCK:
            groups[count.stage, count.measure].append(count)
    order = {value: rank for rank, value in enumerate([*BeneficiaryCount.Stage.values, *Measure.values])}
    keys = sorted(groups, key=lambda key: (order[key[0]], order[key[1]]))
    return [_total(measure, stage, groups[stage, measure]) for stage, measure in keys]


def _total(measure: str, stage: str, counts: list[BeneficiaryCount]) -> MeasureTotal:
    waiting = tuple(count for count in counts if _waits(count))
    counts = [count for count in counts if not _waits(count)]
    if measure == Measure.AMBIGUOUS or not counts:
        qualifier = _qualifier(counts)
        return MeasureTotal(measure, stage, None, None, None, qualifier, tuple(counts), waiting=waiting)
    kept, values, again = _once(counts)
    parts, within = _outermost(kept)
    at_most = sum(values[id(part)] for part in parts)
    weights = [(part, values[id(part)]) for part in parts]
    at_least = at_most if measure in ADDITIVE else _shared_by_none(measure, weights)
    return MeasureTotal(
        measure=measure,
        stage=stage,
        total=at_most if at_least == at_most else None,
        at_least=at_least,
        at_most=at_most,
        qualifier=_qualifier(parts),
        parts=tuple(parts),
        within=(*within, *again),
        waiting=waiting,
    )


def _waits(count: BeneficiaryCount) -> bool:
    return count.stage == BeneficiaryCount.Stage.ACHIEVED and count.status != Status.VERIFIED


def _once(counts: list[BeneficiaryCount]) -> tuple[list[BeneficiaryCount], dict[int, int], list[BeneficiaryCount]]:
    """Counts of the same people as one: those kept, the value of each by its identity, and those left out.

    The count the others refer to is kept, or the first in a fixed order where it is not among them.
    """
    people: dict[object, list[BeneficiaryCount]] = defaultdict(list)
    for count in counts:
        own = ("unsaved", id(count)) if count.pk is None else count.pk
        people[count.same_as_id or own].append(count)
    kept, values, again = [], {}, []
    for group in people.values():
        first, *others = sorted(group, key=_reading_order)
        kept.append(first)
        values[id(first)] = max(count.value for count in group)
        again += others
    return kept, values, again


def _reading_order(count: BeneficiaryCount) -> tuple:
    return count.same_as_id is not None, count.project_id, count.region_id, count.group, count.scope, count.pk or 0


def _outermost(counts: list[BeneficiaryCount]) -> tuple[list[BeneficiaryCount], list[BeneficiaryCount]]:
    """Split into counts that stand for themselves and those that a wider count of the same project includes."""
    known = {(count.project_id, count.region_id, count.group, count.scope) for count in counts}
    parts: list[BeneficiaryCount] = []
    within: list[BeneficiaryCount] = []
    for count in counts:
        wider = {
            (count.project_id, code, group, scope)
            for code in (count.region_id, *_above(count))
            for group in ("", count.group)
            for scope in ("", count.scope)
        }
        wider.discard((count.project_id, count.region_id, count.group, count.scope))
        (within if wider & known else parts).append(count)
    return parts, within


def _shared_by_none(measure: str, parts: list[tuple[BeneficiaryCount, int]]) -> int:
    """The largest sum of counts no two of which can hold the same people, never less than the largest single one.

    - One project knows its own people: its counts of regions none of which contains another share nobody, and one
      it calls disjoint shares nobody with any other of its counts.
    - Persons come to a neighbouring region or a second project: across projects only two counts that are both
      called disjoint share nobody.
    - Households live in one village: across projects this also holds for regions none of which contains another.
    """
    projects: dict[int, list[tuple[BeneficiaryCount, int]]] = defaultdict(list)
    for part, value in parts:
        projects[part.project_id].append((part, value))
    sums = [sum(value for part, value in parts if _is_disjoint(part))]
    for own in projects.values():
        called = sum(value for part, value in own if _is_disjoint(part))
        sums.append(called + _side_by_side([(part, value) for part, value in own if not _is_disjoint(part)]))
    if measure == Measure.HOUSEHOLDS:
        sums.append(_side_by_side(parts))
    return max(sums)


def _is_disjoint(count: BeneficiaryCount) -> bool:
    return count.overlap == BeneficiaryCount.Overlap.DISJOINT


def _side_by_side(parts: list[tuple[BeneficiaryCount, int]]) -> int:
    """The largest sum over regions none of which contains another, each with the largest sum of its own counts."""
    here: dict[str, list[tuple[BeneficiaryCount, int]]] = defaultdict(list)
    above: dict[str, list[str]] = {}
    for part, value in parts:
        here[part.region_id].append((part, value))
        above[part.region_id] = _above(part)
    below: dict[str, int] = defaultdict(int)
    outermost = 0
    # The innermost regions first: what lies below a region is complete when its turn comes.
    for code in sorted(here, key=lambda code: (-len(above[code]), code)):
        best = max(_of_one_region(here[code]), below[code])
        wider = next((other for other in above[code] if other in here), None)
        if wider is None:
            outermost += best
        else:
            below[wider] += best
    return outermost


def _of_one_region(parts: list[tuple[BeneficiaryCount, int]]) -> int:
    """The largest sum of counts of one region that share nobody."""
    projects: dict[int, list[tuple[BeneficiaryCount, int]]] = defaultdict(list)
    for part, value in parts:
        projects[part.project_id].append((part, value))
    sums = [sum(value for part, value in parts if _is_disjoint(part))]
    for own in projects.values():
        others = [value for part, value in own if not _is_disjoint(part)]
        sums.append(sum(value for part, value in own if _is_disjoint(part)) + max(others, default=0))
    return max(sums)


def _above(count: BeneficiaryCount) -> list[str]:
    """Codes of the regions above, the nearest first; never its own, also where one code would fill two levels."""
    return sorted({code for code in count.region.ancestor_codes() if code != count.region_id}, reverse=True)


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


def counts_by_stage(project: Project, user=_EVERYBODY) -> list[StageCounts]:
    """Expected and achieved of one project, apart from each other; both are present even when empty.

    The regions of the counts carry their paths, and the counts say whether one of their fields was ever changed and
    whether the person sees the project of a count of the same people.
    """
    rows = list(project.counts.for_list().order_by("measure", "region", "group", "scope", "pk"))
    with_paths(row.region for row in rows)
    changed = set(StatusChange.objects.of_many(rows).exclude(changes={}).values_list("object_id", flat=True))
    others = {row.same_as.project_id for row in rows if row.same_as}
    seen = set(Project.objects.visible_to(user).filter(pk__in=others).values_list("pk", flat=True)) if others else ()
    for row in rows:
        row.is_corrected = row.pk in changed
        row.same_as_is_seen = row.same_as is not None and row.same_as.project_id in seen
    stages = []
    for stage in BeneficiaryCount.Stage:
        counts = [row for row in rows if row.stage == stage]
        stages.append(StageCounts(stage.value, str(stage.label), counts, combine(counts)))
    return stages

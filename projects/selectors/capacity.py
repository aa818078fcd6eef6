"""Counts of stations, funds, organizations, courses and contests from records, with what sources say beside them."""

import datetime
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from organizations.models import Organization
from projects.models import CapacityKind, CapacityRecord, ReportedFigure
from projects.models.capacity import CapacityQuerySet
from regions.models import Region

DEFINITION = _(
    "From records: verified ones; stations, funds and filed organizations that were open on the day, courses and "
    "contests that had begun by then. Figures reported by a source stand beside them and are never added."
)

# Reported figures of one kind on the page of a region; the page of the counts has all of them.
BESIDE = 3


@dataclass(frozen=True)
class KindCount:
    """One kind in one region: the count from records, and the reported figures of the same indicator."""

    kind: str
    count: int
    reported: list[ReportedFigure]

    @property
    def label(self):
        return CapacityKind(self.kind).label

    @property
    def lasts(self) -> bool:
        """Whether the day decides if it is there; courses and contests only have to have begun."""
        return self.kind in CapacityRecord.LASTING


@dataclass(frozen=True)
class PlaceCounts:
    """A region with a count for each kind. `whole` marks the region asked for, which holds all the others."""

    region: Region | None
    whole: bool
    kinds: list[KindCount]


def capacity_counts(user, *, region: Region | None, on: datetime.date) -> list[PlaceCounts]:
    """Counts of a region (None: the country) and of each region directly below it that has any, on a day."""
    records = CapacityRecord.objects.visible_to(user).counted().filter(_there(on))
    figures = ReportedFigure.objects.visible_to(user).published()
    figures = figures.exclude(capacity="").filter(period_to__lte=on).select_related("region")
    if region is not None:
        records = records.filter(region__code__range=(region.low, region.high))
        figures = figures.filter(region__code__range=(region.low, region.high))
    below = list(Region.objects.filter(parent=region).order_by("code"))
    whole: Counter[str] = Counter()
    parts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in records.order_by().values("kind", "region").annotate(n=Count("pk")):
        whole[row["kind"]] += row["n"]
        parts[_part(row["region"], below)][row["kind"]] += row["n"]
    reported: dict[str, list[ReportedFigure]] = defaultdict(list)
    for figure in figures.order_by("-period_to", "number"):
        reported[_part(figure.region_id, below)].append(figure)
    found = [_place(region, True, whole, reported[""])]
    shown = [place for place in below if place.pk in parts or place.pk in reported]
    return found + [_place(place, False, parts[place.pk], reported[place.pk]) for place in shown]


def kinds_of_region(*, region: Region, on: datetime.date, figures: list[ReportedFigure]) -> list[KindCount]:
    """What the public sees of one region on a day: counts from records in it, and what sources reported of it itself.

    Kinds without either are left out. Of the figures, those of a kind of capacity stand beside, `BESIDE` at most.
    """
    records = CapacityRecord.objects.filter(region__code__range=(region.low, region.high))
    place = _place(region, True, _by_kind(records, on), [figure for figure in figures if figure.capacity])
    return [KindCount(one.kind, one.count, one.reported[:BESIDE]) for one in place.kinds if one.count or one.reported]


def kinds_of_organization(*, organization: Organization, on: datetime.date) -> list[KindCount]:
    """What the organization runs, has incubated or has held, by kind, from verified records."""
    counts = _by_kind(CapacityRecord.objects.filter(organization=organization), on)
    return [KindCount(kind, counts[kind], []) for kind in CapacityKind.values if counts[kind]]


def _by_kind(records: CapacityQuerySet, on: datetime.date) -> Counter[str]:
    rows = records.counted().filter(_there(on)).order_by().values("kind").annotate(n=Count("pk"))
    return Counter({row["kind"]: row["n"] for row in rows})


def _part(code: str, below: list[Region]) -> str:
    """Which of the regions below holds a code; empty when it is none: the region asked for itself."""
    place = bisect_right(below, code, key=lambda region: region.pk) - 1
    return below[place].pk if place >= 0 and below[place].contains(code) else ""


def _there(on: datetime.date) -> Q:
    lasting = Q(kind__in=CapacityRecord.LASTING) & (Q(closed_on=None) | Q(closed_on__gt=on))
    return Q(opened_on__lte=on) & (lasting | ~Q(kind__in=CapacityRecord.LASTING))


def _place(region: Region | None, whole: bool, counts: Counter[str], figures: list[ReportedFigure]) -> PlaceCounts:
    kinds = [
        KindCount(kind, counts[kind], [figure for figure in figures if figure.capacity == kind])
        for kind in CapacityKind.values
    ]
    return PlaceCounts(region, whole, kinds)

"""Counts of stations, funds, organizations, courses and contests from records, with what sources say beside them."""

import datetime
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from projects.models import CapacityKind, CapacityRecord, ReportedFigure
from regions.models import Region

DEFINITION = _(
    "From records: verified ones; stations, funds and filed organizations that were open on the day, courses and "
    "contests that had begun by then. Figures reported by a source stand beside them and are never added."
)


@dataclass(frozen=True)
class KindCount:
    """One kind in one region: the count from records, and the reported figures of the same indicator."""

    kind: str
    count: int
    reported: list[ReportedFigure]

    @property
    def label(self):
        return CapacityKind(self.kind).label


@dataclass(frozen=True)
class PlaceCounts:
    """A region with a count for each kind. `whole` marks the region asked for, which holds all the others."""

    region: Region | None
    whole: bool
    kinds: list[KindCount]


def capacity_counts(user, *, region: Region | None, on: datetime.date) -> list[PlaceCounts]:
    """Counts of a region (None: the country) and of each region directly below it that has any, on a day."""
    records = CapacityRecord.objects.visible_to(user).counted().filter(_there(on))
    figures = ReportedFigure.objects.visible_to(user).filter(status=ReportedFigure.Status.PUBLISHED)
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

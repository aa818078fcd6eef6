"""Reads of this floor that are not rows of one table: totals that never mix measures or count anybody twice."""

from projects.selectors.capacity import KindCount, PlaceCounts, capacity_counts
from projects.selectors.consumption import ModeTotal, UnitTotal, consumption_totals, reported_consumption
from projects.selectors.counts import ADDITIVE, MeasureTotal, StageCounts, combine, counts_by_stage
from projects.selectors.metrics import MetricLine, MetricTotal, action_lines, reported_beside, total_of
from projects.selectors.rosters import DistinctLine, DistinctPersons, distinct_persons

__all__ = [
    "ADDITIVE",
    "KindCount",
    "DistinctLine",
    "DistinctPersons",
    "MeasureTotal",
    "MetricLine",
    "MetricTotal",
    "ModeTotal",
    "PlaceCounts",
    "StageCounts",
    "UnitTotal",
    "action_lines",
    "capacity_counts",
    "combine",
    "consumption_totals",
    "counts_by_stage",
    "distinct_persons",
    "reported_beside",
    "reported_consumption",
    "total_of",
]

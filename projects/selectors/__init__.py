"""Reads of this floor that are not rows of one table: totals that never mix measures or count anybody twice."""

from projects.selectors.counts import ADDITIVE, MeasureTotal, StageCounts, combine, counts_by_stage
from projects.selectors.metrics import MetricLine, MetricTotal, action_lines, reported_beside, total_of

__all__ = [
    "ADDITIVE",
    "MeasureTotal",
    "MetricLine",
    "MetricTotal",
    "StageCounts",
    "action_lines",
    "combine",
    "counts_by_stage",
    "reported_beside",
    "total_of",
]

"""Filters of the lists of this floor."""

from projects.filters.activities import ActivityFilter
from projects.filters.campaigns import CampaignFilter, MetricValueFilter, ReportedFigureFilter
from projects.filters.capacity import CapacityFilter
from projects.filters.consumption import ConsumptionFilter, ProductFilter
from projects.filters.counts import CountFilter
from projects.filters.projects import ProjectFilter

__all__ = [
    "ActivityFilter",
    "CampaignFilter",
    "CapacityFilter",
    "ConsumptionFilter",
    "CountFilter",
    "MetricValueFilter",
    "ProductFilter",
    "ProjectFilter",
    "ReportedFigureFilter",
]

"""Filters of the lists of this floor."""

from projects.filters.activities import ActivityFilter
from projects.filters.campaigns import CampaignFilter, MetricValueFilter, ReportedFigureFilter
from projects.filters.projects import ProjectFilter

__all__ = ["ActivityFilter", "CampaignFilter", "MetricValueFilter", "ProjectFilter", "ReportedFigureFilter"]

"""Filters of the lists of this floor."""

from projects.filters.campaigns import CampaignFilter, MetricValueFilter, ReportedFigureFilter
from projects.filters.projects import ProjectFilter

__all__ = ["CampaignFilter", "MetricValueFilter", "ProjectFilter", "ReportedFigureFilter"]

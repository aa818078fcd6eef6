"""Filters of the lists of this floor."""

from projects.filters.projects import ProjectFilter

__all__ = ["ProjectFilter"]

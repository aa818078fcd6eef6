"""Assistance projects, and whom they reach (design §5)."""

from projects.models.counts import BeneficiaryCount
from projects.models.projects import Project, ProjectRegion

__all__ = ["BeneficiaryCount", "Project", "ProjectRegion"]

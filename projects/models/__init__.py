"""Assistance projects, whom they reach, campaigns with their metrics, and reported figures (design §5)."""

from projects.models.activities import Activity, ProjectFile
from projects.models.campaigns import Campaign, CampaignAction, Metric, MetricValue, Subject
from projects.models.capacity import CapacityKind, CapacityRecord
from projects.models.consumption import ConsumptionRecord, Product, RefundEntry
from projects.models.counts import BeneficiaryCount
from projects.models.projects import BudgetLine, Milestone, Project, ProjectRegion
from projects.models.reported import ReportedFigure
from projects.models.rosters import Roster, RosterEntry

__all__ = [
    "Activity",
    "BeneficiaryCount",
    "BudgetLine",
    "Campaign",
    "CampaignAction",
    "CapacityKind",
    "CapacityRecord",
    "ConsumptionRecord",
    "Metric",
    "MetricValue",
    "Milestone",
    "Product",
    "Project",
    "ProjectFile",
    "ProjectRegion",
    "RefundEntry",
    "ReportedFigure",
    "Roster",
    "RosterEntry",
    "Subject",
]

"""The sheets of this floor: what a row of each is. The words are the file format."""

from projects.sheets.activities import activity_row, activity_sheet
from projects.sheets.plans import count_row, count_sheet, project_sheet
from projects.sheets.records import (
    CAPACITY_SHEET,
    CONSUMPTION_SHEET,
    METRIC_SHEET,
    PRODUCT_SHEET,
    ROSTER_SHEET,
    figure_sheet,
    value_sheet,
)

__all__ = [
    "CAPACITY_SHEET",
    "CONSUMPTION_SHEET",
    "METRIC_SHEET",
    "PRODUCT_SHEET",
    "ROSTER_SHEET",
    "activity_row",
    "activity_sheet",
    "count_row",
    "count_sheet",
    "figure_sheet",
    "project_sheet",
    "value_sheet",
]

"""The spreadsheet engine: a sheet is declared once, then read with every error at once, or written as a template."""

from exchange.sheets.budget import Unreadable
from exchange.sheets.declaration import Choice, Column, Kind, Problem, Reading, Row, Sheet, Unresolved
from exchange.sheets.readers import Table, WrongHeader, opened, read
from exchange.sheets.writers import marked, template, write

__all__ = [
    "Choice",
    "Column",
    "Kind",
    "Problem",
    "Reading",
    "Row",
    "Sheet",
    "Table",
    "Unreadable",
    "Unresolved",
    "WrongHeader",
    "marked",
    "opened",
    "read",
    "template",
    "write",
]

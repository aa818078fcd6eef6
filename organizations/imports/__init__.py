"""The organization sheet as files of it are checked, stored and taken back: the one door for many rows at once."""

from organizations.imports.indexing import settle
from organizations.imports.rules import Checks
from organizations.imports.storing import LOCK, OrganizationRun, keep_former_name, store_search_keys
from organizations.imports.undoing import undo

__all__ = ["LOCK", "Checks", "OrganizationRun", "keep_former_name", "settle", "store_search_keys", "undo"]

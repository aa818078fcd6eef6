"""What people call the sheets; filled as the apps make them known (exchange.imports.register)."""

from typing import Any

TITLES: dict[str, Any] = {}


def titles() -> list[tuple[str, str]]:
    """(key, title) of every sheet, in the reader's language."""
    return [(key, str(title)) for key, title in TITLES.items()]


def title_of(sheet: str) -> str:
    """What people call a sheet; its key where no app knows it any more."""
    return str(TITLES.get(sheet, sheet))

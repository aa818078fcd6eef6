"""Everything people are told, on one screen. Each app's notices.py lists its `rules` and `reminders`."""

from demands import notices as demands
from notices import kinds
from organizations import notices as organizations
from projects import notices as projects


def register() -> None:
    """Make the rules of all apps known to the inbox."""
    for module in (demands, organizations, projects):
        kinds.register(rules=module.rules, reminders=module.reminders)

"""What the house tests have in common."""

import pytest


@pytest.fixture(autouse=True)
def rosters_are_on(settings):
    """Their pages are looked at as well; that they are off unless somebody decides otherwise is tested elsewhere."""
    settings.ROSTERS_ENABLED = True
    settings.ROSTER_KEYS = {"test": bytes(range(32))}

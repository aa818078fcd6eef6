"""The eight ways every journey is run: with and without script, in both languages, on a wide screen and a phone."""

import itertools

import pytest

# This one runs with every commit, the others with the slow tests: a phone without script, in the language of most.
COMMON = {(False, "zh-hans", 390)}
RUNS = [
    pytest.param(*how, id=f"{'script' if how[0] else 'plain'}-{how[1]}-{how[2]}")
    if how in COMMON
    else pytest.param(*how, id=f"{'script' if how[0] else 'plain'}-{how[1]}-{how[2]}", marks=pytest.mark.slow)
    for how in itertools.product((True, False), ("zh-hans", "en"), (1280, 390))
]


def audit(window) -> None:
    """Axe, where scripts run."""
    if window.scripts:
        window.audit()

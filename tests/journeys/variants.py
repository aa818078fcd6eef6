"""The eight ways every journey is run: with and without script, in both languages, on a wide screen and a phone."""

import itertools

import pytest


def runs(common: tuple[bool, str, int] | tuple[()]) -> list:
    """All eight; `common` (with script, language, width) runs with every commit, the others with the slow tests."""
    return [
        pytest.param(
            *how,
            id=f"{'script' if how[0] else 'plain'}-{how[1]}-{how[2]}",
            marks=[] if how == common else [pytest.mark.slow],
        )
        for how in itertools.product((True, False), ("zh-hans", "en"), (1280, 390))
    ]


# A phone without script, in the language of most.
RUNS = runs((False, "zh-hans", 390))


def audit(window) -> None:
    """Axe, where scripts run."""
    if window.scripts:
        window.audit()

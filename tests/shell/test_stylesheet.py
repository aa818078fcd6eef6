"""The style sheet is small, complete and readable: size, tokens, contrast, statuses."""

import gzip
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

CSS = (Path(settings.BASE_DIR) / "static" / "css" / "portal.css").read_text()
TOKENS = dict(re.findall(r"(--[\w-]+):\s*(#[0-9a-f]{6});", CSS))

# Text on its ground; every pair that the style sheet puts together.
TEXT_PAIRS = [
    ("--ink", "--paper"),
    ("--ink", "--ground"),
    ("--ink", "--info-soft"),
    ("--ink", "--warn-soft"),
    ("--ink", "--ok-soft"),
    ("--ink", "--accent-soft"),
    ("--ink", "--quiet-soft"),
    ("--ink-soft", "--paper"),
    ("--ink-soft", "--ground"),
    ("--ink-soft", "--quiet-soft"),
    ("--brand", "--paper"),
    ("--brand", "--ground"),
    ("--brand", "--brand-soft"),
    ("--brand-deep", "--paper"),
    ("--brand-deep", "--ground"),
    ("--brand-deep", "--brand-soft"),
    ("--on-brand", "--brand"),
    ("--on-brand", "--brand-deep"),
    ("--on-brand-soft", "--brand-deep"),
    ("--on-brand", "--accent"),
    ("--on-brand", "--accent-deep"),
    ("--accent", "--paper"),
    ("--accent", "--ground"),
    ("--accent-deep", "--paper"),
    ("--accent-deep", "--ground"),
    ("--accent-deep", "--accent-soft"),
    ("--ok", "--ok-soft"),
    ("--warn", "--warn-soft"),
    ("--info", "--info-soft"),
]
# Edges of controls, the focus ring and the bar need 3:1 (WCAG 1.4.11).
SHAPE_PAIRS = [
    ("--edge", "--paper"),
    ("--edge", "--ground"),
    ("--focus", "--paper"),
    ("--focus", "--ground"),
    ("--accent", "--paper"),
    ("--brand", "--paper"),
]
# Statuses that keep the grey and the open circle of an unknown status on purpose.
QUIET = {"draft"}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_formula_knows_black_on_white():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_reaches_aa(text, ground):
    assert contrast(TOKENS[text], TOKENS[ground]) >= 4.5


@pytest.mark.parametrize(("shape", "ground"), SHAPE_PAIRS)
def test_shapes_reach_three_to_one(shape, ground):
    assert contrast(TOKENS[shape], TOKENS[ground]) >= 3


def test_style_sheet_fits_its_budget():
    assert len(gzip.compress(CSS.encode(), 9)) <= 20 * 1024


def test_every_token_used_is_defined():
    defined = set(re.findall(r"(--[\w-]+)\s*:", CSS))
    assert set(re.findall(r"var\((--[\w-]+)", CSS)) <= defined


def test_colours_are_only_named_as_tokens():
    rules = CSS.split("/* ---------- 2. elements")[1].split("/* ---------- 8. paper")[0]
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*})", rules) == []


def test_nothing_comes_from_outside():
    assert "http" not in re.sub(r'\[href\^="http"\]', "", CSS)
    assert "@import" not in CSS
    assert "@font-face" not in CSS


def test_every_status_of_every_record_has_a_look():
    values = {value for model in apps.get_models() if hasattr(model, "Status") for value in model.Status.values}
    drawn = set(re.findall(r"\.status--([a-z_]+)", CSS))
    assert values - drawn - QUIET == set()


@pytest.mark.parametrize("query", ["@media print", "prefers-reduced-motion: reduce", "forced-colors: active"])
def test_other_ways_of_reading_are_served(query):
    assert query in CSS

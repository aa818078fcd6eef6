"""Demands that look like one another: the same village, like things, within a year, or nearly the same words."""

import datetime
from collections.abc import Iterable, Sequence

from django.db import models
from django.utils import timezone

from core import bigrams
from demands.models import Demand

# Two demands of a village are compared when the other one was written at most so long ago.
NEAR = datetime.timedelta(days=365)
# From here on (Sørensen–Dice, 0 to 1) names of things, and whole texts, count as alike.
LIKE_ITEM = 0.6
LIKE_TEXT = 0.7
MOST_COMPARED = 300


def _pairs(text: str) -> set[str]:
    """The overlapping pairs of characters of a text, without blanks and punctuation."""
    plain = "".join(bigrams.runs(text))
    return {plain[start : start + 2] for start in range(len(plain) - 1)} or {plain}


def likeness(one: str, other: str) -> float:
    """How much two texts have in common, from 0 to 1 (Sørensen–Dice over pairs of characters)."""
    first, second = _pairs(one), _pairs(other)
    return 2 * len(first & second) / (len(first) + len(second))


def likely_duplicates(
    *, village_code: str, title: str, story: str, items: Iterable[str], but: int | None = None
) -> list[Demand]:
    """Demands of the same village that look like this one, newest first; withdrawn and rejected ones do not count."""
    others = _compared([village_code]).exclude(pk=but or 0)
    names = list(items)
    return [other for other in others[:MOST_COMPARED] if alike(title, story, names, other)]


def _compared(codes: Iterable[str]) -> "models.QuerySet[Demand]":
    """The demands of these villages that a new one is held against, newest first."""
    given_up = (Demand.Status.WITHDRAWN, Demand.Status.REJECTED)
    recent = Demand.objects.filter(village__in=list(codes), created_at__gte=timezone.now() - NEAR)
    return recent.exclude(status__in=given_up).prefetch_related("items").order_by("-pk")


def alike(title: str, story: str, names: Sequence[str], other: Demand) -> bool:
    """Whether a thing of the other demand is like one of `names`, or its text like this one."""
    theirs = [item.what for item in other.items.all()]
    if any(_like_thing(name, what) for name in names for what in theirs):
        return True
    return likeness(f"{title}{story}", f"{other.title}{other.story}") >= LIKE_TEXT


def _like_thing(one: str, other: str) -> bool:
    """Whether two names of things are alike, or the shorter one stands in the longer: 棉被 in 棉被（双人）."""
    shorter, longer = sorted(("".join(bigrams.runs(one)), "".join(bigrams.runs(other))), key=len)
    return (len(shorter) > 1 and shorter in longer) or likeness(one, other) >= LIKE_ITEM


def duplicates_of(demand: Demand) -> list[Demand]:
    """Those demands that look like this one."""
    return duplicates_in([demand])[demand.pk]


def duplicates_in(demands: Sequence[Demand]) -> dict[int, list[Demand]]:
    """`duplicates_of` many demands, by their keys."""
    near: dict[str, list[Demand]] = {}
    for other in _compared({demand.village_id for demand in demands}):
        near.setdefault(other.village_id, []).append(other)
    return {demand.pk: _alike_among(demand, near.get(demand.village_id, [])) for demand in demands}


def _alike_among(demand: Demand, others: list[Demand]) -> list[Demand]:
    own = next((other for other in others if other.pk == demand.pk), demand)
    names = [item.what for item in own.items.all()]
    compared = [other for other in others if other.pk != demand.pk][:MOST_COMPARED]
    return [other for other in compared if alike(demand.title, demand.story, names, other)]

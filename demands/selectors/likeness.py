"""Demands that look like one another: the same village, like things, within a year, or nearly the same words."""

import datetime
from collections.abc import Iterable, Sequence

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
    given_up = (Demand.Status.WITHDRAWN, Demand.Status.REJECTED)
    others = (
        Demand.objects.filter(village=village_code, created_at__gte=timezone.now() - NEAR)
        .exclude(status__in=given_up)
        .exclude(pk=but or 0)
        .prefetch_related("items")
        .order_by("-pk")
    )
    names = list(items)
    return [other for other in others[:MOST_COMPARED] if alike(title, story, names, other)]


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
    return likely_duplicates(
        village_code=demand.village_id,
        title=demand.title,
        story=demand.story,
        items=[item.what for item in demand.items.all()],
        but=demand.pk,
    )

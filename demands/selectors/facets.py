"""Counts beside the filters of the demand list, all from one grouped query.

Each count says how many demands the list would have if this value were chosen and all other filters stayed.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, QuerySet, Value, When
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.translation import gettext as _

from demands.models import Demand, DemandItem
from organizations.models import AssistanceForm
from regions import selectors as regions
from regions.models import Region

# Days ahead of the deadline facet; a demand due within a week is also due within a month.
DEADLINES = {"week": 7, "month": 30}
REMAINING = {"all": (Demand.Status.PUBLISHED,), "part": (Demand.Status.CLAIMED_IN_PART,)}
# How many digits of the village's code tell the regions below one of this level apart.
_BELOW = {Region.Level.PROVINCE: 6, Region.Level.CITY: 6, Region.Level.COUNTY: 9, Region.Level.TOWNSHIP: 12}
NAMES = ("form", "kind", "urgency", "remaining", "deadline")


@dataclass(frozen=True)
class Option:
    """One value of a facet, how many demands it leaves, and whether it is the chosen one."""

    value: str
    label: str
    count: int
    chosen: bool = False


@dataclass(frozen=True)
class Facet:
    """One filter with its values, the chosen one always among them; `name` is its name in the query."""

    name: str
    label: str
    options: list[Option]

    @property
    def is_chosen(self) -> bool:
        return any(option.chosen for option in self.options)


def remaining_of(status: str) -> str:
    """What is left to claim: "all", "part" or "nothing"."""
    return next((name for name, statuses in REMAINING.items() if status in statuses), "nothing")


_MATCHES: dict[str, Callable[[dict, str], bool]] = {
    "form": lambda group, value: group["form"] == value,
    "urgency": lambda group, value: group["urgency"] == value,
    "kind": lambda group, value: bool(group["kinds"] & DemandItem.BITS[DemandItem.Kind(value)]),
    "remaining": lambda group, value: remaining_of(group["status"]) == value,
    "deadline": lambda group, value: group["due"] <= DEADLINES[value],
}


def facets(
    rows: QuerySet, chosen: Mapping[str, str], region: Region | None, today: datetime.date | None = None
) -> list[Facet]:
    """The facets of `rows`, a query with every filter but the facets' own; `chosen` are those in force."""
    groups = _groups(rows, region, today or timezone.localdate())
    wanted = {name: chosen[name] for name in NAMES if chosen.get(name)}

    def count(name: str, value: str) -> int:
        conditions = [(_MATCHES[other], v) for other, v in wanted.items() if other != name] + [(_MATCHES[name], value)]
        return sum(group["n"] for group in groups if all(match(group, v) for match, v in conditions))

    found = []
    for name, label, choices in _choices():
        options = [Option(value, str(text), count(name, value), wanted.get(name) == value) for value, text in choices]
        found.append(Facet(name, label, [option for option in options if option.count or option.chosen]))
    below = [group for group in groups if all(_MATCHES[name](group, value) for name, value in wanted.items())]
    return [_places(below, region), *found]


def _choices() -> list[tuple[str, str, list]]:
    return [
        ("form", _("Assistance form"), AssistanceForm.choices),
        ("kind", _("What is needed"), DemandItem.Kind.choices),
        ("urgency", _("Urgency"), Demand.Urgency.choices),
        ("remaining", _("Left to claim"), remaining_choices()),
        ("deadline", _("Deadline"), deadline_choices()),
    ]


def remaining_choices() -> list[tuple[str, str]]:
    return [("all", _("nothing claimed yet")), ("part", _("a part left")), ("nothing", _("nothing left"))]


def deadline_choices() -> list[tuple[str, str]]:
    return [("week", _("within 7 days")), ("month", _("within 30 days"))]


def _groups(rows: QuerySet, region: Region | None, today: datetime.date) -> list[dict[str, Any]]:
    due = Case(
        When(valid_until__lt=today, then=Value(10_000)),
        *(
            When(valid_until__lte=today + datetime.timedelta(days=days), then=Value(days))
            for days in DEADLINES.values()
        ),
        default=Value(10_000),
    )
    digits = 2 if region is None else _BELOW.get(Region.Level(region.level), 12)
    cube = rows.order_by().annotate(due=due, below=Left("village_id", digits))
    return list(cube.values("form", "urgency", "status", "kinds", "due", "below").annotate(n=Count("pk")))


def _places(groups: list[dict[str, Any]], region: Region | None) -> Facet:
    """The regions directly below the chosen one, with how many demands lie in each."""
    places = list(regions.provinces() if region is None else regions.children(region))
    counts: Counter[str] = Counter()
    for group in groups:
        counts[group["below"]] += group["n"]
    options = []
    for place in places:
        number = sum(n for below, n in counts.items() if place.low[: len(below)] <= below <= place.high[: len(below)])
        if number:
            options.append(Option(place.short_code, place.name, number))
    return Facet("region", _("Region"), options)

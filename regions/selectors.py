"""Finding regions: by code, by written path, by what somebody types; and the paths and children of many at once."""

import datetime
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.sections import Sections
from regions.models import CODE_LENGTH, Region

Level = Region.Level
COUNTY_AND_ABOVE = (Level.PROVINCE, Level.CITY, Level.COUNTY)
TOWNSHIP_AND_ABOVE = (*COUNTY_AND_ABOVE, Level.TOWNSHIP)

# First letters of 省 市 州 县 区 旗 镇: counties became cities and districts, and people type the old word.
UNIT_LETTERS = "sxqz"
# The order of search results, see `ranked`.
RANK = ["tier", "length", "pinyin"]
# How many queries the search for a written path may take.
PATH_STEPS = 60
# Between the names of a written path.
SEPARATORS = str.maketrans("", "", " \u3000/>›·,，、-—")

# What floors above show on the page of a region.
SECTIONS = Sections()


class UnknownRegion(Refused):
    """No region has this code or name."""

    code = "unknown_region"


class OutdatedRegion(Refused):
    """The code was valid once; `facts` has the code of its successor."""

    code = "outdated_region"


class AmbiguousRegion(Refused):
    """Several regions have this name; `candidates` are some of them."""

    code = "ambiguous_region"

    def __init__(self, message, candidates: list[Region]):
        super().__init__(message)
        self.candidates = candidates


def normal_code(text: str) -> str | None:
    """The 12-digit form of a code written with 6, 9 or 12 digits (full-width digits too); None for anything else."""
    digits = unicodedata.normalize("NFKC", text).strip()
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in (6, 9, CODE_LENGTH):
        return None
    return digits.ljust(CODE_LENGTH, "0")


def resolve(code: str, *, on: datetime.date | None = None) -> Region:
    """The region of a code of 6, 9 or 12 digits, as valid on a day (today).

    Raises `UnknownRegion`, or `OutdatedRegion` naming the successor.
    """
    full = normal_code(code)
    region = Region.objects.select_related("successor").filter(code=full).first() if full else None
    if region is None:
        raise UnknownRegion(_("There is no region with the code %(code)s.") % {"code": code})
    return valid(region, on=on)


def valid(region: Region, *, on: datetime.date | None = None) -> Region:
    """The same region if it is valid on the day (today); raises `OutdatedRegion` otherwise."""
    day = on or timezone.localdate()
    facts: dict[str, Any] = {"name": region.name, "code": region.short_code}
    if region.valid_from and day < region.valid_from:
        message = _("%(name)s (%(code)s) is valid only from %(day)s.")
        raise OutdatedRegion(message % {**facts, "day": region.valid_from})
    if region.valid_to is None or day <= region.valid_to:
        return region
    facts["day"] = region.valid_to
    if region.successor is None:
        raise OutdatedRegion(_("%(name)s (%(code)s) has been out of use since %(day)s.") % facts)
    message = _("%(name)s (%(code)s) has been out of use since %(day)s; use %(new_name)s (%(new_code)s).")
    facts |= {"new_name": region.successor.name, "new_code": region.successor.short_code}
    raise OutdatedRegion(message % facts, successor=region.successor.code)


def later(code: str) -> list[Region]:
    """The region a code of 6, 9 or 12 digits was given to, whenever that was, and those that took its place in turn.

    Empty for a code no region ever had.
    """
    found: list[Region] = []
    region = Region.objects.select_related("successor").filter(code=normal_code(code)).first()
    while region is not None and region not in found:
        found.append(region)
        region = region.successor
    return found


def resolve_text(text: str, *, on: datetime.date | None = None) -> Region:
    """The region somebody wrote: a code, a code followed by its name, a path (重庆市城口县龙田乡) or a unique name.

    Raises `UnknownRegion`, `OutdatedRegion`, or `AmbiguousRegion` with candidates.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if not text.isprintable() or len(text) > 200:
        raise UnknownRegion(_("No region is called “%(name)s”.") % {"name": text[:50]})
    first = text.split(maxsplit=1)[0] if text else ""
    if first.isascii() and first.isdigit():
        return resolve(first, on=on)
    found = _by_path(text.translate(SEPARATORS))
    if not found:
        candidates = search(text, limit=10)
        if not candidates:
            raise UnknownRegion(_("No region is called “%(name)s”.") % {"name": text})
        message = _("No region is called exactly “%(name)s”; these are similar. Choose one.")
        raise AmbiguousRegion(message % {"name": text}, candidates)
    current = [region for region in found if region.valid_to is None]
    if len(current) > 1:
        message = _("Several regions are called “%(name)s”. Choose one.")
        raise AmbiguousRegion(message % {"name": text}, with_paths(current[:10]))
    return valid((current or found)[0], on=on)


def _by_path(text: str) -> list[Region]:
    """All regions whose path, or the end of it, is written so. Levels may be left out, names may not be cut."""
    complete: list[Region] = []
    steps: list[tuple[Region | None, str]] = [(None, text)]
    for _step in range(PATH_STEPS):
        if not steps:
            break
        above, rest = steps.pop()
        rows = Region.objects.real().select_related("successor")
        if above is not None:
            rows = rows.subtree(above).exclude(code=above.code)
        for region in rows.filter(name__in=[rest[:end] for end in range(1, len(rest) + 1)]).order_by("code")[:200]:
            if region.name == rest:
                complete.append(region)
            elif region.level != Level.VILLAGE:
                steps.append((region, rest[len(region.name) :]))
    return sorted(complete, key=lambda region: (region.digits, region.code))


def match(text: str) -> Q:
    """The condition for what somebody typed into a search box: start of a code, of the pinyin or of its initials,
    start of a name, or any part of the name of a township and above.

    Every part is answered from an index; parts of village names are not, there are 620,000 of them.
    Several words narrow down: 重庆 城口.
    """
    text = unicodedata.normalize("NFKC", text).strip().lower()
    if not text.isprintable():
        return Q(pk__in=[])
    if text.isascii():
        word = "".join(sign for sign in text if sign.isalnum())
        return _match_ascii(word) if word else Q(pk__in=[])
    *places, name = text.split()
    condition = Q(name__startswith=name) | Q(level__in=TOWNSHIP_AND_ABOVE, name__contains=name)
    for place in places:
        condition &= _below_places(place)
    return condition


def _match_ascii(word: str) -> Q:
    if word.isdigit():
        return Q(code__startswith=word)
    if len(word) == 1:
        return Q(pinyin__startswith=word)
    condition = Q(initials__startswith=word) | Q(pinyin__startswith=word)
    stem, last = word[:-1], word[-1]
    if len(stem) >= 2 and last in UNIT_LETTERS:
        condition |= Q(level__in=COUNTY_AND_ABOVE, initials__in=[stem + letter for letter in UNIT_LETTERS])
    # Follows from the rest, and gives an index to lists that are sorted by pinyin.
    return condition & Q(pinyin__startswith=word[0])


def _below_places(place: str) -> Q:
    """Inside one of the counties, cities or provinces whose names begin so."""
    condition = Q(pk__in=[])
    for region in Region.objects.real().filter(level__in=COUNTY_AND_ABOVE, name__startswith=place)[:20]:
        condition |= Q(code__range=(region.low, region.high))
    return condition


def with_rank(rows: QuerySet) -> QuerySet:
    """Rows that can be ordered by `RANK`."""
    tier = Case(
        When(level__in=COUNTY_AND_ABOVE, then=Value(0)),
        When(level=Level.TOWNSHIP, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return rows.alias(tier=tier, length=Length("name"))


def with_found_order(rows: QuerySet) -> QuerySet:
    """Rows that can be ordered by "found_code" and "found_pinyin": the same orders, but sorted after searching.

    By the plain fields the database walks an index in order and, for a rare name, through the whole country.
    """
    return rows.alias(found_code=Lower("code"), found_pinyin=Lower("pinyin"))


def ranked(rows: QuerySet) -> QuerySet:
    """Best first: counties and above, then townships, then villages; inside these the shortest name."""
    return with_rank(rows).order_by(*RANK, "code")


def search(text: str, *, limit: int = 20) -> list[Region]:
    """The best current regions for a search text, with their paths.

    Villages are asked for only when the levels above leave room: one letter alone begins 60,000 names.
    """
    found: list[Region] = []
    condition = match(text)
    for levels in (COUNTY_AND_ABOVE, (Level.TOWNSHIP,), (Level.VILLAGE,)):
        rows = Region.objects.real().current().filter(condition, level__in=levels)
        found += ranked(rows)[: limit - len(found)]
        if len(found) >= limit:
            break
    return with_paths(found)


def with_paths(regions: Iterable[Region]) -> list[Region]:
    """The same regions, each with `ancestors`: the real regions above it from the province down. One query."""
    regions = list(regions)
    codes = {code for region in regions for code in region.ancestor_codes()}
    above = {region.code: region for region in Region.objects.real().filter(code__in=codes)} if codes else {}
    for region in regions:
        chain = dict.fromkeys(region.ancestor_codes())
        region.ancestors = [above[code] for code in chain if code in above and code != region.code]
        region.path_name = "".join(place.name for place in [*region.ancestors, region])
    return regions


def children(region: Region) -> QuerySet[Region]:
    """The real regions directly below: the rows under a middle row such as 市辖区 count as its parent's."""
    return Region.objects.real().filter(parent__in=[region.code, *_middle_rows([region])])


def _middle_rows(regions: Sequence[Region]) -> dict[str, str]:
    """The middle rows directly below some regions, each with its parent. Only provinces have any.

    Asked for apart: in one query with the children the database would read all 665,000 rows.
    """
    codes = [region.code for region in regions if region.level == Level.PROVINCE]
    if not codes:
        return {}
    rows = Region.objects.filter(parent__in=codes, kind=Region.Kind.PLACEHOLDER)
    return {row.code: str(row.parent_id) for row in rows}


def children_with_units(region: Region) -> QuerySet[Region]:
    """The same by code, each with `units`: how many current rows the code list has directly below it."""
    return children(region).annotate(units=Count("children", filter=Q(children__valid_to=None))).order_by("code")


def real_parent(region: Region) -> Region | None:
    """The region above, leaving out a middle row. Needs `select_related("parent__parent")` in a loop."""
    above = region.parent
    return above.parent if above is not None and above.kind == Region.Kind.PLACEHOLDER else above


def provinces() -> QuerySet[Region]:
    return Region.objects.current().filter(level=Level.PROVINCE).order_by("code")


def children_of_each(regions: Sequence[Region]) -> dict[str, list[Region]]:
    """The current real children of several regions by the code of the parent, each list by code."""
    middle = _middle_rows(regions)
    codes = [*(region.code for region in regions), *middle]
    found: dict[str, list[Region]] = defaultdict(list)
    for row in Region.objects.real().current().filter(parent__in=codes).order_by("code"):
        found[middle.get(row.parent_id, row.parent_id)].append(row)
    return found


def counts_by_level(region: Region) -> list[tuple[Level, int]]:
    """How many current real regions of each level lie below, from the upper level down; empty levels left out."""
    rows = Region.objects.real().current().subtree(region).exclude(code=region.code)
    counts = dict(rows.order_by().values_list("level").annotate(rows=Count("code")))
    return [(level, counts[level]) for level in Level if level in counts]

"""Reads about organizations that are not rows of one model."""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.sections import Sections
from organizations import returns, uscc
from organizations.models import ENTRIES, CreditEntry, Entry, Organization
from regions import selectors as regions
from regions.models import Region

TITLES = {
    "certificates": gettext_lazy("Certificates"),
    "assessments": gettext_lazy("Assessments"),
    "annual-returns": gettext_lazy("Annual returns"),
    "credit-entries": gettext_lazy("Credit lists"),
    "commendations": gettext_lazy("Commendations and nominations"),
}
ADD = {
    "certificates": gettext_lazy("Enter a certificate"),
    "assessments": gettext_lazy("Enter an assessment"),
    "annual-returns": gettext_lazy("Enter an annual return"),
    "credit-entries": gettext_lazy("Enter a credit entry"),
    "commendations": gettext_lazy("Enter a commendation or nomination"),
}

# What floors above show on the page of an organization.
SECTIONS = Sections()


@dataclass(frozen=True)
class Section:
    """The entries of one kind on the page of an organization; a row is the entry and its (label, value) cells."""

    key: str
    title: Any
    add: Any
    labels: list
    rows: list[tuple[Entry, list[tuple[Any, Any]]]]


def warnings(organization: Organization) -> list[str]:
    """What is unusual about a registration, without being an error: sentences for the staff who entered it."""
    if not organization.uscc:
        return []
    return code_warnings(organization.uscc, level=organization.level, region=organization.region)


def code_warnings(
    code: str, *, level: str, region: Region, later: Callable[[str], list[Region]] = regions.later
) -> list[str]:
    """What is unusual about a valid code for an organization of this level and region; `later` as in regions."""
    found: list[str] = []
    digits = uscc.registered_in(code)
    if not fits_register(code, level=level, region=region, later=later):
        facts = {"digits": digits, "region": f"{region.short_code} {region.name}"}
        known = later(digits)
        if digits == uscc.MINISTRY:
            sentence = _(
                "The unified social credit code was given out by the Ministry of Civil Affairs (100000), but the "
                "registration region is %(region)s. Check level and region."
            )
        elif known:
            facts["name"] = known[0].name
            sentence = _(
                "The region digits of the unified social credit code (%(digits)s %(name)s) differ from the "
                "registration region (%(region)s). Codes stay when an organization moves; otherwise check both."
            )
        else:
            sentence = _(
                "No region, present or past, has the region digits of the unified social credit code (%(digits)s); "
                "the registration region is %(region)s. Compare the code with the certificate."
            )
        found.append(sentence % facts)
    if not uscc.inner_check_fits(code):
        sentence = _(
            "The organization code inside the unified social credit code (%(inner)s) does not fit its own check "
            "character (GB 11714). Some codes were given out like this; compare it with the certificate."
        )
        found.append(sentence % {"inner": code[8:17]})
    return found


def is_usual(code: str, *, level: str, region: Region, later: Callable[[str], list[Region]] = regions.later) -> bool:
    """Whether `code_warnings` has nothing to say."""
    return uscc.inner_check_fits(code) and fits_register(code, level=level, region=region, later=later)


def fits_register(
    code: str, *, level: str, region: Region, later: Callable[[str], list[Region]] = regions.later
) -> bool:
    """Whether the code's digits belong to the registration region, or to one whose place it or its parent took.

    Digits are never changed when a region is abolished, so they are held against the history of the regions.
    """
    if uscc.fits_region(code, level=level, region_code=region.code):
        return True
    if level == Organization.Level.NATIONAL:
        return False
    now = later(region.code)[-1:] if region.successor_id else [region]
    after = later(uscc.registered_in(code))
    if any(newer.contains(one.code) for newer in after[1:] for one in now):
        return True
    # The organization's own region was renumbered after the code was given out in the new one, or before.
    return any(uscc.fits_region(code, level=level, region_code=one.code) for one in now)


def why_not_eligible(organization: Organization, on: datetime.date | None = None) -> str:
    """One sentence why an organization may not claim demands on a day (today); empty when it may.

    Asked anew at each step: by the claim and by its approval (design §5).
    """
    day = on or timezone.localdate()
    if Organization.objects.eligible(day).filter(pk=organization.pk).exists():
        return ""
    standing = CreditEntry.objects.standing(day).filter(organization=organization).order_by("listed_on").first()
    if standing is not None:
        facts = {"name": organization.name, "list": standing.get_kind_display(), "day": standing.listed_on}
        return _("%(name)s has been on the %(list)s since %(day)s; it claims no demands until removed.") % facts
    owed = owed_return(organization, day)
    if owed is not None and organization.status == Organization.Status.ACTIVE:
        rule, year = owed
        facts = {"name": organization.name, "year": year, "day": rule.due_on(year), "basis": rule.basis}
        return (
            _(
                "The annual return of %(name)s for %(year)s was due by %(day)s (%(basis)s) and is not on the register; "
                "it claims no demands until the return is entered."
            )
            % facts
        )
    return _("Only active social organizations claim demands; %(name)s is none at present.") % {
        "name": organization.name
    }


def owed_return(organization: Organization, on: datetime.date) -> tuple[returns.ReturnRule, int] | None:
    """The rule under which the organization owes an annual return on a day, and the year; None when it owes none."""
    for rule in returns.rules():
        year = rule.last_due_year(on)
        if year is not None and Organization.objects.owing(rule, year).filter(pk=organization.pk).exists():
            return rule, year
    return None


def profile(organization: Organization, *, with_struck: bool = False) -> list[Section]:
    """What is dated about an organization, newest first, section by section; staff see struck entries too."""
    sections = []
    for key, model in ENTRIES.items():
        fields = [field for field in model._meta.local_fields if field.name in fields_of(model)]
        entries = model.written if with_struck else model.objects
        rows = [
            (entry, [(field.verbose_name, _shown(entry, field.name)) for field in fields])
            for entry in entries.filter(organization=organization)
        ]
        sections.append(Section(key, TITLES[key], ADD[key], [field.verbose_name for field in fields], rows))
    return sections


def fields_of(model: type[Entry]) -> set[str]:
    """The names of the fields people enter for an entry."""
    return {field.name for field in model._meta.local_fields if field.editable and not field.auto_created} - {
        "created_at",
        "updated_at",
    }


def _shown(entry: Entry, name: str) -> Any:
    """A field of an entry in words."""
    in_words = getattr(entry, f"get_{name}_display", None)
    value = in_words() if in_words else getattr(entry, name)
    return str(value) if isinstance(value, int) else value


# The columns of the counts: the registration levels, and apart from them what is registered in development zones.
ZONE = "zone"
COLUMNS = {
    **{str(level): level.label for level in Organization.Level},
    ZONE: gettext_lazy("in development zones"),
}


@dataclass(frozen=True)
class CountLine:
    """One line of counts: what it is of (a kind or a region; None is the region itself), and a figure per column."""

    of: Any
    label: Any
    cells: list[int]

    @property
    def total(self) -> int:
        return sum(self.cells)


@dataclass(frozen=True)
class Counts:
    """How many organizations, by kind and by region, each by registration level; both add up to `total`."""

    columns: list
    kinds: list[CountLine]
    regions: list[CountLine]
    total: CountLine


def counts(organizations: QuerySet, region: Region | None = None) -> Counts:
    """The organizations of a queryset by kind, level and the regions directly below `region` (the country).

    Development zones are no administrative divisions and form a column of their own, as in the published figures
    (Hebei 2020: 192 foundations = 1 province + 14 city + 165 county + 12 in zones).
    """
    digits = 12 if region is not None and region.digits >= 6 else 6
    is_zone = ExpressionWrapper(Q(region__kind=Region.Kind.ZONE), output_field=BooleanField())
    groups = (
        organizations.order_by()
        .annotate(place=Left("region_id", digits), in_zone=is_zone)
        .values_list("place", "in_zone", "kind", "level")
        .annotate(rows=Count("pk"))
    )
    below = list((regions.children(region) if region else regions.provinces()).order_by("code"))
    by_kind: Counter = Counter()
    by_place: Counter = Counter()
    for place, in_zone, kind, level, rows in groups:
        column = ZONE if in_zone else level
        code = place.ljust(12, "0")
        child = next((one.code for one in below if one.low <= code <= one.high), None)
        by_kind[kind, column] += rows
        by_place[child, column] += rows
    kinds = [_line(by_kind, kind, Organization.Kind(kind).label) for kind in Organization.Kind.values]
    places = [_line(by_place, None, region.name if region else _("country"))]
    places += [_line(by_place, one.code, one.name) for one in below]
    total = CountLine(None, _("total"), [sum(line.cells[at] for line in kinds) for at in range(len(COLUMNS))])
    return Counts(list(COLUMNS.values()), _filled(kinds), _filled(places), total)


def _line(found: Counter, key: str | None, label: Any) -> CountLine:
    return CountLine(key, label, [found[key, column] for column in COLUMNS])


def _filled(lines: list[CountLine]) -> list[CountLine]:
    return [line for line in lines if line.total]


def authorities(texts: Iterable[str]) -> dict[str, Organization | None]:
    """The active government unit each text names by its name or credit code; None where it is not exactly one."""
    texts = list(texts)
    codes = {text: uscc.normalise(text) for text in texts}
    units = Organization.objects.filter(kind=Organization.Kind.GOVERNMENT, status=Organization.Status.ACTIVE)
    found = list(units.filter(Q(uscc__in=set(codes.values())) | Q(name__in=texts)).order_by("pk"))
    named = {text: [unit for unit in found if unit.name == text or unit.uscc == codes[text]] for text in texts}
    return {text: units[0] if len(units) == 1 else None for text, units in named.items()}

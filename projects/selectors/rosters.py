"""Distinct persons across organizations and projects, from the digests of their rosters."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count

from core.sections import Section
from organizations.models import Organization
from projects.models import Roster, RosterEntry
from projects.models.rosters import RosterQuerySet
from regions.models import Region


@dataclass(frozen=True)
class DistinctLine:
    """The distinct persons of all rosters of one jurisdiction under one key: exact."""

    jurisdiction: Region
    key_id: str
    rosters: int
    persons: int


@dataclass(frozen=True)
class DistinctPersons:
    """What rosters say together. `total` is exact, or None where several jurisdictions or keys meet.

    Then the same person may stand in two lines, and the truth lies between `at_least` and `at_most`.
    """

    lines: tuple[DistinctLine, ...]

    @property
    def at_least(self) -> int:
        return max((line.persons for line in self.lines), default=0)

    @property
    def at_most(self) -> int:
        return sum(line.persons for line in self.lines)

    @property
    def total(self) -> int | None:
        return self.at_most if len(self.lines) < 2 else None


def distinct_persons(rosters: RosterQuerySet) -> DistinctPersons:
    """The distinct persons of these rosters; those whose digests are erased cannot be compared and are not in it."""
    found = (
        RosterEntry.objects.filter(roster__in=rosters.kept())
        .values("roster__jurisdiction", "roster__key_id")
        .annotate(persons=Count("digest", distinct=True), rosters=Count("roster", distinct=True))
        .order_by("roster__jurisdiction", "roster__key_id")
    )
    places = Region.objects.in_bulk({row["roster__jurisdiction"] for row in found})
    return DistinctPersons(
        tuple(
            DistinctLine(places[row["roster__jurisdiction"]], row["roster__key_id"], row["rosters"], row["persons"])
            for row in found
        )
    )


def of_organization(organization: Organization, user) -> Section | None:
    """How many people the organization's rosters count, for its own people and staff; nothing while they are off."""
    if not settings.ROSTERS_ENABLED or not user.is_authenticated:
        return None
    distinct = distinct_persons(Roster.objects.visible_to(user).filter(project__lead=organization))
    return Section("projects/_rosters_of_organization.html", {"distinct": distinct}) if distinct.lines else None

"""A roster of the cast (tests/house/cast.py): two people in 城口县. In these tests rosters are switched on."""

import datetime
import hashlib

from projects import services as projects
from projects.models import Project, Roster
from projects.services.digests import Digests

TODAY = datetime.date(2026, 3, 1)


def roster(cast, project: Project) -> Roster:
    found = frozenset(hashlib.sha256(name).digest() for name in (b"first", b"second"))
    return projects.store_roster(
        project=project,
        region=cast.regions["500229"],
        period_from=TODAY,
        period_to=TODAY,
        digests=Digests(found, 2, "test"),
        by=cast.member,
    )

"""Every write of rosters. What arrives here are digests: the numbers stay in `digests.read_roster`."""

import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import states
from core.errors import Refused
from core.references import next_reference
from projects.models import Project, Roster, RosterEntry
from projects.services.digests import Digests
from projects.services.refusals import given_reason, insist_on_status
from regions.models import Region
from regions.selectors import resolve

INSERTED_AT_ONCE = 2000


def jurisdiction_of(*, region: Region) -> Region:
    """The province within whose rosters people are recognised again."""
    return resolve(region.code[: Region.DIGITS[Region.Level.PROVINCE]].ljust(len(region.code), "0"))


@transaction.atomic
def store_roster(
    *,
    project: Project,
    region: Region,
    period_from: datetime.date,
    period_to: datetime.date,
    digests: Digests,
    by: User,
) -> Roster:
    """Keep the digests of a roster and their number. Refused before the work has begun and outside the project."""
    states.lock(project)
    insist_on_status(project, Project.COUNTABLE["achieved"])
    if not project.covers(region.code):
        raise Refused(
            _("This region is neither one of the project's regions nor below one of them."), code="region_outside"
        )
    if period_to > timezone.localdate():
        raise Refused(_("What has been achieved cannot be dated in the future."), code="period_in_future")
    roster = Roster(
        reference=next_reference("HMC"),
        project=project,
        region=region,
        jurisdiction=jurisdiction_of(region=region),
        key_id=digests.key_id,
        period_from=period_from,
        period_to=period_to,
        rows=digests.rows,
        persons=len(digests.values),
    )
    states.begin(roster, by=by)
    # In the order of the digests, so that nothing tells in which order the people stood on the list.
    entries = [RosterEntry(roster=roster, digest=value) for value in sorted(digests.values)]
    RosterEntry.objects.bulk_create(entries, batch_size=INSERTED_AT_ONCE)
    return roster


@transaction.atomic
def erase_roster(*, roster: Roster, by: User | None, reason: str) -> Roster:
    """Delete the digests of a roster for good. How many people it had stays, with the reason."""
    states.move(roster, Roster.Status.ERASED, by=by, note=given_reason(reason))
    RosterEntry.objects.filter(roster=roster).delete()
    return roster


def erase_outdated(*, by: User | None = None) -> int:
    """Erase the rosters whose time of keeping is over; return how many. Safe to repeat."""
    last = timezone.localdate() - datetime.timedelta(days=settings.ROSTER_KEEP_DAYS)
    outdated = list(Roster.objects.kept().filter(period_to__lt=last))
    for roster in outdated:
        with transaction.atomic():
            states.lock(roster)
            if roster.status == Roster.Status.KEPT:
                erase_roster(roster=roster, by=by, reason=str(_("The time of keeping is over.")))
    return len(outdated)

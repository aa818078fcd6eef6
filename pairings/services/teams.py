"""1+N teams: formed for a village, joined by organizations, at work, dissolved."""

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import states
from core.errors import Refused
from core.references import next_reference
from organizations.models import Organization
from pairings.models import Pairing, Scheme, Team, TeamMember
from regions.models import Region

_ONCE = {
    "team_village_once": _("This village has a team of this scheme already."),
    "team_name_once": _("This scheme has a team with this name already."),
    "team_one_lead": _("The team has a lead unit already."),
    "team_member_once": _("This organization is in the team already."),
}


@transaction.atomic
def form_team(
    *,
    scheme: Scheme,
    name: str,
    village: Region,
    formed_on: datetime.date,
    by,
    pairing: Pairing | None = None,
    task: str = "",
    source: str = "",
) -> Team:
    """Form a team for one village, without members yet.

    Raises `Refused` with the code `no_team_scheme`, `no_village`, `future`, `team_village_once` or `team_name_once`.
    """
    if scheme.kind != Scheme.Kind.TEAM:
        raise Refused(_("Choose a scheme of the kind “1+N team”."), code="no_team_scheme")
    if village.level != Region.Level.VILLAGE:
        raise Refused(_("A team helps one village; %(region)s is none.") % {"region": village}, code="no_village")
    if formed_on > timezone.localdate():
        raise Refused(_("A team cannot be formed in the future."), code="future")
    values: dict[str, Any] = {"pairing": pairing, "task": task, "source": source, "formed_on": formed_on}
    team = Team(scheme=scheme, name=name.strip(), village=village, **values)
    team.reference = next_reference("TD")
    return _begin(team, by=by)


@transaction.atomic
def add_member(
    *, team: Team, organization: Organization, joined_on: datetime.date, by, is_lead: bool = False
) -> TeamMember:
    """Let an organization join; at most one is the lead unit at a time, and none is a member twice at a time.

    Raises `Refused` with the code `team_dissolved`, `too_early`, `not_active`, `overlap`, `team_one_lead` or
    `team_member_once`.
    """
    states.lock(team)
    _insist_on_team(team)
    if not team.formed_on <= joined_on <= timezone.localdate():
        raise Refused(_("An organization joins between the forming of the team and today."), code="too_early")
    if organization.status != Organization.Status.ACTIVE:
        raise Refused(_("“%(name)s” is not an active organization.") % {"name": organization}, code="not_active")
    member = TeamMember(team=team, organization=organization, is_lead=is_lead, joined_on=joined_on)
    overlapping = Q(organization=organization) | Q(is_lead=True) if is_lead else Q(organization=organization)
    if team.members.filter(overlapping, left_on__gte=joined_on).exists():
        raise Refused(
            _("On %(day)s this place in the team was still taken. Choose a later day.") % {"day": joined_on},
            code="overlap",
        )
    return _begin(member, by=by)


@transaction.atomic
def leave_team(*, member: TeamMember, on: datetime.date, reason: str, by) -> TeamMember:
    """Let a member leave; `on` is its last day. The lead unit of a team at work is replaced on the next day.

    Raises `Refused` with the code `reason_missing`, `has_left` or `dates`.
    """
    if not reason.strip():
        raise Refused(_("Give the reason."), code="reason_missing")
    states.lock(member.team)
    states.lock(member)
    if member.left_on is not None:
        raise Refused(_("This organization has left the team already."), code="has_left")
    if not member.joined_on <= on <= timezone.localdate():
        raise Refused(_("The last day lies between the first one and today."), code="dates")
    states.record(member, {"left_on": on}, by=by, note=reason.strip())
    return member


@transaction.atomic
def activate_team(*, team: Team, by, version: int | None = None) -> Team:
    """Let a team with a lead unit and at least one more member start. Raises `Refused` (`no_lead`, `no_members`)."""
    states.lock(team, version=version)
    current = team.members.filter(left_on=None)
    if not current.filter(is_lead=True).exists():
        raise Refused(_("The team needs a lead unit."), code="no_lead")
    if not current.filter(is_lead=False).exists():
        raise Refused(_("The team needs at least one organization besides its lead unit."), code="no_members")
    return states.move(team, Team.Status.ACTIVE, by=by)


@transaction.atomic
def dissolve_team(*, team: Team, on: datetime.date, reason: str, by, version: int | None = None) -> Team:
    """Dissolve a team; its members leave on the same day. Raises `Refused` (`reason_missing`, `dates`)."""
    if not reason.strip():
        raise Refused(_("Give the reason."), code="reason_missing")
    states.lock(team, version=version)
    current = list(team.members.filter(left_on=None).order_by("pk"))
    first = max([team.formed_on, *[member.joined_on for member in current]])
    if not first <= on <= timezone.localdate():
        raise Refused(_("The last day lies between the first one and today."), code="dates")
    states.move(team, Team.Status.DISSOLVED, by=by, note=reason.strip(), dissolved_on=on)
    for member in current:
        states.record(member, {"left_on": on}, by=by, note=reason.strip())
    return team


def _insist_on_team(team: Team) -> None:
    if team.status == Team.Status.DISSOLVED:
        raise Refused(_("This team has been dissolved."), code="team_dissolved")


def _begin(row: Any, *, by) -> Any:
    """Store a new row; a broken constraint leaves as its sentence."""
    try:
        with transaction.atomic():
            return states.begin(row, by=by)
    except IntegrityError as error:
        name = next((name for name in _ONCE if name in str(error)), None)
        if name is None:
            raise
        raise Refused(_ONCE[name], code=name) from error

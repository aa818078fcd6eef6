"""Files of 1+N teams: one row is one member."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import states
from exchange.imports import Effects, Outcome
from exchange.sheets import Problem, Row
from pairings.models import Scheme, Team, TeamMember
from pairings.services.loading import Loaded, load_rows
from pairings.services.pairings import create_scheme
from pairings.services.teams import activate_team, add_member, form_team
from pairings.sheets import TEAM_SHEET as SHEET


@dataclass
class Joining:
    """A member of a file that is not stored yet."""

    row: Row
    joined_on: datetime.date


class TeamRun:
    """One pass over a file of teams in the name of one person (None: the system).

    Rows of one team need not stand together; each names the village again, so that nothing depends on their order.
    """

    def __init__(self, by: Any):
        self.by = by
        self.villages: dict[tuple[str, str], str] = {}
        self.leads: dict[tuple[str, str], int] = {}
        self.seen: dict[tuple, int] = {}

    def check(self, rows: list[Row]) -> Outcome:
        outcome = Outcome()
        schemes = {s.name: s for s in Scheme.objects.filter(name__in={row.values["scheme"] for row in rows})}
        teams = {(t.scheme.name, t.name): t for t in _standing({row.values["team"] for row in rows})}
        for row in rows:
            problems = self._problems(row, schemes.get(row.values["scheme"]), teams.get(_key(row)))
            outcome.problems += problems
            if problems:
                continue
            team = teams.get(_key(row))
            current = _members(team) if team is not None else []
            if any(member.organization_id == row.values["organization"].pk for member in current):
                outcome.unchanged += 1
            else:
                outcome.new.append(Joining(row, row.values["joined_on"] or row.values["formed_on"]))
        return outcome

    def _problems(self, row: Row, scheme: Scheme | None, team: Team | None) -> list[Problem]:
        """Everything wrong with a row, beside what its own cells say."""
        village, organization = row.values["village"], row.values["organization"]
        found: list[tuple[str, str, str]] = []
        if scheme is not None and scheme.kind != Scheme.Kind.TEAM:
            found.append(("scheme", _("This scheme is not one of 1+N teams."), _("Name a scheme of this kind.")))
        if self.by is not None and not self.by.serves(village.code, "staff"):
            reason = _("You are not responsible for %(region)s.") % {"region": village.name}
            found.append(("village", reason, _("Leave this row to the other office.")))
        first = self.villages.setdefault(_key(row), team.village_id if team is not None else village.code)
        if first != village.code:
            found.append(("village", _("This team helps another village."), _("A team helps one village.")))
        lead = row.values["role"] == "lead"
        stored = [m for m in _members(team) if m.is_lead] if team is not None else []
        taken = stored and stored[0].organization_id != organization.pk
        if lead and (taken or self.leads.setdefault(_key(row), row.number) != row.number):
            found.append(("role", _("The team has a lead unit already."), _("A team has one lead unit.")))
        again = self.seen.setdefault((*_key(row), organization.pk), row.number)
        if again != row.number:
            reason = _("The same member stands in row %(row)s.") % {"row": again}
            found.append(("organization", reason, _("Leave one of the rows.")))
        joined, formed = row.values["joined_on"] or row.values["formed_on"], row.values["formed_on"]
        if not formed <= joined <= timezone.localdate():
            reason = _("An organization joins between the forming of the team and today.")
            found.append(("joined_on", reason, _("Correct the date.")))
        if organization.status != "active":
            reason = _("“%(name)s” is not an active organization.") % {"name": organization}
            found.append(("organization", reason, _("Leave this row out.")))
        return [row.problem(SHEET.column(key), reason, remedy) for key, reason, remedy in found]

    def store(self, outcome: Outcome) -> Effects:
        """Form the teams that are new, let the members join, and start every team that is complete."""
        effects = Effects()
        teams: dict[tuple[str, str], Team] = {}
        for joining in outcome.new:
            row = joining.row
            team = teams.get(_key(row)) or self._team(row)
            teams[_key(row)] = team
            member = add_member(
                team=team,
                organization=row.values["organization"],
                joined_on=joining.joined_on,
                is_lead=row.values["role"] == "lead",
                by=self.by,
            )
            effects.new.append(member.pk)
        for team in teams.values():
            current = team.members.filter(left_on=None)
            complete = current.filter(is_lead=True).exists() and current.filter(is_lead=False).exists()
            if complete and team.status == Team.Status.FORMING:
                activate_team(team=team, by=self.by)
        return effects

    def _team(self, row: Row) -> Team:
        scheme_name, name = _key(row)
        found = Team.objects.exclude(status=Team.Status.DISSOLVED).filter(scheme__name=scheme_name, name=name).first()
        if found is not None:
            return found
        scheme = Scheme.objects.filter(name=scheme_name).first()
        if scheme is None:
            scheme = create_scheme(name=scheme_name, kind=Scheme.Kind.TEAM, by=self.by)
        task, source = (row.values[key] or "" for key in ("task", "source"))
        village, day = row.values["village"], row.values["formed_on"]
        return form_team(scheme=scheme, name=name, village=village, formed_on=day, by=self.by, task=task, source=source)


@transaction.atomic
def undo_teams(*, effects: Effects, by, reason: str) -> list[str]:
    """Remove the members a file entered, and its teams that have nobody left; or say what has changed since."""
    rows = TeamMember.objects.select_for_update(no_key=True, of=("self",)).select_related("team", "organization")
    members = list(rows.filter(pk__in=effects.new).order_by("pk"))
    reasons = [
        _("“%(name)s” has been changed since.") % {"name": f"{member.team} · {member}"}
        for member in members
        if member.version != 1 or member.team.status == Team.Status.DISSOLVED
    ]
    if reasons:
        return reasons[:50]
    teams = {member.team_id: member.team for member in members}
    states.remove_many(members, by=by, note=reason)
    for team in teams.values():
        if not team.members.exists():
            states.remove_many([team], by=by, note=reason)
    return []


def load_teams_file(*, path: Path, by) -> Loaded:
    """Load a file of the team sheet; a second load adds nothing. Raises `BadPairs`, and then nothing is stored."""
    return load_rows(run=TeamRun(by), sheet=SHEET, path=path, by=by)


def _key(row: Row) -> tuple[str, str]:
    return row.values["scheme"], row.values["team"]


def _standing(names: set[str]) -> list[Team]:
    return list(Team.objects.exclude(status=Team.Status.DISSOLVED).filter(name__in=names).for_list())


def _members(team: Team) -> list[TeamMember]:
    """Who is in the team now, as `for_list` fetched them."""
    return team.current_members  # type: ignore[attr-defined]

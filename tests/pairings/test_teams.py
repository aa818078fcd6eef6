"""1+N teams: one lead unit, one village, nobody twice at a time."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser

from core.errors import Refused
from organizations import services as organizations
from pairings import services
from pairings.models import Team, TeamMember

FORMED = datetime.date(2021, 7, 1)
LATER = datetime.date(2022, 3, 15)


@pytest.fixture
def team(team_scheme, regions) -> Team:
    village = regions["500229201200"]
    return services.form_team(scheme=team_scheme, name="四湾帮扶团", village=village, formed_on=FORMED, by=None)


def join(team, organization, on=FORMED, lead=False) -> TeamMember:
    return services.add_member(team=team, organization=organization, joined_on=on, is_lead=lead, by=None)


def refused_with(step) -> str:
    with pytest.raises(Refused) as refused:
        step()
    return refused.value.code


def test_a_team_starts_with_a_lead_unit_and_somebody_else(team, organization, second_organization):
    assert refused_with(lambda: services.activate_team(team=team, by=None)) == "no_lead"
    join(team, organization, lead=True)
    assert refused_with(lambda: services.activate_team(team=team, by=None)) == "no_members"
    join(team, second_organization)
    assert services.activate_team(team=team, by=None).status == "active"


def test_one_lead_unit_at_a_time_and_no_member_twice_at_a_time(team, organization, second_organization):
    lead = join(team, organization, lead=True)
    assert refused_with(lambda: join(team, second_organization, lead=True)) == "team_one_lead"
    assert refused_with(lambda: join(team, organization)) == "team_member_once"
    services.leave_team(member=lead, on=LATER, reason="调整", by=None)
    assert refused_with(lambda: join(team, organization, on=LATER)) == "overlap"
    assert refused_with(lambda: join(team, second_organization, on=LATER, lead=True)) == "overlap"
    next_day = LATER + datetime.timedelta(days=1)
    assert join(team, second_organization, on=next_day, lead=True).is_lead
    assert join(team, organization, on=next_day)
    assert [str(m) for m in TeamMember.objects.current(LATER)] == ["临沂市慈善总会"]


def test_a_village_has_one_team_of_a_scheme_until_it_is_dissolved(team, team_scheme, regions):
    values = {"scheme": team_scheme, "village": team.village, "formed_on": FORMED, "by": None}
    assert refused_with(lambda: services.form_team(name="另一团", **values)) == "team_village_once"
    other = {**values, "village": regions["500229100001"]}
    assert refused_with(lambda: services.form_team(name=team.name, **other)) == "team_name_once"
    services.dissolve_team(team=team, on=LATER, reason="合并", by=None)
    assert services.form_team(name="另一团", **values)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"village": "500229"}, "no_village"),
        ({"formed_on": datetime.date(2999, 1, 1)}, "future"),
        ({"scheme": None}, "no_team_scheme"),
    ],
)
def test_an_impossible_team_is_refused(team_scheme, pair, regions, changes, code):
    values = {"scheme": team_scheme, "village": "500229201200", "formed_on": FORMED, **changes}
    values["village"] = regions[values["village"]]
    values["scheme"] = values["scheme"] or pair.scheme
    assert refused_with(lambda: services.form_team(name="团", **values, by=None)) == code
    assert not Team.objects.exists()


def test_joining_is_between_the_forming_and_today_and_only_for_active_organizations(team, organization):
    for day in (FORMED - datetime.timedelta(days=1), datetime.date(2999, 1, 1)):
        assert refused_with(lambda day=day: join(team, organization, on=day)) == "too_early"
    organizations.cancel_organization(organization=organization, reason="注销", by=None)
    assert refused_with(lambda: join(team, organization)) == "not_active"


def test_leaving_needs_a_reason_and_a_day_and_happens_once(team, organization):
    member = join(team, organization)
    early = FORMED - datetime.timedelta(days=1)
    assert refused_with(lambda: services.leave_team(member=member, on=LATER, reason=" ", by=None)) == "reason_missing"
    assert refused_with(lambda: services.leave_team(member=member, on=early, reason="调整", by=None)) == "dates"
    services.leave_team(member=member, on=LATER, reason="调整", by=None)
    assert refused_with(lambda: services.leave_team(member=member, on=LATER, reason="调整", by=None)) == "has_left"


def test_members_of_a_dissolved_team_have_left_on_its_last_day(team, organization, second_organization):
    join(team, organization, lead=True)
    join(team, second_organization, on=LATER)
    assert refused_with(lambda: services.dissolve_team(team=team, on=FORMED, reason="合并", by=None)) == "dates"
    services.dissolve_team(team=team, on=LATER, reason="合并", by=None)
    assert set(team.members.values_list("left_on", flat=True)) == {LATER}
    assert refused_with(lambda: join(team, organization, on=LATER)) == "team_dissolved"


def test_a_team_being_formed_is_seen_by_staff_of_the_village_and_by_its_members(team, organization, officer, member):
    assert not Team.objects.visible_to(AnonymousUser()).exists()
    assert not Team.objects.visible_to(member).exists()
    assert Team.objects.visible_to(officer).exists()
    join(team, organization)
    assert Team.objects.visible_to(member).exists()

"""What the database itself refuses, whoever writes."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from pairings import services
from pairings.models import Agreement, Pairing, PairingTarget, Scheme, Team, TeamMember, Visit

DAY = datetime.date(2021, 1, 1)


def agreement(pair, **values):
    return Agreement(pairing=pair, reference="XY-1", title="协议", signed_on=DAY, proposer="giver", **values)


def visit(pair, **values):
    facts = {"direction": "to_giver", "starts_on": DAY, "ends_on": DAY, "people": 1, "led_by": "甲", "purpose": "乙"}
    return Visit(pairing=pair, **{**facts, **values})


def target(pair, **values):
    facts = {"year": 2022, "measure": "cash", "giver_value": 5, "giver_stated_at": timezone.now()}
    return PairingTarget(pairing=pair, **{**facts, **values})


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda p: Scheme(name="x", kind="friends"), "scheme_kind_known"),
        (lambda p: agreement(p, amount=0), "agreement_amount_positive"),
        (lambda p: agreement(p, quantity=5), "agreement_quantity_with_unit"),
        (lambda p: agreement(p, unit="条"), "agreement_quantity_with_unit"),
        (lambda p: agreement(p, valid_to=DAY - datetime.timedelta(days=1)), "agreement_dates_in_order"),
        (lambda p: agreement(p, objection="不同"), "agreement_disputed_with_reason"),
        (lambda p: agreement(p, file_name="a.pdf"), "agreement_file_whole"),
        (lambda p: visit(p, people=0), "visit_somebody_came"),
        (lambda p: visit(p, ends_on=DAY - datetime.timedelta(days=1)), "visit_dates_in_order"),
        (lambda p: visit(p, direction="away"), "visit_direction_known"),
        (lambda p: target(p, giver_value=None, giver_stated_at=None), "target_stated"),
        (lambda p: target(p, giver_value=-1), "target_giver_not_negative"),
        (lambda p: target(p, giver_stated_at=None), "target_giver_signed"),
        (lambda p: target(p, year=1990), "target_year_plausible"),
        (lambda p: target(p, measure="joy"), "target_measure_known"),
    ],
)
def test_the_database_refuses(pair, make, name):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        make(pair).save()
    assert name in str(error.value)


def test_a_pair_neither_stands_under_itself_nor_has_an_unknown_confidence(pair):
    for values, name in [({"parent": pair}, "not_under_itself"), ({"confidence": "maybe"}, "confidence_known")]:
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            Pairing.objects.filter(pk=pair.pk).update(**values)
        assert name in str(error.value)


def test_a_team_has_one_lead_unit_and_nobody_twice_also_for_raw_writes(
    team_scheme, regions, organization, second_organization
):
    village = regions["500229201200"]
    team = services.form_team(scheme=team_scheme, name="团", village=village, formed_on=DAY, by=None)
    TeamMember.objects.create(team=team, organization=organization, is_lead=True, joined_on=DAY)
    for values, name in [
        ({"organization": second_organization, "is_lead": True}, "team_one_lead"),
        ({"organization": organization}, "team_member_once"),
        (
            {"organization": second_organization, "left_on": DAY - datetime.timedelta(days=1)},
            "team_member_dates_in_order",
        ),
    ]:
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            TeamMember.objects.create(team=team, joined_on=DAY, **values)
        assert name in str(error.value)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Team.objects.create(scheme=team_scheme, name="另一团", village=village, formed_on=DAY, reference="TD-1")
    assert "team_village_once" in str(error.value)
    for values in ({"dissolved_on": DAY}, {"status": "dissolved"}):
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            Team.objects.filter(pk=team.pk).update(**values)
        assert "team_dissolved_on_a_day" in str(error.value)

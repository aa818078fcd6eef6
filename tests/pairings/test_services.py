"""Schemes and pairs: what is stored and refused."""

import datetime

import pytest

from core.errors import Refused
from core.models import StatusChange
from core.states import WrongState
from pairings import services
from pairings.models import Pairing, Scheme

Status = Pairing.Status
DAY = datetime.date(2021, 1, 1)


@pytest.fixture
def scheme(db):
    return services.create_scheme(name="东西部协作", kind=Scheme.Kind.EAST_WEST, by=None)


@pytest.fixture
def values(scheme, regions):
    return {"scheme": scheme, "giver": regions["371300"], "receiver": regions["500229"], "valid_from": DAY}


@pytest.fixture
def pairing(values):
    return services.activate_pairing(pairing=services.create_pairing(**values, by=None), by=None)


def test_a_scheme_has_its_name_alone(scheme, officer):
    with pytest.raises(Refused) as refused:
        services.create_scheme(name="东西部协作 ", kind=Scheme.Kind.TEAM, by=officer)
    assert refused.value.code == "scheme_taken"


def test_a_new_pair_is_a_draft_with_a_number(values, officer):
    made = services.create_pairing(**values, by=officer)
    assert (made.status, str(made), made.reference[:3]) == (Status.DRAFT, "临沂市 → 城口县", "JD-")
    assert StatusChange.objects.of(made).get().by == officer


def test_sides_may_be_organizations(values, organization, second_organization):
    made = services.create_pairing(**{**values, "giver": organization}, by=None)
    assert (made.giver, made.receiver.name) == (organization, "城口县")
    both = services.create_pairing(**{**values, "giver": organization, "receiver": second_organization}, by=None)
    assert both.receiver == second_organization


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (lambda regions: {"giver": regions["500229"]}, "same_party"),
        (lambda regions: {"valid_to": DAY - datetime.timedelta(days=1)}, "dates"),
    ],
)
def test_an_impossible_pair_is_refused_and_nothing_is_stored(values, regions, changes, code):
    with pytest.raises(Refused) as refused:
        services.create_pairing(**{**values, **changes(regions)}, by=None)
    assert refused.value.code == code
    assert not Pairing.objects.exists()


def test_the_same_two_are_a_pair_once_until_it_ends(values, pairing):
    with pytest.raises(Refused) as refused:
        services.create_pairing(**values, by=None)
    assert refused.value.code == "already_paired"
    services.end_pairing(pairing=pairing, on=datetime.date(2022, 1, 1), reason="调整", by=None)
    services.create_pairing(**{**values, "valid_from": datetime.date(2023, 1, 1)}, by=None)


def test_a_pair_under_another_one_lies_inside_it(values, pairing, regions, organization):
    inside = services.create_pairing(
        **{**values, "giver": regions["371324"], "receiver": regions["500229201"], "parent": pairing}, by=None
    )
    assert inside.parent == pairing
    services.create_pairing(**{**values, "giver": organization, "parent": pairing}, by=None)
    for outside in [{"giver": regions["371400"]}, {"receiver": regions["500237"]}]:
        with pytest.raises(Refused) as refused:
            services.create_pairing(**{**values, **outside, "parent": pairing}, by=None)
        assert refused.value.code == "outside_parent"


def test_a_pair_under_another_one_neither_begins_before_nor_lasts_longer(values, regions):
    last = datetime.date(2025, 12, 31)
    above = services.create_pairing(**{**values, "valid_to": last}, by=None)
    below = {**values, "giver": regions["371324"], "parent": above, "valid_to": last}
    for changes, code in [
        ({"valid_from": DAY - datetime.timedelta(days=1)}, "before_parent"),
        ({"valid_to": last + datetime.timedelta(days=1)}, "after_parent"),
        ({"valid_to": None}, "after_parent"),
    ]:
        with pytest.raises(Refused) as refused:
            services.create_pairing(**{**below, **changes}, by=None)
        assert refused.value.code == code
    assert services.create_pairing(**below, by=None).parent == above


def test_ending_needs_a_reason_and_a_day_between_the_first_one_and_today(pairing):
    today = datetime.date(2022, 6, 30)
    for on, reason, code in [
        (today, " ", "reason_missing"),
        (today + datetime.timedelta(days=1), "调整", "future_end"),
        (DAY - datetime.timedelta(days=1), "调整", "dates"),
    ]:
        with pytest.raises(Refused) as refused:
            services.end_pairing(pairing=pairing, on=on, reason=reason, by=None, today=today)
        assert refused.value.code == code
        assert Pairing.objects.get().status == Status.ACTIVE
    services.end_pairing(pairing=pairing, on=today, reason="调整", by=None, today=today)
    pairing.refresh_from_db()
    assert (pairing.status, pairing.valid_to) == (Status.ENDED, today)
    assert StatusChange.objects.of(pairing).first().note == "调整"


def test_pairs_under_it_end_first(values, pairing, regions):
    below = services.create_pairing(**{**values, "giver": regions["371324"], "parent": pairing}, by=None)
    with pytest.raises(Refused) as refused:
        services.end_pairing(pairing=pairing, on=DAY, reason="调整", by=None)
    assert refused.value.code == "has_children"
    services.activate_pairing(pairing=below, by=None)
    services.end_pairing(pairing=below, on=DAY, reason="调整", by=None)
    services.end_pairing(pairing=pairing, on=DAY, reason="调整", by=None)
    with pytest.raises(Refused) as refused:
        services.create_pairing(**{**values, "giver": regions["371324"], "parent": pairing}, by=None)
    assert refused.value.code == "parent_ended"


@pytest.mark.parametrize("old", Status)
@pytest.mark.parametrize("new", [Status.ACTIVE, Status.ENDED])
def test_exactly_the_steps_of_the_table_are_possible(values, old, new):
    made = services.create_pairing(**values, by=None)
    Pairing.objects.filter(pk=made.pk).update(status=old)

    def step():
        if new == Status.ACTIVE:
            return services.activate_pairing(pairing=made, by=None)
        return services.end_pairing(pairing=made, on=DAY, reason="调整", by=None)

    if new in Pairing.TRANSITIONS[old]:
        assert step().status == new
    else:
        with pytest.raises(WrongState):
            step()
        assert Pairing.objects.get().status == old


def test_a_pair_counts_from_its_first_to_its_last_day_also_after_it_ended(pairing):
    last = datetime.date(2022, 12, 31)
    services.end_pairing(pairing=pairing, on=last, reason="调整", by=None)
    for day, valid in [
        (DAY - datetime.timedelta(days=1), False),
        (DAY, True),
        (last, True),
        (last + datetime.timedelta(days=1), False),
    ]:
        assert Pairing.objects.valid(day).exists() is valid

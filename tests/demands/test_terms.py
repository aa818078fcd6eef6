"""How a demand ends: verified once nothing more can come, whichever step that was; suspended and open again."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from demands import services
from demands.models import Demand, WaitingPlace
from tests.demands.conftest import url

DAY = datetime.timedelta(days=1)


@pytest.fixture
def verified_part(demand, agreed, deliver, inspect, second_officer):
    """Sixty of the hundred quilts are delivered, accepted and verified; forty are still to be claimed."""
    Demand.objects.filter(pk=demand.pk).update(valid_until=timezone.localdate() + DAY)
    claim = agreed(60)
    inspect(deliver(claim, 60), ("accepted", 60))
    services.verify_claim(claim=claim, note="缺签收单，已电话核实", by=second_officer)
    demand.refresh_from_db()
    assert demand.status == "claimed_in_part"
    return claim


def status_of(demand) -> str:
    return Demand.objects.get(pk=demand.pk).status


def test_what_was_verified_before_the_last_day_makes_the_demand_verified_after_it(demand, verified_part):
    services.expire_demands(today=timezone.localdate() + DAY)
    assert status_of(demand) == "claimed_in_part"
    services.expire_demands(today=timezone.localdate() + 2 * DAY)
    assert status_of(demand) == "verified"


def test_a_quantity_lowered_to_what_is_verified_makes_the_demand_verified(demand, verified_part, item, officer):
    services.change_quantity(item=item, quantity=Decimal(60), by=officer)
    assert status_of(demand) == "verified"


def test_a_claim_verified_while_the_demand_is_suspended_counts_when_it_is_resumed(
    demand, agreed, deliver, inspect, officer, second_officer
):
    claim = agreed(100)
    delivery = deliver(claim, 100)
    services.suspend_demand(demand=demand, reason="核实情况", by=officer)
    inspect(delivery, ("accepted", 100))
    services.verify_claim(claim=claim, note="缺签收单，已电话核实", by=second_officer)
    services.resume_demand(demand=demand, by=officer)
    assert status_of(demand) == "verified"


def test_the_last_open_claim_taken_back_leaves_the_demand_verified(
    demand, verified_part, claim_of, second_member, second_organization, client
):
    other = claim_of(demand, 40, by=second_member, organization_=second_organization)
    Demand.objects.filter(pk=demand.pk).update(valid_until=timezone.localdate() - DAY)
    services.withdraw_claim(claim=other, by=second_member)
    assert status_of(demand) == "verified"
    assert client.get(url("demand-detail", demand)).status_code == 200


def test_while_a_claim_is_not_verified_the_demand_is_accepted_only(demand, agreed, deliver, inspect, officer):
    claim = agreed(100)
    inspect(deliver(claim, 100), ("accepted", 100))
    assert status_of(demand) == "accepted"


def test_who_waits_hears_when_a_suspended_demand_is_open_again_with_something_free(
    demand, claim_of, organization, member, officer, second_member, second_organization
):
    taken = claim_of(demand, 100, by=second_member, organization_=second_organization)
    place = services.join_queue(demand=demand, organization=organization, by=member)
    services.suspend_demand(demand=demand, reason="核实情况", by=officer)
    services.withdraw_claim(claim=taken, by=second_member)
    place.refresh_from_db()
    assert place.status == WaitingPlace.Status.WAITING
    services.resume_demand(demand=demand, by=officer)
    place.refresh_from_db()
    assert place.status == WaitingPlace.Status.TOLD


def test_nobody_hears_of_a_demand_resumed_with_nothing_free(
    demand, claim_of, organization, member, officer, second_member, second_organization
):
    claim_of(demand, 100, by=second_member, organization_=second_organization)
    place = services.join_queue(demand=demand, organization=organization, by=member)
    services.suspend_demand(demand=demand, reason="核实情况", by=officer)
    services.resume_demand(demand=demand, by=officer)
    place.refresh_from_db()
    assert place.status == WaitingPlace.Status.WAITING

"""Many organizations claim the same thing at one moment over real HTTP; and what would happen without the guard."""

import itertools
import threading
from decimal import Decimal

import pytest
from django.contrib.auth.hashers import make_password
from django.db.models import F, Sum

from accounts.models import Post, User
from demands import services
from demands.models import Claim, Demand, DemandItem
from organizations.models import Membership, Organization
from regions.models import Region
from tests.conftest import REGIONS
from tests.races.conftest import PASSWORD, all_at_once

CLIENTS = 64
ROUNDS = 5
_numbers = itertools.count()


@pytest.fixture
def clients(records) -> list[tuple[User, Organization]]:
    """Sixty-four social organizations with one person each; made once per database."""
    Region.objects.bulk_create(
        [
            Region(code=code, name=name, level=level, kind=kind, parent_id=parent)
            for code, name, level, kind, parent in REGIONS
        ],
        ignore_conflicts=True,
    )
    password = make_password(PASSWORD)
    values = {"kind": "federation", "level": "city", "region_id": "371300000000", "status": "active"}
    pairs = []
    for number in range(CLIENTS):
        user, _made = User.objects.get_or_create(username=f"client-{number}", defaults={"password": password})
        organization, _made = Organization.objects.get_or_create(name=f"慈善总会 {number}", defaults=values)
        Membership.objects.get_or_create(user=user, organization=organization)
        pairs.append((user, organization))
    return pairs


@pytest.fixture
def officers(clients) -> tuple[User, User]:
    """Two officers of 城口县, so that one can publish what the other wrote."""
    county = Region.objects.get(code="500229000000")
    found = []
    for name in ("first-officer", "second-officer"):
        user, _made = User.objects.get_or_create(username=name, defaults={"password": make_password(PASSWORD)})
        Post.objects.get_or_create(user=user, kind=Post.Kind.STAFF, region=county)
        found.append(User.objects.get(pk=user.pk))
    return tuple(found)


@pytest.fixture
def publish(officers):
    """Publish a fresh demand with one item of this quantity."""

    def publish(quantity: int) -> DemandItem:
        first, second = officers
        village = Region.objects.get(code="500229201200")
        demand = services.create_demand(
            values={"village": village, "form": "relief", "title": f"棉被 {next(_numbers)}"},
            items=[{"kind": "goods", "what": "棉被", "unit": "条", "quantity": Decimal(quantity)}],
            by=first,
        )
        services.attach_evidence(record=demand, name="a.txt", content=b"a", by=first)
        services.submit(demand=demand, by=first, not_a_duplicate="另一批")
        services.publish(demand=demand, by=second)
        return demand.items.get()

    return publish


def claim_all(live, clients, item: DemandItem, quantity: str):
    body = {"lines": [{"item": item.pk, "quantity": quantity}], "plan": "十二月"}
    path = f"/api/v1/demands/{item.demand_id}/claim/"
    return all_at_once(
        [lambda user=user: live.send("POST", path, body, user=user.username) for user, _organization in clients]
    )


@pytest.mark.parametrize(("capacity", "lot"), [(7, "1"), (100, "10")])
def test_exactly_the_capacity_is_granted_in_every_round(records, clients, publish, capacity, lot):
    for _round in range(ROUNDS):
        item = publish(capacity)
        answers = claim_all(records, clients, item, lot)
        granted = [answer for answer in answers if answer.status == 201]
        refused = [answer for answer in answers if answer.status == 409]
        assert len(granted) == capacity // int(lot)
        assert len(granted) + len(refused) == CLIENTS
        assert {answer.body["code"] for answer in refused} == {"not_enough"}
        assert all("left" in answer.body for answer in refused)
        item.refresh_from_db()
        held = Claim.objects.live().filter(demand=item.demand_id).aggregate(sum=Sum("lines__quantity"))["sum"]
        assert item.claimed == held == capacity
        assert Demand.objects.get(pk=item.demand_id).status == Demand.Status.CLAIMED


def test_a_remainder_smaller_than_the_lot_is_left_over(records, clients, publish):
    item = publish(7)
    answers = claim_all(records, clients, item, "2")
    assert sum(answer.status == 201 for answer in answers) == 3
    assert {answer.body["left"][0]["left"] for answer in answers if answer.status == 409} >= {"1.000"}


def test_withdrawing_a_claim_many_times_at_once_gives_it_back_once(records, clients, publish):
    item = publish(100)
    answers = claim_all(records, clients[:2], item, "30")
    assert [answer.status for answer in answers] == [201, 201]
    path, name = f"/api/v1/claims/{answers[0].body['id']}/withdraw/", clients[0][0].username
    again = all_at_once([lambda: records.send("POST", path, {}, user=name) for _ in range(16)])
    assert sorted(answer.status for answer in again) == [200] + [409] * 15
    item.refresh_from_db()
    assert item.claimed == 30


def test_approval_and_withdrawal_at_the_same_moment_end_in_one_of_the_two(records, clients, officers, publish):
    for _round in range(ROUNDS):
        item = publish(10)
        (made,) = claim_all(records, clients[:1], item, "10")
        path = f"/api/v1/claims/{made.body['id']}"
        answers = all_at_once(
            [
                lambda path=path: records.send("POST", f"{path}/approve/", {}, user=officers[1].username),
                lambda path=path: records.send("POST", f"{path}/withdraw/", {}, user=clients[0][0].username),
            ]
        )
        # An approved claim may be withdrawn, a withdrawn one not approved: the withdrawal always works.
        assert answers[0].status in (200, 409)
        assert answers[1].status == 200
        item.refresh_from_db()
        assert (item.claimed, Claim.objects.get(pk=made.body["id"]).status) == (0, "withdrawn")


def test_one_request_sent_many_times_with_one_key_has_one_effect(records, clients, publish):
    item = publish(100)
    body = {"lines": [{"item": item.pk, "quantity": "5"}]}
    path, name = f"/api/v1/demands/{item.demand_id}/claim/", clients[0][0].username
    answers = all_at_once(
        [
            lambda: records.send("POST", path, body, user=name, **{"Idempotency-Key": f"race-{item.pk}"})
            for _ in range(16)
        ]
    )
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body["reference"] for answer in answers}) == 1
    item.refresh_from_db()
    assert item.claimed == 5


def test_without_the_guard_the_race_is_real(records, publish):
    """Read, compare, write: every thread sees the same room, so all are granted and all but one write is lost."""
    item = publish(7)
    have_read = threading.Barrier(CLIENTS // 4)

    def unguarded() -> bool:
        row = DemandItem.objects.get(pk=item.pk)
        have_read.wait()
        if row.claimed + 1 > row.quantity:
            return False
        DemandItem.objects.filter(pk=item.pk).update(claimed=row.claimed + 1)
        return True

    granted = sum(all_at_once([unguarded] * (CLIENTS // 4)))
    item.refresh_from_db()
    assert granted > item.quantity
    assert item.claimed < granted


def test_the_conditional_update_alone_is_enough(records, publish):
    """The same threads, with the service's UPDATE and no lock: never more than there is."""
    item = publish(7)
    have_read = threading.Barrier(CLIENTS // 4)

    def guarded() -> bool:
        DemandItem.objects.get(pk=item.pk)
        have_read.wait()
        enough = DemandItem.objects.filter(pk=item.pk, quantity__gte=F("claimed") + 1)
        return bool(enough.update(claimed=F("claimed") + 1))

    granted = sum(all_at_once([guarded] * (CLIENTS // 4)))
    item.refresh_from_db()
    assert granted == item.claimed == item.quantity

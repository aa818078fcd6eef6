"""Many organizations claim the same thing at one moment over real HTTP; and what would happen without the guard."""

import datetime
import threading

import pytest
from django.db.models import F, Sum
from django.utils import timezone

from demands.models import Claim, ClaimDraft, Demand, DemandItem
from tests.races.conftest import CLIENTS, all_at_once

FEW = 16
SOME = 50
CAPACITIES = [1, 3, 7, 199]


def claim_all(live, clients, item: DemandItem, quantity: str):
    body = {"lines": [{"item": item.pk, "quantity": quantity}], "plan": "十二月"}
    path = f"/api/v1/demands/{item.demand_id}/claim/"
    return all_at_once([lambda c=c: live.send("POST", path, body, key=c.key) for c in clients])


def insist_on_full(item: DemandItem, capacity: int) -> None:
    """What is claimed is the capacity, and the live claims say the same."""
    item.refresh_from_db()
    held = Claim.objects.live().filter(demand=item.demand_id).aggregate(sum=Sum("lines__quantity"))["sum"]
    assert item.claimed == held == capacity
    assert Demand.objects.get(pk=item.demand_id).status == Demand.Status.CLAIMED


def race(live, clients, publish, capacity: int) -> None:
    """One round over REST: granted equals the capacity, everybody else hears how much is left."""
    item = publish(capacity)
    answers = claim_all(live, clients, item, "1")
    refused = [answer for answer in answers if answer.status == 409]
    assert sum(answer.status == 201 for answer in answers) == capacity
    assert len(refused) == CLIENTS - capacity
    assert {answer.body["code"] for answer in refused} == {"not_enough"}
    assert all(answer.body["left"][0]["left"] == "0.000" for answer in refused)
    insist_on_full(item, capacity)


def race_of_forms(live, clients, publish, capacity: int) -> None:
    """One round in browsers: the last step of the task list, sent by all at once."""
    item = publish(capacity)
    drafts = begun(clients, item)
    answers = all_at_once(
        [
            lambda c=c, d=d: live.send("POST", f"/demands/begun/{d.pk}/check/", form={}, session=c.session)
            for c, d in zip(clients, drafts, strict=True)
        ]
    )
    granted = [answer for answer in answers if answer.status == 302]
    lost = [answer for answer in answers if answer.status == 409]
    assert (len(granted), len(lost)) == (capacity, len(clients) - capacity)
    assert all(answer.headers["Location"].endswith("/receipt/") for answer in granted)
    # The page has the quantity as typed, a place in the queue, and the plan is kept.
    assert all('value="1"' in answer.text and f"/{item.demand_id}/queue/" in answer.text for answer in lost)
    assert ClaimDraft.objects.filter(demand=item.demand_id, plan="十二月").count() == len(clients) - capacity
    insist_on_full(item, capacity)


def begun(clients, item: DemandItem) -> list[ClaimDraft]:
    """A claim of one piece for each client, filled in up to the last step."""
    now = timezone.now()
    return ClaimDraft.objects.bulk_create(
        ClaimDraft(
            user_id=c.user.pk,
            organization_id=c.organization.pk,
            demand_id=item.demand_id,
            acknowledged_at=now,
            qualified_at=now,
            quantities={str(item.pk): "1"},
            plan="十二月",
            deliver_by=now.date() + datetime.timedelta(days=30),
            contact="李干事 13900000000",
        )
        for c in clients
    )


@pytest.mark.parametrize("capacity", CAPACITIES)
def test_of_200_exactly_the_capacity_is_granted(records, clients, publish, capacity):
    race(records, clients, publish, capacity)


@pytest.mark.slow
@pytest.mark.parametrize("capacity", CAPACITIES)
def test_of_200_exactly_the_capacity_is_granted_in_25_rounds(records, clients, publish, capacity):
    for _round in range(25):
        race(records, clients, publish, capacity)


def test_in_browsers_whoever_loses_sees_what_is_left_with_nothing_lost(records, clients, publish):
    race_of_forms(records, clients[:SOME], publish, 7)


@pytest.mark.slow
@pytest.mark.parametrize("capacity", CAPACITIES)
def test_in_browsers_exactly_the_capacity_is_granted_in_25_rounds(records, clients, publish, capacity):
    for _round in range(25):
        race_of_forms(records, clients, publish, capacity)


def test_a_remainder_smaller_than_the_lot_is_left_over(records, clients, publish):
    item = publish(7)
    answers = claim_all(records, clients[:FEW], item, "2")
    assert sum(answer.status == 201 for answer in answers) == 3
    assert {answer.body["left"][0]["left"] for answer in answers if answer.status == 409} >= {"1.000"}


def test_withdrawing_a_claim_many_times_at_once_gives_it_back_once(records, clients, publish):
    item = publish(100)
    answers = claim_all(records, clients[:2], item, "30")
    assert [answer.status for answer in answers] == [201, 201]
    path, key = f"/api/v1/claims/{answers[0].body['id']}/withdraw/", clients[0].key
    again = all_at_once([lambda: records.send("POST", path, {}, key=key) for _ in range(16)])
    assert sorted(answer.status for answer in again) == [200] + [409] * 15
    item.refresh_from_db()
    assert item.claimed == 30


def test_approval_and_withdrawal_at_the_same_moment_end_in_one_of_the_two(records, clients, officers, publish):
    for _round in range(5):
        item = publish(10)
        (made,) = claim_all(records, clients[:1], item, "10")
        path = f"/api/v1/claims/{made.body['id']}"
        answers = all_at_once(
            [
                lambda path=path: records.send("POST", f"{path}/approve/", {}, user=officers[1].username),
                lambda path=path: records.send("POST", f"{path}/withdraw/", {"reason": "另有安排"}, key=clients[0].key),
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
    path, key = f"/api/v1/demands/{item.demand_id}/claim/", clients[0].key
    answers = all_at_once(
        [lambda: records.send("POST", path, body, key=key, **{"Idempotency-Key": f"race-{item.pk}"}) for _ in range(16)]
    )
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body["reference"] for answer in answers}) == 1
    item.refresh_from_db()
    assert item.claimed == 5


def test_without_the_guard_the_race_is_real(records, publish):
    """Read, compare, write: every thread sees the same room, so all are granted and all but one write is lost."""
    item = publish(7)
    have_read = threading.Barrier(FEW)

    def unguarded() -> bool:
        row = DemandItem.objects.get(pk=item.pk)
        have_read.wait()
        if row.claimed + 1 > row.quantity:
            return False
        DemandItem.objects.filter(pk=item.pk).update(claimed=row.claimed + 1)
        return True

    granted = sum(all_at_once([unguarded] * (FEW)))
    item.refresh_from_db()
    assert granted > item.quantity
    assert item.claimed < granted


def test_the_conditional_update_alone_is_enough(records, publish):
    """The same threads, with the service's UPDATE and no lock: never more than there is."""
    item = publish(7)
    have_read = threading.Barrier(FEW)

    def guarded() -> bool:
        DemandItem.objects.get(pk=item.pk)
        have_read.wait()
        enough = DemandItem.objects.filter(pk=item.pk, quantity__gte=F("claimed") + 1)
        return bool(enough.update(claimed=F("claimed") + 1))

    granted = sum(all_at_once([guarded] * (FEW)))
    item.refresh_from_db()
    assert granted == item.claimed == item.quantity

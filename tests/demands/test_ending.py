"""A claim of which only a part arrives: the rest is given up with a reason, what has come goes its way."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from rest_framework.test import APIClient

from core.models import StatusChange
from demands import services
from demands.models import Claim, ClaimLine, Delivery, Demand, WaitingPlace
from demands.selectors import checks_of
from notices.models import Notice
from notices.services import take_all_events
from tests.demands.conftest import url
from tests.demands.test_services import code_of


@pytest.fixture
def api():
    """A client of one person: api(user).post(path)."""

    def client(user) -> APIClient:
        client = APIClient()
        client.force_authenticate(user)
        return client

    return client


C, D = Claim.Status, Demand.Status


def state(claim: Claim) -> tuple:
    """Quantity, given up, delivered and accepted of the first line, claimed of the item, and both statuses."""
    claim.refresh_from_db()
    line = claim.lines.select_related("item__demand").first()
    figures = (line.quantity, line.given_up, line.delivered, line.accepted, line.item.claimed)
    return *(int(figure) for figure in figures), claim.status, line.item.demand.status


def end(claim: Claim, *, by=None, reason: str = "供应商停产"):
    return services.end_rest(claim=claim, reason=reason, by=by or claim.created_by)


def test_what_is_owed_is_free_again_and_what_was_accepted_is_verified(
    agreed, deliver, inspect, claim_of, second_member, second_organization, second_officer
):
    claim = agreed(100)
    inspect(deliver(claim, 60), ("accepted", 60))
    assert state(claim) == (100, 0, 60, 60, 100, C.DELIVERING, D.DELIVERING)
    end(claim)
    assert state(claim) == (60, 40, 60, 60, 60, C.ACCEPTED, D.CLAIMED_IN_PART)
    change = next(row for row in StatusChange.objects.of(claim) if "given_up" in row.changes)
    assert (change.note, change.changes["given_up"]) == ("供应商停产", ["", "棉被 40 条"])
    check = next(check for check in checks_of(claim) if check.code == "ended")
    assert (check.passed, "棉被 40 条" in check.text) == (False, True)
    assert code_of(lambda: services.verify_claim(claim=claim, by=second_officer)) == "no_reason"
    services.verify_claim(claim=claim, note="余下四十条由他方补足", by=second_officer)
    assert state(claim)[-2:] == (C.VERIFIED, D.CLAIMED_IN_PART)
    taken = claim_of(claim.demand, 40, by=second_member, organization_=second_organization)
    assert taken.status == C.SUBMITTED
    assert claim.demand.items.get().remaining == 0


def test_who_waits_is_told_that_something_is_free(agreed, deliver, second_member, second_organization):
    claim = agreed(100)
    deliver(claim, 60)
    place = services.join_queue(demand=claim.demand, organization=second_organization, by=second_member)
    end(claim)
    place.refresh_from_db()
    assert place.status == WaitingPlace.Status.TOLD


def test_a_delivery_the_village_has_not_looked_at_yet_is_accepted_afterwards(agreed, deliver, inspect):
    claim = agreed(100)
    delivery = deliver(claim, 60)
    end(claim)
    assert state(claim) == (60, 40, 60, 0, 60, C.DELIVERED, D.CLAIMED_IN_PART)
    inspect(delivery, ("accepted", 50), ("short", 10))
    assert state(claim) == (60, 40, 50, 50, 60, C.DELIVERING, D.CLAIMED_IN_PART)
    end(claim)
    assert state(claim) == (50, 50, 50, 50, 50, C.ACCEPTED, D.CLAIMED_IN_PART)


def test_what_was_given_up_cannot_be_counted_again(agreed, deliver, inspect, reporter):
    claim = agreed(100)
    _accepted, short = inspect(deliver(claim, 100), ("accepted", 90), ("short", 10))
    end(claim)
    again = lambda: services.reverse_entry(entry=short, reason="数错了", by=reporter)  # noqa: E731
    assert code_of(again) == "given_up"
    assert state(claim) == (90, 10, 90, 90, 90, C.ACCEPTED, D.CLAIMED_IN_PART)


def test_a_claim_of_which_nothing_was_kept_is_withdrawn(agreed, deliver, inspect):
    claim = agreed(100)
    inspect(deliver(claim, 100), ("returned", 100, "", "全部受潮"))
    assert claim.status in Claim.LIVE
    end(claim)
    assert state(claim)[-3:] == (0, C.WITHDRAWN, D.PUBLISHED)


def test_an_item_of_which_nothing_came_stays_in_the_claim_with_what_was_given_up(
    make_demand, quilts, member, organization, officer, sign, prepared, inspect
):
    demand = make_demand(items=[quilts, {**quilts, "what": "大米", "unit": "袋"}])
    lines = [(item, Decimal(10)) for item in demand.items.all()]
    claim = services.claim_demand(demand=demand, organization=organization, lines=lines, by=member)
    services.approve_claim(claim=claim, by=officer)
    sign(claim)
    inspect(services.hand_over(delivery=prepared(claim, 10), by=member), ("accepted", 10))
    end(claim)
    assert [(line.quantity, line.given_up) for line in claim.lines.order_by("item")] == [(10, 0), (0, 10)]
    assert (claim.status, claim.in_words()) == (C.ACCEPTED, "棉被 10 条")


def test_deliveries_that_are_only_being_prepared_are_taken_back(agreed, deliver, prepared):
    claim = agreed(100)
    deliver(claim, 60)
    begun = prepared(claim, 40)
    end(claim)
    begun.refresh_from_db()
    assert begun.status == Delivery.Status.WITHDRAWN


def test_a_withdrawn_claim_leaves_no_delivery_that_is_being_prepared(agreed, prepared, member):
    claim = agreed(100)
    delivery = prepared(claim, 60)
    services.withdraw_claim(claim=claim, reason="供应商停产", by=member)
    delivery.refresh_from_db()
    assert (delivery.status, claim.status) == (Delivery.Status.WITHDRAWN, C.WITHDRAWN)
    assert StatusChange.objects.of(delivery)[0].note == "供应商停产"


def test_it_needs_a_reason_an_agreement_and_something_owed(demand, claim_of, officer, sign, deliver):
    claim = claim_of(demand, 60)
    assert code_of(lambda: end(claim)) == "wrong_state"
    services.approve_claim(claim=claim, by=officer)
    sign(claim)
    assert code_of(lambda: end(claim, reason=" ")) == "no_reason"
    deliver(claim, 60)
    assert code_of(lambda: end(claim)) == "wrong_state"
    assert state(claim) == (60, 0, 60, 0, 60, C.DELIVERED, D.CLAIMED_IN_PART)


def test_the_table_keeps_no_empty_line_of_which_nothing_was_given_up(agreed):
    claim = agreed(10)
    with pytest.raises(IntegrityError, match="claim_line_quantity_positive"), transaction.atomic():
        ClaimLine.objects.filter(claim=claim).update(quantity=0)


def test_both_other_sides_are_told_with_the_reason(agreed, deliver, member, officer, reporter):
    claim = agreed(100)
    deliver(claim, 60)
    end(claim)
    take_all_events()
    told = Notice.objects.filter(kind="claim_ended")
    assert {notice.person for notice in told} >= {officer, reporter}
    assert not told.filter(person=member).exists()
    assert told.filter(person=officer).get().note == "供应商停产"


def test_the_village_hears_when_an_approved_claim_is_withdrawn_and_a_reason_is_asked_for(
    demand, claim_of, officer, reporter, member
):
    claim = services.approve_claim(claim=claim_of(demand, 60), by=officer)
    assert code_of(lambda: services.withdraw_claim(claim=claim, by=member)) == "no_reason"
    services.withdraw_claim(claim=claim, reason="资金未到位", by=member)
    take_all_events()
    assert Notice.objects.get(kind="claim_withdrawn", person=reporter).note == "资金未到位"


def test_a_claim_in_review_is_withdrawn_without_a_reason(demand, claim_of, member):
    assert services.withdraw_claim(claim=claim_of(demand, 60), by=member).status == C.WITHDRAWN


def test_the_page_says_what_becomes_free_and_the_claim_shows_what_was_given_up(log_in, agreed, deliver, member):
    claim = agreed(100)
    deliver(claim, 60)
    client = log_in(member)
    assert url("claim-end", claim) in client.get(url("claim-detail", claim)).content.decode()
    assert "棉被 40 条" in client.get(url("claim-end", claim)).content.decode()
    assert client.post(url("claim-end", claim), {"reason": ""}).status_code == 400
    assert client.post(url("claim-end", claim), {"reason": "供应商停产"}).status_code == 302
    assert state(claim)[:2] == (60, 40)
    page = client.get(url("claim-detail", claim)).content.decode()
    assert url("claim-end", claim) not in page
    assert page.count("40") >= 2
    assert client.get(url("claim-pdf", claim)).status_code == 200


def test_staff_end_a_claim_nothing_comes_of_any_more(log_in, agreed, officer, member):
    claim = agreed(100)
    assert log_in(member).get(url("claim-end", claim)).status_code == 403
    assert log_in(officer).post(url("claim-end", claim), {"reason": "联系不上该组织"}).status_code == 302
    assert state(claim)[-3:] == (0, C.WITHDRAWN, D.PUBLISHED)


def test_it_is_done_once_over_rest_with_its_reason(api, agreed, deliver, member, second_member):
    claim = agreed(100)
    deliver(claim, 60)
    path = reverse("api:claims-end-rest", args=[claim.pk])
    assert api(second_member).post(path, {"reason": "停产"}).status_code == 404
    assert api(member).post(path, {}).status_code == 400
    key = {"HTTP_IDEMPOTENCY_KEY": "end-of-this-claim"}
    first, again = (api(member).post(path, {"reason": "停产"}, **key) for _ in range(2))
    assert (first.status_code, first.json()) == (200, again.json())
    assert first.json()["lines"][0] | {"given_up": "40.000", "quantity": "60.000"} == first.json()["lines"][0]
    assert api(member).post(path, {"reason": "停产"}).json()["code"] == "wrong_state"

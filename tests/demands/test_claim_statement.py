"""The SQL of a claim keeps to the statuses and steps of the models, and a claim over REST to its few statements."""

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import services as accounts
from core.errors import Refused
from core.models import StatusChange
from demands import services
from demands.models import Claim, ClaimLine, Demand, DemandItem

Status = Demand.Status
# claimed, delivered and accepted of 100, for each status that follows from the quantities.
QUANTITIES = {
    Status.PUBLISHED: (0, 0, 0),
    Status.CLAIMED_IN_PART: (50, 0, 0),
    Status.CLAIMED: (100, 0, 0),
    Status.DELIVERING: (100, 50, 0),
    Status.ACCEPTED: (100, 100, 100),
}


def put(demand: Demand, status: str, quantities: tuple[int, int, int] = (0, 0, 0)) -> None:
    """Take the demand to a status behind the services' back."""
    Demand.objects.filter(pk=demand.pk).update(status=status)
    demand.items.update(**dict(zip(("claimed", "delivered", "accepted"), quantities, strict=True)))
    demand.refresh_from_db()


def test_the_open_statuses_are_those_that_follow_from_quantities():
    assert set(QUANTITIES) == set(Demand.OPEN)


@pytest.mark.parametrize("status", Status)
def test_only_an_open_demand_is_claimed_by_the_statement(demand, claim_of, status):
    put(demand, status, QUANTITIES.get(status, (0, 0, 0)))
    try:
        claim_of(demand, 1)
        answer = "claimed"
    except Refused as refused:
        answer = refused.code
    if status in Demand.OPEN:
        assert answer == ("claimed" if QUANTITIES[status][0] < 100 else "not_enough")
    else:
        assert answer == "not_claimable"
        assert not Claim.objects.exists()
    # Whatever was refused has left nothing.
    assert Claim.objects.count() == ClaimLine.objects.count() == (answer == "claimed")


@pytest.mark.parametrize("status", Claim.Status)
def test_a_second_claim_is_refused_exactly_while_the_first_is_unfinished(demand, claim_of, status):
    first = claim_of(demand, 1)
    Claim.objects.filter(pk=first.pk).update(status=status)
    if status in Claim.UNFINISHED:
        with pytest.raises(Refused) as refused:
            claim_of(demand, 1)
        assert refused.value.code == "already_claimed"
        # Also where nothing is left: the organization hears of its own claim first.
        with pytest.raises(Refused) as refused:
            claim_of(demand, 1000)
        assert refused.value.code == "already_claimed"
    else:
        claim_of(demand, 1)
        with pytest.raises(Refused):
            claim_of(demand, 1)


@pytest.mark.parametrize(
    ("before", "quantity"),
    [(status, n) for status, (claimed, *_rest) in QUANTITIES.items() for n in (1, 50, 100) if claimed + n <= 100],
)
def test_the_steps_the_statement_takes_are_steps_of_the_models(demand, claim_of, before, quantity):
    claimed = QUANTITIES[before][0]
    put(demand, before, QUANTITIES[before])
    last = StatusChange.objects.of(demand).first().pk
    version = demand.version
    claim = claim_of(demand, quantity)
    assert (claim.status, Claim._meta.get_field("status").default) == (Claim.Status.SUBMITTED,) * 2
    assert list(StatusChange.objects.of(claim).values_list("old", "new")) == [("", Claim.Status.SUBMITTED)]
    steps = list(StatusChange.objects.of(demand).filter(pk__gt=last).values_list("old", "new"))
    after = Status.CLAIMED if claimed + quantity == 100 else Status.CLAIMED_IN_PART
    assert steps == ([(before, after)] if before != after else [])
    assert all(new in Demand.TRANSITIONS[Status(old)] for old, new in steps)
    assert (demand.status, demand.version) == (after, version + len(steps))
    demand.refresh_from_db()
    assert (demand.status, demand.version) == (after, version + len(steps))
    assert demand.status_of_items() == after


def test_the_statuses_that_follow_from_items_are_reached_by_steps_of_the_models(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'demands_status_of_items'")
        ((rule,),) = cursor.fetchall()
    named = {status for status in Status if f"'{status}'" in rule}
    assert named == set(Demand.OPEN)


def test_a_claim_short_of_one_item_takes_nothing_of_the_other(make_demand, quilts, organization, member):
    demand = make_demand(items=[quilts, {**quilts, "what": "大米"}])
    first, second = demand.items.all()
    DemandItem.objects.filter(pk=second.pk).update(claimed=F("quantity") - 1)
    with pytest.raises(Refused) as refused:
        services.claim_demand(demand=demand, organization=organization, lines=[(first, 5), (second, 2)], by=member)
    assert [(row["item"], row["left"]) for row in refused.value.facts["left"]] == [(second.pk, "1.000")]
    first.refresh_from_db()
    assert (first.claimed, Claim.objects.count()) == (0, 0)


@pytest.fixture
def script(member):
    """A script of the member's, with an API key."""
    _record, secret = accounts.make_key(user=member, name="claims", expires_on=timezone.localdate(), by=member)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def claim_over_rest(script, demand):
    lines = [{"item": demand.items.get().pk, "quantity": "1"}]
    answer = script.post(f"/api/v1/demands/{demand.pk}/claim/", {"lines": lines})
    assert answer.status_code == 201, answer.content


def test_a_claim_over_rest_takes_five_statements(script, make_demand, django_assert_num_queries):
    warm, demand, other = make_demand(), make_demand(title="二"), make_demand(title="三")
    claim_over_rest(script, warm)
    item = demand.items.get()
    body = {"lines": [{"item": item.pk, "quantity": "1"}]}
    with django_assert_num_queries(5):  # key and person, demand with items and place, organizations, posts, the claim
        assert script.post(f"/api/v1/demands/{demand.pk}/claim/", body).status_code == 201
    body = {"lines": [{"item": other.items.get().pk, "quantity": "1"}]}
    # With an Idempotency-Key also: was it answered before, transaction, row of the answer, the answer, end.
    with django_assert_num_queries(10):
        answer = script.post(f"/api/v1/demands/{other.pk}/claim/", body, headers={"Idempotency-Key": "k1"})
    assert answer.status_code == 201


def test_what_is_kept_prepared_never_outlives_a_right(script, make_demand, member, organization):
    claim_over_rest(script, make_demand())
    organization.memberships.update(ended_at=timezone.now())
    demand = make_demand(title="二")
    path, body = f"/api/v1/demands/{demand.pk}/claim/", {"lines": [{"item": demand.items.get().pk, "quantity": "1"}]}
    assert script.post(path, body).status_code == 403
    member.api_keys.update(revoked_at=timezone.now())
    assert script.post(path, body).status_code == 401

"""A claim that is ended while its delivery is handed over and others claim: whoever comes first, the sums are right."""

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from django.db import connections
from django.db.models import Sum
from django.utils import timezone

from core.errors import Refused
from demands import services
from demands.models import Claim, ClaimLine, Delivery, DemandItem
from tests.demands.conftest import PDF
from tests.races.conftest import published

ROUNDS = 25
REFUSALS = {"wrong_state", "not_enough", "more_than_claimed", "below_claimed"}


def prepared(item: DemandItem, client, officer) -> Delivery:
    """All ten are claimed and agreed; six lie ready to be handed over."""
    lines = [(item, Decimal(10))]
    claim = services.claim_demand(demand=item.demand, organization=client.organization, lines=lines, by=client.user)
    services.approve_claim(claim=claim, by=officer)
    today, by = timezone.localdate(), client.user
    services.sign_agreement(claim=claim, number="1", signed_on=today, name="a.pdf", content=PDF, by=by)
    part = [(claim.lines.get(), Decimal(6))]
    delivery = services.prepare_delivery(claim=claim, delivered_on=today, lines=part, by=by)
    services.attach_file(delivery=delivery, purpose="receipt", name="a.pdf", content=PDF, by=by)
    return delivery


def steps(delivery: Delivery, item: DemandItem, client, officer) -> list:
    """What four people do at once, each with copies of their own."""
    claim = Claim.objects.select_related("demand").get(pk=delivery.claim_id)
    mine = DemandItem.objects.select_related("demand").get(pk=item.pk)
    wish = {"demand": item.demand, "organization": client.organization, "lines": [(item, Decimal(4))]}
    return [
        lambda: services.end_rest(claim=claim, reason="货源不足", by=officer),
        lambda: services.hand_over(delivery=delivery, by=delivery.created_by),
        lambda: services.claim_demand(**wish, by=client.user),
        lambda: services.change_quantity(item=mine, quantity=Decimal(9), by=officer),
    ]


def test_ending_handing_over_claiming_and_changing_at_once_leave_the_sums_right(records, clients, officers):
    outcomes = set()
    pool, together = ThreadPoolExecutor(4), threading.Barrier(4)

    def do(act) -> str:
        together.wait(30)
        try:
            act()
        except Refused as refused:
            return refused.code
        return "ok"

    try:
        for _round in range(ROUNDS):
            (item,) = published([10])
            delivery = prepared(item, clients[0], officers[0])
            answers = list(pool.map(do, steps(delivery, item, clients[1], officers[0])))
            assert set(answers) <= REFUSALS | {"ok"}, answers
            outcomes.add(tuple(answers))
            insist_on_sums(item)
    finally:
        list(pool.map(lambda _n: (together.wait(30), connections.close_all()), range(4)))
        pool.shutdown()
    assert len(outcomes) > 1


def insist_on_sums(item: DemandItem) -> None:
    item.refresh_from_db()
    live = ClaimLine.objects.filter(item=item, claim__status__in=Claim.LIVE)
    sums = live.aggregate(claimed=Sum("quantity", default=0), delivered=Sum("delivered", default=0))
    assert (item.claimed, item.delivered) == (sums["claimed"], sums["delivered"])
    assert item.delivered <= item.claimed <= item.quantity
    for line in ClaimLine.objects.filter(item=item):
        assert line.quantity + line.given_up <= line.asked
        handed_over = Delivery.objects.standing().filter(claim=line.claim, lines__line=line)
        assert line.delivered == (handed_over.aggregate(n=Sum("lines__quantity", default=0))["n"])
    demand = item.demand
    demand.refresh_from_db()
    assert demand.status == demand.status_of_items()

"""Claims, withdrawals, approvals in part, rejections, lapses and changes of the quantity side by side, many times over;
a checker says of each history whether every answer was right.
"""

import datetime
import itertools
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connections
from django.utils import timezone

from core.errors import Refused
from demands import services
from demands.models import Claim, ClaimLine, DemandItem
from tests.races.conftest import published
from tests.races.histories import Event, Held, State, explained

THREADS = 4
STEPS = 3
NEEDED = [5, 4]
OPERATIONS = ["claim"] * 6 + ["withdraw", "withdraw", "approve", "reject", "lapse", "change"]


class History:
    """Random operations of some threads on one demand with two items, and a note of each."""

    def __init__(self, seed: int, clients, officers):
        self.seed, self.clients, self.officer = seed, clients, officers[0]
        self.items = published(NEEDED)
        self.events: list[Event] = []
        self.claims: list[Claim] = []
        self.together = threading.Barrier(THREADS)

    def run(self, pool: ThreadPoolExecutor) -> None:
        list(pool.map(self.work, range(THREADS)))

    def work(self, number: int) -> None:
        """The steps of one thread; its organization is its own, its choice of claims is not."""
        chance = random.Random(self.seed * THREADS + number)
        self.together.wait(30)
        for _step in range(STEPS):
            name = chance.choice(OPERATIONS) if self.claims else "claim"
            getattr(self, name)(chance, number)

    def claim(self, chance: random.Random, number: int) -> None:
        # An organization may have a claim already, of this thread or of another: two threads share each.
        client = self.clients[number % (THREADS - 1)]
        wanted = chance.choice([(1, 0), (2, 0), (0, 2), (3, 1), (2, 3), (5, 0)])
        lines = [(item, Decimal(q)) for item, q in zip(self.items, wanted, strict=True) if q]

        def act() -> dict:
            made = services.claim_demand(
                demand=self.items[0].demand, organization=client.organization, lines=lines, by=client.user
            )
            self.claims.append(made)
            return {"claim": made.pk}

        facts = {"organization": client.organization.pk, "quantities": tuple(Decimal(q) for q in wanted)}
        self.note("claim", act, **facts)

    def approve(self, chance: random.Random, number: int) -> None:
        """Approve one piece less of one item, where there is one less to approve."""
        claim = self.one(chance)
        asked = {line.item_id: line.asked for line in ClaimLine.objects.filter(claim=claim)}
        cut = next((item.pk for item in self.items if asked.get(item.pk, 0) > 1), None)
        approved = {cut: asked[cut] - 1} if cut else {}
        total = tuple(approved.get(item.pk, asked.get(item.pk, Decimal(0))) for item in self.items)
        self.note(
            "approve",
            lambda: services.approve_claim(claim=claim, quantities=approved, note="库存", by=self.officer) and {},
            claim=claim.pk,
            quantities=total,
        )

    def withdraw(self, chance: random.Random, number: int) -> None:
        claim = self.one(chance)
        self.note(
            "withdraw",
            lambda: services.withdraw_claim(claim=claim, reason="另有安排", by=claim.created_by) and {},
            claim=claim.pk,
        )

    def reject(self, chance: random.Random, number: int) -> None:
        claim = self.one(chance)
        self.note(
            "reject", lambda: services.reject_claim(claim=claim, reason="不符", by=self.officer) and {}, claim=claim.pk
        )

    def lapse(self, chance: random.Random, number: int) -> None:
        claim, later = self.one(chance), timezone.now() + datetime.timedelta(days=400)

        def act() -> dict:
            if not services.lapse_claim(claim=claim, by=None, now=later):
                raise Refused("", code="wrong_state")
            return {}

        self.note("lapse", act, claim=claim.pk)

    def change(self, chance: random.Random, number: int) -> None:
        which, quantity = chance.randrange(len(self.items)), Decimal(chance.randint(1, 7))
        item = DemandItem.objects.select_related("demand").get(pk=self.items[which].pk)
        self.note(
            "change",
            lambda: services.change_quantity(item=item, quantity=quantity, by=self.officer) or {},
            item=which,
            quantities=(quantity,),
        )

    def one(self, chance: random.Random) -> Claim:
        # A copy of this thread's own: services bring the object they are given up to date.
        return Claim.objects.select_related("demand", "created_by").get(pk=chance.choice(self.claims).pk)

    def note(self, name: str, act, **facts) -> None:
        called, answer, left = time.perf_counter_ns(), "ok", ()
        try:
            facts |= act()
        except Refused as refused:
            answer = refused.code
            keys = [item.pk for item in self.items]
            rows = sorted((keys.index(row["item"]), Decimal(row["left"])) for row in refused.facts.get("left", []))
            left = tuple(rows)
        self.events.append(Event(name, called, time.perf_counter_ns(), answer, left=left, **facts))

    def start(self) -> State:
        return State(tuple(Decimal(n) for n in NEEDED), frozenset())

    def end(self) -> State:
        """The state as stored: what each item needs, and the live claims; `claimed` must be their sum."""
        items = list(DemandItem.objects.filter(demand=self.items[0].demand_id).order_by("pk"))
        live = set()
        for claim in Claim.objects.live().filter(demand=self.items[0].demand_id).prefetch_related("lines"):
            taken = {line.item_id: line.quantity for line in claim.lines.all()}
            quantities = tuple(taken.get(item.pk, Decimal(0)) for item in items)
            live.add((claim.pk, Held(claim.organization_id, claim.status, quantities)))
        state = State(tuple(item.quantity for item in items), frozenset(live))
        assert state.left() == tuple(item.remaining for item in items)
        return state


def insist_on_right_answers(number: int, clients, officers) -> None:
    pool = ThreadPoolExecutor(THREADS)
    answers: dict[tuple[str, str], int] = {}
    try:
        for seed in range(number):
            history = History(seed, clients, officers)
            history.run(pool)
            assert explained(history.events, history.start(), history.end()), (seed, history.events)
            for event in history.events:
                answers[event.name, event.answer] = answers.get((event.name, event.answer), 0) + 1
    finally:
        together = threading.Barrier(THREADS)
        list(pool.map(lambda _n: (together.wait(30), connections.close_all()), range(THREADS)))
        pool.shutdown()
    # The histories are no good if some kind of answer never came.
    wanted = {(name, "ok") for name in OPERATIONS} | {("claim", "not_enough"), ("withdraw", "wrong_state")}
    assert wanted <= set(answers)


def test_every_answer_of_100_mixed_histories_is_right(records, clients, officers):
    insist_on_right_answers(100, clients, officers)


@pytest.mark.slow
def test_every_answer_of_500_mixed_histories_is_right(records, clients, officers):
    insist_on_right_answers(500, clients, officers)


# The checker itself: what it must not let pass.

_numbers = itertools.count(1)


def claimed(called: int, returned: int, quantity: int, answer: str = "ok", left: int | None = None) -> Event:
    number = next(_numbers)
    said = () if left is None else ((0, Decimal(left)),)
    quantities = (Decimal(quantity),)
    return Event("claim", called, returned, answer, number, number, quantities, left=said)


def outcome(needed: int, *events: Event) -> State:
    live = {(e.claim, Held(e.organization, "submitted", e.quantities)) for e in events if e.answer == "ok"}
    return State((Decimal(needed),), frozenset(live))


def is_explained(needed: int, *events: Event) -> bool:
    return explained(events, State((Decimal(needed),), frozenset()), outcome(needed, *events))


def test_the_checker_finds_more_granted_than_there_is():
    assert is_explained(7, claimed(0, 5, 4), claimed(1, 6, 3))
    assert not is_explained(7, claimed(0, 5, 4), claimed(1, 6, 4))


def test_the_checker_finds_a_refusal_while_there_was_room():
    # The second claim overlaps with the first: it may have come after it, but not if it had returned before.
    assert is_explained(7, claimed(0, 5, 4), claimed(1, 6, 4, "not_enough", 3))
    assert not is_explained(7, claimed(10, 15, 4), claimed(1, 6, 4, "not_enough", 3))
    assert not is_explained(7, claimed(0, 5, 4), claimed(1, 6, 3, "not_enough", 3))


def test_the_checker_finds_a_wrong_figure_of_what_is_left():
    assert not is_explained(7, claimed(0, 5, 4), claimed(6, 9, 4, "not_enough", 2))


def test_the_checker_finds_a_claim_that_nobody_made():
    ghost = claimed(0, 1, 2)
    assert not explained([], State((Decimal(7),), frozenset()), outcome(7, ghost))

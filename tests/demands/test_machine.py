"""Any order of the services' steps keeps the quantities in order: a machine tries what people would never think of."""

import collections
import datetime
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.errors import Refused
from demands import services
from demands.models import AcceptanceEntry, Claim, ClaimLine, Delivery, DeliveryLine, Demand, DemandItem
from tests.demands.conftest import PDF

Status, Outcome = Demand.Status, AcceptanceEntry.Outcome
quantities = st.integers(1, 12).map(lambda n: Decimal(n) / 2)
picks = st.integers(0, 9)
# How often each rule had an effect, over all examples of a run.
effects: collections.Counter[str] = collections.Counter()


class Demands(RuleBasedStateMachine):
    """A village's demand for two things, three organizations, and everything the services let them do.

    A refusal is a fine answer; whatever happens, the invariants hold. The test sets `cast`.
    """

    cast: dict

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def attempt(self, service, **arguments):
        """What the service returns, or None when it refuses, which it does with a code and a sentence."""
        try:
            result = service(**arguments)
        except Refused as refused:
            assert refused.code
            assert str(refused.message)
            return None
        finally:
            self.demand.refresh_from_db()
        effects[service.__name__] += 1
        return result

    def one(self, model, pick: int, **conditions):
        """A row the step is about, fresh from the table; None where there is none."""
        rows = list(model.objects.filter(**conditions).order_by("pk"))
        return rows[pick % len(rows)] if rows else None

    def claim_in(self, pick: int, *statuses: str) -> Claim | None:
        return self.one(Claim, pick, demand=self.demand, status__in=statuses)

    @initialize(first=quantities, second=quantities, stage=st.integers(0, 9))
    def create(self, first, second, stage):
        """A draft, taken a part of its way, so that thirty steps reach what comes late."""
        reporter = self.cast["reporter"]
        self.demand = services.create_demand(
            values={"village": self.cast["village"], "form": "relief", "title": "过冬物资"},
            items=[
                {"kind": "goods", "what": "棉被", "unit": "条", "quantity": first},
                {"kind": "goods", "what": "大米", "unit": "袋", "quantity": second},
            ],
            by=reporter,
        )
        services.attach_evidence(record=self.demand, name="记录.txt", content="全村一百户".encode(), by=reporter)
        self.items = list(self.demand.items.all())
        for number, step in enumerate(
            (self.submit, self.publish, self.claim_all, *[self.agree_all] * 2, self.deliver_all, self.accept_all)
        ):
            if stage > number:
                step()

    def claim_all(self):
        for who in range(2):
            self.claim(who, self.items[0].quantity / 2, self.items[1].quantity / 2)

    def agree_all(self):
        for pick in range(2):
            self.approve(pick)
            self.agree(pick)

    def deliver_all(self):
        """The first claim wholly, of the second only a part, so that something is owed."""
        for pick, quantity in enumerate((None, Decimal("0.25"))):
            self.deliver(pick, quantity)

    def accept_all(self):
        for pick in range(2):
            self.accept(pick, Outcome.ACCEPTED, None)

    @precondition(lambda self: self.demand.status in (Status.DRAFT, Status.RETURNED, Status.SUBMITTED))
    @rule()
    def submit(self):
        self.attempt(services.submit, demand=self.demand, by=self.cast["reporter"])

    @precondition(lambda self: not self.demand.is_public)
    @rule()
    def publish(self):
        self.attempt(services.publish, demand=self.demand, by=self.cast["officer"])

    @precondition(lambda self: self.demand.status == Status.SUBMITTED)
    @rule()
    def return_with_reasons(self):
        self.attempt(services.return_with_reasons, demand=self.demand, reason="数量不清", by=self.cast["officer"])

    @rule(who=picks, first=st.none() | quantities, second=st.none() | quantities)
    def claim(self, who, first, second):
        person, organization = self.cast["members"][who % 3]
        lines = [(item, q) for item, q in zip(self.items, (first, second), strict=True) if q]
        self.attempt(services.claim_demand, demand=self.demand, organization=organization, lines=lines, by=person)

    @precondition(lambda self: self.demand.is_public)
    @rule(pick=picks)
    def approve(self, pick):
        if claim := self.claim_in(pick, "submitted", "withdrawn", "agreed"):
            self.attempt(services.approve_claim, claim=claim, by=self.cast["officer"])

    @precondition(lambda self: self.demand.is_public)
    @rule(pick=picks, quantity=st.just(Decimal(0)) | quantities)
    def approve_in_part(self, pick, quantity):
        if claim := self.claim_in(pick, "submitted"):
            some = {claim.lines.first().item_id: quantity}
            self.attempt(services.approve_claim, claim=claim, quantities=some, note="库存不足", by=self.cast["officer"])

    @precondition(lambda self: self.demand.is_public)
    @rule(pick=picks)
    def reject(self, pick):
        if claim := self.claim_in(pick, "submitted", "approved"):
            self.attempt(services.reject_claim, claim=claim, reason="不符", by=self.cast["officer"])

    @precondition(lambda self: self.demand.is_public)
    @rule(pick=picks)
    def withdraw(self, pick):
        if claim := self.one(Claim, pick, demand=self.demand):
            self.attempt(services.withdraw_claim, claim=claim, reason="无货", by=claim.created_by)

    @precondition(lambda self: self.demand.is_public)
    @rule(pick=picks)
    def end_the_rest(self, pick):
        if claim := self.claim_in(pick, *Claim.ENDABLE, "delivered"):
            self.attempt(services.end_rest, claim=claim, reason="货源不足", by=claim.created_by)

    @precondition(lambda self: self.demand.is_public)
    @rule(pick=picks, days=st.sampled_from([1, 400]))
    def lapse(self, pick, days):
        if claim := self.one(Claim, pick, demand=self.demand):
            now = timezone.now() + datetime.timedelta(days=days)
            self.attempt(services.lapse_claim, claim=claim, by=None, now=now)

    @precondition(lambda self: self.demand.is_public)
    @rule(pick=picks)
    def extend(self, pick):
        if claim := self.claim_in(pick, *Claim.LEASED) or self.one(Claim, pick, demand=self.demand):
            self.attempt(services.extend_claim, claim=claim, reason="运输延误", by=claim.created_by)

    @precondition(lambda self: self.demand.is_public)
    @rule(pick=picks)
    def agree(self, pick):
        if claim := self.claim_in(pick, "approved", "submitted"):
            self.attempt(
                services.sign_agreement,
                claim=claim,
                number="协议1号",
                signed_on=timezone.localdate(),
                name="协议.pdf",
                content=PDF,
                by=claim.created_by,
            )

    @precondition(lambda self: self.demand.is_public)
    @rule(pick=picks, quantity=st.none() | quantities)
    def deliver(self, pick, quantity):
        """Prepare a delivery (of everything owed, unless a quantity is given) with its receipt, and hand it over."""
        claim = self.claim_in(pick, *Claim.DELIVERABLE)
        if claim is None:
            return
        lines = [(line, quantity or line.owed) for line in claim.lines.all() if line.owed]
        values = {"claim": claim, "delivered_on": timezone.localdate(), "lines": lines, "by": claim.created_by}
        if delivery := self.attempt(services.prepare_delivery, **values):
            services.attach_file(
                delivery=delivery, purpose="receipt", name="回执.pdf", content=PDF, by=claim.created_by
            )
            self.attempt(services.hand_over, delivery=delivery, by=claim.created_by)

    @precondition(lambda self: self.demand.is_public)
    @rule(pick=picks)
    def take_delivery_back(self, pick):
        if delivery := self.one(Delivery, pick, claim__demand=self.demand):
            self.attempt(services.withdraw_delivery, delivery=delivery, reason="录入有误", by=delivery.created_by)

    @precondition(lambda self: self.demand.is_public)
    @rule(pick=picks, outcome=st.sampled_from([Outcome.ACCEPTED] * 3 + list(Outcome)), quantity=st.none() | quantities)
    def accept(self, pick, outcome, quantity):
        """The village enters what it found of each line (everything that is open, unless a quantity is given)."""
        delivery = self.one(Delivery, pick, claim__demand=self.demand, status="handed_over")
        if delivery is None:
            return
        words = {"outcome": outcome, "instead": "毛毯", "reason": "受潮"}
        found = [{"line": row, "quantity": quantity or row.open, **words} for row in delivery.lines.all() if row.open]
        self.attempt(services.inspect_delivery, delivery=delivery, findings=found, by=self.cast["reporter"])

    @precondition(lambda self: self.demand.is_public)
    @rule(pick=picks)
    def correct_an_acceptance(self, pick):
        if entry := self.one(AcceptanceEntry, pick, line__delivery__claim__demand=self.demand):
            self.attempt(services.reverse_entry, entry=entry, reason="数错了", by=self.cast["reporter"])

    @precondition(lambda self: self.demand.is_public)
    @rule(pick=picks)
    def verify(self, pick):
        if claim := self.claim_in(pick, "accepted", "delivered"):
            self.attempt(services.verify_claim, claim=claim, note="已核对", by=self.cast["verifier"])

    @precondition(lambda self: self.demand.is_public)
    @rule(pick=picks)
    def send_back(self, pick):
        if claim := self.claim_in(pick, "accepted"):
            self.attempt(services.send_back, claim=claim, reason="再核对", by=self.cast["verifier"])

    @precondition(lambda self: self.demand.is_public)
    @rule(pick=picks, quantity=quantities)
    def change_quantity(self, pick, quantity):
        item = DemandItem.objects.select_related("demand").get(pk=self.items[pick % 2].pk)
        self.attempt(services.change_quantity, item=item, quantity=quantity, by=self.cast["officer"])

    @precondition(lambda self: self.demand.is_public)
    @rule(seldom=picks)
    def suspend(self, seldom):
        if seldom < 3:
            self.attempt(services.suspend_demand, demand=self.demand, reason="核实情况", by=self.cast["officer"])

    @precondition(lambda self: self.demand.status == Status.SUSPENDED)
    @rule()
    def resume(self):
        self.attempt(services.resume_demand, demand=self.demand, by=self.cast["officer"])

    @invariant()
    def quantities_are_in_order_and_each_the_sum_of_what_it_is_made_of(self):
        items = list(DemandItem.objects.filter(demand=self.demand))
        lines = list(ClaimLine.objects.filter(claim__demand=self.demand).select_related("claim"))
        rows = list(DeliveryLine.objects.filter(delivery__claim__demand=self.demand).select_related("delivery"))
        entries = list(AcceptanceEntry.objects.filter(line__delivery__claim__demand=self.demand))
        for item in items:
            assert 0 <= item.accepted <= item.delivered <= item.claimed <= item.quantity
            live = [line for line in lines if line.item_id == item.pk and line.claim.is_live]
            assert item.claimed == sum(line.quantity for line in live)
            assert item.delivered == sum(line.delivered for line in live)
            assert item.accepted == sum(line.accepted for line in live)
        for line in lines:
            # Approved at most what was asked for; what is given up is no longer held and may not come back.
            assert line.quantity + line.given_up <= line.asked
            mine = [
                row for row in rows if row.line_id == line.pk and row.delivery.status in ("handed_over", "inspected")
            ]
            # What was short or sent back is owed again and does not count as delivered.
            assert line.delivered == sum(row.quantity - row.short - row.returned for row in mine)
            assert line.accepted == sum(row.accepted + row.substituted for row in mine)
        undone = {entry.reverses_id for entry in entries}
        standing = [entry for entry in entries if entry.reverses_id is None and entry.pk not in undone]
        for row in rows:
            for outcome in Outcome.values:
                found = sum(e.quantity for e in standing if e.line_id == row.pk and e.outcome == outcome)
                assert getattr(row, outcome) == found

    @invariant()
    def the_status_of_the_demand_fits_its_items(self):
        demand = Demand.objects.get(pk=self.demand.pk)
        if demand.status in Demand.OPEN:
            assert demand.status == demand.status_of_items()
        if not demand.is_public:
            assert not Claim.objects.live().filter(demand=demand).exists()
        if demand.status in (Status.ACCEPTED, Status.VERIFIED):
            unfinished = Claim.objects.unfinished().filter(demand=demand).exists()
            assert unfinished == (demand.status == Status.ACCEPTED)


@pytest.fixture
def machine(regions, reporter, officer, second_officer, make_organization, make_user):
    """The machine with its cast, running so many examples of thirty steps each."""
    Demands.cast = {
        "village": regions["500229201200"],
        "reporter": reporter,
        "officer": officer,
        "verifier": second_officer,
        "members": [],
    }
    for number in range(3):
        organization = make_organization(f"慈善总会 {number}")
        Demands.cast["members"].append((make_user(f"member-{number}", organization=organization), organization))

    def run(examples: int) -> None:
        effects.clear()
        checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
        how = settings(max_examples=examples, stateful_step_count=30, deadline=None, suppress_health_check=checks)
        run_state_machine_as_test(Demands, settings=how)

    return run


def test_no_order_of_steps_in_100_runs_brings_the_quantities_out_of_order(machine):
    machine(100)
    assert {"claim_demand", "approve_claim", "sign_agreement", "hand_over", "inspect_delivery"} <= set(effects)
    # Which of the rare steps had an effect is chance; most of the twenty have.
    assert len(effects) >= 14


@pytest.mark.slow
def test_no_order_of_steps_in_1000_runs_brings_the_quantities_out_of_order(machine):
    machine(1000)
    assert {"inspect_delivery", "reverse_entry", "change_quantity", "verify_claim"} <= set(effects)

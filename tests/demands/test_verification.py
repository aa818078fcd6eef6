"""What the county does with accepted claims: checks, verification by a second person, spot checks, ratings."""

import datetime

import pytest
from django.utils import timezone

from demands import services
from demands.models import AcceptanceEntry, Claim, Delivery, Rating
from demands.selectors import checks_of
from demands.services.verification import is_drawn
from tests.demands.test_deliveries import left
from tests.demands.test_services import code_of

C = Claim.Status
TODAY = timezone.localdate()


@pytest.mark.parametrize("part", ["wrote", "inspected", "member"])
def test_nobody_verifies_their_own(
    agreed, deliver, inspect, reporter, officer, second_officer, member, part, regions, make_user, organization
):
    claim = agreed(10)
    person = {"wrote": reporter, "inspected": second_officer, "member": member}[part]
    inspect(deliver(claim, 10), ("accepted", 10), by=second_officer if part == "inspected" else reporter)
    assert code_of(lambda: services.verify_claim(claim=claim, by=person, note="可")) == "second_person"
    services.verify_claim(claim=claim, by=officer, note="缺签收单，已电话核实")
    assert claim.status == C.VERIFIED


def test_a_check_that_is_not_in_order_needs_a_word(agreed, deliver, inspect, officer):
    claim = agreed(10)
    inspect(deliver(claim, 10), ("accepted", 10))
    assert code_of(lambda: services.verify_claim(claim=claim, by=officer)) == "no_reason"
    made = services.verify_claim(claim=claim, by=officer, note="电话核实")
    assert made.checks["receipts"] is False
    assert made.checks["quantities"] is True


def test_a_claim_sent_back_is_confirmed_or_corrected_by_the_village(agreed, deliver, inspect, officer, reporter):
    claim = agreed(10)
    inspect(deliver(claim, 10), ("accepted", 10))
    services.send_back(claim=claim, reason="数量与照片不符", by=officer)
    assert left(claim)[2] == C.DELIVERED
    services.confirm_acceptance(claim=claim, note="重新点过，无误", by=reporter)
    assert claim.status == C.ACCEPTED
    services.send_back(claim=claim, reason="再核", by=officer)
    entry = AcceptanceEntry.objects.standing().get()
    services.reverse_entry(entry=entry, reason="实为 9 条", by=reporter)
    confirm = lambda: services.confirm_acceptance(claim=claim, note="无误", by=reporter)  # noqa: E731
    assert code_of(confirm) == "not_all_accepted"


def test_whoever_confirmed_the_acceptance_does_not_verify_it(agreed, deliver, inspect, officer, second_officer):
    claim = agreed(10)
    inspect(deliver(claim, 10), ("accepted", 10))
    services.send_back(claim=claim, reason="数量与照片不符", by=second_officer)
    services.confirm_acceptance(claim=claim, note="已去村里看过", by=second_officer)
    assert code_of(lambda: services.verify_claim(claim=claim, by=second_officer, note="可")) == "second_person"
    services.verify_claim(claim=claim, by=officer, note="电话核实")
    assert claim.status == C.VERIFIED


def test_the_lot_is_the_same_every_time_and_of_the_size_that_is_set(settings):
    references = [f"RL-2026-{number:06d}" for number in range(4000)]
    settings.SPOT_CHECK_PERCENT = 10
    drawn = [reference for reference in references if is_drawn(reference)]
    assert 320 < len(drawn) < 480
    assert drawn == [reference for reference in references if is_drawn(reference)]
    settings.SECRET_KEY = "another"
    assert drawn != [reference for reference in references if is_drawn(reference)]
    settings.SPOT_CHECK_PERCENT = 100
    assert all(map(is_drawn, references))


def test_a_claim_drawn_by_lot_waits_for_its_spot_check(agreed, deliver, inspect, officer, settings):
    settings.SPOT_CHECK_PERCENT = 100
    claim = agreed(10)
    inspect(deliver(claim, 10), ("accepted", 10))
    spot = claim.spot_checks.get()
    assert (spot.origin, spot.status) == ("lot", "open")
    verify = lambda: services.verify_claim(claim=claim, by=officer, note="可")  # noqa: E731
    assert code_of(verify) == "spot_check_open"
    finish = {"spot_check": spot, "checked_on": TODAY, "by": officer}
    assert code_of(lambda: services.finish_spot_check(**finish, confirmed=True, finding=" ")) == "no_reason"
    services.finish_spot_check(**finish, confirmed=True, finding="现场清点 10 条")
    verify()
    assert claim.spot_checks.count() == 1


def test_a_discrepancy_sends_the_claim_back(agreed, deliver, inspect, officer, second_officer):
    claim = agreed(10)
    inspect(deliver(claim, 10), ("accepted", 10))
    spot = services.order_spot_check(claim=claim, reason="群众来信", by=officer)
    assert code_of(lambda: services.order_spot_check(claim=claim, reason="再查", by=officer)) == "spot_check_open"
    services.finish_spot_check(
        spot_check=spot, confirmed=False, finding="只有 9 条", checked_on=TODAY, by=second_officer
    )
    assert left(claim)[2] == C.DELIVERED
    assert claim.verifications.get().note == "只有 9 条"


def test_each_side_rates_a_verified_claim_once(agreed, deliver, inspect, officer, reporter, member):
    claim = agreed(10)
    inspect(deliver(claim, 10), ("accepted", 10))
    rate = lambda side, by, score=5: services.rate_claim(claim=claim, side=side, score=score, by=by)  # noqa: E731
    assert code_of(lambda: rate("village", reporter)) == "wrong_state"
    services.verify_claim(claim=claim, by=officer, note="可")
    assert code_of(lambda: rate("village", reporter, 6)) == "bad_score"
    assert code_of(lambda: rate("village", member)) == "second_person"
    assert code_of(lambda: rate("organization", reporter)) == "other_side"
    rate("village", reporter)
    rate("organization", member, 4)
    assert code_of(lambda: rate("village", reporter)) == "rated"
    assert [(row.side, row.score) for row in Rating.objects.all()] == [("village", 5), ("organization", 4)]


def test_checks_find_missing_evidence_odd_days_and_used_pictures(agreed, deliver, photo, inspect, demand):
    claim = agreed(60)
    passed = lambda: {check.code: check.passed for check in checks_of(claim)}  # noqa: E731
    first = deliver(claim, 30, evidence=[("photo", "a.jpg", photo(day="2020:01:01 10:00:00"))])
    assert passed() == {
        "quantities": False,
        "ended": True,
        "substitutes": True,
        "photos": True,
        "receipts": False,
        "dates": True,
        "picture_days": False,
        "own_pictures": True,
    }
    assert first.reference in next(check.text for check in checks_of(claim) if check.code == "picture_days")
    Delivery.objects.filter(pk=first.pk).update(delivered_on=datetime.date(2020, 1, 2))
    inspect(first, ("substituted", 30, "毛毯"))
    assert {"dates": False, "picture_days": True, "substitutes": False}.items() <= passed().items()


def test_a_photo_used_twice_is_found(make_demand, agreed, deliver, photo, second_member, second_organization):
    picture = [("photo", "a.jpg", photo())]
    first, second = agreed(10), agreed(10, by=second_member, organization_=second_organization)
    deliver(first, 10, evidence=picture)
    other = deliver(second, 10, evidence=picture)
    found = {check.code: check for check in checks_of(first)}["own_pictures"]
    assert (found.passed, other.reference in found.text) == (False, True)

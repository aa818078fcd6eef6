"""Deliveries and acceptance: quantities that add up, entries that only grow, statuses that follow."""

import datetime
import itertools
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core import states
from core.models import StatusChange
from demands import services
from demands.models import AcceptanceEntry, Claim, Delivery, DeliveryFile, Demand
from tests.demands.test_services import code_of, put

C, D, L = Claim.Status, Demand.Status, Delivery.Status
TODAY = timezone.localdate()


def left(claim: Claim) -> tuple:
    """Delivered and accepted of the first line, as the claim and as the item have it, with both statuses."""
    line, item = claim.lines.select_related("item").first(), claim.demand.items.first()
    item.refresh_from_db()
    claim.refresh_from_db()
    claim.demand.refresh_from_db()
    assert (line.delivered, line.accepted) == (item.delivered, item.accepted)
    return int(line.delivered), int(line.accepted), claim.status, claim.demand.status


def test_a_claim_is_agreed_delivered_accepted_and_verified(agreed, deliver, inspect, second_officer):
    claim = agreed(100)
    assert left(claim) == (0, 0, C.AGREED, D.CLAIMED)
    first = deliver(claim, 60)
    assert left(claim) == (60, 0, C.DELIVERING, D.DELIVERING)
    second = deliver(claim, 40)
    assert left(claim) == (100, 0, C.DELIVERED, D.DELIVERING)
    inspect(first, ("accepted", 60))
    assert left(claim) == (100, 60, C.DELIVERED, D.DELIVERING)
    inspect(second, ("accepted", 40))
    assert left(claim) == (100, 100, C.ACCEPTED, D.ACCEPTED)
    services.verify_claim(claim=claim, by=second_officer, note="单据齐全")
    assert left(claim) == (100, 100, C.VERIFIED, D.VERIFIED)
    services.close_demand(demand=claim.demand, by=second_officer)
    assert claim.demand.status == D.CLOSED


def test_what_is_short_or_sent_back_is_owed_again_and_what_is_substituted_is_accepted(agreed, deliver, inspect):
    claim = agreed(100)
    delivery = deliver(claim, 100)
    inspect(delivery, ("accepted", 50), ("substituted", 20, "毛毯"), ("short", 10), ("returned", 20, "", "破损"))
    assert left(claim) == (70, 70, C.DELIVERING, D.DELIVERING)
    delivery.refresh_from_db()
    assert delivery.status == L.INSPECTED
    assert claim.lines.get().owed == 30
    inspect(deliver(claim, 30), ("accepted", 30))
    assert left(claim) == (100, 100, C.ACCEPTED, D.ACCEPTED)


def test_a_line_is_inspected_in_parts_and_the_delivery_waits_for_the_rest(agreed, deliver, inspect):
    claim = agreed(100)
    delivery = deliver(claim, 100)
    inspect(delivery, ("accepted", 30))
    delivery.refresh_from_db()
    assert (delivery.status, delivery.lines.get().open) == (L.HANDED_OVER, 70)
    assert code_of(lambda: inspect(delivery, ("accepted", 71))) == "more_than_delivered"
    assert left(claim) == (100, 30, C.DELIVERED, D.DELIVERING)


def test_an_entry_is_taken_back_by_a_second_one_and_the_first_stays(agreed, deliver, inspect, reporter):
    claim = agreed(100)
    delivery = deliver(claim, 100)
    (entry,) = inspect(delivery, ("accepted", 100))
    back = services.reverse_entry(entry=entry, reason="点错了", by=reporter)
    delivery.refresh_from_db()
    assert (back.reverses, back.quantity, delivery.status) == (entry, Decimal(100), L.HANDED_OVER)
    assert left(claim) == (100, 0, C.DELIVERED, D.DELIVERING)
    assert AcceptanceEntry.objects.count() == 2
    assert not AcceptanceEntry.objects.standing().exists()
    inspect(delivery, ("accepted", 98), ("short", 2))
    assert left(claim) == (98, 98, C.DELIVERING, D.DELIVERING)
    assert code_of(lambda: services.reverse_entry(entry=entry, reason="再来", by=reporter)) == "reversed"
    assert code_of(lambda: services.reverse_entry(entry=back, reason="再来", by=reporter)) == "reversed"


@pytest.mark.parametrize("outcome", ["short", "returned"])
def test_what_was_missing_is_taken_back_only_while_nothing_has_made_up_for_it(
    agreed, deliver, inspect, reporter, member, outcome
):
    claim = agreed(100)
    missing = inspect(deliver(claim, 100), ("accepted", 90), (outcome, 10, "", "少了"))[1]
    again = deliver(claim, 10)
    reverse = lambda: services.reverse_entry(entry=missing, reason="找到了", by=reporter)  # noqa: E731
    assert code_of(reverse) == "delivered_again"
    assert left(claim) == (100, 90, C.DELIVERED, D.DELIVERING)
    services.withdraw_delivery(delivery=again, reason="不再需要", by=member)
    reverse()
    assert left(claim) == (100, 90, C.DELIVERED, D.DELIVERING)


@pytest.mark.parametrize("write", ["update", "delete"])
def test_the_database_refuses_to_change_an_entry(agreed, deliver, inspect, write):
    (entry,) = inspect(deliver(agreed(10), 10), ("accepted", 10))
    rows = AcceptanceEntry.objects.filter(pk=entry.pk)
    with pytest.raises(IntegrityError, match="only added"), transaction.atomic():
        rows.update(quantity=9) if write == "update" else rows._raw_delete("default")


def test_no_delivery_is_larger_than_what_the_organization_owes(
    demand, agreed, deliver, claim_of, second_member, second_organization, prepared
):
    """Two organizations: one may not deliver what the other has claimed, though the item would hold it."""
    claim_of(demand, 40, by=second_member, organization_=second_organization)
    claim = agreed(60)
    assert code_of(lambda: prepared(claim, 61)) == "more_than_claimed"
    one, two = prepared(claim, 40), prepared(claim, 40)
    services.hand_over(delivery=one, by=one.created_by)
    assert code_of(lambda: services.hand_over(delivery=two, by=two.created_by)) == "more_than_claimed"
    assert left(claim) == (40, 0, C.DELIVERING, D.DELIVERING)


def test_the_tables_refuse_quantities_out_of_order(agreed, deliver):
    claim = agreed(60)
    delivery = deliver(claim, 60)
    for rows, values in (
        (claim.lines, {"delivered": 61}),
        (claim.lines, {"accepted": 61}),
        (claim.demand.items, {"accepted": 61}),
        (claim.demand.items, {"delivered": 61}),
        (delivery.lines, {"accepted": 40, "returned": 21}),
        (delivery.lines, {"short": -1}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)


def test_a_delivery_needs_evidence_and_a_day_that_has_come(agreed, prepared, member):
    claim = agreed(60)
    bare = prepared(claim, 60, evidence=False)
    assert code_of(lambda: services.hand_over(delivery=bare, by=member)) == "no_evidence"
    tomorrow = TODAY + datetime.timedelta(days=1)
    assert code_of(lambda: prepared(claim, 10, on=tomorrow)) == "future"
    assert code_of(lambda: prepared(claim, 0)) == "bad_quantity"


def test_a_delivery_is_taken_back_and_its_quantities_with_it(agreed, deliver, inspect, member, reporter):
    claim = agreed(60)
    delivery = deliver(claim, 60)
    assert code_of(lambda: services.withdraw_delivery(delivery=delivery, by=member)) == "no_reason"
    (entry,) = inspect(delivery, ("accepted", 10))
    take_back = lambda: services.withdraw_delivery(delivery=delivery, reason="送错村", by=member)  # noqa: E731
    assert code_of(take_back) == "inspected"
    services.reverse_entry(entry=entry, reason="未收到", by=reporter)
    take_back()
    assert left(claim) == (0, 0, C.AGREED, D.CLAIMED_IN_PART)
    assert delivery.status == L.WITHDRAWN
    services.withdraw_claim(claim=claim, reason="另有安排", by=member)
    assert claim.demand.items.get().claimed == 0


def test_a_delivery_is_changed_only_while_it_is_prepared(agreed, prepared, member):
    claim = agreed(60)
    delivery = prepared(claim, 30)
    edit = {"delivered_on": TODAY, "lines": [(claim.lines.get(), Decimal(20))], "by": member}
    services.edit_delivery(delivery=delivery, **edit, note="第一车", version=delivery.version)
    assert delivery.lines.get().quantity == 20
    assert StatusChange.objects.of(delivery)[0].changes["lines"] == ["棉被 30 条", "棉被 20 条"]
    assert code_of(lambda: services.edit_delivery(delivery=delivery, **edit, version=1)) == "stale"
    services.hand_over(delivery=delivery, by=member)
    assert code_of(lambda: services.edit_delivery(delivery=delivery, **edit)) == "wrong_state"
    file = delivery.files.get()
    assert code_of(lambda: services.remove_file(file=file, by=member)) == "wrong_state"


@pytest.mark.parametrize(("old", "new"), list(itertools.product(L.values, L.values)))
def test_a_delivery_takes_only_the_steps_of_its_table(agreed, deliver, member, old, new):
    delivery = deliver(agreed(10), 10)
    put(delivery, old)
    if new in Delivery.TRANSITIONS[old]:
        with transaction.atomic():
            states.move(delivery, new, by=member)
        assert delivery.status == new
    else:
        assert code_of(lambda: states.move(delivery, new, by=member)) == "wrong_state"


@pytest.mark.parametrize("status", C.values)
def test_a_claim_is_delivered_only_between_agreement_and_acceptance(agreed, prepared, status):
    claim = agreed(60)
    put(claim, status)
    if status in (C.AGREED, C.DELIVERING, C.DELIVERED):
        assert prepared(claim, 10).status == L.DRAFT
    else:
        assert code_of(lambda: prepared(claim, 10)) == "wrong_state"


@pytest.mark.parametrize("status", C.values)
def test_an_agreement_is_entered_once_for_an_approved_claim(demand, claim_of, sign, status):
    claim = claim_of(demand, 60)
    put(claim, status)
    if status == C.APPROVED:
        agreement = sign(claim)
        assert (claim.status, agreement.number, agreement.kind) == (C.AGREED, "协议〔2026〕1号", "pdf")
    else:
        assert code_of(lambda: sign(claim)) == "wrong_state"


def test_an_agreement_needs_a_number_a_past_day_and_a_paper(demand, claim_of, sign, officer):
    claim = services.approve_claim(claim=claim_of(demand, 60), by=officer)
    assert code_of(lambda: sign(claim, number=" ")) == "no_number"
    assert code_of(lambda: sign(claim, signed_on=TODAY + datetime.timedelta(days=1))) == "future"
    assert code_of(lambda: sign(claim, name="a.txt", content=b"a")) == "file_refused"
    claim.refresh_from_db()
    assert claim.status == C.APPROVED


def test_nobody_accepts_what_their_own_organization_delivered(agreed, deliver, inspect, member, regions):
    """A member who is also the village's reporter."""
    from accounts.models import Post

    Post.objects.create(user=member, kind=Post.Kind.REPORTER, region=regions["500229201200"])
    delivery = deliver(agreed(10), 10)
    assert code_of(lambda: inspect(delivery, ("accepted", 10), by=member)) == "second_person"


@pytest.mark.parametrize(
    ("finding", "code"),
    [
        (("substituted", 5), "no_substitute"),
        (("returned", 5), "no_reason"),
        (("accepted", 0), "bad_quantity"),
        (("accepted", 11), "more_than_delivered"),
    ],
)
def test_a_finding_is_complete(agreed, deliver, inspect, finding, code):
    delivery = deliver(agreed(10), 10)
    assert code_of(lambda: inspect(delivery, finding)) == code
    assert code_of(lambda: inspect(delivery)) == "nothing_found"
    assert not AcceptanceEntry.objects.exists()


def test_a_photo_is_kept_as_sent_and_as_a_copy_without_its_position(agreed, prepared, photo, member):
    delivery = prepared(agreed(10), 10, evidence=[("photo", "现场.jpg", photo())])
    file = delivery.files.get()
    assert (file.located, file.taken_on, file.kind) == (True, datetime.date(2026, 2, 27), "jpg")
    assert b"SecretCamera" in file.file.open().read()
    assert b"SecretCamera" not in file.copy.open().read()
    again = {"delivery": delivery, "purpose": "photo", "name": "b.jpg", "content": photo(), "by": member}
    assert code_of(lambda: services.attach_file(**again)) == "file_refused"
    assert code_of(lambda: services.attach_file(**again | {"name": "a.pdf", "content": b"%PDF-1"})) == "file_refused"
    assert services.attach_file(**again | {"purpose": "receipt", "name": "a.pdf", "content": b"%PDF-1"}).copy == ""


def test_a_removed_file_leaves_the_disk(
    agreed, prepared, member, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}}
    delivery = prepared(agreed(10), 10)
    kept = len(list(tmp_path.rglob("*.jpg")))
    assert kept == 2
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_file(file=delivery.files.get(), by=member)
    assert list(tmp_path.rglob("*.jpg")) == []


def test_photos_become_public_once_the_village_took_something_in(
    agreed, prepared, inspect, member, outsider, reporter, officer
):
    from django.contrib.auth.models import AnonymousUser

    delivery = prepared(agreed(10), 10)
    nobody = AnonymousUser()
    seen = lambda user: DeliveryFile.objects.visible_to(user).exists()  # noqa: E731
    assert [seen(user) for user in (nobody, outsider, reporter, member)] == [False, False, False, True]
    services.hand_over(delivery=delivery, by=member)
    assert [seen(user) for user in (nobody, outsider, reporter, officer)] == [False, False, True, True]
    inspect(delivery, ("returned", 10, "", "破损"))
    assert not seen(nobody)
    services.reverse_entry(entry=AcceptanceEntry.objects.get(), reason="错", by=reporter)
    inspect(delivery, ("accepted", 10))
    assert [seen(user) for user in (nobody, outsider)] == [True, True]
    DeliveryFile.objects.update(purpose="receipt")
    assert not seen(nobody)

"""Holds that end by themselves, their reminders and extensions; the queue; approval of a part; begun claims."""

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.errors import Refused
from core.models import StatusChange
from demands import selectors, services
from demands.models import Claim, ClaimDraft, DemandItem, WaitingPlace
from demands.tasks import end_leases
from notices import services as tell
from notices.models import Notice

DAY = datetime.timedelta(days=1)


def code_of(act) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


@pytest.fixture
def taken(demand, claim_of, second_member, second_organization) -> Claim:
    """All hundred quilts are claimed by the second organization."""
    return claim_of(demand, 100, by=second_member, organization_=second_organization)


def test_a_claim_is_held_for_the_review_and_then_for_the_signing(demand, claim_of, officer, settings):
    settings.CLAIM_REVIEW_DAYS, settings.CLAIM_AGREEMENT_DAYS = 10, 20
    claim = claim_of(demand, 10)
    assert (claim.expires_at - timezone.now()).days in (9, 10)
    later = timezone.now() + 5 * DAY
    services.approve_claim(claim=claim, by=officer, now=later)
    assert claim.expires_at == later + 20 * DAY


@pytest.mark.parametrize("approved", [False, True])
def test_a_hold_that_is_over_is_released_and_written_down(demand, item, claim_of, officer, approved):
    claim = claim_of(demand, 100)
    if approved:
        services.approve_claim(claim=claim, by=officer)
    assert services.end_leases(now=claim.expires_at - DAY / 2) == 0
    assert services.end_leases(now=claim.expires_at) == 1
    for obj in (claim, item, demand):
        obj.refresh_from_db()
    assert (claim.status, item.claimed, demand.status) == ("lapsed", 0, "published")
    assert StatusChange.objects.of(claim)[0].new == "lapsed"
    assert services.end_leases(now=claim.expires_at + DAY) == 0


def test_from_the_agreement_on_a_claim_does_not_lapse(demand, claim_of, officer):
    claim = claim_of(demand, 10)
    services.approve_claim(claim=claim, by=officer)
    Claim.objects.filter(pk=claim.pk).update(status=Claim.Status.AGREED)
    assert services.end_leases(now=claim.expires_at + 99 * DAY) == 0
    assert not services.lapse_claim(claim=claim, by=None, now=claim.expires_at + 99 * DAY)


def test_a_claim_whose_hold_is_over_is_not_approved_before_it_is_released(demand, claim_of, officer):
    claim = claim_of(demand, 10)
    over = claim.expires_at
    assert code_of(lambda: services.approve_claim(claim=claim, by=officer, now=over)) == "lease_over"
    assert code_of(lambda: services.extend_claim(claim=claim, reason="晚了", by=officer, now=over)) == "lease_over"


def test_reminders_are_due_seven_days_and_one_day_before_the_end(demand, claim_of):
    end = claim_of(demand, 10).expires_at
    due = [[days for _claim, days in selectors.reminders_due(end - before * DAY)] for before in (8, 7, 1.5, 1, 0.5, 0)]
    assert due == [[], [7], [7], [1], [1], []]


def test_people_are_reminded_once_and_again_after_an_extension(demand, claim_of, member):
    claim = claim_of(demand, 10)
    notices = Notice.objects.filter(person=member, kind="claim_ends")

    def remind():
        for _again in range(2):
            tell.remind(now=claim.expires_at - DAY / 2)

    remind()
    assert notices.count() == 1
    services.extend_claim(claim=claim, reason="厂家发货推迟", by=member)
    remind()
    assert notices.count() == 2


def test_who_waits_gets_a_notice_that_leads_to_the_claim(demand, taken, organization, member, second_member):
    services.join_queue(demand=demand, organization=organization, by=member)
    services.withdraw_claim(claim=taken, reason="另有安排", by=second_member)
    tell.take_all_events()
    tell.take_all_events()
    assert [notice.target for notice in Notice.objects.filter(person=member, kind="demand_free")] == [demand.pk]


def test_an_extension_needs_a_reason_has_a_limit_and_reminds_anew(demand, claim_of, member, settings):
    settings.CLAIM_EXTENSIONS, settings.CLAIM_EXTENSION_DAYS = 1, 15
    claim = claim_of(demand, 10)
    end = claim.expires_at
    assert code_of(lambda: services.extend_claim(claim=claim, reason=" ", by=member)) == "no_reason"
    services.extend_claim(claim=claim, reason="厂家发货推迟", by=member)
    assert claim.expires_at == end + 15 * DAY
    assert code_of(lambda: services.extend_claim(claim=claim, reason="再推迟", by=member)) == "too_often"
    assert StatusChange.objects.of(claim)[0].note == "厂家发货推迟"


def test_a_claim_without_a_hold_is_not_extended(demand, claim_of, member):
    claim = claim_of(demand, 10)
    services.withdraw_claim(claim=claim, reason="另有安排", by=member)
    assert code_of(lambda: services.extend_claim(claim=claim, reason="晚", by=member)) == "no_lease"


def test_the_task_releases_and_reminds(demand, claim_of):
    claim = claim_of(demand, 10)
    Claim.objects.filter(pk=claim.pk).update(expires_at=timezone.now() - DAY)
    assert end_leases() == 1
    assert end_leases() == 0


def test_a_part_is_approved_and_the_rest_released(make_demand, quilts, member, organization, officer):
    demand = make_demand(items=[quilts, quilts | {"what": "大米"}])
    first, second = demand.items.all()
    lines = [(first, Decimal(60)), (second, Decimal(30))]
    claim = services.claim_demand(demand=demand, organization=organization, lines=lines, by=member)

    def approve(note="", **quantities):
        return services.approve_claim(
            claim=claim, quantities={first.pk: quantities["a"], second.pk: quantities["b"]}, note=note, by=officer
        )

    assert code_of(lambda: approve(a=Decimal(40), b=Decimal(30))) == "no_reason"
    assert code_of(lambda: approve("多了", a=Decimal(61), b=Decimal(30))) == "above_asked"
    assert code_of(lambda: approve("多了", a=Decimal(0), b=Decimal(0))) == "nothing_approved"
    other = {"quantities": {0: Decimal(1)}, "note": "多了", "by": officer}
    assert code_of(lambda: services.approve_claim(claim=claim, **other)) == "other_item"
    assert claim.lines.count() == 2
    approve("只缺四十条", a=Decimal(40), b=Decimal(0))
    assert [(line.quantity, line.asked) for line in claim.lines.all()] == [(40, 60)]
    assert list(DemandItem.objects.filter(demand=demand).values_list("claimed", flat=True)) == [40, 0]
    entry = StatusChange.objects.of(claim).exclude(changes={}).get()
    assert entry.changes["lines"] == ["棉被 60 条; 大米 30 条", "棉被 40 条"]


def test_the_table_refuses_more_than_was_asked_for(demand, claim_of):
    line = claim_of(demand, 10).lines.get()
    with pytest.raises(IntegrityError, match="claim_line_not_above_asked"), transaction.atomic():
        type(line).objects.filter(pk=line.pk).update(quantity=11)


@pytest.mark.parametrize("way", ["withdraw", "reject", "lapse", "part", "raise"])
def test_whoever_waits_is_told_once_when_something_is_free(
    demand, item, taken, organization, member, second_member, officer, way
):
    place = services.join_queue(demand=demand, organization=organization, by=member)
    if way == "withdraw":
        services.withdraw_claim(claim=taken, reason="另有安排", by=second_member)
    elif way == "reject":
        services.reject_claim(claim=taken, reason="重复", by=officer)
    elif way == "lapse":
        services.end_leases(now=taken.expires_at)
    elif way == "part":
        services.approve_claim(claim=taken, quantities={item.pk: Decimal(99)}, note="多一条", by=officer)
    else:
        services.change_quantity(item=item, quantity=Decimal(101), by=officer)
    place.refresh_from_db()
    assert place.status == WaitingPlace.Status.TOLD
    assert [change.new for change in StatusChange.objects.of(place)] == ["told", "waiting"]


def test_nobody_is_told_when_nothing_is_freed(demand, item, taken, organization, member, officer):
    place = services.join_queue(demand=demand, organization=organization, by=member)
    services.approve_claim(claim=taken, by=officer)
    services.change_quantity(item=item, quantity=Decimal(100), by=officer)
    place.refresh_from_db()
    assert place.status == WaitingPlace.Status.WAITING


def test_who_has_got_a_claim_meanwhile_is_not_told_but_goes_on_waiting(
    demand, item, taken, claim_of, organization, member, second_member, officer
):
    place = services.join_queue(demand=demand, organization=organization, by=member)
    Claim.objects.filter(pk=taken.pk).update(status=Claim.Status.APPROVED)
    services.change_quantity(item=item, quantity=Decimal(130), by=officer)
    place.refresh_from_db()
    assert place.status == WaitingPlace.Status.TOLD
    again = services.join_queue(demand=demand, organization=organization, by=member)
    claim = claim_of(demand, 30)
    services.withdraw_claim(claim=taken, reason="另有安排", by=second_member)
    again.refresh_from_db()
    assert again.status == WaitingPlace.Status.WAITING
    services.withdraw_claim(claim=claim, by=member)
    again.refresh_from_db()
    assert again.status == WaitingPlace.Status.TOLD


def test_waiting_for_one_item_is_not_over_when_another_is_freed(make_demand, quilts, organization, member, make_user):
    demand = make_demand(items=[quilts, quilts | {"what": "大米"}])
    first, second = demand.items.all()
    claims = {}
    for item in (first, second):
        other = type(organization).objects.create(
            name=f"第{item.pk}慈善会", kind="federation", level="city", region=organization.region, status="active"
        )
        person = make_user(f"person-{item.pk}", organization=other)
        claims[item.pk] = services.claim_demand(
            demand=demand, organization=other, lines=[(item, Decimal(100))], by=person
        )
    place = services.join_queue(demand=demand, organization=organization, item=first, by=member)
    services.withdraw_claim(claim=claims[second.pk], reason="另有安排", by=claims[second.pk].created_by)
    place.refresh_from_db()
    assert place.status == WaitingPlace.Status.WAITING
    services.withdraw_claim(claim=claims[first.pk], reason="另有安排", by=claims[first.pk].created_by)
    place.refresh_from_db()
    assert place.status == WaitingPlace.Status.TOLD


def test_who_may_join_the_queue(demand, taken, make_demand, organization, member, officer, second_member):
    def join(by=member, where=demand, **more):
        return services.join_queue(demand=where, organization=organization, by=by, **more)

    assert code_of(lambda: join(by=officer)) == "not_member"
    assert code_of(lambda: join(where=make_demand())) == "free"
    assert code_of(lambda: join(where=make_demand("submitted"))) == "not_claimable"
    assert code_of(lambda: join(item=make_demand().items.get())) == "other_demand"
    join()
    assert code_of(join) == "already_waiting"
    mine = services.join_queue
    assert code_of(lambda: mine(demand=demand, organization=taken.organization, by=second_member)) == "already_claimed"


def test_who_left_can_wait_again(demand, taken, organization, member):
    place = services.join_queue(demand=demand, organization=organization, by=member)
    services.leave_queue(place=place, by=member)
    assert code_of(lambda: services.leave_queue(place=place, by=member)) == "wrong_state"
    assert services.join_queue(demand=demand, organization=organization, by=member).status == "waiting"


def test_the_table_refuses_a_second_place_in_the_queue(demand, taken, organization, member):
    services.join_queue(demand=demand, organization=organization, by=member)
    with pytest.raises(IntegrityError, match="waiting_once_per_demand"), transaction.atomic():
        WaitingPlace.objects.create(demand=demand, organization=organization)


def test_a_lost_race_leaves_the_begun_claim_as_it_was(demand, item, claim_of, member, organization, second_member):
    draft = services.start_draft(demand=demand, organization=organization, by=member)
    assert services.start_draft(demand=demand, organization=organization, by=member) == draft
    services.acknowledge(draft=draft, by=member)
    services.choose_items(draft=draft, quantities={str(item.pk): "60"}, by=member)
    plan = {"plan": "专车", "deliver_from": None, "deliver_by": timezone.localdate() + DAY, "contact": "李"}
    services.write_plan(draft=draft, values=plan, by=member)
    assert code_of(lambda: services.submit_draft(draft=draft, by=member)) == "incomplete"
    services.confirm_qualifications(draft=draft, by=member)
    DemandItem.objects.filter(pk=item.pk).update(claimed=50)
    with pytest.raises(services.NotEnough):
        services.submit_draft(draft=draft, by=member)
    draft.refresh_from_db()
    assert draft.quantities == {str(item.pk): "60"}
    DemandItem.objects.filter(pk=item.pk).update(claimed=0)
    claim = services.submit_draft(draft=draft, by=member)
    assert (claim.lines.get().quantity, claim.plan) == (60, "专车")
    assert not ClaimDraft.objects.exists()


def test_the_steps_of_a_claim_have_their_dates(demand, claim_of, officer, member):
    claim = claim_of(demand, 10)
    services.approve_claim(claim=claim, by=officer)
    steps = selectors.claim_steps(claim)
    assert [step.at is not None for step in steps] == [True, True, False, False, False, False, False]
    assert [step.current for step in steps].index(True) == 1
    assert selectors.next_by(claim) == timezone.localdate(claim.expires_at)
    services.withdraw_claim(claim=claim, reason="另有安排", by=member)
    assert [step.current for step in selectors.claim_steps(claim)] == [False, False, True]
    assert selectors.next_by(claim) is None


def test_similar_demands_are_the_near_ones_first(make_demand, member):
    own = make_demand()
    other_form, same = make_demand(form="health"), make_demand()
    assert selectors.similar_demands(member, own) == [same, other_form]

"""The rules of demands and claims, with every pair of statuses tried."""

import datetime
import itertools
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from core import states
from core.errors import Refused
from core.models import StatusChange
from demands import services
from demands.models import Claim, Demand, DemandItem
from organizations.models import Organization

D = Demand.Status
C = Claim.Status


def put(obj, status: str) -> None:
    """Set a status behind the rules' back, to start a test from anywhere."""
    type(obj).objects.filter(pk=obj.pk).update(status=status)
    obj.refresh_from_db()


def code_of(call) -> str:
    with pytest.raises(Refused) as refused, transaction.atomic():
        call()
    assert str(refused.value.message).endswith((".", "。"))
    return refused.value.code


@pytest.mark.parametrize(("old", "new"), list(itertools.product(D.values, D.values)))
def test_a_demand_takes_only_the_steps_of_its_table(make_demand, officer, old, new):
    demand = make_demand("draft")
    put(demand, old)
    before = StatusChange.objects.of(demand).count()
    if new in Demand.TRANSITIONS[old]:
        with transaction.atomic():
            states.move(demand, new, by=officer)
        assert (demand.status, StatusChange.objects.of(demand).count()) == (new, before + 1)
    else:
        assert code_of(lambda: states.move(demand, new, by=officer)) == "wrong_state"
        demand.refresh_from_db()
        assert (demand.status, StatusChange.objects.of(demand).count()) == (old, before)


@pytest.mark.parametrize(("old", "new"), list(itertools.product(C.values, C.values)))
def test_a_claim_takes_only_the_steps_of_its_table(demand, claim_of, officer, old, new):
    claim = claim_of(demand, 10)
    put(claim, old)
    if new in Claim.TRANSITIONS[old]:
        with transaction.atomic():
            states.move(claim, new, by=officer)
        assert claim.status == new
    else:
        assert code_of(lambda: states.move(claim, new, by=officer)) == "wrong_state"


ACTS = {
    "submit": (lambda d, by: services.submit(demand=d, by=by), {D.DRAFT, D.RETURNED}),
    "publish": (lambda d, by: services.publish(demand=d, by=by), {D.SUBMITTED, D.CHECKED}),
    "return": (lambda d, by: services.return_with_reasons(demand=d, reason="不清", by=by), {*Demand.IN_REVIEW}),
    "reject": (lambda d, by: services.reject(demand=d, reason="重复", by=by), {*Demand.IN_REVIEW}),
    "withdraw": (
        lambda d, by: services.withdraw_demand(demand=d, reason="已解决", by=by),
        {D.DRAFT, D.SUBMITTED, D.CHECKED, D.RETURNED, D.PUBLISHED, D.SUSPENDED},
    ),
}


@pytest.mark.parametrize(("act", "status"), list(itertools.product(ACTS, D.values)))
def test_each_act_works_in_its_statuses_and_is_refused_in_all_others(make_demand, officer, act, status):
    demand = make_demand("draft")
    put(demand, status)
    call, allowed = ACTS[act]
    if status in allowed:
        call(demand, officer)
        assert demand.status != status
    else:
        assert code_of(lambda: call(demand, officer)) == "wrong_state"


@pytest.mark.parametrize("status", D.values)
def test_a_demand_is_edited_only_as_a_draft_or_returned(make_demand, reporter, quilts, status):
    demand = make_demand("draft")
    put(demand, status)

    def edit():
        services.edit_demand(demand=demand, values={"title": "被子"}, items=[quilts | {"quantity": "2.5"}], by=reporter)

    if status in Demand.EDITABLE:
        edit()
        assert (demand.title, demand.needs) == ("被子", "棉被 2.5 条")
    else:
        assert code_of(edit) == "wrong_state"


@pytest.mark.parametrize("status", D.values)
def test_a_demand_is_claimed_only_while_it_is_open(make_demand, claim_of, status):
    demand = make_demand("draft")
    put(demand, status)
    if status in Demand.OPEN:
        assert claim_of(demand, 1).status == C.SUBMITTED
    else:
        assert code_of(lambda: claim_of(demand, 1)) == "not_claimable"


def test_a_demand_gets_a_reference_its_items_in_words_and_a_history(make_demand, reporter):
    demand = make_demand("draft")
    assert demand.reference.startswith("XQ-")
    assert demand.needs == "棉被 100 条"
    assert demand.beneficiaries.get().value == 60
    opening = StatusChange.objects.of(demand).last()
    assert (opening.new, opening.by) == ("draft", reporter)


def test_an_edit_writes_down_items_and_beneficiaries_before_and_after(make_demand, reporter, quilts):
    demand = make_demand("draft")
    services.edit_demand(
        demand=demand, values={}, items=[quilts | {"quantity": 80}], by=reporter, beneficiaries={"households": 20}
    )
    change = StatusChange.objects.of(demand)[0]
    assert change.changes == {
        "needs": ["棉被 100 条", "棉被 80 条"],
        "beneficiaries": ["persons 60", "households 20"],
    }


def test_an_edit_of_an_older_version_is_refused(make_demand, reporter, quilts):
    demand = make_demand("draft")
    seen = demand.version
    services.edit_demand(demand=demand, values={"title": "一"}, items=[quilts], by=reporter, version=seen)
    late = Demand.objects.get(pk=demand.pk)
    assert (
        code_of(
            lambda: services.edit_demand(demand=late, values={"title": "二"}, items=[quilts], by=reporter, version=seen)
        )
        == "stale"
    )
    assert Demand.objects.get(pk=demand.pk).title == "一"


def test_nobody_publishes_returns_or_rejects_what_they_wrote(make_demand, officer, second_officer):
    demand = make_demand("submitted", by=officer)
    for act in ("publish", "return", "reject"):
        assert code_of(lambda act=act: ACTS[act][0](demand, officer)) == "second_person"
    assert services.publish(demand=demand, by=second_officer).status == D.PUBLISHED


def test_editing_a_returned_demand_makes_one_its_author(make_demand, officer, reporter, quilts):
    demand = make_demand("returned")
    services.edit_demand(demand=demand, values={"title": "改"}, items=[quilts], by=officer)
    services.submit(demand=demand, by=reporter)
    assert code_of(lambda: services.publish(demand=demand, by=officer)) == "second_person"


@pytest.mark.parametrize("act", [services.return_with_reasons, services.reject])
def test_a_review_that_says_no_needs_a_reason(make_demand, officer, act):
    demand = make_demand("submitted")
    assert code_of(lambda: act(demand=demand, reason="  ", by=officer)) == "no_reason"


def test_a_demand_whose_last_day_has_passed_is_neither_submitted_nor_claimed(make_demand, claim_of, reporter):
    yesterday = datetime.date.today() - datetime.timedelta(days=2)
    old = make_demand("draft", valid_until=yesterday)
    assert code_of(lambda: services.submit(demand=old, by=reporter)) == "over"
    put(old, D.PUBLISHED)
    assert code_of(lambda: claim_of(old, 1)) == "over"


def test_a_demand_is_of_a_village_or_township_and_of_its_lists_region(make_demand, regions, officer):
    assert code_of(lambda: make_demand("draft", village=regions["500229"])) == "not_a_village"
    other = services.create_list(region=regions["500237"], title="巫山县清单", by=officer)
    assert other.reference.startswith("QD-")
    assert code_of(lambda: make_demand("draft", list=other)) == "other_region"


def test_a_demand_without_items_is_refused_whole(make_demand, reporter, regions):
    values = {"village": regions["500229201200"], "form": "relief", "title": "空"}
    assert code_of(lambda: services.create_demand(values=values, items=[], by=reporter)) == "no_items"
    assert not Demand.objects.exists()


@pytest.mark.parametrize("quantity", ["0", "-1", "1e20", "abc", "NaN", "1.2345", "1e-30"])
def test_a_quantity_that_is_none_is_refused_everywhere(demand, item, claim_of, officer, quantity):
    def claim():
        services.claim_demand(**claim_values)

    from organizations.models import Membership

    membership = Membership.objects.first()
    claim_values = {
        "demand": demand,
        "organization": membership.organization,
        "lines": [(item, quantity)],
        "by": membership.user,
    }
    assert code_of(claim) == "bad_quantity"
    assert code_of(lambda: services.change_quantity(item=item, quantity=quantity, by=officer)) == "bad_quantity"


def test_a_claim_holds_its_quantity_and_moves_the_demand(demand, item, claim_of, second_member, second_organization):
    first = claim_of(demand, "60")
    item.refresh_from_db()
    demand.refresh_from_db()
    assert first.reference.startswith("RL-")
    assert (item.claimed, item.remaining, demand.status) == (60, 40, D.CLAIMED_IN_PART)
    claim_of(demand, "40", by=second_member, organization_=second_organization)
    demand.refresh_from_db()
    assert demand.status == D.CLAIMED


def test_asking_for_more_than_is_left_names_what_is_left(demand, item, claim_of, second_member, second_organization):
    claim_of(demand, 60)
    with pytest.raises(services.NotEnough) as refused:
        claim_of(demand, 60, by=second_member, organization_=second_organization)
    assert refused.value.facts == {"left": [{"item": item.pk, "what": "棉被", "unit": "条", "left": "40.000"}]}
    assert "40 条" in str(refused.value)
    assert Claim.objects.count() == 1
    claim_of(demand, 40, by=second_member, organization_=second_organization)
    with pytest.raises(services.NotEnough) as refused:
        services.claim_demand(demand=demand, organization=_third(), lines=[(item, Decimal(1))], by=_third_member())
    assert refused.value.facts["left"][0]["left"] == "0.000"


def _third():
    return Organization.objects.get_or_create(
        name="德州市慈善总会", kind="federation", level="city", region_id="371400000000", status="active"
    )[0]


def _third_member():
    from accounts.models import User
    from organizations.models import Membership

    user, _made = User.objects.get_or_create(username="third")
    Membership.objects.get_or_create(user=user, organization=_third())
    return user


def test_a_claim_on_two_items_is_all_or_nothing(make_demand, quilts, member, organization):
    demand = make_demand(items=[quilts, quilts | {"what": "大米", "unit": "吨", "quantity": "2.5"}])
    first, second = demand.items.all()
    lines = [(second, Decimal("2.501")), (first, Decimal(50))]
    with pytest.raises(services.NotEnough):
        services.claim_demand(demand=demand, organization=organization, lines=lines, by=member)
    assert set(demand.items.values_list("claimed", flat=True)) == {0}
    lines = [(second, Decimal("2.5")), (first, Decimal(50))]
    claim = services.claim_demand(demand=demand, organization=organization, lines=lines, by=member)
    assert [line.quantity for line in claim.lines.order_by("item")] == [50, Decimal("2.5")]


def test_an_organization_has_one_live_claim_per_demand(demand, claim_of, member):
    claim = claim_of(demand, 10)
    assert code_of(lambda: claim_of(demand, 10)) == "already_claimed"
    services.withdraw_claim(claim=claim, reason="另有安排", by=member)
    assert claim_of(demand, 20).status == C.SUBMITTED


def test_strange_claims_are_refused(demand, item, make_demand, member, organization):
    other = make_demand().items.get()
    cases = {
        "nothing_claimed": [],
        "item_twice": [(item, Decimal(1)), (item, Decimal(2))],
        "other_demand": [(other, Decimal(1))],
    }
    for code, lines in cases.items():
        assert (
            code_of(
                lambda lines=lines: services.claim_demand(
                    demand=demand, organization=organization, lines=lines, by=member
                )
            )
            == code
        )


def test_only_active_social_organizations_claim_and_only_their_people_act(demand, claim_of, organization, officer):
    assert code_of(lambda: claim_of(demand, 1, by=officer)) == "not_member"
    Organization.objects.filter(pk=organization.pk).update(status="cancelled")
    assert code_of(lambda: claim_of(demand, 1)) == "not_eligible"
    Organization.objects.filter(pk=organization.pk).update(status="active", kind="enterprise")
    assert code_of(lambda: claim_of(demand, 1)) == "not_eligible"


def test_eligibility_is_looked_at_again_when_a_claim_is_approved(demand, claim_of, organization, officer):
    claim = claim_of(demand, 10)
    Organization.objects.filter(pk=organization.pk).update(status="revoked")
    assert code_of(lambda: services.approve_claim(claim=claim, by=officer)) == "not_eligible"
    assert Claim.objects.get().status == C.SUBMITTED


def test_nobody_decides_on_a_claim_of_their_own_side(demand, claim_of, member):
    claim = claim_of(demand, 10)
    assert code_of(lambda: services.approve_claim(claim=claim, by=member)) == "second_person"
    assert code_of(lambda: services.reject_claim(claim=claim, reason="不", by=member)) == "second_person"


@pytest.mark.parametrize("act", ["reject", "withdraw", "withdraw approved"])
def test_every_way_out_gives_the_quantity_back_exactly_once(demand, item, claim_of, officer, member, act):
    claim = claim_of(demand, 100)
    if act == "withdraw approved":
        services.approve_claim(claim=claim, by=officer)

    def leave():
        if act == "reject":
            services.reject_claim(claim=claim, reason="资质不足", by=officer)
        else:
            services.withdraw_claim(claim=claim, reason="另有安排", by=member)

    leave()
    item.refresh_from_db()
    demand.refresh_from_db()
    assert (item.claimed, demand.status) == (0, D.PUBLISHED)
    assert code_of(leave) == "wrong_state"
    item.refresh_from_db()
    assert item.claimed == 0


def test_a_rejection_keeps_its_reason_in_the_history(demand, claim_of, officer):
    claim = claim_of(demand, 10)
    assert code_of(lambda: services.reject_claim(claim=claim, reason="", by=officer)) == "no_reason"
    services.reject_claim(claim=claim, reason="资质不足", by=officer)
    assert StatusChange.objects.of(claim)[0].note == "资质不足"


def test_a_demand_with_live_claims_is_not_withdrawn(demand, claim_of, officer, member):
    claim = claim_of(demand, 10)
    assert code_of(lambda: services.withdraw_demand(demand=demand, reason="已解决", by=officer)) == "live_claims"
    services.withdraw_claim(claim=claim, reason="另有安排", by=member)
    assert services.withdraw_demand(demand=demand, reason="已解决", by=officer).status == D.WITHDRAWN


def test_a_published_quantity_is_raised_and_lowered_but_not_below_what_is_claimed(demand, item, claim_of, officer):
    claim_of(demand, 60)
    assert code_of(lambda: services.change_quantity(item=item, quantity=59, by=officer)) == "below_claimed"
    services.change_quantity(item=item, quantity=60, by=officer, note="村里已自购 40 条")
    demand.refresh_from_db()
    assert (demand.status, demand.needs) == (D.CLAIMED, "棉被 60 条")
    assert StatusChange.objects.of(demand).filter(note="村里已自购 40 条").exists()
    services.change_quantity(item=item, quantity="120.5", by=officer)
    demand.refresh_from_db()
    assert (demand.status, demand.needs) == (D.CLAIMED_IN_PART, "棉被 120.5 条")


def test_a_quantity_of_an_unpublished_demand_is_changed_only_by_editing(make_demand, officer):
    demand = make_demand("submitted")
    assert code_of(lambda: services.change_quantity(item=demand.items.get(), quantity=5, by=officer)) == "wrong_state"


@pytest.mark.parametrize(
    "values",
    [{"claimed": 101}, {"claimed": -1}, {"delivered": 1}, {"claimed": 5, "delivered": 5, "accepted": 6}],
)
def test_the_table_itself_refuses_impossible_quantities(item, values):
    with pytest.raises(IntegrityError, match="demand_item_quantities_in_order"), transaction.atomic():
        DemandItem.objects.filter(pk=item.pk).update(**values)


def test_the_table_itself_refuses_a_second_live_claim(demand, organization, claim_of):
    claim_of(demand, 1)
    with pytest.raises(IntegrityError, match="claim_one_live_per_organization"), transaction.atomic():
        Claim.objects.create(reference="RL-x", demand=demand, organization=organization)


def test_what_live_claims_hold_is_what_the_items_say(make_demand, quilts, claim_of, member, officer, second_member):
    """The invariant behind every figure: after any mixture of acts, `claimed` is the sum of the live claims' lines."""
    second = second_member
    from organizations.models import Membership

    second_organization = Membership.objects.get(user=second).organization
    demands = [make_demand(items=[quilts, quilts | {"what": "大米"}]) for _ in range(3)]
    for demand in demands:
        claim = claim_of(demand, 30)
        other = claim_of(demand, "12.345", by=second, organization_=second_organization)
        if demand is demands[0]:
            services.withdraw_claim(claim=claim, reason="另有安排", by=member)
        if demand is demands[1]:
            services.approve_claim(claim=claim, by=officer)
            services.reject_claim(claim=other, reason="重复", by=officer)
    for item in DemandItem.objects.all():
        held = item.lines.filter(claim__status__in=Claim.LIVE).aggregate(sum=Sum("quantity"))["sum"] or 0
        assert item.claimed == held


def test_a_list_is_published_once(regions, officer):
    row = services.create_list(region=regions["500229"], title="城口县 2026 年需求清单", by=officer)
    services.publish_list(demand_list=row, by=officer)
    assert row.status == "published"
    assert code_of(lambda: services.publish_list(demand_list=row, by=officer)) == "wrong_state"

"""What the sides of a pair agree on and do: agreements, yearly figures, visits."""

import datetime
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser

from core.errors import Refused
from core.files import FileRefused
from core.models import StatusChange
from core.states import Stale, WrongState
from pairings import selectors, services
from pairings.models import Agreement, PairingTarget, Side, Visit

SIGNED = datetime.date(2021, 3, 25)
TERMS = {"title": "帮扶协议", "number": "〔2021〕1号", "signed_on": SIGNED, "amount": Decimal(200_000)}
Status = Agreement.Status


@pytest.fixture
def agreement(pair, linyi, organization) -> Agreement:
    """Entered by the giving side."""
    return services.propose_agreement(pairing=pair, side="giver", values=TERMS, parties=[organization], by=linyi)


@pytest.mark.parametrize("text", ["联系人13812345678", "身份证11010519491231002X"])
def test_what_everybody_reads_of_agreements_and_visits_holds_no_personal_data(pair, text):
    for service, values, names in (
        (lambda **given: services.propose_agreement(side="giver", **given), TERMS, ("title", "content")),
        (services.record_visit, VISIT, ("led_by", "purpose")),
    ):
        for name in names:
            with pytest.raises(Refused) as refused:
                service(pairing=pair, values={**values, name: text}, by=None)
            assert refused.value.code == "personal_data" and text not in str(refused.value)
    assert not Agreement.objects.exists() and not pair.visits.exists()


def test_an_agreement_waits_for_the_other_side_and_holds_when_it_confirms(agreement, officer, organization):
    assert (agreement.status, agreement.waiting_side, agreement.reference[:3]) == ("proposed", "receiver", "XY-")
    assert list(agreement.parties.all()) == [organization]
    services.confirm_agreement(agreement=agreement, by=officer)
    assert (agreement.status, agreement.waiting_side) == ("confirmed", "")
    assert [change.by for change in StatusChange.objects.of(agreement)][0] == officer


def test_nobody_confirms_or_disputes_their_own_agreement(agreement, linyi):
    for step in (
        lambda: services.confirm_agreement(agreement=agreement, by=linyi),
        lambda: services.dispute_agreement(agreement=agreement, reason="金额不符", by=linyi),
    ):
        with pytest.raises(Refused) as refused:
            step()
        assert refused.value.code == "second_person"
    assert Agreement.objects.get().status == "proposed"


def test_who_has_changed_it_does_not_confirm_it_either(agreement, officer, make_user, regions):
    colleague = make_user("colleague", region=regions["371300"])
    services.edit_agreement(agreement=agreement, values={"amount": Decimal(250_000)}, by=colleague)
    with pytest.raises(Refused) as refused:
        services.confirm_agreement(agreement=agreement, by=colleague)
    assert refused.value.code == "second_person"
    assert services.confirm_agreement(agreement=agreement, by=officer).amount == 250_000


def test_the_other_side_states_what_differs_and_a_correction_clears_it(agreement, linyi, officer):
    services.dispute_agreement(agreement=agreement, reason="金额不符", amount=Decimal(180_000), by=officer)
    assert (agreement.status, agreement.objection, agreement.other_amount) == ("disputed", "金额不符", 180_000)
    services.edit_agreement(agreement=agreement, values={"amount": Decimal(180_000)}, by=linyi)
    assert (agreement.status, agreement.objection, agreement.other_amount) == ("proposed", "", None)
    assert services.confirm_agreement(agreement=agreement, by=officer).status == "confirmed"


def test_a_confirmed_agreement_is_no_longer_edited_but_ended_with_a_reason(agreement, officer):
    services.confirm_agreement(agreement=agreement, by=officer)
    with pytest.raises(WrongState):
        services.edit_agreement(agreement=agreement, values={"amount": Decimal(1)}, by=None)
    with pytest.raises(WrongState):
        services.attach_document(agreement=agreement, name="a.pdf", content=b"%PDF-1", by=None)
    with pytest.raises(Refused) as refused:
        services.end_agreement(agreement=agreement, reason=" ", by=None)
    assert refused.value.code == "reason_missing"
    assert services.end_agreement(agreement=agreement, reason="期满", by=None).status == "ended"


@pytest.mark.parametrize(
    "changes",
    [
        {"signed_on": datetime.date(2999, 1, 1)},
        {"valid_to": SIGNED - datetime.timedelta(days=1)},
        {"amount": Decimal(0)},
        {"quantity": Decimal(5)},
        {"unit": "条"},
        {"quantity": Decimal(-5), "unit": "条"},
    ],
)
def test_impossible_terms_are_refused_for_new_and_for_changed_agreements(pair, agreement, changes):
    with pytest.raises(Refused) as refused:
        services.propose_agreement(pairing=pair, side="giver", values={**TERMS, "number": "", **changes}, by=None)
    assert refused.value.code == "bad_terms"
    with pytest.raises(Refused) as refused:
        services.edit_agreement(agreement=agreement, values=changes, by=None)
    assert refused.value.code == "bad_terms"


def test_a_number_stands_once_in_a_pair_until_it_is_withdrawn(pair, agreement):
    with pytest.raises(Refused) as refused:
        services.propose_agreement(pairing=pair, side="giver", values=TERMS, by=None)
    assert refused.value.code == "number_taken"
    services.withdraw_agreement(agreement=agreement, reason="重复", by=None)
    assert services.propose_agreement(pairing=pair, side="giver", values=TERMS, by=None)


def test_an_older_version_does_not_overwrite_a_newer_one(agreement):
    services.edit_agreement(agreement=agreement, values={"title": "协议"}, by=None)
    with pytest.raises(Stale):
        services.edit_agreement(agreement=agreement, values={"title": "旧"}, version=1, by=None)


def test_a_draft_pair_has_no_agreements_visits_or_figures(pair, regions):
    draft = services.create_pairing(
        scheme=pair.scheme, giver=regions["371400"], receiver=regions["500237"], valid_from=SIGNED, by=None
    )
    for step in (
        lambda: services.propose_agreement(pairing=draft, side="giver", values=TERMS, by=None),
        lambda: services.record_visit(pairing=draft, values=VISIT, by=None),
        lambda: services.state_target(pairing=draft, year=2022, measure="cash", side="giver", value=1, by=None),
    ):
        with pytest.raises(Refused) as refused:
            step()
        assert refused.value.code == "pair_not_active"


def test_the_signed_document_is_kept_replaced_and_only_of_a_known_kind(agreement, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    services.attach_document(agreement=agreement, name="协议.pdf", content=b"%PDF-1.4 a", by=None)
    first = agreement.file.name
    assert (agreement.file_name, agreement.file_kind, agreement.version) == ("协议.pdf", "pdf", 2)
    assert "协议" not in first
    services.attach_document(agreement=agreement, name="b.txt", content=b"b", by=None)
    agreement.refresh_from_db()
    assert (agreement.file_name, agreement.file_kind, agreement.file.read()) == ("b.txt", "txt", b"b")
    with pytest.raises(FileRefused):
        services.attach_document(agreement=agreement, name="c.exe", content=b"MZ", by=None)
    changes = [change.changes for change in StatusChange.objects.of(agreement) if change.changes]
    assert changes[0] == {"file_name": ["协议.pdf", "b.txt"]}


def test_both_sides_and_the_public_see_an_agreement_when_it_is_confirmed(agreement, linyi, officer, outsider, member):
    def seen(user):
        return Agreement.objects.visible_to(user).exists()

    assert [seen(user) for user in (linyi, officer, outsider, member, AnonymousUser())] == [
        True,
        True,
        False,
        False,
        False,
    ]
    services.confirm_agreement(agreement=agreement, by=officer)
    assert all(seen(user) for user in (linyi, officer, outsider, AnonymousUser()))


def state(pair, side, value, by=None, **changes) -> PairingTarget:
    facts = {"year": 2026, "measure": "cash", **changes}
    return services.state_target(pairing=pair, side=side, value=Decimal(value), by=by, **facts)


def test_a_figure_is_agreed_when_both_sides_state_the_same(pair, linyi, officer):
    target = state(pair, "giver", 1_000_000, linyi)
    assert (target.agreed, target.missing_side, target.giver_stated_by) == (None, Side.RECEIVER, linyi)
    target = state(pair, "receiver", 1_200_000, officer)
    assert (target.agreed, target.difference, target.missing_side) == (None, Decimal(-200_000), "")
    target = state(pair, "receiver", 1_000_000, officer)
    assert (target.agreed, target.difference) == (1_000_000, None)
    assert PairingTarget.objects.count() == 1
    newest = StatusChange.objects.of(target).first()
    assert (newest.by, newest.changes) == (officer, {"receiver_value": ["1200000.00", "1000000"]})


def test_one_click_states_what_the_other_side_has_stated(pair, linyi, officer):
    target = state(pair, "giver", 60, linyi, measure="persons")
    assert services.confirm_target(target=target, side="receiver", by=officer).agreed == 60
    with pytest.raises(Refused) as refused:
        services.confirm_target(target=state(pair, "giver", 5, year=2025), side="giver", by=officer)
    assert refused.value.code == "nothing_to_confirm"


def test_nobody_states_the_figures_of_both_sides(pair, linyi):
    target = state(pair, "giver", 5, linyi)
    with pytest.raises(Refused) as refused:
        services.confirm_target(target=target, side="receiver", by=linyi)
    assert refused.value.code == "second_person"
    assert state(pair, "giver", 6, linyi).giver_value == 6


def test_a_confirmation_of_a_figure_that_has_changed_meanwhile_is_stale(pair, linyi, officer):
    opened = state(pair, "giver", 5, linyi)
    version = opened.version
    state(pair, "giver", 7, linyi)
    with pytest.raises(Stale):
        services.confirm_target(target=PairingTarget.objects.get(), side="receiver", version=version, by=officer)


@pytest.mark.parametrize(
    ("changes", "value", "code"),
    [
        ({"year": 2020}, 5, "bad_year"),
        ({}, -1, "bad_figure"),
        ({"measure": "persons"}, "1.5", "bad_figure"),
    ],
)
def test_an_impossible_figure_is_refused(pair, changes, value, code):
    with pytest.raises(Refused) as refused:
        state(pair, "giver", value, **changes)
    assert refused.value.code == code
    assert not PairingTarget.objects.exists()


def test_the_public_sees_figures_both_sides_state_alike(pair, officer, outsider):
    state(pair, "giver", 5)
    assert not PairingTarget.objects.visible_to(AnonymousUser()).exists()
    assert not PairingTarget.objects.visible_to(outsider).exists()
    assert PairingTarget.objects.visible_to(officer).exists()
    state(pair, "receiver", 5)
    assert PairingTarget.objects.visible_to(AnonymousUser()).exists()


def test_a_floor_above_says_what_came_of_a_pair(pair, monkeypatch):
    state(pair, "giver", 5)
    result = selectors.Result(received=Decimal(3), url="/donations/")
    monkeypatch.setattr(selectors, "PROVIDERS", [lambda pairs, user: {(pair.pk, 2025, "goods"): result}])
    lines = selectors.target_lines(pair, AnonymousUser())
    assert [(line.year, line.measure, line.target, line.result) for line in lines] == [(2025, "goods", None, result)]


VISIT = {
    "direction": Visit.Direction.TO_RECEIVER,
    "kind": Visit.Kind.MEETING,
    "starts_on": SIGNED,
    "ends_on": SIGNED,
    "people": 12,
    "led_by": "临沂市民政局",
    "purpose": "联席会议",
}


def test_a_visit_is_recorded_corrected_and_taken_back(pair, officer):
    visit = services.record_visit(pairing=pair, values=VISIT, by=officer)
    assert services.edit_visit(visit=visit, values={"people": 13}, by=officer) == {"people": [12, 13]}
    with pytest.raises(Stale):
        services.edit_visit(visit=visit, values={"people": 14}, version=1, by=officer)
    services.withdraw_visit(visit=visit, reason="重复", by=officer)
    assert not Visit.objects.visible_to(AnonymousUser()).exists()
    assert Visit.objects.visible_to(officer).exists()
    with pytest.raises(WrongState):
        services.edit_visit(visit=visit, values={"people": 14}, by=officer)


@pytest.mark.parametrize(
    "changes",
    [
        {"ends_on": SIGNED - datetime.timedelta(days=1)},
        {"ends_on": datetime.date(2999, 1, 1)},
        {"people": 0},
    ],
)
def test_an_impossible_visit_is_refused(pair, changes):
    with pytest.raises(Refused) as refused:
        services.record_visit(pairing=pair, values={**VISIT, **changes}, by=None)
    assert refused.value.code == "bad_visit"

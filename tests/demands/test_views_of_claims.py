"""The pages of claiming: five tasks, receipt; losing the race; the queue; deciding, extending and withdrawing."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from demands import services
from demands.models import Claim, ClaimDraft, ClaimFile, WaitingPlace
from organizations.models import Organization
from tests.demands.conftest import url

LATER = (timezone.localdate() + datetime.timedelta(days=60)).isoformat()


@pytest.fixture
def answers(item) -> dict:
    """What is filled in, task by task."""
    return {
        "terms": {"acknowledged": "on"},
        "items": {f"item_{item.pk}": "60"},
        "plan": {"deliver_by": LATER, "contact": "李干事 13900000000", "plan": "专车送到村委会。"},
        "qualifications": {},
    }


@pytest.fixture
def begin(log_in, member, demand, organization):
    """Begin a claim as the member; returns the browser and the draft."""

    def begin():
        client = log_in(member)
        began = client.post(url("demand-claim", demand), {"organization": organization.pk})
        draft = ClaimDraft.objects.get(user=member)
        assert began.headers["Location"] == url("draft-detail", draft)
        return client, draft

    return begin


@pytest.fixture
def fill_in(begin, answers):
    """Begin a claim and finish these tasks, all by default."""

    def fill_in(*keys):
        client, draft = begin()
        for key in keys or answers:
            assert client.post(url(f"draft-{key}", draft), answers[key]).status_code == 302
        return client, draft

    return fill_in


def test_claiming_goes_task_by_task_to_a_receipt(begin, answers, demand, item):
    client, draft = begin()
    onward = []
    for key, values in answers.items():
        assert client.get(url(f"draft-{key}", draft)).status_code == 200
        onward.append(client.post(url(f"draft-{key}", draft), values).headers["Location"])
    assert onward == [url(f"draft-{key}", draft) for key in ("items", "plan", "qualifications", "check")]
    page = client.get(url("draft-check", draft)).content.decode()
    assert "<strong>60</strong>" in page
    assert not Claim.objects.exists()
    receipt = client.post(url("draft-check", draft), follow=True)
    claim = Claim.objects.get()
    assert receipt.redirect_chain[-1][0] == url("claim-receipt", claim)
    assert claim.reference in receipt.content.decode()
    assert (claim.lines.get().quantity, claim.contact) == (60, "李干事 13900000000")
    assert claim.deliver_by.isoformat() == LATER
    assert claim.expires_at.strftime("%Y") in receipt.content.decode()
    assert not ClaimDraft.objects.exists()


def test_a_begun_claim_is_kept_and_found_again(begin, answers, demand, item, organization):
    client, draft = begin()
    client.post(url("draft-items", draft), answers["items"] | {"then": "list"})
    item.refresh_from_db()
    assert item.claimed == 0
    page = client.get(url("demand-claim", demand)).content.decode()
    assert url("draft-detail", draft) in page
    again = client.post(url("demand-claim", demand), {"organization": organization.pk})
    assert again.headers["Location"] == url("draft-detail", draft)
    assert 'value="60"' in client.get(url("draft-items", draft)).content.decode()


def test_the_task_list_says_what_is_done_and_what_cannot_start(fill_in, item):
    client, draft = fill_in("terms", "items")
    states = [task.state for task in client.get(url("draft-detail", draft)).context["tasks"]]
    assert states == ["done", "done", "not_started", "not_started", "not_yet"]
    type(item).objects.filter(pk=item.pk).update(claimed=50)
    states = [task.state for task in client.get(url("draft-detail", draft)).context["tasks"]]
    assert states[1] == "problem"


def test_an_unfinished_claim_is_not_submitted(fill_in):
    client, draft = fill_in("terms", "plan", "qualifications")
    refused = client.post(url("draft-check", draft))
    assert (refused.status_code, Claim.objects.count()) == (409, 0)
    assert "待办" not in refused.content.decode()


def test_only_the_person_sees_the_claim_they_have_begun(begin, log_in, make_user, organization, officer):
    _client, draft = begin()
    colleague = make_user("colleague", organization=organization)
    for user in (colleague, officer):
        assert log_in(user).get(url("draft-detail", draft)).status_code == 404


def test_losing_the_race_shows_what_was_typed_what_is_left_and_what_else_there_is(
    fill_in, demand, item, make_demand, claim_of, second_member, second_organization
):
    other = make_demand(title="过冬棉衣")
    client, draft = fill_in()
    claim_of(demand, 60, by=second_member, organization_=second_organization)
    for lost in (
        client.post(url("draft-check", draft)),
        client.post(url("draft-items", draft), {f"item_{item.pk}": "60"}),
    ):
        page = lost.content.decode()
        assert lost.status_code == 409
        assert "40 条" in page
        assert 'value="60"' in page
        assert url("queue-join", demand) in page
        assert url("demand-detail", other) in page
    draft.refresh_from_db()
    assert draft.plan == "专车送到村委会。"
    client.post(url("draft-items", draft), {f"item_{item.pk}": "40"})
    assert client.post(url("draft-check", draft)).status_code == 302
    assert Claim.objects.count() == 2


def test_pressing_submit_twice_makes_one_claim_and_shows_its_receipt(fill_in, demand, organization):
    client, draft = fill_in()
    button = {"demand": demand.pk, "organization": organization.pk}
    first = client.post(url("draft-check", draft), button)
    second = client.post(url("draft-check", draft), button)
    assert first.headers["Location"] == second.headers["Location"] == url("claim-receipt", Claim.objects.get())
    assert client.post(url("draft-check", draft)).status_code == 404
    assert client.get(url("demand-claim", demand)).status_code == 409


@pytest.mark.parametrize("quantity", ["", "0", "-1", "1e20", "abc", "0.0001"])
def test_a_claim_of_nothing_sensible_is_said_beside_the_field(begin, item, quantity):
    client, draft = begin()
    answer = client.post(url("draft-items", draft), {f"item_{item.pk}": quantity})
    assert answer.status_code == 400
    assert "error-summary" in answer.content.decode()


@pytest.mark.parametrize(
    "wrong", [{"deliver_by": "2020-01-01"}, {"deliver_by": ""}, {"contact": ""}, {"deliver_from": "2999-01-01"}]
)
def test_a_plan_that_cannot_be_is_said_beside_the_field(begin, answers, wrong):
    client, draft = begin()
    answer = client.post(url("draft-plan", draft), answers["plan"] | wrong)
    assert (answer.status_code, "error-summary" in answer.content.decode()) == (400, True)


def test_the_terms_have_to_be_acknowledged(begin):
    client, draft = begin()
    assert client.post(url("draft-terms", draft), {}).status_code == 400


def test_files_go_with_the_claim_and_are_seen_by_those_who_decide(fill_in, log_in, officer, outsider, client):
    browser, draft = fill_in()
    paper = SimpleUploadedFile("资质.txt", "慈善组织登记证书".encode())
    assert browser.post(url("draft-qualifications", draft), {"file": paper, "step": "attach"}).status_code == 302
    wrong = SimpleUploadedFile("资质.exe", b"MZ")
    assert browser.post(url("draft-qualifications", draft), {"file": wrong, "step": "attach"}).status_code == 400
    browser.post(url("draft-check", draft))
    attached = ClaimFile.objects.get()
    address = f"/demands/claims/{attached.claim_id}/files/{attached.pk}/"
    answer = log_in(officer).get(address)
    assert b"".join(answer.streaming_content).decode() == "慈善组织登记证书"
    assert log_in(outsider).get(address).status_code == 404


def test_a_file_can_be_taken_away_before_submitting(fill_in):
    client, draft = fill_in("terms")
    paper = SimpleUploadedFile("资质.txt", "慈善组织".encode())
    client.post(url("draft-qualifications", draft), {"file": paper, "step": "attach"})
    attached = draft.files.get()
    client.post(f"/demands/begun/{draft.pk}/files/{attached.pk}/remove/")
    assert not draft.files.exists()


def test_the_qualifications_page_says_what_is_against_the_organization(begin, organization):
    client, draft = begin()
    Organization.objects.filter(pk=organization.pk).update(status="revoked")
    conditions = client.get(url("draft-qualifications", draft)).context["conditions"]
    assert [condition.is_met for condition in conditions] == [False, True, True, None]


def test_a_begun_claim_can_be_discarded(begin, demand):
    client, draft = begin()
    assert client.get(url("draft-discard", draft)).status_code == 200
    client.post(url("draft-discard", draft))
    assert not ClaimDraft.objects.exists()


def test_a_claim_for_an_organization_of_others_is_refused(log_in, member, demand, second_organization):
    sent = {"organization": second_organization.pk}
    assert log_in(member).post(url("demand-claim", demand), sent).status_code == 400


def test_who_may_claim(client, log_in, officer, member, demand, make_demand):
    assert client.get(url("demand-claim", demand)).status_code == 302
    assert log_in(officer).get(url("demand-claim", demand)).status_code == 403
    assert log_in(member).get(url("demand-claim", make_demand("submitted"))).status_code == 404


def test_the_demand_page_says_why_one_cannot_claim(client, log_in, officer, member, demand, claim_of):
    assert url("demand-claim", demand) not in client.get(url("demand-detail", demand)).content.decode()
    assert url("demand-claim", demand) in log_in(member).get(url("demand-detail", demand)).content.decode()
    claim_of(demand, 100)
    page = log_in(member).get(url("demand-detail", demand)).content.decode()
    assert url("demand-claim", demand) not in page
    assert "临沂市慈善总会" in page


def test_whoever_comes_too_late_waits_and_is_told(
    log_in, member, organization, demand, item, claim_of, second_member, second_organization
):
    claim = claim_of(demand, 100, by=second_member, organization_=second_organization)
    client = log_in(member)
    late = client.get(url("demand-claim", demand))
    assert (late.status_code, url("queue-join", demand) in late.content.decode()) == (409, True)
    client.post(url("queue-join", demand), {"organization": organization.pk})
    assert client.get(url("queue-list")).context["total"] == 1
    services.withdraw_claim(claim=claim, reason="另有安排", by=second_member)
    page = client.get(url("queue-list")).content.decode()
    assert WaitingPlace.objects.get().status == "told"
    assert url("demand-claim", demand) in page


def test_one_can_stop_waiting(
    log_in, member, officer, organization, demand, claim_of, second_member, second_organization
):
    claim_of(demand, 100, by=second_member, organization_=second_organization)
    client = log_in(member)
    assert client.get(url("queue-join", demand)).status_code == 200
    client.post(url("queue-join", demand), {"organization": organization.pk})
    place = WaitingPlace.objects.get()
    assert client.post(url("queue-join", demand), {"organization": organization.pk}).status_code == 302
    assert log_in(officer).post(url("queue-leave", place)).status_code == 403
    log_in(member).post(url("queue-leave", place))
    place.refresh_from_db()
    assert place.status == "left"


def test_the_contact_is_shown_once_the_claim_is_approved(log_in, member, officer, demand, claim_of):
    claim = claim_of(demand, 10)
    assert "13800000000" not in log_in(member).get(url("demand-detail", demand)).content.decode()
    services.approve_claim(claim=claim, by=officer)
    assert "13800000000" in log_in(member).get(url("demand-detail", demand)).content.decode()


def test_claims_are_seen_by_their_organization_and_the_officers_of_the_village(
    client, log_in, member, second_member, officer, outsider, reporter, demand, claim_of
):
    claim = claim_of(demand, 10)
    assert client.get(url("claim-list")).status_code == 302
    for user, sees in [(member, 1), (officer, 1), (reporter, 1), (second_member, 0), (outsider, 0)]:
        browser = log_in(user)
        assert browser.get(url("claim-list")).context["total"] == sees
        for name in ("claim-detail", "claim-receipt", "claim-pdf"):
            assert browser.get(url(name, claim)).status_code == (200 if sees else 404)


def test_the_receipt_comes_as_pdf(log_in, member, demand, claim_of):
    claim = claim_of(demand, 10)
    answer = log_in(member).get(url("claim-pdf", claim))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert f"{claim.reference}.pdf" in answer.headers["Content-Disposition"]
    assert answer.content.startswith(b"%PDF-")


def test_an_officer_approves_and_the_organization_withdraws(log_in, member, officer, demand, item, claim_of):
    claim = claim_of(demand, 10)
    sent = {f"item_{item.pk}": "10", "version": claim.version}
    assert log_in(member).post(url("claim-approve", claim), sent).status_code == 403
    assert log_in(officer).post(url("claim-withdraw", claim)).status_code == 403
    assert log_in(officer).get(url("claim-approve", claim)).status_code == 200
    assert log_in(officer).post(url("claim-approve", claim), sent).status_code == 302
    claim.refresh_from_db()
    assert claim.status == "approved"
    client = log_in(member)
    assert client.get(url("claim-withdraw", claim)).status_code == 200
    assert client.post(url("claim-withdraw", claim), {"reason": ""}).status_code == 400
    client.post(url("claim-withdraw", claim), {"reason": "资金未到位"})
    item.refresh_from_db()
    assert item.claimed == 0
    again = client.post(url("claim-withdraw", claim), {"reason": "资金未到位"}, follow=True)
    assert "message--error" in again.content.decode()


def test_an_officer_approves_a_part_with_a_note(log_in, member, officer, demand, item, claim_of):
    claim = claim_of(demand, 60)
    client = log_in(officer)
    sent = {f"item_{item.pk}": "40", "version": claim.version}
    assert client.post(url("claim-approve", claim), sent).status_code == 400
    for no_part in ("61", ".", "0.0.0", "x"):
        assert client.post(url("claim-approve", claim), sent | {f"item_{item.pk}": no_part}).status_code == 400
    assert client.post(url("claim-approve", claim), sent | {"reason": "村里只缺 40 条"}).status_code == 302
    item.refresh_from_db()
    assert item.claimed == 40
    page = log_in(member).get(url("claim-receipt", claim)).content.decode()
    assert "60" in page
    assert "村里只缺 40 条" in log_in(member).get(url("claim-detail", claim)).content.decode()


def test_an_approval_of_a_claim_that_changed_meanwhile_is_not_taken(log_in, officer, demand, item, claim_of):
    claim = claim_of(demand, 60)
    sent = {f"item_{item.pk}": "60", "version": claim.version}
    services.extend_claim(claim=claim, reason="公示中", by=officer)
    assert log_in(officer).post(url("claim-approve", claim), sent).status_code == 409


@pytest.mark.parametrize(
    "chosen", [{"template": "plan"}, {"text": "计划不清"}, {"template": "plan", "text": "计划不清"}]
)
def test_an_officer_rejects_with_a_reason_the_organization_reads(log_in, member, officer, demand, claim_of, chosen):
    claim = claim_of(demand, 10)
    client = log_in(officer)
    assert client.post(url("claim-reject", claim), {}).status_code == 400
    assert client.post(url("claim-reject", claim), chosen).status_code == 302
    claim.refresh_from_db()
    page = log_in(member).get(url("claim-detail", claim)).content.decode()
    assert claim.status == "rejected"
    assert ("计划不清" in page) == ("text" in chosen)


def test_a_hold_is_extended_with_a_reason(log_in, member, demand, claim_of):
    claim = claim_of(demand, 10)
    client = log_in(member)
    assert client.get(url("claim-extend", claim)).status_code == 200
    assert client.post(url("claim-extend", claim), {"reason": ""}).status_code == 400
    client.post(url("claim-extend", claim), {"reason": "厂家发货推迟"})
    claim.refresh_from_db()
    assert claim.extensions == 1

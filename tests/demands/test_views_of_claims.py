"""The pages of claiming: choose, check, submit, receipt; losing the race; deciding and withdrawing."""

from decimal import Decimal

import pytest

from demands.models import Claim
from tests.demands.conftest import url


@pytest.fixture
def answers(item, organization) -> dict:
    return {"organization": organization.pk, f"item_{item.pk}": "60", "plan": "十二月一日送到村委会。"}


def test_claiming_goes_through_check_and_submit_to_a_receipt(log_in, member, demand, item, answers):
    client = log_in(member)
    form = client.get(url("demand-claim", demand))
    assert form.status_code == 200
    check = client.post(url("demand-claim", demand), answers | {"step": "check"})
    page = check.content.decode()
    assert check.status_code == 200
    assert "<strong>60</strong>" in page
    assert not Claim.objects.exists()
    back = client.post(url("demand-claim", demand), answers | {"step": "change"}).content.decode()
    assert ('value="60"' in back, "十二月一日" in back, "error-summary" in back) == (True, True, False)
    receipt = client.post(url("demand-claim", demand), answers | {"step": "submit"}, follow=True)
    claim = Claim.objects.get()
    assert receipt.redirect_chain[-1][0] == url("claim-receipt", claim)
    assert claim.reference in receipt.content.decode()
    assert claim.lines.get().quantity == 60


def test_losing_the_race_shows_the_form_with_what_was_typed_and_what_is_left(
    log_in, member, demand, answers, claim_of, second_member, second_organization
):
    claim_of(demand, 60, by=second_member, organization_=second_organization)
    for step in ("check", "submit"):
        lost = log_in(member).post(url("demand-claim", demand), answers | {"step": step})
        page = lost.content.decode()
        assert lost.status_code == 409
        assert "40 条" in page
        assert 'value="60"' in page
        assert "十二月一日送到村委会。" in page
    assert Claim.objects.count() == 1


def test_losing_it_in_the_last_moment_looks_the_same(log_in, member, demand, item, answers, monkeypatch):
    """Somebody else commits between the form's check and the service's UPDATE."""
    from demands.forms import ClaimForm

    client = log_in(member)
    lines = ClaimForm.lines

    def slow(form):
        type(item).objects.filter(pk=item.pk).update(claimed=Decimal(60))
        return lines(form)

    monkeypatch.setattr(ClaimForm, "lines", slow)
    lost = client.post(url("demand-claim", demand), answers | {"step": "submit"})
    assert (lost.status_code, "40 条" in lost.content.decode()) == (409, True)
    assert 'value="60"' in lost.content.decode()


def test_sending_the_last_step_twice_makes_one_claim(log_in, member, demand, answers):
    client = log_in(member)
    assert client.post(url("demand-claim", demand), answers | {"step": "submit"}).status_code == 302
    assert client.post(url("demand-claim", demand), answers | {"step": "submit"}).status_code == 409
    assert client.get(url("demand-claim", demand)).status_code == 409
    assert Claim.objects.count() == 1


@pytest.mark.parametrize("quantity", ["", "0", "-1", "1e20", "abc", "0.0001"])
def test_a_claim_of_nothing_sensible_is_said_beside_the_field(log_in, member, demand, item, answers, quantity):
    answer = log_in(member).post(url("demand-claim", demand), answers | {f"item_{item.pk}": quantity, "step": "submit"})
    assert answer.status_code == 400
    assert "error-summary" in answer.content.decode()
    assert not Claim.objects.exists()


def test_a_claim_for_an_organization_of_others_is_refused(log_in, member, demand, answers, second_organization):
    answers["organization"] = second_organization.pk
    assert log_in(member).post(url("demand-claim", demand), answers | {"step": "submit"}).status_code == 400


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


def test_the_contact_is_shown_once_the_claim_is_approved(log_in, member, officer, demand, claim_of):
    claim = claim_of(demand, 10)
    assert "13800000000" not in log_in(member).get(url("demand-detail", demand)).content.decode()
    log_in(officer).post(url("claim-approve", claim))
    assert "13800000000" in log_in(member).get(url("demand-detail", demand)).content.decode()


def test_claims_are_seen_by_their_organization_and_the_officers_of_the_village(
    client, log_in, member, second_member, officer, outsider, reporter, demand, claim_of
):
    claim = claim_of(demand, 10)
    assert client.get(url("claim-list")).status_code == 302
    for user, sees in [(member, 1), (officer, 1), (reporter, 1), (second_member, 0), (outsider, 0)]:
        browser = log_in(user)
        assert browser.get(url("claim-list")).context["total"] == sees
        for name in ("claim-detail", "claim-receipt"):
            assert browser.get(url(name, claim)).status_code == (200 if sees else 404)


def test_an_officer_approves_and_the_organization_withdraws(log_in, member, officer, demand, item, claim_of):
    claim = claim_of(demand, 10)
    assert log_in(member).post(url("claim-approve", claim)).status_code == 403
    assert log_in(officer).post(url("claim-withdraw", claim)).status_code == 403
    log_in(officer).post(url("claim-approve", claim))
    claim.refresh_from_db()
    assert claim.status == "approved"
    assert log_in(member).get(url("claim-withdraw", claim)).status_code == 200
    log_in(member).post(url("claim-withdraw", claim), {"reason": "资金未到位"})
    item.refresh_from_db()
    assert item.claimed == 0
    again = log_in(member).post(url("claim-withdraw", claim), {"reason": ""}, follow=True)
    assert "message--error" in again.content.decode()


def test_an_officer_rejects_with_a_reason_the_organization_reads(log_in, member, officer, demand, claim_of):
    claim = claim_of(demand, 10)
    client = log_in(officer)
    assert client.post(url("claim-reject", claim), {"reason": ""}).status_code == 400
    assert client.post(url("claim-reject", claim), {"reason": "计划不清"}).status_code == 302
    assert "计划不清" in log_in(member).get(url("claim-detail", claim)).content.decode()

"""A claim filled in over REST, step by step as on the pages; its files and its agreement."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from demands.models import Claim, ClaimDraft
from tests.demands.conftest import PDF

DRAFTS = "/api/v1/claim-drafts/"
LATER = (timezone.localdate() + datetime.timedelta(days=30)).isoformat()


@pytest.fixture
def api():
    def client(user) -> APIClient:
        client = APIClient()
        client.force_authenticate(user)
        return client

    return client


@pytest.fixture
def begun(api, demand, member, organization):
    """The answer to beginning a claim on the quilts."""
    answer = api(member).post(DRAFTS, {"demand": demand.pk, "organization": organization.pk}, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def fill(client, draft: dict, **values):
    path = f"{DRAFTS}{draft['id']}/"
    return client.patch(path, values, format="json", HTTP_IF_MATCH=f'"{draft["version"]}"')


def a_file(content: bytes = "慈善组织".encode()) -> dict:
    return {"file": SimpleUploadedFile("资质.txt", content)}


def states(draft: dict) -> list[str]:
    return [task["state"] for task in draft["tasks"]]


def test_from_beginning_to_receipt_over_rest(api, begun, demand, member):
    client, item = api(member), demand.items.get()
    assert states(begun) == ["not_started"] * 4 + ["not_yet"]
    half = fill(client, begun, acknowledged=True, lines=[{"item": item.pk, "quantity": "60"}]).json()
    assert states(half) == ["done", "done", "not_started", "not_started", "not_yet"]
    answer = client.post(f"{DRAFTS}{begun['id']}/submit/")
    assert (answer.status_code, answer.json()["code"]) == (409, "incomplete")
    assert answer.json()["tasks"] == ["plan", "qualifications"]
    files = f"{DRAFTS}{begun['id']}/files/"
    attached = client.post(files, a_file(), format="multipart")
    assert attached.status_code == 201, attached.content
    assert client.post(files, a_file(), format="multipart").json()["code"] == "file_refused"
    whole = fill(client, half, plan="十二月送达", deliver_by=LATER, contact="王女士 13800000000", qualified=True).json()
    assert states(whole) == ["done"] * 4 + ["not_started"]
    assert (whole["lines"], whole["files"]) == ([{"item": item.pk, "quantity": "60"}], [attached.json()])
    key = {"HTTP_IDEMPOTENCY_KEY": "claim-of-the-quilts"}
    first, again = (client.post(f"{DRAFTS}{begun['id']}/submit/", **key) for _ in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    claim = Claim.objects.get()
    assert (claim.plan, claim.lines.get().quantity) == ("十二月送达", 60)
    assert not ClaimDraft.objects.exists()
    (listed,) = client.get(f"/api/v1/claims/{claim.pk}/files/").json()
    content = client.get(f"/api/v1/claims/{claim.pk}/files/{listed['id']}/content/")
    assert b"".join(content) == "慈善组织".encode()
    assert "attachment" in content["Content-Disposition"]


def test_somebody_faster_answers_what_is_left_and_the_draft_is_as_it_was(
    api, begun, demand, member, claim_of, second_member, second_organization
):
    item = demand.items.get()
    values = {"acknowledged": True, "qualified": True, "plan": "送达", "deliver_by": LATER, "contact": "王"}
    filled = fill(api(member), begun, lines=[{"item": item.pk, "quantity": "60"}], **values).json()
    claim_of(demand, 50, by=second_member, organization_=second_organization)
    answer = api(member).post(f"{DRAFTS}{begun['id']}/submit/")
    assert (answer.status_code, answer.json()["code"], answer.json()["left"][0]["left"]) == (
        409,
        "not_enough",
        "50.000",
    )
    kept = api(member).get(f"{DRAFTS}{begun['id']}/").json()
    assert (kept["lines"], states(kept)[1]) == (filled["lines"], "problem")


def test_a_draft_is_its_authors_alone_and_changes_only_in_the_version_read(
    api, begun, member, second_member, officer, make_user, organization
):
    colleague = make_user("colleague", organization=organization)
    for other in (second_member, officer, colleague):
        assert api(other).get(f"{DRAFTS}{begun['id']}/").status_code == 404
        assert api(other).get(f"{DRAFTS}{begun['id']}/files/").status_code == 404
        assert api(other).get(DRAFTS).json()["results"] == []
    assert [row["id"] for row in api(member).get(DRAFTS).json()["results"]] == [begun["id"]]
    assert fill(api(member), begun, contact="王").status_code == 200
    assert fill(api(member), begun, contact="李").status_code == 412
    assert api(member).patch(f"{DRAFTS}{begun['id']}/", {"contact": "李"}, format="json").status_code == 428
    assert api(member).delete(f"{DRAFTS}{begun['id']}/").status_code == 204
    assert not ClaimDraft.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"lines": [{"item": 0, "quantity": "1"}]},
        {"lines": [{"item": "the", "quantity": "1"}] * 2},
        {"lines": [{"item": "the", "quantity": "0"}]},
        {"colour": "red"},
        {"deliver_by": "soon"},
    ],
)
def test_what_cannot_be_filled_in_is_named(api, begun, demand, member, values):
    item = demand.items.get().pk
    rows = [{**row, "item": item if row["item"] == "the" else row["item"]} for row in values.get("lines", [])]
    answer = fill(api(member), begun, **({**values, "lines": rows} if rows else values))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, list(values))


def test_a_file_is_taken_away_from_a_draft_and_stays_with_a_claim(api, begun, member):
    client, files = api(member), f"{DRAFTS}{begun['id']}/files/"
    made = client.post(files, a_file(), format="multipart").json()
    assert client.delete(f"{files}{made['id']}/").status_code == 204
    assert client.get(files).json() == []


def test_the_agreement_is_read_and_downloaded_by_those_who_see_the_claim(api, agreed, member, officer, second_member):
    path = f"/api/v1/claims/{agreed(10).pk}/agreement/"
    assert api(member).get(path).json()["number"] == "协议〔2026〕1号"
    assert b"".join(api(officer).get(f"{path}content/")) == PDF
    assert api(second_member).get(path).status_code == 404

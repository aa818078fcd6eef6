"""Deliveries, acceptance and verification over REST."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from demands import services
from demands.models import Claim, Delivery
from tests.demands.conftest import PDF

TODAY = timezone.localdate().isoformat()


@pytest.fixture
def api():
    def api(user=None) -> APIClient:
        client = APIClient()
        if user is not None:
            client.force_authenticate(user)
        return client

    return api


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_from_the_agreement_to_the_rating(api, demand, claim_of, officer, member, reporter, photo):
    claim = services.approve_claim(claim=claim_of(demand, 60), by=officer)
    base, mine = f"/api/v1/claims/{claim.pk}", api(member)
    signed = {"number": "协议1号", "signed_on": TODAY, "file": upload("a.pdf", PDF)}
    assert mine.post(f"{base}/agreement/", signed, format="multipart").status_code == 201
    lines = [{"item": demand.items.get().pk, "quantity": "60"}]
    made = mine.post("/api/v1/deliveries/", {"claim": claim.pk, "delivered_on": TODAY, "lines": lines})
    assert (made.status_code, made.data["status"], made.data["lines"][0]["open"]) == (201, "draft", "60.000")
    delivery = f"/api/v1/deliveries/{made.data['id']}"
    assert mine.post(f"{delivery}/hand-over/").data["code"] == "no_evidence"
    picture = {"purpose": "photo", "file": upload("a.jpg", photo())}
    file = mine.post(f"{delivery}/files/", picture, format="multipart")
    assert (file.status_code, file.data["kind"], file.data["taken_on"]) == (201, "jpg", "2026-02-27")
    assert mine.post(f"{delivery}/hand-over/").data["status"] == "handed_over"
    row = made.data["lines"][0]["id"]
    found = [
        {"line": row, "outcome": "accepted", "quantity": "59"},
        {"line": row, "outcome": "substituted", "quantity": 1, "instead": "毛毯"},
    ]
    village = api(reporter)
    seen = village.post(f"{delivery}/inspect/", {"findings": found})
    assert (seen.data["status"], seen.data["lines"][0]["substituted"]) == ("inspected", "1.000")
    assert [entry["outcome"] for entry in village.get(f"{delivery}/entries/").data] == ["accepted", "substituted"]
    county = api(officer)
    checks = {check["code"]: check["passed"] for check in county.get(f"{base}/checks/").data}
    assert (checks["quantities"], checks["substitutes"]) == (True, False)
    assert county.post(f"{base}/verify/").data["code"] == "no_reason"
    assert county.post(f"{base}/verify/", {"note": "毛毯可以"}).data["outcome"] == "passed"
    assert village.post(f"{base}/rate/", {"score": 5}).data["side"] == "village"
    assert mine.post(f"{base}/rate/", {"score": 4, "comment": "顺畅"}).data["side"] == "organization"
    assert mine.post(f"{base}/rate/", {"score": 4}).data["code"] == "rated"
    assert county.get(f"{base}/").data["status"] == "verified"
    assert county.get(f"{base}/").data["lines"][0]["accepted"] == "60.000"


def test_a_repeat_with_the_same_key_has_one_effect(api, agreed, prepared, member, reporter):
    claim = agreed(60)
    delivery = prepared(claim, 60)
    address = f"/api/v1/deliveries/{delivery.pk}"
    for _try in range(2):
        answer = api(member).post(f"{address}/hand-over/", HTTP_IDEMPOTENCY_KEY="a")
        assert (answer.status_code, answer.data["status"]) == (200, "handed_over")
    found = {"findings": [{"line": delivery.lines.get().pk, "outcome": "accepted", "quantity": "10"}]}
    for _try in range(2):
        answer = api(reporter).post(f"{address}/inspect/", found, HTTP_IDEMPOTENCY_KEY="b")
        assert answer.data["lines"][0]["accepted"] == "10.000"
    new = {"claim": claim.pk, "delivered_on": TODAY, "lines": [{"item": claim.lines.get().item_id, "quantity": 1}]}
    before = Delivery.objects.count()
    for _try in range(2):
        assert api(member).post("/api/v1/deliveries/", new, HTTP_IDEMPOTENCY_KEY="c").status_code == 409
    assert Delivery.objects.count() == before


def test_an_entry_is_reversed_and_a_delivery_changed_and_withdrawn(api, agreed, prepared, deliver, member, reporter):
    claim = agreed(60)
    draft = prepared(claim, 20)
    address = f"/api/v1/deliveries/{draft.pk}/"
    change = {"delivered_on": TODAY, "lines": [{"item": claim.lines.get().item_id, "quantity": "10"}]}
    assert api(member).put(address, change).status_code == 428
    assert api(member).put(address, change, HTTP_IF_MATCH='"1"').status_code == 412
    assert api(member).put(address, change, HTTP_IF_MATCH=f'"{draft.version}"').data["lines"][0]["quantity"] == "10.000"
    assert api(member).post(f"{address}withdraw/").data["status"] == "withdrawn"
    delivery = deliver(claim, 60)
    address = f"/api/v1/deliveries/{delivery.pk}"
    found = {"findings": [{"line": delivery.lines.get().pk, "outcome": "accepted", "quantity": "60"}]}
    api(reporter).post(f"{address}/inspect/", found)
    entry = api(reporter).get(f"{address}/entries/").data[0]["id"]
    answer = api(reporter).post(f"{address}/reverse/", {"entry": entry, "reason": "点错"})
    assert answer.data["status"] == "handed_over"
    claim.refresh_from_db()
    assert claim.status == Claim.Status.DELIVERED


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"findings": []}, "findings"),
        ({"findings": [{"line": 0, "outcome": "accepted", "quantity": 1}]}, "findings"),
        ({"findings": [{"line": 0, "outcome": "lost", "quantity": 1}]}, "findings"),
        ({"findings": [{"line": 0, "outcome": "accepted", "quantity": 0}]}, "findings"),
        ({}, "findings"),
        ({"finding": []}, "finding"),
    ],
)
def test_bad_findings_are_bad_input(api, agreed, deliver, reporter, body, field):
    delivery = deliver(agreed(60), 60)
    answer = api(reporter).post(f"/api/v1/deliveries/{delivery.pk}/inspect/", body)
    assert (answer.status_code, list(answer.data["errors"])[:1]) == (400, [field])


def test_a_spot_check_is_ordered_sent_back_and_confirmed(
    api, agreed, deliver, inspect, officer, second_officer, reporter
):
    claim = agreed(60)
    inspect(deliver(claim, 60), ("accepted", 60))
    base = f"/api/v1/claims/{claim.pk}"
    spot = api(officer).post(f"{base}/spot-check/", {"reason": "来信"}).data
    assert (spot["status"], spot["origin"]) == ("open", "staff")
    assert api(officer).post(f"{base}/verify/", {"note": "可"}).data["code"] == "spot_check_open"
    outcome = {"outcome": "discrepancy", "checked_on": TODAY, "finding": "只有 59 条"}
    answer = api(second_officer).post(f"/api/v1/spot-checks/{spot['id']}/finish/", outcome)
    assert answer.data["status"] == "discrepancy"
    assert api(officer).get(f"{base}/").data["status"] == "delivered"
    assert api(officer).get("/api/v1/spot-checks/?status=open").data["count"] == 0
    confirmed = api(reporter).post(f"{base}/confirm/", {"reason": "另一条在学校"})
    assert {check["code"] for check in confirmed.data} >= {"quantities", "photos"}
    assert api(officer).post(f"{base}/send-back/", {"reason": "请出示"}).data["outcome"] == "sent_back"


def test_wrong_files_are_refused(api, agreed, prepared, member):
    delivery = prepared(agreed(60), 60)
    address = f"/api/v1/deliveries/{delivery.pk}/files/"
    for purpose, name, content in (("photo", "a.pdf", PDF), ("receipt", "a.exe", b"MZ"), ("photo", "a.jpg", b"x")):
        answer = api(member).post(address, {"purpose": purpose, "file": upload(name, content)}, format="multipart")
        assert (answer.status_code, answer.data["code"]) == (409, "file_refused")
    assert api(member).post(address, {"purpose": "photo"}, format="multipart").status_code == 400


def test_a_file_is_taken_away_until_the_delivery_is_handed_over(api, agreed, prepared, member, reporter):
    delivery = prepared(agreed(10), 10, evidence=[("receipt", "回执.pdf", PDF), ("receipt", "重复.pdf", PDF + b"\n")])
    first, second = (f"/api/v1/deliveries/{delivery.pk}/files/{file.pk}/" for file in delivery.files.all())
    assert api(reporter).delete(first).status_code == 404
    assert api(member).delete(first).status_code == 204
    assert api(member).delete(first).status_code == 404
    services.hand_over(delivery=delivery, by=member)
    assert api(member).delete(second).status_code == 409
    assert delivery.files.count() == 1

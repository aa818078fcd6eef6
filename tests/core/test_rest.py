"""REST: every error is a problem document, and a write sent twice has one effect."""

import base64
import datetime
import threading
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test import override_settings
from django.utils.translation import gettext_lazy
from rest_framework import renderers
from rest_framework.test import APIClient

from core.models import KeptAnswer
from core.rest import JSONRenderer
from organizations.models import Organization

pytestmark = pytest.mark.urls("tests.core.urls")


@pytest.fixture
def api(officer) -> APIClient:
    client = APIClient(headers={"accept-language": "en"})
    client.force_authenticate(officer)
    return client


@pytest.mark.parametrize(
    ("kind", "status", "code", "detail"),
    [
        ("refused", 409, "not_enough", "Only 40 are left."),
        ("wrong-state", 409, "wrong_state", "Not now."),
        ("stale", 412, "stale", "Changed."),
        ("missing", 404, "not_found", "There is nothing here that you may see."),
        ("missing-drf", 404, "not_found", "Not found."),
        ("forbidden", 403, "not_allowed", "Only staff may."),
        ("forbidden-drf", 403, "not_allowed", "You do not have permission to perform this action."),
        ("bad", 400, "bad_input", "Some values are not valid."),
        ("throttled", 429, "throttled", "Request was throttled. Expected available in 30 seconds."),
        ("versionless", 428, "version_required", "Send the version you are changing in the If-Match header."),
    ],
)
def test_an_error_is_a_problem_document(db, kind, status, code, detail):
    answer = APIClient(headers={"accept-language": "en"}).get(f"/api/fail/{kind}/")
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["code"], body["detail"]) == (status, code, detail)
    assert body["type"] == f"urn:portal:problem:{code}"
    assert body["title"] not in ("", "Error")


def test_a_problem_carries_its_facts_its_fields_and_when_to_come_again(db):
    client = APIClient()
    assert client.get("/api/fail/refused/").json()["left"] == "40"
    assert client.get("/api/fail/wrong-state/").json()["record_status"] == "draft"
    assert client.get("/api/fail/bad/").json()["errors"] == {"quantity": ["Too small."]}
    assert client.get("/api/fail/throttled/")["Retry-After"] == "31"


def test_a_bug_is_no_problem_document_and_tells_nothing(db):
    client = APIClient(raise_request_exception=False)
    answer = client.get("/api/fail/bug/")
    assert answer.status_code == 500
    assert "a secret" not in answer.content.decode()


def test_without_a_log_in_the_answer_asks_for_one(db):
    answer = APIClient().get("/api/closed/")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"].startswith("Basic")


def test_a_wrong_password_is_401(officer):
    pair = base64.b64encode(b"officer:wrong").decode()
    answer = APIClient().get("/api/closed/", headers={"authorization": f"Basic {pair}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")


def test_name_and_password_open_the_api(officer):
    pair = base64.b64encode(b"officer:a long password 1").decode()
    answer = APIClient().get("/api/closed/", headers={"authorization": f"Basic {pair}", "if-match": '"3"'})
    assert answer.json() == {"version": 3}


def test_broken_json_wrong_media_type_wrong_method_wrong_format(api):
    broken = api.generic("POST", "/api/closed/", "{", content_type="application/json")
    assert (broken.status_code, broken.json()["code"]) == (400, "parse_error")
    text = api.generic("POST", "/api/closed/", "x", content_type="text/plain")
    assert (text.status_code, text.json()["code"]) == (415, "unsupported_media_type")
    assert api.delete("/api/closed/").json()["code"] == "method_not_allowed"
    assert api.get("/api/closed/", headers={"accept": "image/png", "if-match": "1"}).status_code == 406


@pytest.mark.parametrize(("value", "status"), [("", 428), ("abc", 428), ('"7"', 200), ('W/"7"', 200)])
def test_a_version_is_read_from_if_match(api, value, status):
    assert api.get("/api/closed/", headers={"if-match": value}).status_code == status


def test_an_unknown_filter_is_an_error_and_a_range_has_two_ends(organization):
    client = APIClient(headers={"accept-language": "en"})
    answer = client.get("/api/list/?colour=red")
    assert (answer.status_code, answer.json()["errors"]) == (400, {"colour": ["There is no such filter."]})
    assert client.get(f"/api/list/?id_min={organization.pk}&search=临沂").json()["count"] == 1
    assert client.get(f"/api/list/?id_min={organization.pk + 1}").json()["count"] == 0
    assert client.get("/api/list/?kind=nonsense").status_code == 400
    numbered = client.get("/api/list/?page=2").json()["errors"]
    assert numbered == {"page": ["Pages have no numbers. Follow the addresses in `next` and `previous`."]}


def test_a_repeated_request_gets_the_first_answer_and_has_one_effect(api, regions):
    first = api.post("/api/repeat/", {"name": "甲"}, headers={"idempotency-key": "k1"})
    again = api.post("/api/repeat/", {"name": "甲"}, headers={"idempotency-key": "k1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Organization.objects.filter(name="甲").count() == 1


def test_the_same_key_for_another_request_is_422(api, regions):
    api.post("/api/repeat/", {"name": "甲"}, headers={"idempotency-key": "k1"})
    answer = api.post("/api/repeat/", {"name": "乙"}, headers={"idempotency-key": "k1"})
    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert answer["Content-Type"] == "application/problem+json"
    assert not Organization.objects.filter(name="乙").exists()


def test_keys_of_different_people_are_different_keys(api, regions, outsider):
    api.post("/api/repeat/", {"name": "甲"}, headers={"idempotency-key": "k1"})
    api.force_authenticate(outsider)
    assert api.post("/api/repeat/", {"name": "乙"}, headers={"idempotency-key": "k1"}).status_code == 201


def test_without_a_key_each_request_has_its_effect(api, regions):
    for _ in range(2):
        assert api.post("/api/repeat/", {"name": "甲"}).status_code == 201
    assert Organization.objects.filter(name="甲").count() == 2


def test_a_refused_request_is_not_kept_and_may_be_sent_again(api, regions):
    assert api.post("/api/repeat/", {"name": "refused"}, headers={"idempotency-key": "k1"}).status_code == 409
    assert KeptAnswer.objects.count() == 0


def test_a_key_may_be_required_and_has_a_length(api, regions):
    assert "Idempotency-Key" in api.post("/api/key/", {"name": "甲"}).json()["errors"]
    assert api.post("/api/key/", {"name": "甲"}, headers={"idempotency-key": "x" * 201}).status_code == 400
    assert api.post("/api/key/", {"name": "甲"}, headers={"idempotency-key": "x" * 200}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_the_same_time_has_one_effect(transactional_db, regions, officer):
    answers = []
    start = threading.Barrier(8)

    def send():
        try:
            client = APIClient()
            client.force_authenticate(officer)
            start.wait()
            answers.append(client.post("/api/repeat/", {"name": "甲"}, headers={"idempotency-key": "k1"}))
        finally:
            connection.close()

    with override_settings(ROOT_URLCONF="tests.core.urls"):
        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer for answer in answers) == 1
    assert Organization.objects.filter(name="甲").count() == 1


@pytest.mark.parametrize("body", ['{"name": "\\ud800"}', '{"\\udfff": 1}', "[" * 100_000])
def test_json_that_no_record_can_hold_is_bad_input(api, body):
    answer = api.post("/api/closed/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


def test_a_version_of_thousands_of_digits_is_none(api):
    assert api.get("/api/closed/", headers={"if-match": "9" * 5000}).status_code == 428
    assert api.get("/api/closed/", headers={"if-match": '"12"'}).json() == {"version": 12}


@pytest.mark.parametrize(
    "data",
    [
        {"a": [1, 2.5, None, True, "文", '\u2028\u2029\x00"\\/']},
        {1: "x", "day": datetime.date(2026, 1, 2), "at": datetime.datetime(2026, 1, 2, 3, 4, 5, 678901, datetime.UTC)},
        {
            "money": Decimal("1.50"),
            "id": uuid.UUID(int=5),
            "late": gettext_lazy("Name"),
            "kind": Organization.Kind.OTHER,
        },
        {"big": 2**70, "long": datetime.timedelta(hours=1), "set": {"a"}, "pair": (1, 2)},
        [],
        None,
    ],
)
def test_answers_are_written_as_the_framework_writes_them(data):
    assert JSONRenderer().render(data) == renderers.JSONRenderer().render(data)

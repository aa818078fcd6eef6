"""Errors under /api/ that no endpoint answers have the shape of those that one does."""

import pytest
from django.test import Client, RequestFactory

from portal import api, views


@pytest.mark.parametrize("address", ["/api/", "/api/v1/nothing/", "/api/v2/", "/api/v1/regions/x/y/z/"])
def test_an_unknown_address_of_the_api_answers_with_a_problem(client, db, address):
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["type"] == "urn:portal:problem:not_found"
    assert client.get("/nothing/")["Content-Type"].startswith("text/html")


def test_a_fault_of_ours_under_the_api_says_nothing_but_the_request_id(db, monkeypatch):
    def broken(self, request, **kwargs):
        raise RuntimeError("password=secret")

    monkeypatch.setattr(api.Root, "get", broken)
    answer = Client(raise_request_exception=False).get("/api/v1/")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert answer.json()["request_id"] == answer["X-Request-ID"]
    assert "secret" not in answer.content.decode()


def test_a_write_with_a_session_but_no_token_is_refused_with_a_problem(officer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer)
    answer = client.post("/api/v1/organizations/", {}, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    assert views.csrf_failure(RequestFactory().post("/api/v1/"))["Content-Type"] == "application/problem+json"

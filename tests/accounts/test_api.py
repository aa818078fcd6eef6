"""Name and password over REST have the same patience as the log-in page."""

import base64
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from accounts import services
from accounts.models import LoginFailure


def basic(username: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()}


def test_the_right_password_is_let_in_and_five_wrong_ones_have_to_wait(client, officer):
    url = "/api/v1/organizations/"
    assert client.get(url, headers=basic("officer", "a long password 1")).status_code == 200
    for _number in range(5):
        assert client.get(url, headers=basic("officer", "wrong")).json()["code"] == "authentication_failed"
    answer = client.get(url, headers=basic("officer", "a long password 1"))
    assert (answer.status_code, answer.json()["code"]) == (429, "throttled")
    assert 0 < int(answer["Retry-After"]) <= 901
    assert client.post("/login/", {"username": "officer", "password": "a long password 1"}).status_code == 429


def test_a_name_that_no_account_can_have_is_a_wrong_one(client, db):
    answer = client.get("/api/v1/organizations/", headers=basic("a\0b", "x"))
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")


def test_the_wait_cannot_be_avoided_by_writing_the_name_in_full_width(client, officer):
    for name in ("officer", "ｏfficer", "oｆficer", "offｉcer", "Officer"):
        client.post("/login/", {"username": name, "password": "wrong"})
    answer = client.post("/login/", {"username": "ｏｆｆｉｃｅｒ", "password": "a long password 1"})
    assert answer.status_code == 429


def test_a_log_in_over_rest_clears_the_failures_before_it(client, officer):
    url = "/api/v1/organizations/"
    for _round in range(2):
        for _number in range(4):
            assert client.get(url, headers=basic("officer", "wrong")).status_code == 401
        assert client.get(url, headers=basic("officer", "a long password 1")).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_guesses_sent_at_the_same_time_only_five_learn_anything(make_user):
    make_user("officer")

    def guess(_number):
        try:
            return Client().get("/api/v1/regions/", headers=basic("officer", "wrong")).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as threads:
        answers = Counter(threads.map(guess, range(24)))
    assert answers == {401: 5, 429: 19}


def test_a_right_password_found_after_the_limit_is_not_told(officer):
    """The other guesses were counted while this one was being checked."""
    attempt = {"account": "officer", "source": ""}
    for _number in range(LoginFailure.LIMIT):
        assert not services.note_failure(**attempt)
    assert services.note_success(**attempt)
    assert services.note_failure(**attempt)
    assert LoginFailure.objects.wait(**attempt)

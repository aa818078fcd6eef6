"""API keys: made, shown once, used by scripts, revoked."""

import datetime

import pytest
from django.utils import timezone
from rest_framework.test import APIRequestFactory

from accounts import services
from accounts.api import KeyAuthentication
from accounts.models import ApiKey, LoginFailure
from core.errors import Refused
from core.models import StatusChange

URL = "/api/v1/organizations/"


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def key(officer, today):
    """The officer's key and its secret."""
    return services.make_key(user=officer, name="report", expires_on=today, by=officer)


def bearer(secret: str, word: str = "Bearer") -> dict[str, str]:
    return {"Authorization": f"{word} {secret}"}


@pytest.mark.parametrize("word", ["Bearer", "bearer", "Key"])
def test_a_key_stands_for_its_person(client, key, word):
    answer = client.post("/api/v1/organizations/", {}, content_type="application/json", headers=bearer(key[1], word))
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")
    assert client.post("/api/v1/organizations/", {}, content_type="application/json").status_code == 401


def test_a_key_and_its_person_cost_one_query(client, key, django_assert_num_queries):
    client.get(URL, headers=bearer(key[1]))
    request = APIRequestFactory().get(URL, headers=bearer(key[1]))
    with django_assert_num_queries(1):
        user, used = KeyAuthentication().authenticate(request)
        assert user.username == "officer"
    assert (user, used) == (key[0].user, key[0])


def test_only_the_digest_of_a_key_is_stored_and_its_beginning_shown(key):
    record, secret = key
    record.refresh_from_db()
    assert secret not in str(record.__dict__)
    assert secret.startswith(record.prefix)
    assert len(secret) >= 43
    assert record.digest == ApiKey.digest_of(secret)
    assert "digest" not in str(StatusChange.objects.of(record).get().changes)


def test_the_day_of_the_last_use_is_kept(client, key, today):
    assert key[0].last_used_on is None
    client.get(URL, headers=bearer(key[1]))
    key[0].refresh_from_db()
    assert key[0].last_used_on == today


def test_a_revoked_an_expired_and_an_orphaned_key_open_nothing(client, key, officer, today):
    assert client.get(URL, headers=bearer(key[1])).status_code == 200
    ApiKey.objects.update(expires_on=today - datetime.timedelta(days=1))
    assert client.get(URL, headers=bearer(key[1])).json()["code"] == "authentication_failed"
    ApiKey.objects.update(expires_on=today)
    officer.is_active = False
    officer.save()
    assert client.get(URL, headers=bearer(key[1])).status_code == 401
    officer.is_active = True
    officer.save()
    services.revoke_key(key=key[0], by=officer)
    assert client.get(URL, headers=bearer(key[1])).status_code == 401


def test_after_five_wrong_keys_an_address_waits_but_a_right_key_is_let_in(client, key):
    answers = [client.get(URL, headers=bearer(f"rrp_{number}")).status_code for number in range(7)]
    assert answers == [401] * 5 + [429] * 2
    assert LoginFailure.objects.get().failures == LoginFailure.LIMIT
    assert client.get(URL, headers=bearer(key[1])).status_code == 200


@pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "Key", "Bearer \xff"])
def test_a_header_that_holds_no_key_is_a_wrong_key(client, db, header):
    answer = client.get(URL, headers={"Authorization": header})
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_the_page_makes_a_key_shows_it_once_and_revokes_it(client, officer, today):
    client.force_login(officer)
    answer = client.post("/profile/keys/", {"name": "report", "expires_on": today.isoformat()})
    secret = answer.context["secret"]
    assert secret in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert secret not in client.get("/profile/keys/").content.decode()
    again = client.post("/profile/keys/", {"name": "report", "expires_on": today.isoformat()})
    assert again.status_code == 400
    assert 'value="report"' in again.content.decode()
    assert client.post(f"/profile/keys/{ApiKey.objects.get().pk}/revoke/").status_code == 302
    assert not ApiKey.objects.get().is_usable


def test_nobody_sees_makes_or_revokes_keys_of_others(client, key, officer, outsider, today):
    client.force_login(outsider)
    assert key[0].prefix not in client.get("/profile/keys/").content.decode()
    assert client.post(f"/profile/keys/{key[0].pk}/revoke/").status_code == 404
    for work in (
        lambda: services.revoke_key(key=key[0], by=outsider),
        lambda: services.make_key(user=officer, name="b", expires_on=today, by=outsider),
    ):
        with pytest.raises(Refused) as refused:
            work()
        assert refused.value.code == "key_not_own"


@pytest.mark.parametrize("days", [-1, ApiKey.LONGEST + 1])
def test_a_key_is_valid_for_a_year_at_most(officer, today, days):
    with pytest.raises(Refused) as refused:
        services.make_key(user=officer, name="a", expires_on=today + datetime.timedelta(days=days), by=officer)
    assert refused.value.code == "key_days"


def test_a_person_has_ten_keys_at_most(officer, today):
    for number in range(ApiKey.MOST):
        services.make_key(user=officer, name=str(number), expires_on=today, by=officer)
    with pytest.raises(Refused) as refused:
        services.make_key(user=officer, name="one more", expires_on=today, by=officer)
    assert refused.value.code == "key_many"
    services.revoke_key(key=ApiKey.objects.first(), by=officer)
    services.make_key(user=officer, name="one more", expires_on=today, by=officer)

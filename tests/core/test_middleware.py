"""Around every request: an id, a language, a strict content policy, and no copies of personal pages."""

import uuid

import pytest
from django.conf import settings
from django.utils import translation

pytestmark = pytest.mark.urls("tests.core.urls")
COOKIE = settings.LANGUAGE_COOKIE_NAME


def test_every_answer_has_an_id_of_its_own(db, client):
    ids = {client.get("/language-of-page/", headers={"x-request-id": "forged"})["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3
    assert all(uuid.UUID(value) for value in ids)


@pytest.mark.parametrize(
    ("path", "cookie", "header", "expected"),
    [
        ("/language-of-page/", None, None, "zh-hans"),
        ("/language-of-page/", None, "en-US,en", "zh-hans"),
        ("/language-of-page/", "en", None, "en"),
        ("/language-of-page/", "zh-hans", "en", "zh-hans"),
        ("/language-of-page/", "../../etc", "en", "zh-hans"),
        ("/api/language/", None, None, "zh-hans"),
        ("/api/language/", None, "en-US,en;q=0.5", "en"),
        ("/api/language/", None, "zh-CN", "zh-hans"),
        ("/api/language/", None, "fr", "zh-hans"),
        ("/api/language/", "zh-hans", "en", "zh-hans"),
    ],
)
def test_the_language_is_chinese_unless_it_was_chosen(db, client, path, cookie, header, expected):
    if cookie:
        client.cookies[COOKIE] = cookie
    answer = client.get(path, headers={"accept-language": header} if header else {})
    assert answer.json()["language"] == expected
    assert answer["Content-Language"] == expected
    assert answer.json()["word"] == ("Yes" if expected == "en" else "是")


def test_the_language_of_one_request_does_not_stay_for_the_next(db, client):
    client.cookies[COOKIE] = "en"
    client.get("/language-of-page/")
    assert translation.get_language() == settings.LANGUAGE_CODE


def test_the_language_switch_is_kept_in_the_cookie(db, client):
    client.post("/language/", {"language": "en", "next": "/language-of-page/"})
    assert client.get("/language-of-page/").json()["language"] == "en"


@pytest.mark.parametrize("path", ["/", "/no-such-page/", "/language-of-page/"])
def test_the_content_policy_allows_nothing_inline_and_nothing_foreign(db, client, path):
    policy = dict(part.strip().split(" ", 1) for part in client.get(path)["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "form-action": "'self'",
        "base-uri": "'self'",
        "object-src": "'none'",
        "frame-ancestors": "'none'",
    }


def test_pages_are_not_framed_not_sniffed_and_name_no_referrer(db, client):
    answer = client.get("/language-of-page/")
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_a_page_of_a_person_is_kept_nowhere(officer, client):
    assert "Cache-Control" not in client.get("/language-of-page/")
    client.force_login(officer)
    assert client.get("/language-of-page/")["Cache-Control"] == "no-store"
    assert client.get("/cached/")["Cache-Control"] == "public, max-age=60"

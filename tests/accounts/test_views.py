"""Logging in and out, and one's own page."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.models import LoginFailure, User

PASSWORD = "a long password 1"
LOGIN = "/login/"


@pytest.fixture(params=["zh-hans", "en"])
def language(request, client):
    client.cookies["django_language"] = request.param
    with override(request.param):
        yield request.param


def test_log_in_leads_on_to_next_and_log_out_ends_the_session(client, officer):
    assert 'name="next" value="/organizations/"' in client.get(f"{LOGIN}?next=/organizations/").content.decode()
    answer = client.post(LOGIN, {"username": "officer", "password": PASSWORD, "next": "/organizations/"})
    assert (answer.status_code, answer["Location"]) == (302, "/organizations/")
    assert client.get("/profile/").status_code == 200
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").status_code == 302
    assert client.get("/profile/")["Location"] == f"{LOGIN}?next=/profile/"


def test_next_never_leads_to_another_site(client, officer):
    answer = client.post(LOGIN, {"username": "officer", "password": PASSWORD, "next": "https://evil.example/"})
    assert answer["Location"] == "/"


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(client, officer, language):
    def sentences(username):
        answer = client.post(LOGIN, {"username": username, "password": "wrong"})
        assert answer.status_code == 200
        return answer.context["form"].non_field_errors()

    assert sentences("officer") == sentences("nobody")
    assert len(sentences("officer")) == 1


def test_somebody_who_left_gets_the_same_answer(client, officer):
    officer.is_active = False
    officer.save()
    answer = client.post(LOGIN, {"username": "officer", "password": PASSWORD})
    assert answer.context["form"].has_error("__all__", "invalid_login")


def test_after_five_failures_even_the_right_password_has_to_wait(client, officer, language):
    for _number in range(5):
        assert client.post(LOGIN, {"username": "officer", "password": "wrong"}).status_code == 200
    answer = client.post(LOGIN, {"username": "officer", "password": PASSWORD})
    assert answer.status_code == 429
    (sentence,) = answer.context["form"].non_field_errors()
    assert "15" in sentence
    assert client.post(LOGIN, {"username": "officer", "password": PASSWORD}, REMOTE_ADDR="10.9.9.9").status_code == 302


def test_the_wait_ends_by_itself(client, officer):
    for _number in range(5):
        client.post(LOGIN, {"username": "officer", "password": "wrong"})
    LoginFailure.objects.update(started_at=timezone.now() - datetime.timedelta(minutes=15))
    assert client.post(LOGIN, {"username": "officer", "password": PASSWORD}).status_code == 302
    assert not LoginFailure.objects.exists()


def test_an_empty_password_does_not_count_as_a_failure(client, officer):
    client.post(LOGIN, {"username": "officer", "password": ""})
    assert not LoginFailure.objects.exists()


def test_behind_our_proxy_the_address_it_adds_counts_and_no_invented_one(client, officer, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for number in range(5):
        headers = {"X-Forwarded-For": f"1.1.1.{number}, 10.0.0.7"}
        client.post(LOGIN, {"username": "officer", "password": "wrong"}, headers=headers)
    assert LoginFailure.objects.get().failures == 5


def test_the_profile_shows_posts_and_organizations(client, member, organization, reporter):
    client.force_login(member)
    assert organization.name in client.get("/profile/").content.decode()
    client.force_login(reporter)
    assert "四湾村村民委员会" in client.get("/profile/").content.decode()


def test_a_changed_password_is_the_one_that_counts(client, member):
    client.force_login(member)
    url = reverse("accounts:password-change")
    new = "another long password 2"
    short = client.post(url, {"old_password": PASSWORD, "new_password1": "short", "new_password2": "short"})
    assert short.context["form"].errors
    answer = client.post(url, {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert answer["Location"] == "/profile/"
    member.refresh_from_db()
    assert member.check_password(new)


PERSON = {
    "name": "张敏",
    "username": "zhang",
    "password": "a quite long password",
    "kind": "reporter",
    "region": "500229201200",
}


def test_staff_enter_a_person_with_a_post_who_then_logs_in(client, officer):
    client.force_login(officer)
    assert client.post("/people/add/", PERSON).status_code == 302
    user = User.objects.get(username="zhang")
    assert user.serves("500229201200", "reporter")
    client.logout()
    assert client.post(LOGIN, {"username": "zhang", "password": PERSON["password"]}).status_code == 302


def test_a_person_for_an_organization_needs_no_post(client, officer):
    client.force_login(officer)
    assert client.post("/people/add/", {**PERSON, "kind": "", "region": ""}).status_code == 302
    assert not User.objects.get(username="zhang").posts.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "officer"}, "username"),
        ({"username": "two words"}, "username"),
        ({"username": ""}, "username"),
        ({"name": ""}, "name"),
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"kind": "king"}, "kind"),
        ({"kind": ""}, "region"),
        ({"region": ""}, "region"),
        ({"region": "999999"}, "region"),
        ({"region": "500237"}, "region"),
    ],
)
def test_a_person_with_a_mistake_is_not_stored(client, officer, regions, language, changes, field):
    client.force_login(officer)
    answer = client.post("/people/add/", {**PERSON, **changes})
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert not User.objects.filter(username="zhang").exists()
    assert PERSON["password"] not in answer.content.decode()


def test_only_staff_enter_people(client, member, reporter):
    for user in (member, reporter):
        client.force_login(user)
        assert client.get("/people/add/").status_code == 403
        assert client.post("/people/add/", PERSON).status_code == 403


def test_staff_of_the_city_end_a_county_post_with_a_reason_and_the_county_sees_no_such_link(
    client, officer, second_officer, regions, make_user
):
    post = second_officer.posts.get()
    address = reverse("accounts:post-end", args=[post.pk])
    client.force_login(officer)
    page = client.get(reverse("accounts:post-list"))
    assert "second-officer" in page.content.decode()
    assert address not in page.content.decode()
    assert client.get(address).status_code == 403
    client.force_login(make_user("city", region=regions["500000"]))
    assert address in client.get(reverse("accounts:post-list")).content.decode()
    assert client.post(address, {"last_day": ""}).status_code == 400
    assert client.post(address, {"last_day": "", "note": "调离"}).status_code == 302
    post.refresh_from_db()
    assert post.has_ended


def test_staff_close_an_account_from_the_list_of_posts(client, officer, regions, make_user, language):
    person = make_user("checker", kind="checker", region=regions["500229201"])
    client.force_login(officer)
    address = reverse("accounts:account-close", args=[person.pk])
    assert address in client.get(reverse("accounts:post-list")).content.decode()
    empty = client.post(address, {"reason": " "})
    assert (empty.status_code, User.objects.get(pk=person.pk).is_active) == (400, True)
    assert client.post(address, {"reason": "调离"}).status_code == 302
    assert not User.objects.get(pk=person.pk).is_active
    page = client.get(address).content.decode()
    assert "调离" in page and "<form" not in page.partition("<main")[2]

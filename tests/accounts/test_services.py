"""People, posts and failed log-ins: what the services store and refuse."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts import services
from accounts.models import ApiKey, LoginFailure, Post, User
from core.errors import Refused
from core.models import StatusChange

PASSWORD = "a quite long password"


def test_a_new_person_can_log_in_and_has_a_history(officer):
    user = services.create_user(username="wang", password=PASSWORD, name="王芳", by=officer)
    assert user.check_password(PASSWORD)
    assert StatusChange.objects.of(user).get().by == officer


@pytest.mark.parametrize(
    ("username", "password", "code"),
    [
        ("officer", PASSWORD, "username_taken"),
        ("two words", PASSWORD, "username_invalid"),
        ("", PASSWORD, "username_invalid"),
        ("wang", "short", "password_weak"),
    ],
)
def test_a_taken_name_and_a_weak_password_are_refused(officer, username, password, code):
    with pytest.raises(Refused) as refused:
        services.create_user(username=username, password=password, by=officer)
    assert refused.value.code == code
    assert User.objects.count() == 1


def test_staff_give_posts_inside_their_region(officer, regions, make_user):
    user = make_user("li")
    assert not user.is_officer
    post = services.give_post(user=user, kind=Post.Kind.REPORTER, region=regions["500229201200"], by=officer)
    assert user.serves("500229201200", Post.Kind.REPORTER)
    assert StatusChange.objects.of(post).get().by == officer


@pytest.mark.parametrize("code", ["500237", "500000", "371300"])
def test_nobody_gives_posts_outside_their_region(officer, regions, make_user, code):
    with pytest.raises(services.NotResponsible):
        services.give_post(user=make_user("li"), kind=Post.Kind.STAFF, region=regions[code], by=officer)
    assert Post.objects.count() == 1


def test_nobody_appoints_the_second_person_of_their_own_office(officer, regions, make_user):
    with pytest.raises(services.NotResponsible):
        services.give_post(user=make_user("li"), kind=Post.Kind.STAFF, region=regions["500229"], by=officer)
    city = make_user("city", region=regions["500000"])
    post = services.give_post(user=make_user("wang"), kind=Post.Kind.STAFF, region=regions["500229"], by=city)
    assert post.region == regions["500229"]


@pytest.mark.parametrize("cast", ["reporter", "member"])
def test_only_staff_give_posts(request, regions, make_user, cast):
    person = request.getfixturevalue(cast)
    with pytest.raises(services.NotResponsible):
        services.give_post(user=make_user("li"), kind=Post.Kind.REPORTER, region=regions["500229201200"], by=person)


def test_nobody_gives_themselves_a_post(officer, regions):
    with pytest.raises(Refused) as refused:
        services.give_post(user=officer, kind=Post.Kind.CHECKER, region=regions["500229201"], by=officer)
    assert refused.value.code == "own_post"


def test_a_post_is_held_once_and_can_be_taken_up_again(officer, regions, make_user):
    user = make_user("li")
    given = {"user": user, "kind": Post.Kind.CHECKER, "region": regions["500229201"], "by": officer}
    post = services.give_post(**given)
    with pytest.raises(Refused) as refused:
        services.give_post(**given)
    assert refused.value.code == "post_held"
    services.end_post(post=post, by=officer)
    assert services.give_post(**given).pk == post.pk
    assert user.serves("500229201000", Post.Kind.CHECKER)


def test_a_staff_post_is_ended_by_the_level_above_and_gives_no_rights_from_that_moment(officer, regions, make_user):
    user = make_user("li", region=regions["500229"])
    above = make_user("above", region=regions["500000"])
    with override("en"), pytest.raises(services.NotResponsible, match="level above"):
        services.end_post(post=user.posts.get(), by=officer)
    assert user.is_officer
    services.end_post(post=user.posts.get(), by=above, note="调离")
    assert not User.objects.get(pk=user.pk).is_officer
    assert StatusChange.objects.of(user.posts.get()).first().note == "调离"
    with pytest.raises(Refused) as refused:
        services.end_post(post=user.posts.get(), by=above)
    assert refused.value.code == "post_ended"


def test_a_post_can_end_on_a_later_day_but_not_before_it_began(officer, regions, make_user):
    user, today = make_user("li"), timezone.localdate()
    post = services.give_post(user=user, kind=Post.Kind.CHECKER, region=regions["500229201"], by=officer)
    with pytest.raises(Refused) as refused:
        services.end_post(post=post, by=officer, last_day=today - datetime.timedelta(days=1))
    assert refused.value.code == "last_day"
    services.end_post(post=post, by=officer, last_day=today + datetime.timedelta(days=30))
    assert user.serves("500229201000", Post.Kind.CHECKER)
    assert not user.posts.current(today + datetime.timedelta(days=31)).exists()


def test_only_responsible_staff_end_a_post(outsider, officer):
    with pytest.raises(services.NotResponsible):
        services.end_post(post=officer.posts.get(), by=outsider)
    assert officer.posts.get().valid_to is None


def test_closing_an_account_ends_posts_keys_and_sessions_and_is_written_down(client, officer, regions, make_user):
    person = make_user("checker", kind=Post.Kind.CHECKER, region=regions["500229201"])
    expires_on = timezone.localdate() + datetime.timedelta(days=9)
    _key, secret = services.make_key(user=person, name="report", expires_on=expires_on, by=person)
    client.force_login(person)
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
    assert client.get("/profile/").status_code == 200
    assert Client().get(reverse("api:uploads-list"), **bearer).status_code == 200
    services.close_account(user=person, reason="调离", by=officer)
    assert client.get("/profile/").status_code == 302
    assert Client().get(reverse("api:uploads-list"), **bearer).status_code == 401
    assert not Post.objects.current().filter(user=person).exists()
    assert not ApiKey.objects.filter(user=person, revoked_at=None).exists()
    last = StatusChange.objects.of(person)[0]
    assert (last.note, last.by, last.changes) == ("调离", officer, {"is_active": [True, False]})
    # An account that is opened again does not bring old sessions back.
    User.objects.filter(pk=person.pk).update(is_active=True)
    assert client.get("/profile/").status_code == 302
    assert Client().get(reverse("api:uploads-list"), **bearer).status_code == 401


def test_a_colleague_of_the_same_office_closes_no_account_the_level_above_does(
    officer, second_officer, regions, make_user
):
    with pytest.raises(Refused) as refused:
        services.close_account(user=second_officer, reason="x", by=officer)
    assert refused.value.code == "not_responsible"
    city = make_user("city", region=regions["500000"])
    services.close_account(user=second_officer, reason="退休", by=city)
    assert not User.objects.get(pk=second_officer.pk).is_active
    with pytest.raises(Refused) as refused:
        services.close_account(user=second_officer, reason="退休", by=city)
    assert refused.value.code == "account_closed"


def test_nobody_closes_their_own_account_that_of_somebody_without_a_post_or_one_without_a_reason(officer, make_user):
    for person in (officer, make_user("member")):
        with pytest.raises(Refused) as refused:
            services.close_account(user=person, reason="x", by=officer)
        assert refused.value.code == "not_responsible"
    with pytest.raises(Refused) as refused:
        services.close_account(user=make_user("another"), reason=" ", by=officer)
    assert refused.value.code == "reason_missing"


def test_five_failures_of_an_account_from_an_address_make_a_wait_of_fifteen_minutes(db):
    now = timezone.now()
    attempt = {"account": "Wang", "source": "10.0.0.1"}
    for _number in range(4):
        services.note_failure(**attempt, now=now)
    assert not LoginFailure.objects.wait("wang", "10.0.0.1", now=now)
    services.note_failure(**attempt, now=now)
    assert LoginFailure.objects.wait("wang ", "10.0.0.1", now=now) == datetime.timedelta(minutes=15)
    assert not LoginFailure.objects.wait("wang", "10.0.0.2", now=now)
    assert not LoginFailure.objects.wait("li", "10.0.0.1", now=now)
    later = now + datetime.timedelta(minutes=15)
    assert not LoginFailure.objects.wait("wang", "10.0.0.1", now=later)
    services.note_failure(**attempt, now=later)
    assert LoginFailure.objects.get().failures == 1


def test_a_success_clears_the_failures_and_old_rows_of_anybody(db):
    now = timezone.now()
    services.note_failure(account="old", source="", now=now - datetime.timedelta(days=2))
    services.note_failure(account="wang", source="", now=now)
    services.note_failure(account="li", source="", now=now)
    services.note_success(account="wang", source="", now=now)
    assert LoginFailure.objects.get().bucket == LoginFailure.bucket_of("li", "")


def test_the_account_is_not_readable_in_the_table(db):
    services.note_failure(account="my secret password", source="10.0.0.1")
    assert "secret" not in str(LoginFailure.objects.get().__dict__)


def test_somebody_with_many_posts_is_named_by_the_first_in_the_history(make_user, regions):
    user = make_user("many", region=regions["500229"])
    for code in ("500229201", "500237"):
        Post.objects.create(user=user, kind=Post.Kind.STAFF, region=regions[code])
    assert User.objects.get(pk=user.pk).role_label.count("；") == 2
    Post.objects.create(user=user, kind=Post.Kind.STAFF, region=regions["371300"])
    with override("en"):
        label = User.objects.get(pk=user.pk).role_label
    assert regions["500229"].name in label
    assert label.endswith("3 more posts")

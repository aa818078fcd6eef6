"""People, their posts and API keys, and the count of failed log-ins.

`by=None` stands for the system itself (loading commands).
"""

import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import ApiKey, LoginFailure, Post, User
from core import states
from core.errors import Refused
from regions.models import Region


class NotResponsible(Refused):
    """The region lies outside the posts of the person who acts."""

    code = "not_responsible"


@transaction.atomic
def create_user(*, username: str, password: str, name: str = "", by: User | None) -> User:
    """Enter a person who can log in.

    Raises `Refused` with the code `username_taken`, `username_invalid` or `password_weak`.
    """
    user = User(username=User.normalize_username(username), name=name)
    try:
        User.username_validator(user.username)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), code="username_invalid") from error
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), code="password_weak") from error
    user.set_password(password)
    try:
        with transaction.atomic():
            states.begin(user, by=by)
    except IntegrityError as error:
        raise Refused(_("This user name is already in use. Choose another one."), code="username_taken") from error
    return user


@transaction.atomic
def give_post(
    *, user: User, kind: str, region: Region, by: User | None, valid_from: datetime.date | None = None
) -> Post:
    """Give a person a post in a region from a day on (today); a post that ended is taken up again.

    Only staff whose region contains it may do so, for a staff post only those of a wider region, and nobody gives
    themselves a post.
    Raises `NotResponsible`, or `Refused` with the code `own_post` or `post_held`.
    """
    if by is not None:
        if by.pk == user.pk:
            raise Refused(_("Nobody gives themselves a post. Ask a colleague."), code="own_post")
        if not permissions.can_give_post(by, region):
            raise NotResponsible(_("You are not responsible for %(region)s.") % {"region": region.name})
        if kind == Post.Kind.STAFF and not permissions.can_give_staff_post(by, region):
            raise NotResponsible(permissions.STAFF_FROM_ABOVE % {"region": region.name})
    today = timezone.localdate()
    dates = {"valid_from": valid_from or today, "valid_to": None}
    held = Refused(_("%(user)s already holds this post.") % {"user": user}, code="post_held")
    post = Post.objects.filter(user=user, kind=kind, region=region).first()
    if post is None:
        try:
            with transaction.atomic():
                post = states.begin(Post(user=user, kind=kind, region=region, **dates), by=by)
        except IntegrityError as error:
            raise held from error
    else:
        states.lock(post)
        if post.valid_to is None or post.valid_to >= today:
            raise held
        states.record(post, dates, by=by)
    _forget_posts(user)
    return post


@transaction.atomic
def enter_person(
    *, username: str, password: str, name: str, by: User | None, kind: str = "", region: Region | None = None
) -> User:
    """Enter a person together with a first post, or without one (who will act for an organization).

    Raises `Refused` as `create_user` and `give_post` do; then neither is stored.
    """
    user = create_user(username=username, password=password, name=name, by=by)
    if kind and region is not None:
        give_post(user=user, kind=kind, region=region, by=by)
    return user


@transaction.atomic
def end_post(*, post: Post, by: User | None, last_day: datetime.date | None = None, note: str = "") -> Post:
    """End a post; without `last_day` its rights are gone at once (the last day was yesterday).

    A staff post is ended by staff of a wider region. Raises `NotResponsible`, or `Refused` with the code `post_ended`,
    or `last_day` for a day before the post began.
    """
    if by is not None and not permissions.can_end_post(by, post):
        if post.kind == Post.Kind.STAFF and permissions.can_give_post(by, post.region):
            raise NotResponsible(permissions.STAFF_ENDED_FROM_ABOVE % {"region": post.region.name})
        raise NotResponsible(_("You are not responsible for %(region)s.") % {"region": post.region.name})
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    states.lock(post)
    if post.valid_to is not None and post.valid_to <= yesterday:
        raise Refused(_("This post has already ended."), code="post_ended")
    if last_day is not None and post.valid_from is not None and last_day < post.valid_from:
        raise Refused(_("The last day lies before the first."), code="last_day")
    states.record(post, {"valid_to": last_day or yesterday}, by=by, note=note.strip())
    _forget_posts(post.user)
    return post


@transaction.atomic
def close_account(*, user: User, reason: str, by: User | None) -> User:
    """Let a person in no more: posts end, API keys are revoked, every session is over with the next request.

    The person's records and history stay. Raises `NotResponsible`, or `Refused` with the code `reason_missing` or
    `account_closed`.
    """
    reason = reason.strip()
    if not reason:
        raise Refused(_("Give the reason."), code="reason_missing")
    if by is not None and not permissions.can_close_account(by, user):
        raise NotResponsible(_("This account is closed by the level above the person's posts."))
    states.lock(user)
    if not user.is_active:
        raise Refused(_("This account is closed already."), code="account_closed")
    today = timezone.localdate()
    for post in user.posts.filter(Q(valid_to=None) | Q(valid_to__gte=today)):
        # A post that was to begin later ends on its first day: a last day before the first would say nothing.
        last_day = max(today - datetime.timedelta(days=1), post.valid_from or datetime.date.min)
        states.record(post, {"valid_to": last_day}, by=by, note=reason)
    for key in user.api_keys.filter(revoked_at=None):
        states.record(key, {"revoked_at": timezone.now()}, by=by, note=reason)
    # Sessions hang on the password: without one they stay over, even if the account is opened again.
    user.set_unusable_password()
    user.save(update_fields=["password"])
    states.record(user, {"is_active": False}, by=by, note=reason)
    _forget_posts(user)
    return user


def _forget_posts(user: User) -> None:
    """Drop what this object remembers of its posts, so that a change counts at once."""
    user.__dict__.pop("posts_now", None)
    user.__dict__.pop("role_label", None)


# One statement, so that guesses made at the same time are all counted; it stops counting at the limit.
_COUNT = """
INSERT INTO accounts_loginfailure AS known (bucket, failures, started_at) VALUES (%(bucket)s, 1, %(now)s)
ON CONFLICT (bucket) DO UPDATE SET
    failures = CASE WHEN known.started_at <= %(ended)s THEN 1 ELSE least(known.failures + 1, %(most)s) END,
    started_at = CASE WHEN known.started_at <= %(ended)s THEN %(now)s ELSE known.started_at END
RETURNING failures, started_at
"""


def note_failure(*, account: str, source: str, now: datetime.datetime | None = None) -> datetime.timedelta:
    """Count a failed log-in; the count starts again 15 minutes after its first failure.

    Returns how long to wait if this failure is beyond the limit, because others were counted while its password was
    being checked. Then nobody may be told whether the password was right.
    """
    now = now or timezone.now()
    values: dict[str, Any] = {
        "bucket": LoginFailure.bucket_of(account, source),
        "now": now,
        "ended": now - LoginFailure.WINDOW,
        "most": LoginFailure.LIMIT + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        failures, started_at = cursor.fetchone()
    if failures <= LoginFailure.LIMIT:
        return datetime.timedelta()
    return LoginFailure(failures=failures, started_at=started_at).wait(now)


@transaction.atomic
def note_success(*, account: str, source: str, now: datetime.datetime | None = None) -> datetime.timedelta:
    """After the right password: the failures before it no longer count, and old rows of anybody go.

    Returns how long to wait if the limit was reached while the password was being checked: then it was one guess of
    many sent at once, and does not count.
    """
    now = now or timezone.now()
    found = LoginFailure.objects.of(account, source).first()
    if found is None:
        return datetime.timedelta()
    found = LoginFailure.objects.of(account, source).select_for_update().first()
    wait = found.wait(now) if found else datetime.timedelta()
    if not wait:
        LoginFailure.objects.of(account, source).delete()
        old = LoginFailure.objects.select_for_update(skip_locked=True).filter(
            started_at__lt=now - datetime.timedelta(days=1)
        )
        LoginFailure.objects.filter(pk__in=old.values("pk")).delete()
    return wait


@transaction.atomic
def make_key(*, user: User, name: str, expires_on: datetime.date, by: User) -> tuple[ApiKey, str]:
    """A new API key of a person: the record, and the key itself, which is not kept.

    Raises `Refused` with the code `key_not_own`, `key_name_taken`, `key_days` or `key_many`.
    """
    if by.pk != user.pk:
        raise Refused(_("Everybody makes only their own keys."), code="key_not_own")
    today = timezone.localdate()
    if not today <= expires_on <= today + datetime.timedelta(days=ApiKey.LONGEST):
        raise Refused(
            _("A key is valid from today for at most %(n)d days. Choose an earlier last day, and make a new key then.")
            % {"n": ApiKey.LONGEST},
            code="key_days",
        )
    # The person's row is locked, so that keys made at the same time are counted one after the other.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    in_use = ApiKey.objects.filter(user=user, revoked_at=None)
    if in_use.filter(name=name).exists():
        raise Refused(
            _("You have a key for “%(name)s” already. Revoke it first, or choose another purpose.") % {"name": name},
            code="key_name_taken",
        )
    if in_use.filter(expires_on__gte=today).count() >= ApiKey.MOST:
        raise Refused(
            _("You have %(n)d keys in use, which is the most. Revoke one first.") % {"n": ApiKey.MOST}, code="key_many"
        )
    secret = ApiKey.new_secret()
    digest = ApiKey.digest_of(secret)
    key = ApiKey(user=user, name=name, expires_on=expires_on, prefix=secret[: ApiKey.SHOWN], digest=digest)
    return states.begin(key, by=by), secret


@transaction.atomic
def revoke_key(*, key: ApiKey, by: User) -> ApiKey:
    """End a key at once; a second time changes nothing. Raises `Refused` with the code `key_not_own`."""
    if by.pk != key.user_id:
        raise Refused(_("Everybody revokes only their own keys."), code="key_not_own")
    states.lock(key)
    if key.revoked_at is None:
        states.record(key, {"revoked_at": timezone.now()}, by=by)
    return key


def note_key_used(*, key: ApiKey) -> None:
    """Keep the day on which a key was last used: one write a day, not one a request."""
    today = timezone.localdate()
    if key.last_used_on != today:
        ApiKey.objects.filter(pk=key.pk).update(last_used_on=today)

"""People, their posts, and the count of failed log-ins. `by=None` stands for the system itself (loading commands)."""

import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import LoginFailure, Post, User
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

    Raises `NotResponsible`, or `Refused` with the code `post_ended`.
    """
    if by is not None and not permissions.can_end_post(by, post):
        raise NotResponsible(_("You are not responsible for %(region)s.") % {"region": post.region.name})
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    states.lock(post)
    if post.valid_to is not None and post.valid_to <= yesterday:
        raise Refused(_("This post has already ended."), code="post_ended")
    states.record(post, {"valid_to": last_day or yesterday}, by=by, note=note)
    _forget_posts(post.user)
    return post


def _forget_posts(user: User) -> None:
    """Drop what this object remembers of its posts, so that a change counts at once."""
    user.__dict__.pop("posts_now", None)
    user.__dict__.pop("role_label", None)


@transaction.atomic
def note_failure(*, account: str, source: str, now: datetime.datetime | None = None) -> LoginFailure:
    """Count a failed log-in; the count starts again 15 minutes after its first failure."""
    now = now or timezone.now()
    row, _is_new = LoginFailure.objects.select_for_update().get_or_create(
        bucket=LoginFailure.bucket_of(account, source), defaults={"started_at": now}
    )
    if row.started_at <= now - LoginFailure.WINDOW:
        row.started_at, row.failures = now, 0
    row.failures += 1
    row.save(update_fields=["started_at", "failures"])
    return row


@transaction.atomic
def forget_failures(*, account: str, source: str, now: datetime.datetime | None = None) -> None:
    """After a successful log-in: the failures before it no longer count. Old rows of anybody go as well."""
    now = now or timezone.now()
    LoginFailure.objects.of(account, source).delete()
    old = LoginFailure.objects.select_for_update(skip_locked=True).filter(
        started_at__lt=now - datetime.timedelta(days=1)
    )
    LoginFailure.objects.filter(pk__in=old.values("pk")).delete()

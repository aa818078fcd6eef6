"""People who log in, and the posts that give them a part of the country to work for."""

import datetime
import hashlib
import secrets
import unicodedata

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.models import Stamped
from core.statements import ANY_KEY, Question
from regions.models import Region

# Posts a history names one by one; of somebody with more it names the first.
ROLES_NAMED = 3


class User(AbstractUser):
    """One person. Rights come from posts in regions and from memberships in organizations, not from this row."""

    first_name = last_name = None
    name = models.CharField(_("name"), max_length=60, blank=True)
    # As in core.models.Stamped: an account has a history as every record has.
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        verbose_name = _("user")

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name or self.username

    def get_short_name(self) -> str:
        return str(self)

    @cached_property
    def posts_now(self) -> list["Post"]:
        """The posts held today, read once per request."""
        posts = POSTS.rows(self.pk, variant=(timezone.localdate(),)) if self.pk else []
        for post in posts:
            post.user = self
        return posts

    @property
    def is_officer(self) -> bool:
        """Whether the person is civil-affairs staff anywhere."""
        return self.is_superuser or any(post.kind == Post.Kind.STAFF for post in self.posts_now)

    @property
    def has_work_queue(self) -> bool:
        """Whether anything waits for the person's decision or word: staff, township checkers, village reporters."""
        return self.is_superuser or bool(self.posts_now)

    def post_ranges(self, *kinds: str) -> list[tuple[str, str]]:
        """Code ranges (low, high) of the regions in which the person holds one of the kinds of post."""
        return [(p.region.low, p.region.high) for p in self.posts_now if p.kind in kinds]

    def serves(self, code: str, *kinds: str) -> bool:
        """Whether a region code lies in one of the person's posts of these kinds; a superuser serves everywhere."""
        if self.is_superuser:
            return True
        return any(low <= code <= high for low, high in self.post_ranges(*kinds))

    @cached_property
    def role_label(self) -> str:
        """What the person is, for the history: for example "county staff · 城口县"."""
        posts = [str(post) for post in self.posts_now]
        if len(posts) > ROLES_NAMED:
            posts = [posts[0], str(_("%(n)s more posts") % {"n": len(posts) - 1})]
        if posts:
            return str(_("; ")).join(posts)
        return str(_("superuser") if self.is_superuser else _("member of an organization"))


class PostQuerySet(models.QuerySet):
    def visible_to(self, user) -> "PostQuerySet":
        """A person's own posts, and for civil-affairs staff all those in their regions."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(Q(user=user) | in_ranges("region", user.post_ranges(Post.Kind.STAFF)))

    def for_list(self) -> "PostQuerySet":
        return self.select_related("user", "region").prefetch_related("user__posts__region")

    def current(self, on=None) -> "PostQuerySet":
        day = on or timezone.localdate()
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day))


class Post(Stamped):
    """A person's office in a region: civil-affairs staff, township checker or village reporter (design §1, users).

    Staff and checkers are responsible for the whole subtree of their region; a reporter for one village or township.
    """

    class Kind(models.TextChoices):
        STAFF = "staff", _("civil-affairs staff")
        CHECKER = "checker", _("township checker")
        REPORTER = "reporter", _("village reporter")

    user = models.ForeignKey(User, models.CASCADE, related_name="posts", verbose_name=_("user"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("region"))
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "region"], name="post_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.region.name}"

    @property
    def has_ended(self) -> bool:
        """Whether its last day is over."""
        return self.valid_to is not None and self.valid_to < timezone.localdate()


def _posts(user: int, day: datetime.date) -> "PostQuerySet":
    return Post.objects.current(day).filter(user=user).select_related("region").order_by("pk")


# Asked by nearly every request of somebody who is logged in.
POSTS = Question(_posts, ANY_KEY)


def in_ranges(field: str, ranges: list[tuple[str, str]]) -> Q:
    """A condition: the code in `field` lies in one of the ranges; no range means no row."""
    condition = Q(pk__in=[])
    for low, high in ranges:
        condition |= Q(**{f"{field}__gte": low, f"{field}__lte": high})
    return condition


class LoginFailureQuerySet(models.QuerySet):
    def of(self, account: str, source: str) -> "LoginFailureQuerySet":
        return self.filter(bucket=LoginFailure.bucket_of(account, source))

    def wait(self, account: str, source: str, *, now: datetime.datetime | None = None) -> datetime.timedelta:
        """How long this account has to wait before it may try again from this source; zero if it need not."""
        found = self.of(account, source).first()
        return found.wait(now) if found else datetime.timedelta()


class LoginFailure(models.Model):
    """Failed log-ins of one account from one address: five are free, then there is a wait of up to 15 minutes.

    Kept in the database, not in Redis, so that it holds over restarts and for every server. The account is stored
    only as a hash, because people type their password into the wrong field.
    """

    LIMIT = 5
    WINDOW = datetime.timedelta(minutes=15)

    bucket = models.CharField(max_length=64, unique=True)
    failures = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(db_index=True)

    objects = LoginFailureQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.bucket[:8]} {self.failures}"

    def wait(self, now: datetime.datetime | None = None) -> datetime.timedelta:
        """How long is still to wait; zero below the limit and after the window."""
        now = now or timezone.now()
        ends = self.started_at + self.WINDOW if self.failures >= self.LIMIT else now
        return max(ends - now, datetime.timedelta())

    @staticmethod
    def bucket_of(account: str, source: str) -> str:
        """The key of an account as typed and a network address.

        Case, blanks around it and full-width letters make no difference: the log-in page takes them for the same name.
        """
        name = unicodedata.normalize("NFKC", account).strip().casefold()
        return hashlib.sha256(f"{name}\0{source}".encode(errors="replace")).hexdigest()


class ApiKeyQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "ApiKeyQuerySet":
        """Everybody sees their own keys, nobody those of others."""
        return self.filter(user=user) if user.is_authenticated else self.none()

    def usable(self, on: datetime.date | None = None) -> "ApiKeyQuerySet":
        """Keys that open the door on a day (today): neither revoked nor past their last day, of people still here."""
        day = on or timezone.localdate()
        return self.filter(revoked_at=None, expires_on__gte=day, user__is_active=True)


class ApiKey(Stamped):
    """What a script of a person sends instead of name and password; it may do what the person may do.

    Only the SHA-256 of the key is kept: a key has 256 random bits, so a slow hash would add nothing but time.
    `prefix` is its beginning, by which its owner tells it from the others.
    """

    MARK = "rrp_"
    SHOWN = 10
    # Days a key may be valid for at most, and the choice offered first.
    LONGEST, USUAL = 366, 180
    # Keys a person may have in use at a time.
    MOST = 10

    user = models.ForeignKey(User, models.CASCADE, related_name="api_keys", verbose_name=_("user"))
    name = models.CharField(_("purpose"), max_length=60)
    prefix = models.CharField(_("beginning of the key"), max_length=SHOWN, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    expires_on = models.DateField(_("last day"))
    last_used_on = models.DateField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"], condition=Q(revoked_at=None), name="api_key_one_name_in_use"
            ),
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="api_key_digest_shape"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @classmethod
    def new_secret(cls) -> str:
        """A fresh key; it is shown once and then only its digest is known."""
        return cls.MARK + secrets.token_urlsafe(32)

    @staticmethod
    def digest_of(secret: str) -> str:
        return hashlib.sha256(secret.encode(errors="replace")).hexdigest()

    @property
    def is_usable(self) -> bool:
        return self.revoked_at is None and self.expires_on >= timezone.localdate()

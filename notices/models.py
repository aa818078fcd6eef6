"""What people are told, by which way, and what they chose to be told."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import StatusChange
from notices.kinds import ADDRESS, KINDS, Kind


class _Facts(dict):
    """The facts of a notice; one that an older text did not have yet reads as "--"."""

    def __missing__(self, name: str) -> str:
        return "--"


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user) -> "NoticeQuerySet":
        """Everybody reads their own notices, and nobody anybody else's."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(person=user, shown=True)

    def for_list(self) -> "NoticeQuerySet":
        return self

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)


class Notice(models.Model):
    """One person is told of one event once. The text is made from kind and facts in the reader's language.

    `event` is the row of the outbox it comes from; a reminder has none and names its `occasion` instead.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=40)
    event = models.ForeignKey(StatusChange, models.PROTECT, null=True, related_name="+")
    occasion = models.CharField(max_length=80, blank=True)
    target = models.BigIntegerField(_("number of the record"))
    facts = models.JSONField(_("facts"), default=dict)
    words = models.TextField(_("facts in words"), blank=True)
    note = models.TextField(_("note"), blank=True)
    shown = models.BooleanField(_("shown in the portal"), default=True)
    created_at = models.DateTimeField(_("told at"), auto_now_add=True)
    read_at = models.DateTimeField(_("read at"), null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_person_newest"),
            models.Index(fields=["person"], condition=Q(read_at=None, shown=True), name="notice_unread"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["event", "person", "kind"], name="notice_once_per_event"),
            models.UniqueConstraint(
                fields=["person", "kind", "occasion"], condition=Q(event=None), name="notice_once_per_occasion"
            ),
            models.CheckConstraint(
                condition=Q(event=None, occasion__gt="") | Q(event__isnull=False, occasion=""),
                name="notice_event_or_occasion",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"

    @property
    def known_kind(self) -> Kind | None:
        """The declaration; None when a later version of the portal knows the kind no more."""
        return ADDRESS if self.kind == ADDRESS.key else KINDS.get(self.kind)

    @property
    def label(self) -> str:
        kind = self.known_kind
        return str(kind.label) if kind else self.kind

    @property
    def text(self) -> str:
        """What is told, in the language of whoever reads it now."""
        kind = self.known_kind
        return str(kind.text) % _Facts(self.facts) if kind else self.words


class MailQuerySet(models.QuerySet):
    def due(self, now: datetime.datetime) -> "MailQuerySet":
        """Those to be tried now: waiting ones, and ones whose sender has not come back within its lease."""
        return self.filter(state__in=(Mail.State.QUEUED, Mail.State.SENDING), due_at__lte=now).order_by("due_at")


class Mail(models.Model):
    """The way of one notice to an e-mail address.

    Its state is the sender's own bookkeeping, not a record's status: it has no history row of its own.
    `due_at` is when it may be tried next; while it is being sent, the end of the sender's lease.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting to be sent")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    LEASE = datetime.timedelta(minutes=5)
    # Waits after the first, second, … failure; after the last one the mail has failed.
    PAUSES = tuple(datetime.timedelta(minutes=m) for m in (1, 5, 30, 120, 600))

    notice = models.OneToOneField(Notice, models.CASCADE, related_name="mail")
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("next attempt at"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    error = models.CharField(_("error"), max_length=300, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("e-mail")
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=["queued", "sending"]), name="mail_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sending", "sent", "failed"]), name="mail_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
                name="mail_sent_with_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice} {self.state}"


class Channel(models.TextChoices):
    PORTAL = "portal", _("in the portal")
    MAIL = "mail", _("by e-mail")


class Choices(models.Model):
    """What a person wants to be told and how; without a row, everything.

    Not under the history of records: an e-mail address must be erasable, and history is kept for ever.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    email = models.EmailField(_("e-mail address"), blank=True)
    confirmed_at = models.DateTimeField(_("address confirmed at"), null=True)
    language = models.CharField(
        _("language of e-mails"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    # What is declined, as "kind/channel".
    declined = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = _("choice of notices")

    def __str__(self) -> str:
        return str(self.user)

    def wants(self, kind: str, channel: str) -> bool:
        return f"{kind}/{channel}" not in self.declined

    @property
    def takes_mail(self) -> bool:
        """Whether there is an address that its owner has confirmed."""
        return bool(self.email) and self.confirmed_at is not None

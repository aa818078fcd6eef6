"""Tables without a domain: the base of all records, the history of every change, kept answers of repeated requests."""

import datetime
from collections.abc import Sequence

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Stamped(models.Model):
    """Base of the portal's records: who made it, when, and a version that each change raises by one.

    `version` is what a form or an `If-Match` header carries, so that nobody overwrites a newer state unseen.
    """

    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        abstract = True


class StatusChangeQuerySet(models.QuerySet):
    def of(self, obj: models.Model) -> "StatusChangeQuerySet":
        """The history of one record, newest first."""
        kind = ContentType.objects.get_for_model(obj)
        return self.filter(content_type=kind, object_id=obj.pk).select_related("by", "content_type").order_by("-id")

    def of_many(self, objects: Sequence[models.Model]) -> "StatusChangeQuerySet":
        """The history of several records of one kind."""
        if not objects:
            return self.none()
        kind = ContentType.objects.get_for_model(objects[0])
        return self.filter(content_type=kind, object_id__in=[obj.pk for obj in objects])

    def unnoticed(self) -> "StatusChangeQuerySet":
        """Rows of the outbox that no notice has been made of."""
        return self.filter(noticed_at=None)


class StatusChange(models.Model):
    """One write of one record: its history on the page, its audit record, and the outbox for notices.

    A creation has an empty `old`; an edit has `old == new` and its fields in `changes` as {field: [before, after]}.
    Rows are only added: a database trigger refuses to delete them or to change anything but `noticed_at`.
    """

    # Its index is the one of the subject. Kinds of records come with migrations and stay; checking the same one for
    # each of 100,000 rows of a file took a twelfth of the time of storing them.
    content_type = models.ForeignKey(ContentType, models.PROTECT, db_index=False, db_constraint=False, related_name="+")
    object_id = models.BigIntegerField()
    subject = GenericForeignKey("content_type", "object_id")
    old = models.CharField(_("status before"), max_length=20, blank=True)
    new = models.CharField(_("status after"), max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    role = models.CharField(_("role at that time"), max_length=100, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    note = models.TextField(_("note"), blank=True)
    changes = models.JSONField(_("changed fields"), default=dict, blank=True)
    request_id = models.CharField(_("request"), max_length=36, blank=True)
    noticed_at = models.DateTimeField(null=True, editable=False)

    objects = StatusChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("status change")
        indexes = [
            models.Index(fields=["content_type", "object_id", "-id"], name="status_change_subject"),
            models.Index(
                fields=["content_type", "id"], condition=models.Q(noticed_at=None), name="status_change_outbox"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.content_type_id}:{self.object_id} {self.old} → {self.new}"

    @property
    def old_label(self) -> str:
        return self._label(self.old)

    @property
    def new_label(self) -> str:
        return self._label(self.new)

    def _label(self, value: str):
        model = self.content_type.model_class()
        status = getattr(model, "Status", None)
        return dict(status.choices).get(value, value) if status else value


class KeptAnswerQuerySet(models.QuerySet):
    def outdated(self, now: datetime.datetime | None = None) -> "KeptAnswerQuerySet":
        """Answers whose request nobody repeats any more."""
        return self.filter(at__lt=(now or timezone.now()) - KeptAnswer.KEPT)


class KeptAnswer(models.Model):
    """The stored answer to a write sent with an `Idempotency-Key`, so that a repeat has one effect.

    Written in the same transaction as the effect. Scope: person and route. Kept for seven days (`core.tasks`).
    """

    KEPT = datetime.timedelta(days=7)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    route = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    objects = KeptAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "route", "key"], name="kept_answer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"

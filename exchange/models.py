"""Uploaded workbooks: what was found in them, what they stored, and the file itself for the record."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Stamped


class BatchQuerySet(models.QuerySet):
    def visible_to(self, user) -> "BatchQuerySet":
        """Everybody sees only their own uploads."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(created_by=user)

    def for_list(self) -> "BatchQuerySet":
        return self.defer("content", "effects", "problems", "preview").select_related("created_by")

    def unfinished(self) -> "BatchQuerySet":
        """Files a worker still has something to do with."""
        return self.filter(status__in=Batch.RUNNING)


class Batch(Stamped):
    """A file of rows for one sheet: checked in the background, shown, stored after confirmation, all or nothing.

    The file stays with the record of what it stored, so that every imported row can be traced to its source.
    `counts` has rows, new, changed, unchanged, refused, similar and remarks; `preview` the first of the last three;
    `problems` every error with its words in both languages; `effects` what was stored, for taking it back, and
    `needed` {language: sentences} what depended on it when that was tried in vain.
    """

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("waiting for the check")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked, not yet stored")
        REFUSED = "refused", _("refused, nothing stored")
        STORING = "storing", _("being stored")
        STORED = "stored", _("stored")
        UNDOING = "undoing", _("being taken back")
        UNDONE = "undone", _("taken back")
        DISCARDED = "discarded", _("discarded")

    RUNNING = (Status.UPLOADED, Status.CHECKING, Status.STORING, Status.UNDOING)
    TRANSITIONS = {
        Status.UPLOADED: {Status.CHECKING},
        Status.CHECKING: {Status.CHECKED, Status.REFUSED},
        Status.CHECKED: {Status.STORING, Status.DISCARDED},
        Status.REFUSED: set(),
        Status.STORING: {Status.STORED, Status.REFUSED},
        Status.STORED: {Status.UNDOING},
        Status.UNDOING: {Status.UNDONE, Status.STORED},
        Status.UNDONE: set(),
        Status.DISCARDED: set(),
    }

    sheet = models.CharField(_("sheet"), max_length=40)
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.UPLOADED, editable=False
    )
    rows_done = models.PositiveIntegerField(_("rows done"), default=0, editable=False)
    rows_total = models.PositiveIntegerField(_("rows"), default=0, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    counts = models.JSONField(_("result"), default=dict, blank=True)
    preview = models.JSONField(default=dict, blank=True)
    problems = models.JSONField(default=list, blank=True)
    effects = models.JSONField(default=dict, blank=True)
    needed = models.JSONField(default=dict, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("uploaded file")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "uploaded",
                        "checking",
                        "checked",
                        "refused",
                        "storing",
                        "stored",
                        "undoing",
                        "undone",
                        "discarded",
                    ]
                ),
                name="batch_status_known",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_running(self) -> bool:
        return self.status in self.RUNNING

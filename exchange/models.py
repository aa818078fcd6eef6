"""Uploaded workbooks: what was checked, what it stored, and the file itself for the record."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Stamped


class UploadQuerySet(models.QuerySet):
    def visible_to(self, user) -> "UploadQuerySet":
        """Everybody sees only their own uploads."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(created_by=user)

    def for_list(self) -> "UploadQuerySet":
        return self.defer("content")


class Upload(Stamped):
    """A file of rows for one sheet: kept when it has been read without error, stored after confirmation.

    The file stays with the record of what it stored, so that every imported row can be traced to its source.
    """

    class Status(models.TextChoices):
        CHECKED = "checked", _("checked, not yet stored")
        STORED = "stored", _("stored")
        DISCARDED = "discarded", _("discarded")

    TRANSITIONS = {
        Status.CHECKED: {Status.STORED, Status.DISCARDED},
        Status.STORED: set(),
        Status.DISCARDED: set(),
    }

    sheet = models.CharField(_("sheet"), max_length=40)
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.CHECKED, editable=False
    )
    result = models.JSONField(_("result"), default=dict, blank=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["checked", "stored", "discarded"]), name="upload_status_known"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

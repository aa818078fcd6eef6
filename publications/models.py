"""Published documents: policies, plans, notices, calls and typical practice, with their attached files."""

import datetime
import uuid

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, in_ranges
from core.models import Stamped
from organizations.models import Organization
from publications import texts
from regions.models import Region

MAX_BODY = 100_000
# Attached files of one document.
MAX_FILES = 20
# The first year of the People's Republic, and a year nobody enters a document of on purpose.
YEARS = (1949, 2200)


def random_name(attachment: "Attachment", file_name: str) -> str:
    """Where a file is kept: a name nobody can guess, with nothing of what the sender called it."""
    return f"publications/{uuid.uuid4().hex}.{attachment.kind}"


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, user) -> "DocumentQuerySet":
        """Published documents are public, withdrawn ones too (as a stub with the note).

        All others are seen by whoever entered them and by staff of their region.
        """
        public = Q(status__in=Document.PUBLIC)
        if not user.is_authenticated:
            return self.filter(public)
        if user.is_superuser:
            return self
        return self.filter(public | Q(created_by=user) | in_ranges("region", user.post_ranges(Post.Kind.STAFF)))

    def for_list(self) -> "DocumentQuerySet":
        """Rows of a list: without the text, which may be long."""
        return self.select_related("issuer", "region", "replaced_by").defer("body", "replaced_by__body")

    def for_page(self) -> "DocumentQuerySet":
        """One document with all that its page shows."""
        return self.select_related("issuer", "region", "replaced_by").prefetch_related("attachments")

    def published(self) -> "DocumentQuerySet":
        return self.filter(status=Document.Status.PUBLISHED)


class Document(Stamped):
    """One document of a civil-affairs department or another issuer, entered by staff (design §5).

    `region` is the region whose staff publish it. `issuer_name` is the issuer as printed; `issuer` the registered
    organization of that name, where there is one. `body` is safe HTML (`publications.texts`).
    """

    class Kind(models.TextChoices):
        POLICY = "policy", _("policy")
        PLAN = "plan", _("work plan")
        NOTICE = "notice", _("notice")
        CALL = "call", _("call for participation")
        PRACTICE = "practice", _("typical practice")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        RETURNED = "returned", _("returned for correction")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    TRANSITIONS = {
        Status.DRAFT: {Status.SUBMITTED},
        Status.SUBMITTED: {Status.PUBLISHED, Status.RETURNED},
        Status.RETURNED: {Status.SUBMITTED},
        Status.PUBLISHED: {Status.WITHDRAWN},
        Status.WITHDRAWN: set(),
    }
    PUBLIC = (Status.PUBLISHED, Status.WITHDRAWN)
    EDITABLE = (Status.DRAFT, Status.RETURNED)
    FIELDS = ("kind", "number", "issuer", "issuer_name", "title", "issued_on", "region", "body", "source_url")

    reference = models.CharField(_("reference number"), max_length=20, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    number = models.CharField(
        _("document number"),
        max_length=60,
        blank=True,
        help_text=_("As printed, with the year in brackets. Brackets and full-width digits are set right."),
    )
    issuer = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("issuing organization")
    )
    issuer_name = models.CharField(_("issuer"), max_length=120)
    title = models.CharField(_("title"), max_length=200)
    issued_on = models.DateField(
        _("issued on"),
        null=True,
        blank=True,
        help_text=_("Empty where only the year is known; it is then that of the document number."),
    )
    year = models.PositiveSmallIntegerField(_("year of issue"), editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("region"))
    body = models.TextField(_("text"), max_length=MAX_BODY, blank=True)
    source_url = models.CharField(
        _("address of the original"),
        max_length=500,
        blank=True,
        validators=[URLValidator(schemes=["http", "https"], message=_("Enter an address with http:// or https://."))],
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    public_note = models.TextField(_("note on the withdrawal"), max_length=500, blank=True, editable=False)
    replaced_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="replaces",
        verbose_name=_("replaced by"),
    )

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        indexes = [
            models.Index(fields=["-year", "-issued_on", "-id"], name="document_issued"),
            models.Index(fields=["region", "status"], name="document_region_status"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "submitted", "returned", "published", "withdrawn"]),
                name="document_status_known",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["policy", "plan", "notice", "call", "practice"]), name="document_kind_known"
            ),
            models.CheckConstraint(condition=Q(year__range=YEARS), name="document_year_plausible"),
            models.UniqueConstraint(
                fields=["issuer_name", "number"],
                condition=~Q(number="") & ~Q(status="withdrawn"),
                name="document_number_once",
                violation_error_message=_("This issuer's document with this number is already entered."),
            ),
            models.UniqueConstraint(
                fields=["issuer", "number"],
                condition=Q(issuer__isnull=False) & ~Q(number="") & ~Q(status="withdrawn"),
                name="document_number_once_per_organization",
                violation_error_message=_("This issuer's document with this number is already entered."),
            ),
            models.CheckConstraint(
                condition=Q(replaced_by=None) | ~Q(replaced_by=F("id")),
                name="document_not_its_own_successor",
                violation_error_message=_("A document cannot replace itself."),
            ),
            models.CheckConstraint(
                condition=~Q(status="withdrawn") | ~Q(public_note=""), name="document_withdrawn_with_note"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["published", "withdrawn"]) | Q(published_at__isnull=False),
                name="document_published_at_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse a date in the future and a document of which not even the year is known."""
        today = timezone.localdate()
        if isinstance(self.issued_on, datetime.date) and self.issued_on > today:
            raise ValidationError({"issued_on": _("A document cannot be issued in the future.")})
        year = self.year_of_issue()
        if year is None:
            raise ValidationError({"issued_on": _("Give the date of issue, or a document number with its year.")})
        if not YEARS[0] <= year <= today.year:
            raise ValidationError({"issued_on": _("The year %(year)s cannot be right.") % {"year": year}})

    def year_of_issue(self) -> int | None:
        """The year of the date, or of the number where the date is not known."""
        return self.issued_on.year if self.issued_on else texts.year_in(self.number)

    @property
    def is_public(self) -> bool:
        return self.status in self.PUBLIC

    @property
    def is_editable(self) -> bool:
        return self.status in self.EDITABLE


class AttachmentQuerySet(models.QuerySet):
    def visible_to(self, user) -> "AttachmentQuerySet":
        """Files of documents the person sees. Those of a withdrawn one are kept from the public."""
        seen = Document.objects.visible_to(user)
        if user.is_authenticated and user.is_superuser:
            return self.filter(document__in=seen)
        inside = Q(pk__in=[])
        if user.is_authenticated:
            inside = Q(created_by=user) | in_ranges("region", user.post_ranges(Post.Kind.STAFF))
        return self.filter(document__in=seen.filter(~Q(status=Document.Status.WITHDRAWN) | inside))


class Attachment(Stamped):
    """A file of a document, kept under a random name; `size` in bytes, `sha256` of its content."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="attachments")
    file = models.FileField(_("file"), upload_to=random_name, max_length=100)
    name = models.CharField(_("file name"), max_length=150)
    kind = models.CharField(_("type"), max_length=4)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["document", "sha256"], name="attachment_once"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="attachment_sha256_shape"),
            models.CheckConstraint(
                condition=Q(kind__in=["pdf", "docx", "xlsx", "png", "jpg", "csv", "txt"]), name="attachment_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

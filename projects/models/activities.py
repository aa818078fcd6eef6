"""What was done on a day at a place: visits, clinics, trainings, sales, with who took part and what proves it."""

import datetime
import uuid

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, in_ranges
from core import texts
from core.models import Stamped
from demands.models.deliveries import KeptFile
from organizations.models import Organization
from projects.models.projects import Project
from regions.models import Region


class ActivityQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ActivityQuerySet":
        """Verified activities are public; all others are seen by the organization's people and by staff.

        Staff are those of the activity's region and of the organization's region.
        """
        public = Q(status=Activity.Status.VERIFIED)
        if not user.is_authenticated:
            return self.filter(public)
        if user.is_superuser:
            return self
        staff = user.post_ranges(Post.Kind.STAFF)
        mine = Organization.objects.answered_by(user).values("pk")
        here = in_ranges("region", staff) | in_ranges("organization__region", staff)
        return self.filter(public | here | Q(organization__in=mine))

    def for_list(self) -> "ActivityQuerySet":
        return self.select_related("organization", "region", "project")

    def counted(self) -> "ActivityQuerySet":
        """What figures may count: verified by a second person."""
        return self.filter(status=Activity.Status.VERIFIED)

    def within(self, region: Region) -> "ActivityQuerySet":
        """Activities in the region or below it."""
        return self.filter(region__gte=region.low, region__lte=region.high)


def _people(label) -> models.PositiveIntegerField:
    """A number of people; empty where nobody counted, which is not the same as none."""
    return models.PositiveIntegerField(label, null=True, blank=True)


class Activity(Stamped):
    """One activity of an organization (design §5), of a project or by itself.

    Staff, social workers, volunteers and party members are helpers, counted as people; party members are also among
    the other three, so the four are never added. Training has days, hours and certificates handed out besides.
    """

    class Kind(models.TextChoices):
        VISIT = "visit", _("visit")
        CLINIC = "clinic", _("clinic")
        TRAINING = "training", _("training")
        SERVICE = "service", _("service")
        SALE = "sale", _("sale event")
        LIVE_SALE = "live_sale", _("live-stream sale")
        EXCHANGE = "exchange", _("exchange")
        CONTEST = "contest", _("contest")

    class Status(models.TextChoices):
        ENTERED = "entered", _("awaiting verification")
        RETURNED = "returned", _("returned")
        VERIFIED = "verified", _("verified")
        STRUCK = "struck", _("struck out")

    TRANSITIONS = {
        Status.ENTERED: {Status.VERIFIED, Status.RETURNED, Status.STRUCK},
        Status.RETURNED: {Status.ENTERED, Status.STRUCK},
        Status.VERIFIED: {Status.STRUCK},
        Status.STRUCK: set(),
    }
    EDITABLE = (Status.ENTERED, Status.RETURNED)
    # States of a project in which its work has begun, so that something can have been done.
    RECORDABLE = (Project.Status.ACTIVE, Project.Status.SUSPENDED, Project.Status.COMPLETED)
    TRAINING = ("days", "hours", "certificates")
    HELPERS = ("staff", "social_workers", "volunteers", "party_members")
    FIELDS = (
        "title",
        "kind",
        "organization",
        "project",
        "region",
        "place",
        "starts_on",
        "ends_on",
        "sessions",
        *HELPERS,
        *TRAINING,
        "summary",
    )

    reference = models.CharField(_("reference number"), max_length=20, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="activities", verbose_name=_("project")
    )
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("region"))
    place = models.CharField(_("place"), max_length=120, blank=True)
    starts_on = models.DateField(_("day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    sessions = models.PositiveIntegerField(
        _("sessions"),
        default=1,
        validators=[MinValueValidator(1, _("An activity has at least one session."))],
    )
    staff = _people(_("staff"))
    social_workers = _people(_("social workers"))
    volunteers = _people(_("volunteers"))
    party_members = _people(_("party members"))
    days = models.PositiveIntegerField(_("training days"), null=True, blank=True)
    hours = models.DecimalField(_("training hours"), max_digits=18, decimal_places=3, null=True, blank=True)
    certificates = models.PositiveIntegerField(_("certificates handed out"), null=True, blank=True)
    summary = models.TextField(_("summary"), max_length=2000, blank=True)
    import_key = models.CharField(_("entry key"), max_length=80, blank=True, editable=False)
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.ENTERED, editable=False)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        indexes = [
            models.Index(fields=["-starts_on", "-id"], name="activity_newest"),
            models.Index(fields=["region", "status"], name="activity_region_status"),
            models.Index(fields=["organization", "-starts_on"], name="activity_organization"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["entered", "returned", "verified", "struck"]), name="activity_status_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["visit", "clinic", "training", "service", "sale", "live_sale", "exchange", "contest"]
                ),
                name="activity_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="activity_days_in_order",
                violation_error_message=_("An activity cannot end before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(sessions__gte=1),
                name="activity_has_a_session",
                violation_error_message=_("An activity has at least one session."),
            ),
            models.CheckConstraint(
                condition=Q(kind="training") | Q(days=None, hours=None, certificates=None),
                name="activity_training_fields",
                violation_error_message=_("Days, hours and certificates belong to training only."),
            ),
            models.CheckConstraint(
                condition=Q(hours=None) | Q(hours__gt=0),
                name="activity_hours_positive",
                violation_error_message=_("Training hours are greater than zero, or not given."),
            ),
            models.UniqueConstraint(
                fields=["organization", "import_key"],
                condition=~Q(import_key=""),
                name="activity_import_key_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse personal data, a day still to come, and a project that does not fit organization and region."""
        errors = texts.not_public(self, ("title", "place", "summary"))
        last = self.ends_on or self.starts_on
        if isinstance(last, datetime.date) and last > timezone.localdate():
            name = "ends_on" if self.ends_on else "starts_on"
            errors[name] = _("This day is still to come. Enter it once it has happened.")
        if self.project:
            if self.region_id and not self.project.covers(self.region_id):
                errors["region"] = _("This region is neither one of the project's regions nor below one of them.")
            if self.organization_id and not self.project.is_carried_by(self.organization_id):
                errors["project"] = _("This organization neither leads the project nor is a partner in it.")
        if errors:
            raise ValidationError(errors)

    @property
    def is_public(self) -> bool:
        return self.status == self.Status.VERIFIED

    @property
    def helpers(self) -> list[tuple[str, int]]:
        """(label, number) of those that were counted."""
        fields = [(self._meta.get_field(name).verbose_name, getattr(self, name)) for name in self.HELPERS]
        return [(str(label), value) for label, value in fields if value is not None]


def random_name(kept: "ProjectFile", file_name: str) -> str:
    """Where a file is kept: a name nobody can guess, with nothing of what the sender called it."""
    return f"projects/{uuid.uuid4().hex}.{kept.kind}"


def random_picture(kept: "ProjectFile", file_name: str) -> str:
    return f"projects/{uuid.uuid4().hex}.jpg"


class ProjectFileQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ProjectFileQuerySet":
        """Photos of a verified activity or a public project are public, as a copy.

        All else is for those who see the record before it is public.
        """
        public = Q(activity__status=Activity.Status.VERIFIED) | Q(project__status__in=Project.PUBLIC)
        photos = Q(kind__in=ProjectFile.PICTURES) & public
        if not user.is_authenticated:
            return self.filter(photos)
        if user.is_superuser:
            return self
        staff = user.post_ranges(Post.Kind.STAFF)
        mine = Organization.objects.answered_by(user).values("pk")
        of_activity = Q(activity__organization__in=mine) | in_ranges("activity__region", staff)
        of_project = Q(project__lead__in=mine) | in_ranges("project__lead__region", staff)
        here = Project.regions.through.objects.filter(in_ranges("region", staff)).values("project")
        return self.filter(photos | of_activity | of_project | Q(project__in=here))


class ProjectFile(KeptFile):
    """A photo or paper that proves an activity or belongs to a project. `file` is as sent, `copy` the cleaned picture.

    The copy has no position, camera or other remark in it; only pictures are public, and only their copies. `taken_on`
    is the day the camera wrote into the original, `located` whether the original says where it was taken.
    """

    PICTURES = ("png", "jpg")

    activity = models.ForeignKey(Activity, models.CASCADE, null=True, blank=True, related_name="files", editable=False)
    project = models.ForeignKey(Project, models.CASCADE, null=True, blank=True, related_name="files", editable=False)
    file = models.FileField(_("file"), upload_to=random_name, max_length=100, editable=False)
    copy = models.FileField(_("cleaned copy"), upload_to=random_picture, max_length=100, blank=True, editable=False)
    width = models.PositiveIntegerField(_("width in pixels"), null=True, editable=False)
    height = models.PositiveIntegerField(_("height in pixels"), null=True, editable=False)
    taken_on = models.DateField(_("taken on"), null=True, editable=False)
    located = models.BooleanField(_("original has a position"), default=False, editable=False)

    objects = ProjectFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a project")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(activity=None, project__isnull=False) | Q(activity__isnull=False, project=None),
                name="project_file_of_one_record",
            ),
            models.UniqueConstraint(fields=["activity", "sha256"], name="project_file_once_per_activity"),
            models.UniqueConstraint(fields=["project", "sha256"], name="project_file_once_per_project"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="project_file_sha256_shape"),
            models.CheckConstraint(
                condition=~Q(kind__in=["png", "jpg"]) | ~Q(copy=""), name="project_file_picture_has_clean_copy"
            ),
        ]

    @property
    def is_picture(self) -> bool:
        return self.kind in self.PICTURES

    @property
    def record(self) -> Activity | Project:
        """What the file belongs to."""
        found = self.activity or self.project
        assert found is not None
        return found

"""Rosters without identities: how many distinct people stood on a list, and keyed digests instead of who they are."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, in_ranges
from core.models import Stamped
from organizations.models import Organization
from projects.models.projects import Project
from regions.models import Region


class RosterQuerySet(models.QuerySet):
    def visible_to(self, user) -> "RosterQuerySet":
        """The lead's people, and staff of the roster's region or of the lead's. Never the public."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        staff = user.post_ranges(Post.Kind.STAFF)
        mine = Organization.objects.answered_by(user).values("pk")
        here = in_ranges("region", staff) | in_ranges("project__lead__region", staff)
        return self.filter(here | Q(project__lead__in=mine))

    def for_list(self) -> "RosterQuerySet":
        return self.select_related("project", "region", "jurisdiction")

    def kept(self) -> "RosterQuerySet":
        """Rosters whose digests are still there to be compared."""
        return self.filter(status=Roster.Status.KEPT)

    def inside(self, region: Region) -> "RosterQuerySet":
        return self.filter(region__gte=region.low, region__lte=region.high)


class Roster(Stamped):
    """A list of people a project reached in one region and period, as digests; who they are is stored nowhere.

    `rows` are the ID numbers of the file, `persons` the distinct ones among them. Digests can be compared only with
    those of the same `jurisdiction` (a province) and `key_id`: both go into the digest.
    """

    class Status(models.TextChoices):
        KEPT = "kept", _("digests kept")
        ERASED = "erased", _("digests erased")

    TRANSITIONS = {Status.KEPT: {Status.ERASED}, Status.ERASED: set()}

    reference = models.CharField(_("reference number"), max_length=20, unique=True, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="rosters", verbose_name=_("project"))
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("region"))
    jurisdiction = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("jurisdiction"))
    key_id = models.CharField(_("key"), max_length=20)
    period_from = models.DateField(_("period from"))
    period_to = models.DateField(_("period to"))
    rows = models.PositiveIntegerField(_("rows"))
    persons = models.PositiveIntegerField(_("distinct persons"))
    status = models.CharField(_("status"), max_length=6, choices=Status.choices, default=Status.KEPT, editable=False)

    objects = RosterQuerySet.as_manager()

    class Meta:
        verbose_name = _("roster")
        indexes = [
            models.Index(fields=["jurisdiction", "key_id", "region"], name="roster_comparable"),
            models.Index(fields=["project", "-id"], name="roster_project"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["kept", "erased"]), name="roster_status_known"),
            models.CheckConstraint(
                condition=Q(persons__gt=0) & Q(rows__gte=F("persons")), name="roster_persons_among_rows"
            ),
            models.CheckConstraint(
                condition=Q(period_to__gte=F("period_from")),
                name="roster_period_in_order",
                violation_error_message=_("The period cannot end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class RosterEntry(models.Model):
    """The digest of one ID number of a roster: HMAC-SHA-256 under a key that is not in the database."""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="entries")
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roster", "digest"], name="roster_digest_once")]

    def __str__(self) -> str:
        return f"{self.roster_id}"

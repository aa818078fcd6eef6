"""Capacity at the grass roots: stations, funds, filed organizations, training and contests, one record each."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, in_ranges
from core.models import Stamped
from organizations.models import Organization
from regions.models import Region


class CapacityKind(models.TextChoices):
    """What is counted. Stations, funds and filed organizations last; training and contests are events."""

    STATION = "station", _("social-work station")
    FUND = "fund", _("community charity fund")
    COMMUNITY = "community", _("filed community organization")
    TRAINING = "training", _("training course")
    CONTEST = "contest", _("contest")


class CapacityQuerySet(models.QuerySet):
    def visible_to(self, user) -> "CapacityQuerySet":
        """Verified records are public; others are seen by their organization, who entered them, and staff."""
        public = Q(status=CapacityRecord.Status.VERIFIED)
        if not user.is_authenticated:
            return self.filter(public)
        if user.is_superuser:
            return self
        mine = Organization.objects.answered_by(user).values("pk")
        own = Q(organization__in=mine) | Q(created_by=user)
        return self.filter(public | own | in_ranges("region", user.post_ranges(Post.Kind.STAFF)))

    def for_list(self) -> "CapacityQuerySet":
        return self.select_related("region", "organization")

    def counted(self) -> "CapacityQuerySet":
        """What counts may hold: verified by a second person and not struck out."""
        return self.filter(status=CapacityRecord.Status.VERIFIED)


class CapacityRecord(Stamped):
    """One station, fund, filed community organization, training course or contest.

    `opened_on` is its first day, `closed_on` its last: that of an event, or the day a station or fund was closed.
    """

    class Status(models.TextChoices):
        ENTERED = "entered", _("awaiting verification")
        VERIFIED = "verified", _("verified")
        STRUCK = "struck", _("struck out")

    TRANSITIONS = {
        Status.ENTERED: {Status.VERIFIED, Status.STRUCK},
        Status.VERIFIED: {Status.STRUCK},
        Status.STRUCK: set(),
    }
    LASTING = (CapacityKind.STATION, CapacityKind.FUND, CapacityKind.COMMUNITY)
    FIELDS = ("kind", "name", "region", "organization", "opened_on", "closed_on", "source")

    reference = models.CharField(_("reference number"), max_length=20, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=9, choices=CapacityKind.choices)
    name = models.CharField(_("name"), max_length=120)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("region"))
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organization"),
        help_text=_("Who runs, incubates or holds it."),
    )
    opened_on = models.DateField(_("first day"))
    closed_on = models.DateField(
        _("day it ended"), null=True, blank=True, help_text=_("Of an event; or the day it was closed.")
    )
    source = models.CharField(_("source"), max_length=200, help_text=_("The document it comes from."))
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.ENTERED, editable=False)

    objects = CapacityQuerySet.as_manager()

    class Meta:
        verbose_name = _("capacity record")
        indexes = [models.Index(fields=["kind", "region", "status"], name="capacity_kind_region")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["entered", "verified", "struck"]), name="capacity_status_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=CapacityKind.values), name="capacity_kind_known"),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="capacity_days_in_order",
                violation_error_message=_("The last day cannot lie before the first."),
            ),
            models.UniqueConstraint(
                fields=["kind", "region", "name", "opened_on"],
                condition=Q(status__in=["entered", "verified"]),
                name="capacity_once",
                violation_error_message=_("This record stands there already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

"""Around a claim: the begun one somebody comes back to, its files, and the place in the queue when all is taken."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, in_ranges
from core.models import Stamped
from demands.models.claims import Claim
from demands.models.demands import Demand, DemandItem
from organizations.models import Organization


class ClaimDraftQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ClaimDraftQuerySet":
        """Everybody sees only the claims they have begun themselves."""
        return self.filter(user=user) if user.is_authenticated else self.none()

    def for_list(self) -> "ClaimDraftQuerySet":
        return self.select_related("demand__village__parent__parent", "organization")


class ClaimDraft(Stamped):
    """A claim somebody is filling in. It holds nothing: quantities are taken when it is submitted.

    `quantities` is {item id: quantity as typed}. One per person, organization and demand.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user"))
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", verbose_name=_("organization"))
    demand = models.ForeignKey(Demand, models.CASCADE, related_name="drafts", verbose_name=_("demand"))
    acknowledged_at = models.DateTimeField(_("terms acknowledged at"), null=True, blank=True)
    quantities = models.JSONField(_("quantities"), default=dict, blank=True)
    plan = models.TextField(_("plan"), max_length=2000, blank=True)
    deliver_from = models.DateField(_("delivery from"), null=True, blank=True)
    deliver_by = models.DateField(_("delivery by"), null=True, blank=True)
    contact = models.CharField(_("contact of the organization"), max_length=200, blank=True)
    qualified_at = models.DateTimeField(_("qualifications confirmed at"), null=True, blank=True)

    objects = ClaimDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("begun claim")
        constraints = [
            models.UniqueConstraint(fields=["user", "organization", "demand"], name="claim_draft_once"),
        ]

    def __str__(self) -> str:
        return f"{self.demand} · {self.organization}"


def random_name(attached: "ClaimFile", file_name: str) -> str:
    """Where a file is kept: a name nobody can guess, with nothing of what the sender called it."""
    return f"claims/{uuid.uuid4().hex}.{attached.kind}"


class ClaimFileQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ClaimFileQuerySet":
        """Files of claims the person sees, and of their own begun claims."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(claim__in=Claim.objects.visible_to(user)) | Q(draft__user=user))


class ClaimFile(Stamped):
    """A file that shows the organization's qualification; first of the begun claim, then of the claim."""

    draft = models.ForeignKey(ClaimDraft, models.CASCADE, null=True, blank=True, related_name="files")
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, blank=True, related_name="files")
    file = models.FileField(_("file"), upload_to=random_name, max_length=100)
    name = models.CharField(_("file name"), max_length=150)
    kind = models.CharField(_("type"), max_length=4)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)

    objects = ClaimFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a claim")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(draft=None, claim__isnull=False) | Q(draft__isnull=False, claim=None),
                name="claim_file_of_one",
            ),
            models.UniqueConstraint(
                fields=["draft", "sha256"],
                name="claim_file_once_in_draft",
                violation_error_message=_("This file is already attached."),
            ),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="claim_file_sha256_shape"),
        ]

    def __str__(self) -> str:
        return self.name


class WaitingPlaceQuerySet(models.QuerySet):
    def visible_to(self, user) -> "WaitingPlaceQuerySet":
        """The organization's own people and the officers responsible for the village."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        mine = Organization.objects.answered_by(user).values("pk")
        posts = user.post_ranges(Post.Kind.STAFF, Post.Kind.CHECKER)
        return self.filter(Q(organization__in=mine) | in_ranges("demand__village", posts))

    def for_list(self) -> "WaitingPlaceQuerySet":
        return self.select_related("demand__village__parent__parent", "organization", "item")

    def waiting(self) -> "WaitingPlaceQuerySet":
        """Those that have not been told nor left."""
        return self.filter(status=WaitingPlace.Status.WAITING)


class WaitingPlace(Stamped):
    """An organization wants to hear when something of a fully claimed demand is free again; it reserves nothing.

    `item` empty: any item of the demand. Told once; who comes too late waits anew.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        TOLD = "told", _("told that something is free")
        LEFT = "left", _("left the queue")

    TRANSITIONS = {
        Status.WAITING: {Status.TOLD, Status.LEFT},
        Status.TOLD: set(),
        Status.LEFT: set(),
    }

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    demand = models.ForeignKey(Demand, models.PROTECT, related_name="waiting", verbose_name=_("demand"))
    item = models.ForeignKey(
        DemandItem, models.PROTECT, null=True, blank=True, related_name="waiting", verbose_name=_("item")
    )
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.WAITING, editable=False)

    objects = WaitingPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("waiting place")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["waiting", "told", "left"]), name="waiting_status_known"),
            models.UniqueConstraint(
                fields=["organization", "demand"],
                condition=Q(status="waiting"),
                name="waiting_once_per_demand",
                violation_error_message=_("This organization is waiting for this demand already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} · {self.demand}"

"""What proves a demand: attached files of a demand, or of the whole list its survey filled."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, in_ranges
from core.models import Stamped
from demands.models.demands import Demand
from demands.models.lists import DemandList


def random_name(evidence: "Evidence", file_name: str) -> str:
    """Where a file is kept: a name nobody can guess, with nothing of what the sender called it."""
    return f"demands/{uuid.uuid4().hex}.{file_name.rpartition('.')[2].lower()}"


class EvidenceQuerySet(models.QuerySet):
    def visible_to(self, user) -> "EvidenceQuerySet":
        """Those who work on a demand or a list see all its files; everybody else the public ones without findings."""
        public = Q(demand__in=Demand.objects.visible_to(user), public=True, findings=[])
        if not user.is_authenticated:
            return self.filter(public)
        if user.is_superuser:
            return self
        village = user.post_ranges(Post.Kind.STAFF, Post.Kind.CHECKER, Post.Kind.REPORTER)
        office = user.post_ranges(Post.Kind.STAFF, Post.Kind.CHECKER)
        return self.filter(public | in_ranges("demand__village", village) | in_ranges("demand_list__region", office))

    def of(self, demand: Demand) -> "EvidenceQuerySet":
        """The files of the demand, and those of its list."""
        belongs = Q(demand=demand)
        return self.filter(belongs | Q(demand_list=demand.list_id) if demand.list_id else belongs)

    def unread(self) -> "EvidenceQuerySet":
        """Files whose words no machine reads, so that a reviewer has to look at them."""
        return self.filter(kind__in=Evidence.UNREAD)


class Evidence(Stamped):
    """One attached file; `size` in bytes, `sha256` of the original.

    `public` files are shown with the published demand; of a picture only `shown`, made anew without its position.
    `findings` are the personal data found in its name and words when it was attached, masked, as
    [{"what", "sample"}] (core.screening). A file belongs to a demand or to a list, never to both.
    """

    PICTURES = ("png", "jpg")
    UNREAD = ("png", "jpg", "pdf")

    demand = models.ForeignKey(Demand, models.CASCADE, null=True, blank=True, related_name="evidence")
    demand_list = models.ForeignKey(DemandList, models.CASCADE, null=True, blank=True, related_name="evidence")
    file = models.FileField(_("file"), upload_to=random_name, max_length=100)
    shown = models.FileField(_("public copy"), upload_to=random_name, max_length=100, blank=True)
    name = models.CharField(_("file name"), max_length=150)
    kind = models.CharField(_("type"), max_length=4)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    public = models.BooleanField(_("shown to the public"), default=False)
    findings = models.JSONField(_("personal data found"), default=list, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["demand", "sha256"], name="evidence_once_per_demand"),
            models.UniqueConstraint(fields=["demand_list", "sha256"], name="evidence_once_per_list"),
            models.CheckConstraint(
                condition=Q(demand=None, demand_list__isnull=False) | Q(demand__isnull=False, demand_list=None),
                name="evidence_of_one_record",
            ),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="evidence_sha256_shape"),
            models.CheckConstraint(
                condition=Q(kind__in=["pdf", "docx", "xlsx", "png", "jpg", "csv", "txt"]), name="evidence_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.kind in self.PICTURES

    @property
    def record(self) -> Demand | DemandList:
        """What the file proves."""
        return self.demand or self.demand_list

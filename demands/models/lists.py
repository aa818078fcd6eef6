"""Demand lists: what one survey collected, in one batch."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, in_ranges
from core.models import Stamped
from regions.models import Region


class DemandListQuerySet(models.QuerySet):
    def visible_to(self, user) -> "DemandListQuerySet":
        """Published lists are public; a draft is seen by its author and by staff and checkers of its region."""
        public = Q(status=DemandList.Status.PUBLISHED)
        if not user.is_authenticated:
            return self.filter(public)
        if user.is_superuser:
            return self
        ranges = user.post_ranges(Post.Kind.STAFF, Post.Kind.CHECKER)
        return self.filter(public | Q(created_by=user) | in_ranges("region", ranges))

    def for_list(self) -> "DemandListQuerySet":
        return self.select_related("region")


class DemandList(Stamped):
    """A batch of demands of one county or township, as collected in one survey."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    TRANSITIONS = {Status.DRAFT: {Status.PUBLISHED}, Status.PUBLISHED: set()}

    reference = models.CharField(_("reference number"), max_length=20, unique=True, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("region"))
    title = models.CharField(_("title"), max_length=120)
    source = models.CharField(_("survey source"), max_length=200, blank=True)
    period_from = models.DateField(_("period from"), null=True, blank=True)
    period_to = models.DateField(_("period to"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)

    objects = DemandListQuerySet.as_manager()

    class Meta:
        verbose_name = _("demand list")
        constraints = [
            models.CheckConstraint(
                condition=Q(period_from=None) | Q(period_to=None) | Q(period_to__gte=F("period_from")),
                name="demand_list_period_in_order",
                violation_error_message=_("The period cannot end before it begins."),
            ),
            models.CheckConstraint(condition=Q(status__in=["draft", "published"]), name="demand_list_status_known"),
        ]

    def __str__(self) -> str:
        return self.title

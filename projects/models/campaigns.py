"""Special-action campaigns, their actions, and what each action measures (design §5: 光明行, 甜蜜行, …)."""

import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, in_ranges
from core.models import Stamped
from demands.models import Measure
from organizations.models import AssistanceForm, Organization
from projects.models.counts import BeneficiaryCount
from projects.models.projects import Project
from regions.models import Region


class CampaignQuerySet(models.QuerySet):
    def visible_to(self, user) -> "CampaignQuerySet":
        """Campaigns under way or ended are public; a draft is seen by staff of its region."""
        public = ~Q(status=Campaign.Status.DRAFT)
        if not user.is_authenticated:
            return self.filter(public)
        if user.is_superuser:
            return self
        return self.filter(public | in_ranges("region", user.post_ranges(Post.Kind.STAFF)))

    def for_list(self) -> "CampaignQuerySet":
        return self.select_related("region").prefetch_related("actions")


class Campaign(Stamped):
    """A campaign of a civil-affairs department: several actions with metrics of their own."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        ACTIVE = "active", _("under way")
        ENDED = "ended", _("finished")

    TRANSITIONS = {Status.DRAFT: {Status.ACTIVE}, Status.ACTIVE: {Status.ENDED}, Status.ENDED: set()}
    FIELDS = ("name", "region", "starts_on", "ends_on", "summary", "source")

    reference = models.CharField(_("reference number"), max_length=20, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        related_name="+",
        verbose_name=_("region"),
        help_text=_("The region whose civil-affairs department runs the campaign."),
    )
    starts_on = models.DateField(_("begins on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    summary = models.TextField(_("summary"), max_length=2000, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.DRAFT, editable=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["draft", "active", "ended"]), name="campaign_status_known"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="campaign_dates_in_order",
                violation_error_message=_("A campaign cannot end before it begins."),
            ),
            models.UniqueConstraint(
                fields=["region", "name"],
                name="campaign_once",
                violation_error_message=_("This region already has a campaign of this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_public(self) -> bool:
        return self.status != self.Status.DRAFT


class CampaignAction(Stamped):
    """One action of a campaign. `unit_standard` is the yuan given for each `standard_per`, where one is fixed."""

    FIELDS = ("name", "form", "unit_standard", "standard_per")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="actions", verbose_name=_("campaign"))
    name = models.CharField(_("name"), max_length=60)
    form = models.CharField(_("assistance form"), max_length=16, choices=AssistanceForm.choices)
    unit_standard = models.DecimalField(
        _("unit standard in yuan"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"), _("A standard is greater than zero."))],
    )
    standard_per = models.CharField(_("standard per"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("campaign action")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "name"],
                name="campaign_action_once",
                violation_error_message=_("This campaign already has an action of this name."),
            ),
            models.CheckConstraint(
                condition=Q(unit_standard=None, standard_per="") | (Q(unit_standard__gt=0) & ~Q(standard_per="")),
                name="campaign_action_standard_complete",
                violation_error_message=_("A standard is an amount greater than zero and what it is given for."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Subject(models.TextChoices):
    """Whom or what a figure counts; figures of different subjects are never added (design §6)."""

    BENEFICIARY = "beneficiary", _("beneficiaries")
    HELPER = "helper", _("helpers")
    DONOR = "donor", _("donors")
    ORGANIZATION = "organization", _("organizations")
    MONEY = "money", _("money")
    THING = "thing", _("things and events")


class Metric(Stamped):
    """What an action counts: its unit, its subject, and how values of several periods and places go together.

    `measure` is set exactly for beneficiaries counted as people or households.
    """

    class Adds(models.TextChoices):
        SUM = "sum", _("values are summed")
        MAX = "max", _("the largest value holds")
        LATEST = "latest", _("the latest value of each place holds")

    FIELDS = ("name", "unit", "subject", "measure", "adds", "allows_over")

    action = models.ForeignKey(CampaignAction, models.CASCADE, related_name="metrics", verbose_name=_("action"))
    name = models.CharField(_("name"), max_length=60)
    unit = models.CharField(_("unit"), max_length=20)
    subject = models.CharField(_("subject"), max_length=12, choices=Subject.choices)
    measure = models.CharField(_("measure"), max_length=16, choices=Measure.choices, blank=True)
    adds = models.CharField(_("how it adds"), max_length=6, choices=Adds.choices, default=Adds.SUM)
    allows_over = models.BooleanField(
        _("“more than” is allowed"),
        default=True,
        help_text=_("Whether a value may be given as “more than”, “nearly” or “about” instead of exactly."),
    )

    class Meta:
        verbose_name = _("metric")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "name"],
                name="metric_once",
                violation_error_message=_("This action already has a metric of this name."),
            ),
            models.CheckConstraint(condition=Q(subject__in=Subject.values), name="metric_subject_known"),
            models.CheckConstraint(condition=Q(adds__in=["sum", "max", "latest"]), name="metric_adds_known"),
            models.CheckConstraint(
                condition=Q(subject="beneficiary", measure__in=Measure.values)
                | (~Q(subject="beneficiary") & Q(measure="")),
                name="metric_measure_of_beneficiaries",
                violation_error_message=_("Beneficiaries have a measure; nothing else has one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} · {self.name}"


class MetricValueQuerySet(models.QuerySet):
    def visible_to(self, user) -> "MetricValueQuerySet":
        """Verified values of public campaigns are public; all others are seen by their people and by staff."""
        public = Q(status=MetricValue.Status.VERIFIED) & ~Q(metric__action__campaign__status=Campaign.Status.DRAFT)
        if not user.is_authenticated:
            return self.filter(public)
        if user.is_superuser:
            return self
        staff = user.post_ranges(Post.Kind.STAFF)
        mine = Organization.objects.answered_by(user).values("pk")
        here = in_ranges("region", staff) | in_ranges("metric__action__campaign__region", staff)
        return self.filter(public | here | Q(organization__in=mine) | Q(created_by=user))

    def for_list(self) -> "MetricValueQuerySet":
        return self.select_related("metric__action__campaign", "region", "organization", "project")

    def counted(self) -> "MetricValueQuerySet":
        """What totals may count: achieved and verified by a second person."""
        return self.filter(status=MetricValue.Status.VERIFIED, stage=BeneficiaryCount.Stage.ACHIEVED)


class MetricValue(Stamped):
    """A value of a metric in one region and period, as an organization or staff enter it."""

    class Status(models.TextChoices):
        ENTERED = "entered", _("awaiting verification")
        VERIFIED = "verified", _("verified")
        REJECTED = "rejected", _("rejected")
        STRUCK = "struck", _("struck out")

    TRANSITIONS = {
        Status.ENTERED: {Status.VERIFIED, Status.REJECTED, Status.STRUCK},
        Status.VERIFIED: {Status.STRUCK},
        Status.REJECTED: set(),
        Status.STRUCK: set(),
    }
    FIELDS = ("metric", "stage", "region", "organization", "project", "period_from", "period_to", "value", "qualifier")

    reference = models.CharField(_("reference number"), max_length=20, unique=True, editable=False)
    metric = models.ForeignKey(Metric, models.PROTECT, related_name="values", verbose_name=_("metric"))
    stage = models.CharField(
        _("expected or achieved"),
        max_length=8,
        choices=BeneficiaryCount.Stage.choices,
        default=BeneficiaryCount.Stage.ACHIEVED,
    )
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("region"))
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organization")
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("project")
    )
    period_from = models.DateField(_("period from"))
    period_to = models.DateField(_("period to"))
    value = models.DecimalField(
        _("value"),
        max_digits=18,
        decimal_places=3,
        validators=[MinValueValidator(Decimal(0), _("A value cannot be less than zero."))],
    )
    qualifier = models.CharField(
        _("how exact"),
        max_length=6,
        choices=BeneficiaryCount.Qualifier.choices,
        default=BeneficiaryCount.Qualifier.EXACT,
    )
    basis = models.CharField(
        _("basis"), max_length=200, help_text=_("Where the number comes from, for example a sign-in list.")
    )
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.ENTERED, editable=False)

    objects = MetricValueQuerySet.as_manager()

    class Meta:
        verbose_name = _("metric value")
        indexes = [models.Index(fields=["metric", "region"], name="metric_value_region")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["entered", "verified", "rejected", "struck"]), name="metric_value_status_known"
            ),
            models.CheckConstraint(condition=Q(stage__in=["expected", "achieved"]), name="metric_value_stage_known"),
            models.CheckConstraint(
                condition=Q(qualifier__in=["exact", "over", "nearly", "about"]), name="metric_value_qualifier_known"
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="metric_value_not_negative"),
            models.CheckConstraint(
                condition=Q(period_to__gte=F("period_from")),
                name="metric_value_period_in_order",
                violation_error_message=_("The period cannot end before it begins."),
            ),
            models.UniqueConstraint(
                fields=["metric", "stage", "region", "organization", "project", "period_from", "period_to"],
                condition=Q(status__in=["entered", "verified"]),
                nulls_distinct=False,
                name="metric_value_once",
                violation_error_message=_(
                    "There is a value of this metric for this place, organization and period already."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def clean(self) -> None:
        """Refuse an achievement of days still to come."""
        achieved = self.stage == BeneficiaryCount.Stage.ACHIEVED and isinstance(self.period_to, datetime.date)
        if achieved and self.period_to > timezone.localdate():
            raise ValidationError({"period_to": _("What has been achieved cannot be dated in the future.")})

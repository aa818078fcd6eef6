"""Figures as a source printed them, where no records of the portal stand behind them."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, in_ranges
from core.models import Stamped
from demands.models import Measure
from projects.models.campaigns import Metric, Subject
from projects.models.capacity import CapacityKind
from projects.models.counts import BeneficiaryCount
from regions.models import Region


class ReportedFigureQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ReportedFigureQuerySet":
        """Published figures are public; all others are seen by staff of their region and whoever entered them."""
        public = Q(status=ReportedFigure.Status.PUBLISHED)
        if not user.is_authenticated:
            return self.filter(public)
        if user.is_superuser:
            return self
        return self.filter(public | Q(created_by=user) | in_ranges("region", user.post_ranges(Post.Kind.STAFF)))

    def published(self) -> "ReportedFigureQuerySet":
        return self.filter(status=ReportedFigure.Status.PUBLISHED)

    def for_list(self) -> "ReportedFigureQuerySet":
        return self.select_related("region", "metric__action__campaign").prefetch_related("places")


class ReportedFigure(Stamped):
    """One figure with its value, unit, measure, how exact it is, its basis, period, scope and source.

    It is shown beside figures from records and never added to them or to another reported figure. Where the source
    gives no usable number, `value` is empty and `remark` says why. `region` is the region whose staff answer for it;
    `places` are the regions it speaks of.
    """

    class Status(models.TextChoices):
        ENTERED = "entered", _("awaiting publication")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Basis(models.TextChoices):
        STATED = "stated", _("stated without a basis")
        INCOMPLETE = "incomplete", _("according to incomplete statistics")
        PRELIMINARY = "preliminary", _("according to preliminary statistics")
        DERIVED = "derived", _("computed from other figures of the source")

    TRANSITIONS = {
        Status.ENTERED: {Status.PUBLISHED, Status.WITHDRAWN},
        Status.PUBLISHED: {Status.WITHDRAWN},
        Status.WITHDRAWN: set(),
    }
    FIELDS = (
        "number",
        "topic",
        "indicator",
        "metric",
        "capacity",
        "is_consumption",
        "subject",
        "measure",
        "value",
        "unit",
        "qualifier",
        "stage",
        "basis",
        "region",
        "scope",
        "period_from",
        "period_to",
        "as_of",
        "source",
        "place_in_source",
        "remark",
    )

    number = models.CharField(
        _("figure number"), max_length=20, unique=True, help_text=_("Your own number of the figure, used once.")
    )
    topic = models.CharField(_("topic"), max_length=120, help_text=_("Who or what the figure is about."))
    indicator = models.CharField(_("indicator"), max_length=120)
    metric = models.ForeignKey(
        Metric, models.PROTECT, null=True, blank=True, related_name="reported", verbose_name=_("metric of a campaign")
    )
    capacity = models.CharField(
        _("kind of capacity"),
        max_length=9,
        choices=CapacityKind.choices,
        blank=True,
        help_text=_("Set where the figure counts stations, funds, filed organizations, training or contests."),
    )
    is_consumption = models.BooleanField(
        _("of consumption assistance"),
        default=False,
        help_text=_("Shown beside purchases and sales from records; it is in none of their totals."),
    )
    subject = models.CharField(_("subject"), max_length=12, choices=Subject.choices)
    measure = models.CharField(_("measure"), max_length=16, choices=Measure.choices, blank=True)
    value = models.DecimalField(
        _("value"),
        max_digits=18,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0), _("A value cannot be less than zero."))],
    )
    unit = models.CharField(_("unit"), max_length=20)
    qualifier = models.CharField(
        _("how exact"),
        max_length=6,
        choices=BeneficiaryCount.Qualifier.choices,
        default=BeneficiaryCount.Qualifier.EXACT,
    )
    stage = models.CharField(
        _("expected or achieved"),
        max_length=8,
        choices=BeneficiaryCount.Stage.choices,
        default=BeneficiaryCount.Stage.ACHIEVED,
    )
    basis = models.CharField(_("basis"), max_length=11, choices=Basis.choices, default=Basis.STATED)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("region"))
    places = models.ManyToManyField(Region, related_name="+", verbose_name=_("regions it speaks of"))
    scope = models.CharField(_("scope"), max_length=200, blank=True)
    period_from = models.DateField(_("period from"), null=True, blank=True)
    period_to = models.DateField(_("period to"))
    as_of = models.DateField(_("as of"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200)
    place_in_source = models.CharField(_("place in the source"), max_length=60, blank=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    status = models.CharField(_("status"), max_length=9, choices=Status.choices, default=Status.ENTERED, editable=False)

    objects = ReportedFigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("reported figure")
        indexes = [models.Index(fields=["region", "status"], name="reported_region_status")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["entered", "published", "withdrawn"]), name="reported_status_known"
            ),
            models.CheckConstraint(condition=Q(subject__in=Subject.values), name="reported_subject_known"),
            models.CheckConstraint(
                condition=Q(capacity="") | Q(capacity__in=CapacityKind.values), name="reported_capacity_known"
            ),
            models.CheckConstraint(
                condition=Q(is_consumption=False) | Q(capacity=""),
                name="reported_beside_one",
                violation_error_message=_("A figure is of capacity or of consumption assistance, not of both."),
            ),
            models.CheckConstraint(
                condition=Q(qualifier__in=["exact", "over", "nearly", "about"]), name="reported_qualifier_known"
            ),
            models.CheckConstraint(condition=Q(stage__in=["expected", "achieved"]), name="reported_stage_known"),
            models.CheckConstraint(
                condition=Q(basis__in=["stated", "incomplete", "preliminary", "derived"]), name="reported_basis_known"
            ),
            models.CheckConstraint(
                # A check lets a comparison with nothing pass: hence the first condition.
                condition=Q(value__isnull=False, value__gte=0) | (Q(value=None) & ~Q(remark="")),
                name="reported_value_or_reason",
                violation_error_message=_(
                    "Give the value; or leave it empty and say in the remark why it is unusable."
                ),
            ),
            models.CheckConstraint(
                condition=Q(subject="beneficiary", measure__in=Measure.values)
                | (~Q(subject="beneficiary") & Q(measure="")),
                name="reported_measure_of_beneficiaries",
                violation_error_message=_("Beneficiaries have a measure; nothing else has one."),
            ),
            models.CheckConstraint(
                condition=~Q(measure="ambiguous") | ~Q(remark=""),
                name="reported_ambiguity_explained",
                violation_error_message=_("Say in the remark what is not clear about the measure."),
            ),
            models.CheckConstraint(
                condition=Q(period_from=None) | Q(period_to__gte=F("period_from")),
                name="reported_period_in_order",
                violation_error_message=_("The period cannot end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} · {self.indicator}"

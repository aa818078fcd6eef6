"""How many people or households a project reaches."""

import datetime

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import Stamped
from demands.models import Measure
from projects.models.projects import Project
from regions.models import Region

# More contacts than this nobody has; a larger number is a typing error.
MOST = 1_000_000_000_000


class BeneficiaryCountQuerySet(models.QuerySet):
    def visible_to(self, user) -> "BeneficiaryCountQuerySet":
        """Counts are seen by those who see their project."""
        return self.filter(project__in=Project.objects.visible_to(user))

    def for_list(self) -> "BeneficiaryCountQuerySet":
        return self.select_related("project", "region", "same_as__project")

    def live(self) -> "BeneficiaryCountQuerySet":
        """Everything that has not been struck out."""
        return self.exclude(status=BeneficiaryCount.Status.STRUCK)

    def counted(self, stage: str = "achieved") -> "BeneficiaryCountQuerySet":
        """What figures of one stage may count, of projects under way, completed or closed.

        What has been achieved counts once a second person has verified it. Expected and achieved never mix.
        """
        rows = self.filter(stage=stage, project__status__in=Project.PUBLIC)
        if stage == BeneficiaryCount.Stage.ACHIEVED:
            return rows.filter(status=BeneficiaryCount.Status.VERIFIED)
        return rows.live()


class BeneficiaryCount(Stamped):
    """How many people or households a project reaches in one region, in one measure: a whole number above zero.

    Persons are distinct people and households distinct households inside the row's scope; person-times and
    household-times are contacts (reference: domain §6.1). Within one project a row of a wider region, without a
    group or without a scope is the total that includes narrower rows. `qualifier` says how the source printed the
    number, `overlap` what the counting people know of other counts side by side with this one.
    """

    class Stage(models.TextChoices):
        EXPECTED = "expected", _("expected")
        ACHIEVED = "achieved", _("achieved")

    class Group(models.TextChoices):
        CHILDREN = "children", _("children and young people")
        ELDERLY = "elderly", _("elderly people")
        WOMEN = "women", _("women")
        DISABLED = "disabled", _("people with disabilities")
        HARDSHIP = "hardship", _("people in hardship")
        PATIENTS = "patients", _("patients")
        STUDENTS = "students", _("students")
        WORKERS = "workers", _("people seeking work")
        OTHER = "other", _("other")

    class Qualifier(models.TextChoices):
        EXACT = "exact", _("exactly")
        OVER = "over", _("more than")
        NEARLY = "nearly", _("nearly")
        ABOUT = "about", _("about")

    class Overlap(models.TextChoices):
        DISJOINT = "disjoint", _("in no other count")
        MAY = "may_overlap", _("may be in other counts")
        SAME = "same_as", _("the same people as in another count")

    class Status(models.TextChoices):
        ENTERED = "entered", _("awaiting verification")
        VERIFIED = "verified", _("verified")
        STRUCK = "struck", _("struck out")

    # A verified count that is corrected waits for verification again.
    TRANSITIONS = {
        Status.ENTERED: {Status.VERIFIED, Status.STRUCK},
        Status.VERIFIED: {Status.ENTERED, Status.STRUCK},
        Status.STRUCK: set(),
    }
    # Measures of which the same people or households may stand in two counts; contacts are never the same.
    DISTINCT = (Measure.PERSONS, Measure.HOUSEHOLDS)
    FIELDS = (
        "stage",
        "region",
        "measure",
        "group",
        "scope",
        "qualifier",
        "value",
        "overlap",
        "same_as",
        "as_of",
        "basis",
    )

    # Whether the history has a correction, and whether the project of the count of the same people may be named;
    # told by `selectors.counts_by_stage`.
    is_corrected = False
    same_as_is_seen = False

    project = models.ForeignKey(Project, models.CASCADE, related_name="counts", verbose_name=_("project"))
    stage = models.CharField(_("expected or achieved"), max_length=8, choices=Stage.choices)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("region"))
    measure = models.CharField(_("measure"), max_length=16, choices=Measure.choices)
    group = models.CharField(
        _("group"),
        max_length=10,
        choices=Group.choices,
        blank=True,
        default="",
        help_text=_("Empty means everybody the project reached there."),
    )
    scope = models.CharField(
        _("scope"),
        max_length=60,
        blank=True,
        default="",
        help_text=_("Which part of the work it speaks of, for example the second round. Empty means all of it."),
    )
    value = models.BigIntegerField(
        _("number"),
        validators=[
            MinValueValidator(1, _("A count is a whole number greater than zero.")),
            MaxValueValidator(MOST, _("This number is too large to be true; check the digits.")),
        ],
    )
    qualifier = models.CharField(_("how exact"), max_length=6, choices=Qualifier.choices, default=Qualifier.EXACT)
    basis = models.CharField(
        _("basis"), max_length=200, blank=True, help_text=_("Where the number comes from, for example a sign-in list.")
    )
    overlap = models.CharField(
        _("overlap with other counts"),
        max_length=11,
        choices=Overlap.choices,
        default=Overlap.MAY,
        help_text=_("Whether the same people or households may also stand in another count beside this one."),
    )
    same_as = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("same people as")
    )
    as_of = models.DateField(_("as of"))
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.ENTERED, editable=False)

    objects = BeneficiaryCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("beneficiary count")
        indexes = [models.Index(fields=["region", "measure"], name="beneficiary_region_measure")]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "stage", "region", "measure", "group", "scope"],
                condition=Q(status__in=["entered", "verified"]),
                name="beneficiary_count_once",
                violation_error_message=_(
                    "This project already has a count for this region, measure and group. Correct that one."
                ),
            ),
            models.CheckConstraint(
                condition=Q(value__gt=0),
                name="beneficiary_value_positive",
                violation_error_message=_("A count is a whole number greater than zero."),
            ),
            models.CheckConstraint(condition=Q(stage__in=["expected", "achieved"]), name="beneficiary_stage_known"),
            models.CheckConstraint(condition=Q(measure__in=Measure.values), name="beneficiary_measure_known"),
            models.CheckConstraint(
                condition=Q(qualifier__in=["exact", "over", "nearly", "about"]), name="beneficiary_qualifier_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["entered", "verified", "struck"]), name="beneficiary_status_known"
            ),
            models.CheckConstraint(
                condition=Q(overlap__in=["disjoint", "may_overlap"], same_as=None)
                | Q(overlap="same_as", same_as__isnull=False),
                name="beneficiary_same_as_named",
                violation_error_message=_("Name the count that has the same people, or choose another answer."),
            ),
            models.CheckConstraint(
                condition=Q(same_as=None) | Q(measure__in=["persons", "households"]),
                name="beneficiary_same_as_of_distinct",
                violation_error_message=_("Only persons and households can be the same as in another count."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_measure_display()} · {self.region} · {self.get_stage_display()}: {self.value}"

    @property
    def is_judged(self) -> bool:
        """Whether its status means anything: what is expected is not verified, only struck out."""
        return self.stage == self.Stage.ACHIEVED or self.status == self.Status.STRUCK

    def clean(self) -> None:
        """Refuse a region outside the project and an achievement dated in the future."""
        errors = {}
        if self.region_id and self.project_id and not self.project.covers(self.region_id):
            errors["region"] = _("This region is neither one of the project's regions nor below one of them.")
        if self.stage == self.Stage.ACHIEVED and isinstance(self.as_of, datetime.date):
            if self.as_of > timezone.localdate():
                errors["as_of"] = _("What has been achieved cannot be dated in the future.")
        if errors:
            raise ValidationError(errors)

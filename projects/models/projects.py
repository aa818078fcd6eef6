"""Assistance projects: who does what where, with what money, and how many people or households it reaches."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, in_ranges
from core import texts
from core.models import Stamped
from demands.models import Claim
from organizations.models import AssistanceForm, Organization
from pairings.models import Pairing
from regions.models import Region


class ProjectQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ProjectQuerySet":
        """Projects under way or done are public.

        All others are seen by the lead organization's people and by staff of a project region or of the lead's region.
        """
        public = Q(status__in=Project.PUBLIC)
        if not user.is_authenticated:
            return self.filter(public)
        if user.is_superuser:
            return self
        staff = user.post_ranges(Post.Kind.STAFF)
        mine = Organization.objects.answered_by(user).values("pk")
        here = ProjectRegion.objects.filter(in_ranges("region", staff)).values("project")
        return self.filter(public | Q(lead__in=mine) | Q(pk__in=here) | in_ranges("lead__region", staff))

    def for_list(self) -> "ProjectQuerySet":
        return self.select_related(
            "lead",
            "claim",
            "pairing",
            "pairing__giver_region",
            "pairing__receiver_region",
            "pairing__giver_organization",
            "pairing__receiver_organization",
            "action__campaign",
        ).prefetch_related("regions", "partners")

    def counted(self) -> "ProjectQuerySet":
        """Projects whose achieved counts go into figures: under way, completed, verified or closed."""
        return self.filter(status__in=Project.PUBLIC)


class Project(Stamped):
    """One assistance project of a lead organization and its partners, in one or several regions (design §5)."""

    class Funding(models.TextChoices):
        OWN = "own", _("own funds")
        DONATION = "donation", _("donations")
        PURCHASE = "purchase", _("government purchase of services")
        LOTTERY = "lottery", _("lottery welfare fund")
        MICRO = "micro", _("micro-venture fund")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("awaiting approval")
        APPROVED = "approved", _("approved")
        ACTIVE = "active", _("under way")
        SUSPENDED = "suspended", _("suspended")
        COMPLETED = "completed", _("completed")
        VERIFIED = "verified", _("verified")
        CLOSED = "closed", _("closed")
        TERMINATED = "terminated", _("terminated")

    TRANSITIONS = {
        Status.DRAFT: {Status.SUBMITTED, Status.TERMINATED},
        Status.SUBMITTED: {Status.APPROVED, Status.DRAFT, Status.TERMINATED},
        Status.APPROVED: {Status.ACTIVE, Status.TERMINATED},
        Status.ACTIVE: {Status.COMPLETED, Status.SUSPENDED, Status.TERMINATED},
        Status.SUSPENDED: {Status.ACTIVE, Status.TERMINATED},
        Status.COMPLETED: {Status.VERIFIED, Status.ACTIVE},
        Status.VERIFIED: {Status.CLOSED},
        Status.CLOSED: set(),
        Status.TERMINATED: set(),
    }
    PUBLIC = (Status.ACTIVE, Status.COMPLETED, Status.VERIFIED, Status.CLOSED)
    # What everybody then reads.
    SAID = ("name", "summary")
    # Whoever enters it may still change it before anybody decides on it; a submitted one is returned first.
    EDITABLE = (Status.DRAFT, Status.APPROVED, Status.ACTIVE, Status.SUSPENDED)
    # When a count may be written: what is expected until the work is done, what is achieved once it has begun.
    COUNTABLE = {
        "expected": (Status.SUBMITTED, *EDITABLE),
        "achieved": (Status.ACTIVE, Status.SUSPENDED, Status.COMPLETED),
    }

    reference = models.CharField(_("reference number"), max_length=20, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    lead = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("lead organization"))
    partners = models.ManyToManyField(
        Organization, blank=True, related_name="+", verbose_name=_("partner organizations")
    )
    form = models.CharField(_("assistance form"), max_length=16, choices=AssistanceForm.choices)
    regions = models.ManyToManyField(Region, through="ProjectRegion", related_name="+", verbose_name=_("regions"))
    pairing = models.ForeignKey(
        Pairing, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("pair")
    )
    claim = models.ForeignKey(
        Claim, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("claimed demand")
    )
    action = models.ForeignKey(
        "projects.CampaignAction",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("campaign action"),
    )
    budget = models.DecimalField(
        _("budget in yuan"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0), _("A budget cannot be less than zero."))],
    )
    funding = models.CharField(_("funding source"), max_length=10, choices=Funding.choices, default=Funding.OWN)
    starts_on = models.DateField(_("begins on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    summary = models.TextField(_("summary"), max_length=2000, blank=True)
    rest = models.TextField(
        _("what happens to the rest"),
        max_length=1000,
        blank=True,
        editable=False,
        help_text=_("What happens to the money and goods that are left, of a suspended or terminated project."),
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        indexes = [
            models.Index(fields=["-starts_on", "-id"], name="project_starts"),
            models.Index(fields=["lead", "status"], name="project_lead_status"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "draft",
                        "submitted",
                        "approved",
                        "active",
                        "suspended",
                        "completed",
                        "verified",
                        "closed",
                        "terminated",
                    ]
                ),
                name="project_status_known",
            ),
            models.CheckConstraint(
                condition=Q(funding__in=["own", "donation", "purchase", "lottery", "micro"]),
                name="project_funding_known",
            ),
            models.CheckConstraint(
                condition=Q(budget=None) | Q(budget__gte=0),
                name="project_budget_not_negative",
                violation_error_message=_("A budget cannot be less than zero."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="project_dates_in_order",
                violation_error_message=_("A project cannot end before it begins."),
            ),
            models.UniqueConstraint(
                fields=["claim"],
                condition=~Q(status="terminated"),
                name="project_of_claim_once",
                violation_error_message=_("Another project carries out this claim already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse personal data in what will be public, and a claim of another organization than the lead."""
        errors = texts.not_public(self, self.SAID)
        if self.claim and self.lead_id and self.claim.organization_id != self.lead_id:
            errors["claim"] = _("This demand was claimed by another organization than the lead.")
        if errors:
            raise ValidationError(errors)

    def covers(self, code: str) -> bool:
        """Whether a region code is one of the project's regions or lies below one of them."""
        return any(region.contains(code) for region in self.regions.all())

    def is_carried_by(self, organization_id: int) -> bool:
        """Whether an organization leads the project or is a partner in it."""
        return organization_id == self.lead_id or any(row.pk == organization_id for row in self.partners.all())

    @property
    def is_public(self) -> bool:
        return self.status in self.PUBLIC


class ProjectRegion(models.Model):
    """A region in which a project works."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="project_regions")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("region"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "region"], name="project_region_once")]

    def __str__(self) -> str:
        return str(self.region)


class OfProjectQuerySet(models.QuerySet):
    """Rows that are seen by whoever sees their project."""

    def visible_to(self, user) -> "OfProjectQuerySet":
        return self.filter(project__in=Project.objects.visible_to(user))


class BudgetLine(models.Model):
    """One item of a project's budget; `amount` in yuan."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="budget_lines")
    item = models.CharField(_("item"), max_length=120)
    amount = models.DecimalField(_("amount in yuan"), max_digits=18, decimal_places=2)

    objects = OfProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("budget line")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="budget_line_positive",
                violation_error_message=_("The amount of a budget line is greater than zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.amount}"


class Milestone(models.Model):
    """Something a project is to have reached by a day, and the day on which it had."""

    # States of a project in which it can have reached something.
    REACHABLE = (Project.Status.ACTIVE, Project.Status.SUSPENDED, Project.Status.COMPLETED)

    project = models.ForeignKey(Project, models.CASCADE, related_name="milestones")
    title = models.CharField(_("title"), max_length=120)
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"), null=True, blank=True)

    objects = OfProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "title", "due_on"], name="milestone_once"),
        ]

    def __str__(self) -> str:
        return f"{self.due_on} {self.title}"

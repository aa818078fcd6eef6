"""What is dated about an organization: former names, certificates, grades, returns, credit lists, commendations.

Periods include their first and last day. The authorities publish all of it, so it is seen with its organization.
A wrong entry is struck out with a reason: it stays in the table and in the history, and counts nowhere.
"""

import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import Stamped
from organizations.models.organizations import Organization


class EntryQuerySet(models.QuerySet):
    def counted(self) -> "EntryQuerySet":
        """Without what was struck out."""
        return self.filter(struck_at=None)

    def visible_to(self, user) -> "EntryQuerySet":
        """Entries are as public as their organization."""
        return self.filter(organization__in=Organization.objects.visible_to(user))

    def for_list(self) -> "EntryQuerySet":
        return self.select_related("organization")

    def valid_on(self, day: datetime.date) -> "EntryQuerySet":
        """Certificates and grades whose period contains the day."""
        open_end = Q(valid_to=None) | Q(valid_to__gte=day)
        return self.filter(open_end, valid_from__lte=day)

    def standing(self, day: datetime.date) -> "EntryQuerySet":
        """Credit entries listed on or before the day and not removed by then."""
        return self.filter(Q(removed_on=None) | Q(removed_on__gt=day), listed_on__lte=day)


class CountedEntries(models.Manager.from_queryset(EntryQuerySet)):  # type: ignore[misc]
    """What is asked for by default, also from the organization: entries that were not struck out."""

    def get_queryset(self) -> EntryQuerySet:
        return super().get_queryset().counted()


class Entry(Stamped):
    """Base of the dated rows of an organization. `objects` knows those that count, `written` the struck ones too."""

    organization: Any = models.ForeignKey(
        Organization, models.PROTECT, related_name="%(class)ss", verbose_name=_("organization"), editable=False
    )
    struck_at = models.DateTimeField(_("struck out at"), null=True, blank=True, editable=False)
    strike_reason = models.CharField(_("reason for striking out"), max_length=500, blank=True, editable=False)

    objects = CountedEntries()
    written = EntryQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_struck(self) -> bool:
        return self.struck_at is not None


def struck_with_reason(name: str) -> models.CheckConstraint:
    """A struck entry says why, and no other does."""
    return models.CheckConstraint(
        condition=Q(struck_at=None, strike_reason="") | (Q(struck_at__isnull=False) & ~Q(strike_reason="")),
        name=f"{name}_struck_with_reason",
    )


class FormerName(Entry):
    """A name the organization had, or that of a duplicate merged into it; found by the search like the present one."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="former_names", editable=False)
    name = models.CharField(_("former name"), max_length=120)
    until = models.DateField(_("until"))

    class Meta:
        verbose_name = _("former name")
        ordering = ["-until", "-pk"]
        constraints = [
            struck_with_reason("former_name"),
            models.UniqueConstraint(fields=["organization", "name", "until"], name="former_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Certificate(Entry):
    """A status of the Charity Law or of the tax rules, with its period (慈善法 §10, §22; 财税〔2018〕110号)."""

    class Kind(models.TextChoices):
        CHARITY = "charity", _("charity")
        FUNDRAISING = "fundraising", _("public fundraising")
        TAX = "tax", _("tax deduction of donations")

    kind = models.CharField(_("certificate"), max_length=12, choices=Kind.choices)
    number = models.CharField(_("certificate number"), max_length=60, blank=True)
    issuer = models.CharField(_("issued by"), max_length=120)
    valid_from = models.DateField(_("valid since"))
    valid_to = models.DateField(_("valid until"), null=True, blank=True, help_text=_("The last day. Empty for no end."))

    class Meta:
        verbose_name = _("certificate")
        ordering = ["kind", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="certificate_period",
                violation_error_message=_("The last day lies before the first."),
            ),
            struck_with_reason("certificate"),
            models.UniqueConstraint(
                fields=["organization", "kind", "valid_from"],
                condition=Q(struck_at=None),
                name="certificate_once",
                violation_error_message=_("This certificate is already entered."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def is_valid(self) -> bool:
        """Whether it is valid today."""
        today = timezone.localdate()
        return self.valid_from <= today and (self.valid_to is None or today <= self.valid_to)


class Assessment(Entry):
    """A grade given by an assessment: stored, never computed; valid for five years (社会组织评估管理办法)."""

    YEARS = 5

    class Grade(models.TextChoices):
        FIVE = "5A", _("5A")
        FOUR = "4A", _("4A")
        THREE = "3A", _("3A")
        TWO = "2A", _("2A")
        ONE = "1A", _("1A")

    grade = models.CharField(_("grade"), max_length=2, choices=Grade.choices)
    authority = models.CharField(_("assessed by"), max_length=120)
    valid_from = models.DateField(_("valid since"))
    valid_to = models.DateField(
        _("valid until"), blank=True, help_text=_("The last day. Empty: five years from the first day.")
    )

    class Meta:
        verbose_name = _("assessment")
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")),
                name="assessment_period",
                violation_error_message=_("The last day lies before the first."),
            ),
            struck_with_reason("assessment"),
            models.UniqueConstraint(
                fields=["organization", "valid_from"],
                condition=Q(struck_at=None),
                name="assessment_once",
                violation_error_message=_("This assessment is already entered."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.grade)

    @property
    def is_valid(self) -> bool:
        """Whether it is valid today."""
        return self.valid_from <= timezone.localdate() <= self.valid_to


class AnnualReturn(Entry):
    """The work report of a year and what the authority found."""

    class Result(models.TextChoices):
        FILED = "filed", _("filed")
        PASSED = "passed", _("passed")
        BASIC = "basic", _("basically passed")
        FAILED = "failed", _("not passed")
        MISSING = "missing", _("not filed")

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="annual_returns", editable=False)
    year = models.PositiveSmallIntegerField(_("year"))
    result = models.CharField(_("result"), max_length=8, choices=Result.choices)

    class Meta:
        verbose_name = _("annual return")
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(year__gte=1950, year__lte=2100),
                name="annual_return_year",
                violation_error_message=_("Enter a year with four digits."),
            ),
            struck_with_reason("annual_return"),
            models.UniqueConstraint(
                fields=["organization", "year"],
                condition=Q(struck_at=None),
                name="annual_return_once",
                violation_error_message=_("This year is already entered."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.get_result_display()}"


class CreditEntry(Entry):
    """A time on a credit list of the civil-affairs departments (社会组织信用信息管理办法)."""

    class Kind(models.TextChoices):
        ABNORMAL = "abnormal", _("abnormal activities list")
        SERIOUS = "serious", _("serious violations list")

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="credit_entries", editable=False)
    kind = models.CharField(_("credit list"), max_length=8, choices=Kind.choices)
    reason = models.CharField(_("reason"), max_length=300)
    authority = models.CharField(_("listed by"), max_length=120)
    listed_on = models.DateField(_("listed on"))
    removed_on = models.DateField(_("removed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("credit entry")
        ordering = ["-listed_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_on=None) | Q(removed_on__gte=F("listed_on")),
                name="credit_entry_period",
                violation_error_message=_("The organization cannot be removed before it was listed."),
            ),
            struck_with_reason("credit_entry"),
            models.UniqueConstraint(
                fields=["organization", "kind", "listed_on"],
                condition=Q(struck_at=None),
                name="credit_entry_once",
                violation_error_message=_("This entry is already there."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def is_valid(self) -> bool:
        """Whether it stands today."""
        today = timezone.localdate()
        return self.listed_on <= today and (self.removed_on is None or today < self.removed_on)


class Commendation(Entry):
    """A nomination for a commendation, or its award: two things, each with its own day."""

    class Stage(models.TextChoices):
        NOMINATION = "nomination", _("nomination")
        AWARD = "award", _("award")

    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices)
    title = models.CharField(_("title of the commendation"), max_length=120)
    authority = models.CharField(_("given by"), max_length=120)
    on = models.DateField(_("date"))

    class Meta:
        verbose_name = _("commendation")
        ordering = ["-on", "-pk"]
        constraints = [
            struck_with_reason("commendation"),
            models.UniqueConstraint(
                fields=["organization", "stage", "title", "on"],
                condition=Q(struck_at=None),
                name="commendation_once",
                violation_error_message=_("This commendation is already entered."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.get_stage_display()})"


# The entries people write, by the word their addresses and lists use.
ENTRIES: dict[str, type[Entry]] = {
    "certificates": Certificate,
    "assessments": Assessment,
    "annual-returns": AnnualReturn,
    "credit-entries": CreditEntry,
    "commendations": Commendation,
}

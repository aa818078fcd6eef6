"""The registry: every party of the portal is one row here."""

import datetime

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, HashIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, in_ranges
from core import bigrams
from core.models import Stamped
from organizations import returns, uscc
from organizations.search import search_keys
from regions.models import Region


def validate_uscc(value: str) -> None:
    """Refuse a code whose length, characters or last character are wrong (GB 32100-2015); one sentence each."""
    if len(value) != 18:
        raise ValidationError(
            _("A unified social credit code has 18 characters; this one has %(n)d.") % {"n": len(value)}
        )
    foreign = "".join(sorted({char for char in value if char not in uscc.ALPHABET}))
    if foreign:
        raise ValidationError(
            _(
                "A unified social credit code has only digits and capital letters without I, O, S, V and Z; "
                "this one contains: %(characters)s"
            )
            % {"characters": foreign}
        )
    if not uscc.is_valid(value):
        raise ValidationError(
            _(
                "The last character of this unified social credit code does not fit the others. "
                "Check it for a typing error."
            )
        )


class AssistanceForm(models.TextChoices):
    """What kind of help it is; the national plan's forms and those its reports add (国乡振发〔2022〕5号)."""

    INDUSTRY = "industry", _("industrial assistance")
    EMPLOYMENT = "employment", _("employment assistance")
    EDUCATION = "education", _("education assistance")
    HEALTH = "health", _("health assistance")
    ELDERLY = "elderly", _("elderly care")
    CONSUMPTION = "consumption", _("consumption assistance")
    RELIEF = "relief", _("help for people in hardship")
    INFRASTRUCTURE = "infrastructure", _("infrastructure")
    CULTURE = "culture", _("culture")
    ECOLOGY = "ecology", _("ecology")
    GOVERNANCE = "governance", _("rural governance")
    TRAINING = "training", _("training")
    DISASTER = "disaster", _("disaster relief")
    OTHER = "other", _("other")


class OrganizationQuerySet(models.QuerySet):
    def visible_to(self, user) -> "OrganizationQuerySet":
        """Registered organizations are public; a draft is seen by staff of its region and by its own people."""
        public = ~Q(status=Organization.Status.DRAFT)
        if not user.is_authenticated:
            return self.filter(public)
        if user.is_superuser:
            return self
        own = Q(pk__in=Organization._memberships().filter(user=user).values("organization"))
        own |= Q(
            pk__in=apps.get_model("organizations", "RegistrationRequest")
            .objects.filter(created_by=user)
            .values("organization")
        )
        return self.filter(public | own | in_ranges("region", user.post_ranges(Post.Kind.STAFF)))

    def bulk_create(self, objs, *args, **kwargs):
        """As Django's, with the search keys of each row."""
        objs = list(objs)
        for organization in objs:
            organization.set_search_keys()
        return super().bulk_create(objs, *args, **kwargs)

    def matching(self, text: str) -> "OrganizationQuerySet":
        """Those of which each word is found: inside a present or former name, or at the start of the credit code,
        of the pinyin, or of any part of its initials."""
        if not bigrams.query(text):
            return self.none()
        return self.filter(bigrams.matches("search", text))

    def for_list(self) -> "OrganizationQuerySet":
        return self.select_related("region")

    def of(self, user) -> "OrganizationQuerySet":
        """The organizations a person acts for."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(pk__in=Organization._memberships().filter(user=user).values("organization"))

    def answered_by(self, user) -> "OrganizationQuerySet":
        """The organizations whose records a person answers for: their own, and those merged into one of them."""
        own = self.model.objects.of(user).values("pk")
        return self.filter(Q(pk__in=own) | Q(successor__in=own))

    def eligible(self, on: datetime.date | None = None) -> "OrganizationQuerySet":
        """Those that may claim demands on a day (today): active social organizations on no credit list, which owe
        no annual return.
        """
        day = on or timezone.localdate()
        listed = apps.get_model("organizations", "CreditEntry").objects.standing(day)
        found = self.filter(status=Organization.Status.ACTIVE, kind__in=Organization.SOCIAL).exclude(
            pk__in=listed.values("organization")
        )
        for rule in returns.rules():
            year = rule.last_due_year(day)
            if year is not None:
                found = found.filter(~self._owing(rule, year))
        return found

    def owing(self, rule: returns.ReturnRule, year: int) -> "OrganizationQuerySet":
        """Those a rule concerns that have not filed the return of the year."""
        return self.filter(self._owing(rule, year))

    @staticmethod
    def _owing(rule: returns.ReturnRule, year: int) -> Q:
        """The condition of `owing`."""
        made = apps.get_model("organizations", "AnnualReturn").objects.filter(organization=OuterRef("pk"))
        filed = made.filter(year=year).exclude(result="missing")
        owing = Q(kind__in=rule.kinds, uscc__startswith=uscc.CIVIL_AFFAIRS_FIRST) & ~Exists(filed)
        owing &= Q(founded_on=None) | Q(founded_on__lt=datetime.date(year, 1, 1))
        return owing if rule.applies == returns.ALWAYS else owing & Exists(made)


# The place of organizations without a valid grade, behind 1A.
NO_GRADE = 6


def grade_of(rank: int) -> str:
    """The grade of a rank: 1 is "5A", 5 is "1A", and `NO_GRADE` nothing."""
    return f"{NO_GRADE - rank}A" if rank < NO_GRADE else ""


class Organization(Stamped):
    """A party: social organization, enterprise, government unit or village collective (design §5)."""

    class Kind(models.TextChoices):
        ASSOCIATION = "association", _("social association")
        SERVICE = "service", _("social service organization")
        FOUNDATION = "foundation", _("foundation")
        CHARITY_FEDERATION = "federation", _("charity federation")
        COMMUNITY = "community", _("community social organization")
        OTHER_SOCIAL = "other_social", _("other social organization")
        ENTERPRISE = "enterprise", _("enterprise")
        GOVERNMENT = "government", _("government unit")
        VILLAGE = "village", _("village collective")
        OTHER = "other", _("other")

    class Level(models.TextChoices):
        NATIONAL = "national", _("national level")
        PROVINCE = "province", _("province level")
        CITY = "city", _("city level")
        COUNTY = "county", _("county level")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        ACTIVE = "active", _("active")
        CANCELLED = "cancelled", _("deregistered")
        REVOKED = "revoked", _("revoked")
        MERGED = "merged", _("merged")

    TRANSITIONS = {
        Status.DRAFT: {Status.ACTIVE},
        Status.ACTIVE: {Status.CANCELLED, Status.REVOKED, Status.MERGED},
        Status.CANCELLED: set(),
        Status.REVOKED: set(),
        Status.MERGED: set(),
    }
    SOCIAL = (
        Kind.ASSOCIATION,
        Kind.SERVICE,
        Kind.FOUNDATION,
        Kind.CHARITY_FEDERATION,
        Kind.COMMUNITY,
        Kind.OTHER_SOCIAL,
    )
    # Registered kinds: these have a credit code from the day of their registration; the others may be only filed.
    CODED = (Kind.ASSOCIATION, Kind.SERVICE, Kind.FOUNDATION, Kind.CHARITY_FEDERATION, Kind.ENTERPRISE)

    name = models.CharField(_("name"), max_length=120)
    pinyin = models.CharField(max_length=500, editable=False, blank=True)
    initials = models.CharField(max_length=120, editable=False, blank=True)
    search = SearchVectorField(null=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    uscc = models.CharField(
        _("unified social credit code"),
        max_length=18,
        null=True,
        blank=True,
        unique=True,
        validators=[validate_uscc],
        error_messages={"unique": _("An organization with this unified social credit code is already registered.")},
        help_text=_("18 characters. Empty only for organizations that are filed without registration."),
    )
    level = models.CharField(_("registration level"), max_length=10, choices=Level.choices)
    # Its index is the one of region and status.
    region = models.ForeignKey(Region, models.PROTECT, db_index=False, related_name="+", verbose_name=_("region"))
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.DRAFT, editable=False)
    is_synthetic = models.BooleanField(
        _("demonstration code"),
        default=False,
        editable=False,
        help_text=_("The credit code was made up for the demonstration."),
    )

    authority = models.CharField(
        _("registration authority"),
        max_length=120,
        blank=True,
        help_text=_("Name, or credit code of a registered government unit."),
    )
    authority_organization = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="+",
        verbose_name=_("registration authority"),
    )
    supervising_unit = models.CharField(
        _("supervising unit"), max_length=120, blank=True, help_text=_("Empty for direct registration.")
    )
    legal_representative = models.CharField(_("legal representative"), max_length=60, blank=True)
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    focus = ArrayField(
        models.CharField(max_length=16, choices=AssistanceForm.choices),
        verbose_name=_("focus"),
        default=list,
        blank=True,
    )
    # For sorting only, 1 for 5A to 5 for 1A: kept by a trigger on the assessments, and daily, because grades end.
    grade_rank = models.PositiveSmallIntegerField(
        _("valid grade"), default=NO_GRADE, db_default=NO_GRADE, editable=False
    )
    is_industry_association = models.BooleanField(_("industry association"), default=False)
    is_hub = models.BooleanField(_("hub organization"), default=False)
    party_branches = models.PositiveIntegerField(_("party branches"), null=True, blank=True)
    party_members = models.PositiveIntegerField(_("party members"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="+",
        verbose_name=_("merged into"),
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organization")
        indexes = [
            # The orders of the list, each made total by the key.
            models.Index(fields=["pinyin", "id"], name="organization_pinyin"),
            models.Index(fields=["founded_on", "id"], name="organization_founded"),
            models.Index(F("founded_on").desc(nulls_last=True), F("id"), name="organization_founded_back"),
            models.Index(fields=["grade_rank", "pinyin", "id"], name="organization_grade"),
            GinIndex(fields=["search"], name="organization_search"),
            # Files are held against the register by name; nothing is in the order of names.
            HashIndex(fields=["name"], name="organization_name"),
            models.Index(fields=["region", "status"], name="organization_region_status"),
            # Few have one: the others need no entry.
            models.Index(
                fields=["authority_organization"],
                condition=Q(authority_organization__isnull=False),
                name="organization_authority",
            ),
            models.Index(fields=["successor"], condition=Q(successor__isnull=False), name="organization_successor"),
            # A hundredth of a register, spread over all of its orders.
            models.Index(
                fields=["pinyin", "id"], condition=Q(level__in=["national", "province"]), name="organization_upper"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(authority="") | Q(authority_organization=None), name="organization_one_authority"
            ),
            models.CheckConstraint(
                condition=Q(status="merged", successor__isnull=False) | (~Q(status="merged") & Q(successor=None)),
                name="organization_successor_of_merged",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "active", "cancelled", "revoked", "merged"]),
                name="organization_status_known",
            ),
            models.CheckConstraint(
                condition=Q(uscc=None) | Q(uscc__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"),
                name="organization_uscc_shape",
                violation_error_message=_(
                    "A unified social credit code has 18 digits or capital letters without I, O, S, V and Z."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        if self._state.adding:
            self.set_search_keys()
        super().save(*args, **kwargs)

    def set_search_keys(self) -> None:
        """Fill in what the search and the order by pinyin read, from the names and the code."""
        former = [] if self._state.adding else [row.name for row in self._former_names()]
        self.pinyin, self.initials, self.search = search_keys(self.name, self.uscc, former)

    def _former_names(self) -> models.QuerySet:
        return apps.get_model("organizations", "FormerName").objects.filter(organization=self)

    @staticmethod
    def _memberships() -> models.QuerySet:
        return apps.get_model("organizations", "Membership").objects.all()

    @property
    def grade(self) -> str:
        """The grade valid today, such as "5A"; empty without one."""
        return grade_of(self.grade_rank)

    @property
    def authority_label(self) -> str:
        """The name of the registration authority, wherever it is kept."""
        return self.authority_organization.name if self.authority_organization else self.authority

    @property
    def focus_labels(self) -> list[str]:
        """The assistance forms of the focus in words."""
        labels = dict(AssistanceForm.choices)
        return [str(labels.get(form, form)) for form in self.focus]

    @property
    def is_social(self) -> bool:
        """Whether this is a social organization, the kinds that may claim demands."""
        return self.kind in self.SOCIAL

"""What organizations can give, and invitations by staff to look at a demand."""

import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, in_ranges
from core.models import Stamped
from demands.models.demands import Demand, DemandItem
from organizations.models import AssistanceForm, Organization
from regions.models import Region


class SupplyOfferQuerySet(models.QuerySet):
    def visible_to(self, user) -> "SupplyOfferQuerySet":
        """Open offers are public; others are seen by the organization's people and by staff of its region."""
        public = Q(status=SupplyOffer.Status.OPEN)
        if not user.is_authenticated:
            return self.filter(public)
        if user.is_superuser:
            return self
        mine = Organization.objects.answered_by(user).values("pk")
        staff = in_ranges("organization__region", user.post_ranges(Post.Kind.STAFF))
        return self.filter(public | Q(organization__in=mine) | staff)

    def for_list(self) -> "SupplyOfferQuerySet":
        return self.select_related("organization__region").prefetch_related("regions")

    def standing(self, on: datetime.date | None = None) -> "SupplyOfferQuerySet":
        """Open offers of organizations that may claim, not run out by the day `on` (today)."""
        day = on or timezone.localdate()
        return self.filter(
            Q(valid_until=None) | Q(valid_until__gte=day),
            status=SupplyOffer.Status.OPEN,
            organization__in=Organization.objects.eligible(day),
        )


class SupplyOffer(Stamped):
    """Something an organization can give, until when and where. It binds nobody and reserves nothing.

    Without `regions` it is for everywhere; `paired_only` narrows it to places the organization is paired with.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("open")
        PAUSED = "paused", _("paused")
        CLOSED = "closed", _("closed")

    TRANSITIONS = {
        Status.DRAFT: {Status.OPEN, Status.CLOSED},
        Status.OPEN: {Status.PAUSED, Status.CLOSED},
        Status.PAUSED: {Status.OPEN, Status.CLOSED},
        Status.CLOSED: set(),
    }

    reference = models.CharField(_("reference number"), max_length=20, unique=True, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    form = models.CharField(_("assistance form"), max_length=16, choices=AssistanceForm.choices)
    kind = models.CharField(_("kind"), max_length=8, choices=DemandItem.Kind.choices, default=DemandItem.Kind.GOODS)
    what = models.CharField(_("what"), max_length=120)
    unit = models.CharField(_("unit"), max_length=20)
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=3)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    regions = models.ManyToManyField(Region, related_name="+", blank=True, verbose_name=_("regions"))
    paired_only = models.BooleanField(_("only for places the organization is paired with"), default=False)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.DRAFT, editable=False)

    objects = SupplyOfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("supply offer")
        indexes = [
            models.Index(fields=["status", "-id"], name="offer_status_newest"),
            models.Index(fields=["organization", "status"], name="offer_organization_status"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "open", "paused", "closed"]), name="offer_status_known"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0),
                name="offer_quantity_positive",
                violation_error_message=_("A quantity is greater than zero."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["cash", "goods", "service", "skill", "sales"]), name="offer_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.what}"

    def is_over(self, on: datetime.date | None = None) -> bool:
        """Whether its last day has passed by the day `on` (today)."""
        return self.valid_until is not None and self.valid_until < (on or timezone.localdate())


class InvitationQuerySet(models.QuerySet):
    def visible_to(self, user) -> "InvitationQuerySet":
        """The organization's people, and the officers responsible for the village."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        mine = Organization.objects.answered_by(user).values("pk")
        return self.filter(Q(organization__in=mine) | in_ranges("demand__village", user.post_ranges(Post.Kind.STAFF)))

    def for_list(self) -> "InvitationQuerySet":
        return self.select_related("demand__village__parent__parent", "organization", "offer")

    def open(self, on: datetime.date | None = None) -> "InvitationQuerySet":
        """Those that can still be answered on a day (today)."""
        return self.filter(status=Invitation.Status.OPEN, expires_on__gte=on or timezone.localdate())


class Invitation(Stamped):
    """Staff draw an organization's attention to a demand. Never an assignment: it may say no, and claims by itself."""

    class Status(models.TextChoices):
        OPEN = "open", _("waits for an answer")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("expired")

    TRANSITIONS = {
        Status.OPEN: {Status.ACCEPTED, Status.DECLINED, Status.WITHDRAWN, Status.EXPIRED},
        Status.ACCEPTED: set(),
        Status.DECLINED: set(),
        Status.WITHDRAWN: set(),
        Status.EXPIRED: set(),
    }

    demand = models.ForeignKey(Demand, models.PROTECT, related_name="invitations", verbose_name=_("demand"))
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    offer = models.ForeignKey(
        SupplyOffer, models.PROTECT, null=True, blank=True, related_name="invitations", verbose_name=_("supply offer")
    )
    message = models.TextField(_("message"), max_length=500, blank=True)
    expires_on = models.DateField(_("answer until"))
    answer = models.TextField(_("reason of the answer"), blank=True, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation to a demand")
        indexes = [models.Index(fields=["organization", "status"], name="invitation_organization")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["open", "accepted", "declined", "withdrawn", "expired"]),
                name="demand_invitation_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="declined") | ~Q(answer=""), name="demand_invitation_declined_with_reason"
            ),
            models.UniqueConstraint(
                fields=["demand", "organization"],
                condition=Q(status="open"),
                name="demand_invitation_open_once",
                violation_error_message=_("This organization is invited already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand} · {self.organization}"

    @property
    def can_be_answered(self) -> bool:
        return self.status == self.Status.OPEN and self.expires_on >= timezone.localdate()

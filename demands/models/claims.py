"""Claims: which organization has taken on how much of a demand."""

import datetime

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, in_ranges
from core.models import Stamped
from demands.models.demands import Demand, DemandItem
from demands.models.quantities import plain_quantity
from organizations.models import Organization


class ClaimQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ClaimQuerySet":
        """The organization's own people, the officers responsible for the village, and its reporter."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        posts = user.post_ranges(Post.Kind.STAFF, Post.Kind.CHECKER, Post.Kind.REPORTER)
        mine = Organization.objects.answered_by(user).values("pk")
        return self.filter(Q(organization__in=mine) | in_ranges("demand__village", posts))

    def for_list(self) -> "ClaimQuerySet":
        return self.select_related("demand__village__parent__parent", "organization").prefetch_related("lines__item")

    def live(self) -> "ClaimQuerySet":
        """Claims that hold their quantities."""
        return self.filter(status__in=Claim.LIVE)

    def leased(self) -> "ClaimQuerySet":
        """Claims whose hold ends by itself at `expires_at` unless somebody acts before."""
        return self.filter(status__in=Claim.LEASED, expires_at__isnull=False)

    def unfinished(self) -> "ClaimQuerySet":
        """Claims on which somebody still has to act; an organization has at most one of them on a demand."""
        return self.filter(status__in=Claim.UNFINISHED)


class Claim(Stamped):
    """An organization takes on a part or all of a demand. It holds its quantities from submission on.

    Until the agreement is signed the hold is a lease: it ends at `expires_at` (`LEASED`), first for the review, after
    the approval for the signing.
    """

    class Status(models.TextChoices):
        SUBMITTED = "submitted", _("awaiting review")
        APPROVED = "approved", _("approved")
        AGREED = "agreed", _("agreement signed")
        DELIVERING = "delivering", _("being delivered")
        DELIVERED = "delivered", _("delivered, awaiting acceptance")
        ACCEPTED = "accepted", _("accepted by the village")
        VERIFIED = "verified", _("verified by the county")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("withdrawn")
        LAPSED = "lapsed", _("lapsed")

    TRANSITIONS = {
        Status.SUBMITTED: {Status.APPROVED, Status.REJECTED, Status.WITHDRAWN, Status.LAPSED},
        Status.APPROVED: {Status.AGREED, Status.WITHDRAWN, Status.LAPSED},
        Status.AGREED: {Status.DELIVERING, Status.WITHDRAWN},
        # From delivering on the status follows from the lines (services.steps.follow), in both directions: the village
        # finds a part short or sends it back, takes an entry back, or the organization takes a delivery back.
        # Withdrawn: nothing of what came was kept, and the rest is given up (services.ending).
        Status.DELIVERING: {Status.DELIVERED, Status.AGREED, Status.WITHDRAWN},
        Status.DELIVERED: {Status.ACCEPTED, Status.DELIVERING},
        Status.ACCEPTED: {Status.VERIFIED, Status.DELIVERED, Status.DELIVERING},
        Status.VERIFIED: set(),
        Status.REJECTED: set(),
        Status.WITHDRAWN: set(),
        Status.LAPSED: set(),
    }
    # Approved and not given up since: the organization knows the village's contact.
    CONFIRMED = (
        Status.APPROVED,
        Status.AGREED,
        Status.DELIVERING,
        Status.DELIVERED,
        Status.ACCEPTED,
        Status.VERIFIED,
    )
    # The statuses that hold quantities; leaving them releases what is held.
    LIVE = (Status.SUBMITTED, *CONFIRMED)
    # The hold ends by itself; from the agreement on it lasts until somebody ends it.
    LEASED = (Status.SUBMITTED, Status.APPROVED)
    # Live and not finished: an organization has at most one of these on a demand.
    UNFINISHED = (
        Status.SUBMITTED,
        Status.APPROVED,
        Status.AGREED,
        Status.DELIVERING,
        Status.DELIVERED,
        Status.ACCEPTED,
    )
    # Deliveries are entered; the village's entries may still be taken back; there is something to look at on the spot.
    DELIVERABLE = (Status.AGREED, Status.DELIVERING, Status.DELIVERED)
    # Taken back by the organization as a whole; ended with a reason when something has come already.
    WITHDRAWABLE = (Status.SUBMITTED, Status.APPROVED, Status.AGREED)
    ENDABLE = (Status.AGREED, Status.DELIVERING)
    UNVERIFIED = (Status.DELIVERING, Status.DELIVERED, Status.ACCEPTED)
    CHECKABLE = (*UNVERIFIED, Status.VERIFIED)

    reference = models.CharField(_("reference number"), max_length=20, unique=True, editable=False)
    demand = models.ForeignKey(Demand, models.PROTECT, related_name="claims", verbose_name=_("demand"))
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    plan = models.TextField(
        _("plan"),
        max_length=2000,
        blank=True,
        help_text=_("How you will get it and bring it there."),
    )
    deliver_from = models.DateField(_("delivery from"), null=True, blank=True)
    deliver_by = models.DateField(_("delivery by"), null=True, blank=True)
    contact = models.CharField(
        _("contact of the organization"),
        max_length=200,
        blank=True,
        help_text=_("Name and telephone, for the village and its officers. Never shown in public."),
    )
    status = models.CharField(
        _("status"), max_length=12, choices=Status.choices, default=Status.SUBMITTED, editable=False
    )
    expires_at = models.DateTimeField(_("hold ends at"), null=True, blank=True, editable=False)
    extensions = models.PositiveSmallIntegerField(_("extensions of the hold"), default=0, editable=False)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        indexes = [
            models.Index(fields=["organization", "status"], name="claim_organization_status"),
            models.Index(fields=["status", "-id"], name="claim_status_newest"),
            models.Index(
                fields=["expires_at"], condition=Q(status__in=["submitted", "approved"]), name="claim_lease_end"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "submitted",
                        "approved",
                        "agreed",
                        "delivering",
                        "delivered",
                        "accepted",
                        "verified",
                        "rejected",
                        "withdrawn",
                        "lapsed",
                    ]
                ),
                name="claim_status_known",
            ),
            models.CheckConstraint(
                condition=Q(deliver_from=None) | Q(deliver_by=None) | Q(deliver_by__gte=F("deliver_from")),
                name="claim_delivery_in_order",
                violation_error_message=_("The delivery cannot end before it begins."),
            ),
            models.UniqueConstraint(
                fields=["demand", "organization"],
                condition=Q(status__in=["submitted", "approved", "agreed", "delivering", "delivered", "accepted"]),
                name="claim_one_live_per_organization",
                violation_error_message=_("This organization already has a claim on this demand."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("demands:claim-detail", args=[self.pk])

    def in_words(self) -> str:
        """What is claimed, as one line of text."""
        return "; ".join(
            f"{line.item.what} {plain_quantity(line.quantity)} {line.item.unit}"
            for line in self.lines.all()
            if line.quantity
        )

    @property
    def is_ended_in_part(self) -> bool:
        """Whether the organization has given a part up; what has arrived goes its way."""
        return any(line.given_up for line in self.lines.all())

    @property
    def is_live(self) -> bool:
        return self.status in self.LIVE

    @property
    def lease_ends(self) -> datetime.datetime | None:
        """When the hold ends by itself; None once it does not."""
        return self.expires_at if self.status in self.LEASED else None


class ClaimLine(models.Model):
    """How much of one item a claim takes, in the item's unit; `asked` is what was asked for before the approval."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="lines")
    item = models.ForeignKey(DemandItem, models.PROTECT, related_name="lines")
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=3)
    # Kept by the services of deliveries, like the columns of the same names on the item.
    delivered = models.DecimalField(_("delivered"), max_digits=18, decimal_places=3, default=0, editable=False)
    accepted = models.DecimalField(_("accepted"), max_digits=18, decimal_places=3, default=0, editable=False)
    asked = models.DecimalField(
        _("quantity asked for"), max_digits=18, decimal_places=3, null=True, blank=True, editable=False
    )

    # What the organization has said it will not deliver, and the claim holds no more. Set by services.ending.
    given_up = models.DecimalField(
        _("given up"), max_digits=18, decimal_places=3, default=0, db_default=0, editable=False
    )

    class Meta:
        verbose_name = _("claimed item")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "item"], name="claim_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, given_up__gte=0) | Q(quantity=0, given_up__gt=0),
                name="claim_line_quantity_positive",
                violation_error_message=_("A quantity is greater than zero."),
            ),
            models.CheckConstraint(
                condition=Q(accepted__gte=0, delivered__gte=F("accepted"), quantity__gte=F("delivered")),
                name="claim_line_quantities_in_order",
                violation_error_message=_("No more can be delivered than is claimed."),
            ),
            models.CheckConstraint(
                condition=Q(asked=None) | Q(asked__gte=F("quantity")),
                name="claim_line_not_above_asked",
                violation_error_message=_("No more is approved than was asked for."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.quantity}"

    @property
    def owed(self):
        """What the organization still has to deliver."""
        return self.quantity - self.delivered

    @property
    def is_cut(self) -> bool:
        """Whether less was approved than asked for."""
        return self.asked is not None and self.asked > self.quantity

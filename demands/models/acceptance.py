"""What the village found and the county verified: entries that are only ever added, spot checks, ratings."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Stamped
from demands.models.claims import Claim
from demands.models.deliveries import Delivery, DeliveryLine, OfClaimQuerySet, parties
from demands.models.quantities import plain_quantity


class AcceptanceEntryQuerySet(models.QuerySet):
    def visible_to(self, user) -> "AcceptanceEntryQuerySet":
        return self.filter(line__delivery__in=Delivery.objects.visible_to(user))

    def standing(self) -> "AcceptanceEntryQuerySet":
        """Entries that were not taken back."""
        return self.filter(reverses=None, reversed_by=None)


class AcceptanceEntry(Stamped):
    """The village's word on a part of a delivered line. Rows are only added: a mistake is a second entry that
    `reverses` the first. The database refuses to change or delete one.
    """

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        SUBSTITUTED = "substituted", _("accepted in place of what was promised")
        SHORT = "short", _("did not arrive")
        RETURNED = "returned", _("sent back")

    # What the village keeps; of the rest the organization still owes the quantity.
    KEPT = (Outcome.ACCEPTED, Outcome.SUBSTITUTED)

    line = models.ForeignKey(DeliveryLine, models.PROTECT, related_name="entries")
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices)
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=3)
    instead = models.CharField(_("what came instead"), max_length=120, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")

    objects = AcceptanceEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("acceptance entry")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["accepted", "substituted", "short", "returned"]),
                name="acceptance_outcome_known",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="acceptance_quantity_positive"),
            models.CheckConstraint(
                condition=~Q(outcome="substituted") | ~Q(instead=""), name="acceptance_substitute_named"
            ),
            models.CheckConstraint(
                condition=~Q(reason="") | Q(reverses=None, outcome__in=["accepted", "substituted", "short"]),
                name="acceptance_reason_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {plain_quantity(self.quantity)}"


class Verification(Stamped):
    """The county's word on an accepted claim, with the automatic checks as they stood at that moment."""

    class Outcome(models.TextChoices):
        PASSED = "passed", _("verified")
        SENT_BACK = "sent_back", _("sent back to the village")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="verifications", editable=False)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    note = models.TextField(_("note"), max_length=500, blank=True)
    # {code of the check: whether it was in order}
    checks = models.JSONField(_("automatic checks"), default=dict, editable=False)

    objects = OfClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("verification")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="passed") | Q(outcome="sent_back") & ~Q(note=""),
                name="verification_outcome_known",
            ),
            models.UniqueConstraint(fields=["claim"], condition=Q(outcome="passed"), name="verification_passed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.claim} {self.get_outcome_display()}"


class SpotCheckQuerySet(models.QuerySet):
    def visible_to(self, user) -> "SpotCheckQuerySet":
        """Those who serve the village; the organization once the check is over."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        mine, theirs = parties(user, "claim")
        return self.filter(theirs | (mine & ~Q(status=SpotCheck.Status.OPEN)))

    def for_list(self) -> "SpotCheckQuerySet":
        return self.select_related("claim__organization", "claim__demand__village__parent__parent").prefetch_related(
            "claim__lines__item"
        )


class SpotCheck(Stamped):
    """Somebody goes and looks: drawn by lot when a claim is accepted, or asked for by staff with a reason.

    While one is open the claim is not verified; a discrepancy sends it back to the village.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("to be carried out")
        CONFIRMED = "confirmed", _("everything as recorded")
        DISCREPANCY = "discrepancy", _("discrepancy found")

    class Origin(models.TextChoices):
        LOT = "lot", _("drawn by lot")
        STAFF = "staff", _("asked for by staff")

    TRANSITIONS = {
        Status.OPEN: {Status.CONFIRMED, Status.DISCREPANCY},
        Status.CONFIRMED: set(),
        Status.DISCREPANCY: set(),
    }

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="spot_checks", editable=False)
    origin = models.CharField(_("origin"), max_length=5, choices=Origin.choices, editable=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.OPEN, editable=False)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    finding = models.TextField(_("finding"), max_length=1000, blank=True)

    objects = SpotCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("spot check")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["open", "confirmed", "discrepancy"]), name="spot_check_status_known"
            ),
            models.CheckConstraint(condition=Q(origin__in=["lot", "staff"]), name="spot_check_origin_known"),
            models.CheckConstraint(
                condition=Q(status="open") | (Q(checked_on__isnull=False) & ~Q(finding="")),
                name="spot_check_finding_given",
            ),
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(status="open"),
                name="spot_check_one_open",
                violation_error_message=_("A spot check of this claim is under way already."),
            ),
            models.UniqueConstraint(fields=["claim"], condition=Q(origin="lot"), name="spot_check_one_lot"),
        ]

    def __str__(self) -> str:
        return f"{self.claim} {self.get_origin_display()}"


class Rating(Stamped):
    """What the village and the organization thought of it, after verification: 1 (poor) to 5 (very good)."""

    class Side(models.TextChoices):
        VILLAGE = "village", _("village")
        ORGANIZATION = "organization", _("organization")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="ratings", editable=False)
    side = models.CharField(_("side"), max_length=12, choices=Side.choices, editable=False)
    score = models.PositiveSmallIntegerField(_("score"))
    comment = models.TextField(_("comment"), max_length=1000, blank=True)

    objects = OfClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "side"], name="rating_once_per_side"),
            models.CheckConstraint(condition=Q(score__range=(1, 5)), name="rating_score_in_range"),
            models.CheckConstraint(condition=Q(side__in=["village", "organization"]), name="rating_side_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.score}"

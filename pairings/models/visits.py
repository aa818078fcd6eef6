"""Who went to see whom under a pair, and the joint meetings of the two sides."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Stamped
from pairings.models.pairings import Pairing, Side, involved


class VisitQuerySet(models.QuerySet):
    def visible_to(self, user) -> "VisitQuerySet":
        """Visits of public pairs are public; one taken back is seen by both sides."""
        seen = self.filter(pairing__in=Pairing.objects.visible_to(user))
        public = Q(status=Visit.Status.RECORDED)
        if not user.is_authenticated:
            return seen.filter(public)
        return seen if user.is_superuser else seen.filter(public | involved(user, "pairing__"))

    def for_list(self) -> "VisitQuerySet":
        pair = [f"pairing__{side}_{kind}" for side in Side.values for kind in ("region", "organization")]
        return self.select_related("pairing", "pairing__scheme", *pair)


class Visit(Stamped):
    """People of one side at the other; `people` counts those who came."""

    class Direction(models.TextChoices):
        TO_RECEIVER = "to_receiver", _("giver visits receiver")
        TO_GIVER = "to_giver", _("receiver visits giver")

    class Kind(models.TextChoices):
        VISIT = "visit", _("visit")
        MEETING = "meeting", _("joint meeting")
        TRAINING = "training", _("training or secondment")

    class Status(models.TextChoices):
        RECORDED = "recorded", _("recorded")
        WITHDRAWN = "withdrawn", _("withdrawn")

    TRANSITIONS = {Status.RECORDED: {Status.WITHDRAWN}, Status.WITHDRAWN: set()}
    FIELDS = ("direction", "kind", "starts_on", "ends_on", "people", "led_by", "purpose")

    pairing = models.ForeignKey(Pairing, models.PROTECT, related_name="visits", verbose_name=_("pair"))
    direction = models.CharField(_("direction"), max_length=12, choices=Direction.choices)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.VISIT)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    people = models.PositiveIntegerField(_("number of people"))
    led_by = models.CharField(_("led by"), max_length=120, help_text=_("Office or organization and function."))
    purpose = models.CharField(_("purpose of the visit"), max_length=500)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.RECORDED, editable=False
    )

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit of a pair")
        indexes = [models.Index(fields=["-starts_on", "-id"], name="visit_day")]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["recorded", "withdrawn"]), name="visit_status_known"),
            models.CheckConstraint(
                condition=Q(direction__in=["to_receiver", "to_giver"]), name="visit_direction_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=["visit", "meeting", "training"]), name="visit_kind_known"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="visit_dates_in_order",
                violation_error_message=_("The last day cannot be before the first."),
            ),
            models.CheckConstraint(
                condition=Q(people__gte=1),
                name="visit_somebody_came",
                violation_error_message=_("At least one person takes part."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_on}"

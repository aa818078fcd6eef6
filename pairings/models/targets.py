"""What the two sides of a pair have agreed on for a year, as each of them states it."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Stamped
from pairings.models.pairings import Pairing, Side, involved

# The first year of East-West cooperation, and a year nobody means.
YEARS = (1996, 2100)


class PairingTargetQuerySet(models.QuerySet):
    def visible_to(self, user) -> "PairingTargetQuerySet":
        """Figures both sides state alike are public; the others are seen by both sides."""
        public = Q(giver_value=F("receiver_value"))
        seen = self.filter(pairing__in=Pairing.objects.visible_to(user))
        if not user.is_authenticated:
            return seen.filter(public)
        return seen if user.is_superuser else seen.filter(public | involved(user, "pairing__"))

    def for_list(self) -> "PairingTargetQuerySet":
        pair = [f"pairing__{side}_{kind}" for side in Side.values for kind in ("region", "organization")]
        return self.select_related("pairing", "pairing__scheme", *pair)

    def agreed(self) -> "PairingTargetQuerySet":
        return self.filter(giver_value=F("receiver_value"))

    def differing(self) -> "PairingTargetQuerySet":
        return self.exclude(giver_value=None).exclude(receiver_value=None).exclude(giver_value=F("receiver_value"))

    def one_sided(self) -> "PairingTargetQuerySet":
        return self.filter(Q(giver_value=None) | Q(receiver_value=None))


class PairingTarget(Stamped):
    """One agreed figure of a pair for a year: each side states it, and it holds when both state the same.

    Values of `MONEY` are yuan, those of the others whole numbers. What was delivered is computed, never typed
    (`pairings.selectors.register_results`).
    """

    class Measure(models.TextChoices):
        CASH = "cash", _("cash")
        GOODS = "goods", _("goods at their value")
        CONSUMPTION = "consumption", _("consumption assistance")
        PERSONS = "persons", _("persons trained")
        STAFF = "staff", _("people sent to work there")
        PROJECTS = "projects", _("projects")
        ORGANIZATIONS = "organizations", _("organizations paired")

    MONEY = (Measure.CASH, Measure.GOODS, Measure.CONSUMPTION)

    pairing = models.ForeignKey(Pairing, models.PROTECT, related_name="targets", verbose_name=_("pair"))
    year = models.PositiveSmallIntegerField(_("year"))
    measure = models.CharField(_("measure"), max_length=13, choices=Measure.choices)
    giver_value = models.DecimalField(
        _("figure of the giver"), max_digits=18, decimal_places=2, null=True, editable=False
    )
    giver_stated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    giver_stated_at = models.DateTimeField(null=True, editable=False)
    receiver_value = models.DecimalField(
        _("figure of the receiver"), max_digits=18, decimal_places=2, null=True, editable=False
    )
    receiver_stated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    receiver_stated_at = models.DateTimeField(null=True, editable=False)

    objects = PairingTargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("yearly target of a pair")
        constraints = [
            models.UniqueConstraint(fields=["pairing", "year", "measure"], name="target_once"),
            models.CheckConstraint(
                condition=Q(year__range=YEARS),
                name="target_year_plausible",
                violation_error_message=_("This year cannot be right."),
            ),
            models.CheckConstraint(
                condition=Q(
                    measure__in=["cash", "goods", "consumption", "persons", "staff", "projects", "organizations"]
                ),
                name="target_measure_known",
            ),
            models.CheckConstraint(
                condition=Q(giver_value__isnull=False) | Q(receiver_value__isnull=False), name="target_stated"
            ),
            *[
                models.CheckConstraint(
                    condition=Q(**{f"{side}_value": None}) | Q(**{f"{side}_value__gte": 0}),
                    name=f"target_{side}_not_negative",
                    violation_error_message=_("The figure cannot be less than zero."),
                )
                for side in ("giver", "receiver")
            ],
            *[
                # The system itself states figures too: a time without a person.
                models.CheckConstraint(
                    condition=Q(
                        **{f"{side}_value": None, f"{side}_stated_at": None, f"{side}_stated_by": None},
                    )
                    | Q(**{f"{side}_value__isnull": False, f"{side}_stated_at__isnull": False}),
                    name=f"target_{side}_signed",
                )
                for side in ("giver", "receiver")
            ],
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.get_measure_display()}"

    @property
    def is_money(self) -> bool:
        return self.measure in self.MONEY

    @property
    def agreed(self) -> Decimal | None:
        """The figure both sides state; None while one is missing or they differ."""
        return self.giver_value if self.giver_value == self.receiver_value else None

    @property
    def difference(self) -> Decimal | None:
        """What the giver states beyond the receiver; None unless the two differ."""
        if self.giver_value is None or self.receiver_value is None or self.giver_value == self.receiver_value:
            return None
        return self.giver_value - self.receiver_value

    @property
    def missing_side(self) -> str:
        """The side that has not stated its figure; empty when both have."""
        if self.giver_value is None:
            return Side.GIVER
        return Side.RECEIVER if self.receiver_value is None else ""

    def value_of(self, side: str) -> Decimal | None:
        return self.giver_value if side == Side.GIVER else self.receiver_value

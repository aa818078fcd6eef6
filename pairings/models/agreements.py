"""What the two sides of a pair have signed. One side enters it, the other confirms it or states what differs."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Stamped
from organizations.models import Organization
from pairings.models.pairings import Pairing, Side, involved


def random_name(agreement: "Agreement", file_name: str) -> str:
    """Where the signed document is kept: a name nobody can guess, with nothing of what the sender called it."""
    return f"pairings/{uuid.uuid4().hex}.{agreement.file_kind}"


class AgreementQuerySet(models.QuerySet):
    def visible_to(self, user) -> "AgreementQuerySet":
        """Confirmed agreements of public pairs are public; the others are seen by both sides."""
        public = Q(status__in=Agreement.PUBLIC)
        seen = self.filter(pairing__in=Pairing.objects.visible_to(user))
        if not user.is_authenticated:
            return seen.filter(public)
        return seen if user.is_superuser else seen.filter(public | involved(user, "pairing__"))

    def for_list(self) -> "AgreementQuerySet":
        pair = [f"pairing__{side}_{kind}" for side in Side.values for kind in ("region", "organization")]
        return self.select_related("pairing", "pairing__scheme", *pair).prefetch_related("parties")


class Agreement(Stamped):
    """A signed agreement of a pair: `amount` in yuan, or `quantity` with its `unit`, or both, or neither.

    The parties are the two sides of the pair and, where there are more, `parties`. `proposer` is the side that entered
    it; while it is disputed, `other_amount` and `other_quantity` are the figures of the other side.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("waits for the other side")
        DISPUTED = "disputed", _("the sides differ")
        CONFIRMED = "confirmed", _("confirmed by both sides")
        ENDED = "ended", _("ended")
        WITHDRAWN = "withdrawn", _("withdrawn")

    TRANSITIONS = {
        Status.PROPOSED: {Status.CONFIRMED, Status.DISPUTED, Status.WITHDRAWN},
        Status.DISPUTED: {Status.PROPOSED, Status.CONFIRMED, Status.WITHDRAWN},
        Status.CONFIRMED: {Status.ENDED},
        Status.ENDED: set(),
        Status.WITHDRAWN: set(),
    }
    PUBLIC = (Status.CONFIRMED, Status.ENDED)
    OPEN = (Status.PROPOSED, Status.DISPUTED)
    TERMS = ("title", "number", "signed_on", "valid_to", "amount", "quantity", "unit", "content")

    reference = models.CharField(_("reference number"), max_length=20, unique=True, editable=False)
    pairing = models.ForeignKey(Pairing, models.PROTECT, related_name="agreements", verbose_name=_("pair"))
    title = models.CharField(_("title"), max_length=200)
    number = models.CharField(_("document number"), max_length=60, blank=True)
    parties = models.ManyToManyField(Organization, related_name="+", blank=True, verbose_name=_("further parties"))
    signed_on = models.DateField(_("signed on"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    amount = models.DecimalField(_("amount agreed (yuan)"), max_digits=18, decimal_places=2, null=True, blank=True)
    quantity = models.DecimalField(_("quantity agreed"), max_digits=18, decimal_places=3, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    content = models.TextField(_("content"), max_length=2000, blank=True)
    proposer = models.CharField(_("entered by"), max_length=8, choices=Side.choices, editable=False)
    other_amount = models.DecimalField(
        _("amount the other side states (yuan)"), max_digits=18, decimal_places=2, null=True, blank=True, editable=False
    )
    other_quantity = models.DecimalField(
        _("quantity the other side states"), max_digits=18, decimal_places=3, null=True, blank=True, editable=False
    )
    objection = models.TextField(_("what differs"), max_length=500, blank=True, editable=False)
    file = models.FileField(_("document"), upload_to=random_name, max_length=100, blank=True, editable=False)
    file_name = models.CharField(_("file name"), max_length=150, blank=True, editable=False)
    file_kind = models.CharField(_("type"), max_length=4, blank=True, editable=False)
    file_sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.PROPOSED, editable=False
    )

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        indexes = [models.Index(fields=["-signed_on", "-id"], name="agreement_signed")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["proposed", "disputed", "confirmed", "ended", "withdrawn"]),
                name="agreement_status_known",
            ),
            models.CheckConstraint(condition=Q(proposer__in=["giver", "receiver"]), name="agreement_proposer_known"),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gt=0),
                name="agreement_amount_positive",
                violation_error_message=_("The amount must be greater than zero."),
            ),
            models.CheckConstraint(
                condition=Q(quantity=None, unit="") | (Q(quantity__isnull=False, quantity__gt=0) & ~Q(unit="")),
                name="agreement_quantity_with_unit",
                violation_error_message=_("A quantity is greater than zero and has a unit."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("signed_on")),
                name="agreement_dates_in_order",
                violation_error_message=_("An agreement cannot end before it is signed."),
            ),
            models.CheckConstraint(
                condition=(Q(status="disputed") & ~Q(objection=""))
                | (~Q(status="disputed") & Q(objection="", other_amount=None, other_quantity=None)),
                name="agreement_disputed_with_reason",
            ),
            models.CheckConstraint(
                condition=(Q(file="", file_name="", file_kind="", file_sha256=""))
                | (~Q(file="") & ~Q(file_name="") & ~Q(file_kind="") & Q(file_sha256__regex=r"^[0-9a-f]{64}$")),
                name="agreement_file_whole",
            ),
            models.UniqueConstraint(
                fields=["pairing", "number"],
                condition=~Q(number="") & ~Q(status="withdrawn"),
                name="agreement_number_once",
                violation_error_message=_("This pair's agreement with this number is already entered."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def waiting_side(self) -> str:
        """The side whose word is missing; empty when nobody's is."""
        return Side(self.proposer).other if self.status in self.OPEN else ""

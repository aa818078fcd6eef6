"""Gifts: who gave what to whom for where. Every amount is yuan; nothing received is ever edited or deleted."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, in_ranges
from core.models import Stamped
from organizations.models import Organization
from pairings.models import Pairing
from regions.models import Region


class DonationQuerySet(models.QuerySet):
    def visible_to(self, user) -> "DonationQuerySet":
        """Public once received and agreed to by the donors (慈善法 §82); otherwise only those it concerns.

        Staff see gifts from, to and for their regions; members see gifts their organization gave or received.
        """
        public = Q(consent_to_publish=True) & Q(status__in=Donation.COUNTED)
        if not user.is_authenticated:
            return self.filter(public)
        if user.is_superuser:
            return self
        staff = user.post_ranges(Post.Kind.STAFF)
        mine = Organization.objects.answered_by(user).values("pk")
        designated = DonationRegion.objects.filter(in_ranges("region", staff)).values("donation")
        given = DonationDonor.objects.filter(
            Q(organization__in=mine) | in_ranges("organization__region", staff)
        ).values("donation")
        return self.filter(
            public
            | Q(pk__in=designated)
            | Q(pk__in=given)
            | Q(recipient__in=mine)
            | in_ranges("recipient__region", staff)
        )

    def for_list(self) -> "DonationQuerySet":
        return self.select_related("recipient", "pairing").prefetch_related(
            "donors__organization__region", "donation_regions__region", "lots"
        )

    def counted(self) -> "DonationQuerySet":
        """Gifts that count as received money in every figure: received, and not reversed."""
        return self.filter(status__in=Donation.COUNTED)


class Donation(Stamped):
    """One gift, with one or several donors, in one or several lots (慈善法 §§36-42).

    A joint gift of three donors is one gift; a gift for several regions without a split stays one amount.
    """

    class Channel(models.TextChoices):
        OWN = "own", _("own donation")
        GUIDED = "guided", _("guided member donation")
        RAISED = "raised", _("fundraising")

    class Relief(models.TextChoices):
        NONE = "none", _("not disaster relief")
        WITHIN = "within", _("disaster relief, counted with the other gifts")
        APART = "apart", _("disaster relief from a separate appeal, counted apart")

    class Status(models.TextChoices):
        PLEDGED = "pledged", _("pledged")
        RECEIVED = "received", _("received")
        ALLOCATED = "allocated", _("allocated")
        USED = "used", _("used")
        CLOSED = "closed", _("closed")
        CANCELLED = "cancelled", _("cancelled")
        REVERSED = "reversed", _("reversed")

    COUNTED = (Status.RECEIVED, Status.ALLOCATED, Status.USED, Status.CLOSED)
    TRANSITIONS = {
        Status.PLEDGED: {Status.RECEIVED, Status.CANCELLED},
        Status.RECEIVED: {Status.REVERSED, Status.ALLOCATED},
        Status.ALLOCATED: {Status.USED},
        Status.USED: {Status.CLOSED},
        Status.CLOSED: set(),
        Status.CANCELLED: set(),
        Status.REVERSED: set(),
    }

    reference = models.CharField(_("reference number"), max_length=20, unique=True, editable=False)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices, default=Channel.OWN)
    recipient = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recipient")
    )
    purpose = models.CharField(_("purpose"), max_length=300, blank=True)
    regions = models.ManyToManyField(
        Region, through="DonationRegion", related_name="+", verbose_name=_("designated regions")
    )
    pairing = models.ForeignKey(
        Pairing, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("pair")
    )
    relief = models.CharField(_("disaster relief"), max_length=8, choices=Relief.choices, default=Relief.NONE)
    consent_to_publish = models.BooleanField(
        _("donors agree to be named in public"),
        default=False,
        help_text=_("Without consent the gift is counted, but not shown."),
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.PLEDGED, editable=False
    )
    pledged_on = models.DateField(_("pledged on"), null=True, blank=True)
    received_on = models.DateField(_("received on"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    import_key = models.CharField(max_length=80, null=True, blank=True, unique=True, editable=False)

    objects = DonationQuerySet.as_manager()

    class Meta:
        verbose_name = _("donation")
        indexes = [models.Index(fields=["-received_on", "-id"], name="donation_received")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["pledged", "received", "allocated", "used", "closed", "cancelled", "reversed"]),
                name="donation_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pledged", "cancelled"]) | Q(received_on__isnull=False),
                name="donation_received_dated",
                violation_error_message=_("A received gift needs the date of receipt."),
            ),
            models.CheckConstraint(condition=Q(relief__in=["none", "within", "apart"]), name="donation_relief_known"),
            models.CheckConstraint(condition=Q(channel__in=["own", "guided", "raised"]), name="donation_channel_known"),
        ]

    def __str__(self) -> str:
        return self.reference


class DonationRegion(models.Model):
    """A region the donors designated the gift to; several mean one amount for all of them, never divided."""

    donation = models.ForeignKey(Donation, models.CASCADE, related_name="donation_regions")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("region"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["donation", "region"], name="donation_region_once")]

    def __str__(self) -> str:
        return str(self.region)


class DonationDonor(models.Model):
    """One donor of a gift: a registered organization, or a name, or nothing for an anonymous donor."""

    donation = models.ForeignKey(Donation, models.CASCADE, related_name="donors")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organization")
    )
    name = models.CharField(_("name"), max_length=120, blank=True)
    share = models.DecimalField(
        _("share in yuan"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Empty when the donors gave jointly without a split."),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["donation", "organization"],
                condition=Q(organization__isnull=False),
                name="donation_donor_once",
            ),
            models.CheckConstraint(
                condition=Q(organization=None) | Q(name=""),
                name="donation_donor_one_kind",
                violation_error_message=_("Name either a registered organization or a free name."),
            ),
            models.CheckConstraint(condition=Q(share=None) | Q(share__gt=0), name="donation_share_positive"),
        ]

    def __str__(self) -> str:
        return str(self.organization or self.name)


class Lot(models.Model):
    """A part of a gift in one form: an amount of cash, or goods or services with or without a reliable value.

    `amount` is yuan. Goods without a reliable value keep it empty and are counted by quantity (MCA 2020-08).
    """

    class Form(models.TextChoices):
        CASH = "cash", _("cash")
        GOODS = "goods", _("goods")
        SERVICE = "service", _("services")

    class Basis(models.TextChoices):
        VOUCHER = "voucher", _("voucher")
        MARKET = "market", _("market price")
        OTHER = "other", _("other method")
        NONE = "none", _("no reliable value")

    donation = models.ForeignKey(Donation, models.CASCADE, related_name="lots")
    form = models.CharField(_("form"), max_length=8, choices=Form.choices)
    what = models.CharField(_("what"), max_length=120, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=3, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    amount = models.DecimalField(_("value in yuan"), max_digits=18, decimal_places=2, null=True, blank=True)
    basis = models.CharField(_("valuation basis"), max_length=8, choices=Basis.choices, default=Basis.VOUCHER)

    class Meta:
        verbose_name = _("lot")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gt=0),
                name="lot_amount_positive",
                violation_error_message=_("An amount is greater than zero; a mistake is corrected by a reversal."),
            ),
            models.CheckConstraint(
                condition=~Q(form="cash") | Q(amount__isnull=False),
                name="lot_cash_has_amount",
                violation_error_message=_("Cash needs an amount."),
            ),
            models.CheckConstraint(condition=Q(quantity=None) | Q(quantity__gt=0), name="lot_quantity_positive"),
            models.CheckConstraint(
                condition=Q(amount__isnull=False) | Q(basis="none"),
                name="lot_without_value_says_so",
                violation_error_message=_("A lot without a value has the basis “no reliable value”."),
            ),
            models.CheckConstraint(condition=Q(form__in=["cash", "goods", "service"]), name="lot_form_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_form_display()} {self.what}"


class Reversal(Stamped):
    """The correction of a mistaken gift: the gift stays on record, but counts in no figure from then on."""

    donation = models.OneToOneField(Donation, models.PROTECT, related_name="reversal")
    reason = models.CharField(_("reason"), max_length=500)
    replaced_by = models.OneToOneField(
        Donation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("entered again as")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="reversal_has_reason"),
            models.CheckConstraint(
                condition=Q(replaced_by=None) | ~Q(replaced_by=F("donation")), name="reversal_not_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.donation}: {self.reason}"

"""Consumption assistance: products of villages, what was bought or sold for them, and refunds. Never a donation."""

import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, in_ranges
from core.models import Stamped
from organizations.models import Organization
from projects.models.counts import BeneficiaryCount
from regions.models import Region

LOCAL = (Post.Kind.STAFF, Post.Kind.CHECKER, Post.Kind.REPORTER)
_POSITIVE = MinValueValidator(Decimal("0.001"), _("A quantity is greater than zero."))
_PRICED = MinValueValidator(Decimal("0.01"), _("An amount is greater than zero."))


class ProductQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ProductQuerySet":
        """Products on offer are public; withdrawn ones are seen by the village, its staff and the seller's people."""
        public = Q(status=Product.Status.OFFERED)
        if not user.is_authenticated:
            return self.filter(public)
        if user.is_superuser:
            return self
        mine = Organization.objects.answered_by(user).values("pk")
        return self.filter(public | Q(seller__in=mine) | in_ranges("region", user.post_ranges(*LOCAL)))

    def for_list(self) -> "ProductQuerySet":
        return self.select_related("region", "seller")


class Product(Stamped):
    """What a village or a co-operative sells. `price` is yuan per `unit`; `content` says what one unit holds."""

    class Status(models.TextChoices):
        OFFERED = "offered", _("on offer")
        WITHDRAWN = "withdrawn", _("no longer on offer")

    TRANSITIONS = {Status.OFFERED: {Status.WITHDRAWN}, Status.WITHDRAWN: {Status.OFFERED}}
    FIELDS = ("name", "region", "seller", "price", "unit", "content", "content_unit", "season", "summary", "source")

    name = models.CharField(_("name"), max_length=120)
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="+", verbose_name=_("region"), help_text=_("The village it comes from.")
    )
    seller = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("seller"),
        help_text=_("The co-operative or enterprise that sells it; empty means the village itself."),
    )
    price = models.DecimalField(
        _("price in yuan"), max_digits=18, decimal_places=2, null=True, blank=True, validators=[_PRICED]
    )
    unit = models.CharField(_("unit"), max_length=20)
    content = models.DecimalField(
        _("content of one unit"), max_digits=18, decimal_places=3, null=True, blank=True, validators=[_POSITIVE]
    )
    content_unit = models.CharField(_("unit of the content"), max_length=20, blank=True)
    season = models.CharField(_("season"), max_length=60, blank=True, help_text=_("When it can be bought."))
    summary = models.TextField(_("about the product"), max_length=2000, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    status = models.CharField(_("status"), max_length=9, choices=Status.choices, default=Status.OFFERED, editable=False)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["offered", "withdrawn"]), name="product_status_known"),
            models.CheckConstraint(
                condition=Q(price=None) | Q(price__gt=0),
                name="product_price_positive",
                violation_error_message=_("A price is greater than zero."),
            ),
            models.CheckConstraint(
                condition=Q(content=None, content_unit="")
                | (Q(content__isnull=False, content__gt=0) & ~Q(content_unit="")),
                name="product_content_complete",
                violation_error_message=_("Give both how much one unit holds and the unit of that, or neither."),
            ),
            models.UniqueConstraint(
                fields=["region", "seller", "name"],
                nulls_distinct=False,
                name="product_once",
                violation_error_message=_("This seller already has a product of this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ConsumptionQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ConsumptionQuerySet":
        """Verified records are public; others are seen by buyer and seller, by the village and by its staff."""
        public = Q(status=ConsumptionRecord.Status.VERIFIED)
        if not user.is_authenticated:
            return self.filter(public)
        if user.is_superuser:
            return self
        mine = Organization.objects.answered_by(user).values("pk")
        own = Q(buyer__in=mine) | Q(seller__in=mine) | Q(created_by=user)
        return self.filter(public | own | in_ranges("region", user.post_ranges(*LOCAL)))

    def for_list(self) -> "ConsumptionQuerySet":
        return self.select_related("region", "buyer", "seller", "product")

    def counted(self) -> "ConsumptionQuerySet":
        """What totals may count: verified by a second person and not struck out."""
        return self.filter(status=ConsumptionRecord.Status.VERIFIED)


class ConsumptionRecord(Stamped):
    """One purchase from a village or its co-operative, or a sale arranged for it. It is never a donation.

    `amount` is yuan, `quantity` is in `unit`. Where a source gives no usable number the field is empty, the reason is
    written down, and a quantity also keeps the words as printed. `refunded_amount` and `refunded_quantity` are the
    sums of the record's refund entries, kept by the services; the table never lets them exceed what was bought.
    """

    class Mode(models.TextChoices):
        DIRECT = "direct", _("direct purchase")
        HELP = "help", _("help to sell")
        INDUCED = "induced", _("induced consumption")

    class Channel(models.TextChoices):
        PLATFORM = "platform_832", _("832 platform")
        LIVE = "live", _("live-stream sale")
        MALL = "mall", _("online mall")
        FAIR = "fair", _("fair")
        OTHER = "other", _("other")

    class Status(models.TextChoices):
        ENTERED = "entered", _("awaiting verification")
        VERIFIED = "verified", _("verified")
        STRUCK = "struck", _("struck out")

    TRANSITIONS = {
        Status.ENTERED: {Status.VERIFIED, Status.STRUCK},
        Status.VERIFIED: {Status.STRUCK},
        Status.STRUCK: set(),
    }
    FIELDS = (
        "mode",
        "channel",
        "buyer",
        "buyer_name",
        "region",
        "seller",
        "product",
        "goods",
        "quantity_qualifier",
        "quantity",
        "unit",
        "quantity_text",
        "quantity_reason",
        "amount_qualifier",
        "amount",
        "amount_reason",
        "bought_from",
        "bought_on",
        "voucher",
        "source",
    )

    reference = models.CharField(_("reference number"), max_length=20, unique=True, editable=False)
    mode = models.CharField(_("mode"), max_length=7, choices=Mode.choices)
    channel = models.CharField(_("sales channel"), max_length=12, choices=Channel.choices, default=Channel.OTHER)
    buyer = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("buyer")
    )
    buyer_name = models.CharField(
        _("buyer in words"),
        max_length=200,
        blank=True,
        help_text=_("For buyers that are not registered here, for example several organizations. No private names."),
    )
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        related_name="+",
        verbose_name=_("selling region"),
        help_text=_("The village the goods come from, or the smallest region that is known."),
    )
    seller = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("seller")
    )
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    goods = models.CharField(
        _("goods in words"), max_length=120, blank=True, help_text=_("Where there is no product page.")
    )
    quantity_qualifier = models.CharField(
        _("how exact the quantity is"),
        max_length=6,
        choices=BeneficiaryCount.Qualifier.choices,
        default=BeneficiaryCount.Qualifier.EXACT,
    )
    quantity = models.DecimalField(
        _("quantity"), max_digits=18, decimal_places=3, null=True, blank=True, validators=[_POSITIVE]
    )
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    quantity_text = models.CharField(
        _("quantity as printed"), max_length=120, blank=True, help_text=_("Where it cannot be used as a number.")
    )
    quantity_reason = models.CharField(_("why there is no quantity"), max_length=300, blank=True)
    amount_qualifier = models.CharField(
        _("how exact the amount is"),
        max_length=6,
        choices=BeneficiaryCount.Qualifier.choices,
        default=BeneficiaryCount.Qualifier.EXACT,
    )
    amount = models.DecimalField(
        _("amount in yuan"), max_digits=18, decimal_places=2, null=True, blank=True, validators=[_PRICED]
    )
    amount_reason = models.CharField(_("why there is no amount"), max_length=300, blank=True)
    bought_from = models.DateField(
        _("first day"), null=True, blank=True, help_text=_("Only where the record covers several days.")
    )
    bought_on = models.DateField(_("day of the purchase"), help_text=_("The last day, where it covers several."))
    voucher = models.CharField(
        _("voucher number"), max_length=60, blank=True, help_text=_("Of the order, invoice or receipt.")
    )
    source = models.CharField(_("source"), max_length=200, blank=True)
    refunded_amount = models.DecimalField(
        _("refunded in yuan"), max_digits=18, decimal_places=2, default=Decimal(0), editable=False
    )
    refunded_quantity = models.DecimalField(
        _("quantity returned"), max_digits=18, decimal_places=3, default=Decimal(0), editable=False
    )
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.ENTERED, editable=False)

    objects = ConsumptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("consumption record")
        indexes = [
            models.Index(fields=["region", "status"], name="consumption_region_status"),
            models.Index(fields=["-bought_on", "-id"], name="consumption_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["entered", "verified", "struck"]), name="consumption_status_known"
            ),
            models.CheckConstraint(condition=Q(mode__in=["direct", "help", "induced"]), name="consumption_mode_known"),
            models.CheckConstraint(
                condition=Q(channel__in=["platform_832", "live", "mall", "fair", "other"]),
                name="consumption_channel_known",
            ),
            models.CheckConstraint(
                condition=Q(quantity_qualifier__in=BeneficiaryCount.Qualifier.values)
                & Q(amount_qualifier__in=BeneficiaryCount.Qualifier.values),
                name="consumption_qualifiers_known",
            ),
            models.CheckConstraint(
                condition=Q(buyer__isnull=False) | ~Q(buyer_name=""),
                name="consumption_has_buyer",
                violation_error_message=_("Say who bought: a registered organization, or the buyer in words."),
            ),
            models.CheckConstraint(
                condition=Q(product__isnull=False) | ~Q(goods=""),
                name="consumption_has_goods",
                violation_error_message=_("Say what was bought: a product, or the goods in words."),
            ),
            models.CheckConstraint(
                # A check lets a comparison with nothing pass: hence the first condition.
                condition=(Q(quantity__isnull=False, quantity__gt=0) & ~Q(unit=""))
                | (Q(quantity=None, unit="") & ~Q(quantity_text="") & ~Q(quantity_reason="")),
                name="consumption_quantity_or_reason",
                violation_error_message=_(
                    "Give the quantity with its unit; or leave both empty and give the words as printed and the reason."
                ),
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=False, amount__gt=0) | (Q(amount=None) & ~Q(amount_reason="")),
                name="consumption_amount_or_reason",
                violation_error_message=_("Give the amount; or leave it empty and say why there is none."),
            ),
            models.CheckConstraint(
                condition=Q(refunded_amount=0)
                | Q(amount__isnull=False, refunded_amount__gt=0, refunded_amount__lte=F("amount")),
                name="consumption_refund_within_amount",
                violation_error_message=_("More money cannot be refunded than was paid."),
            ),
            models.CheckConstraint(
                condition=Q(refunded_quantity=0)
                | Q(quantity__isnull=False, refunded_quantity__gt=0, refunded_quantity__lte=F("quantity")),
                name="consumption_return_within_quantity",
                violation_error_message=_("More cannot be returned than was bought."),
            ),
            models.CheckConstraint(
                condition=Q(bought_from=None) | Q(bought_on__gte=F("bought_from")),
                name="consumption_days_in_order",
                violation_error_message=_("The last day cannot lie before the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def clean(self) -> None:
        """Refuse a purchase that is still to come."""
        if isinstance(self.bought_on, datetime.date) and self.bought_on > timezone.localdate():
            raise ValidationError({"bought_on": _("This day is still to come. Enter it once it has happened.")})

    @property
    def what(self) -> str:
        return self.product.name if self.product else self.goods

    @property
    def who(self) -> str:
        return self.buyer.name if self.buyer else self.buyer_name

    @property
    def net_amount(self) -> Decimal | None:
        """Yuan after refunds."""
        return None if self.amount is None else self.amount - self.refunded_amount


class RefundQuerySet(models.QuerySet):
    def visible_to(self, user) -> "RefundQuerySet":
        """Refunds are seen by those who see their record."""
        return self.filter(record__in=ConsumptionRecord.objects.visible_to(user))


class RefundEntry(Stamped):
    """Money paid back or goods returned for one record; entries are added, never changed."""

    FIELDS = ("amount", "quantity", "on", "reason")

    record = models.ForeignKey(
        ConsumptionRecord, models.PROTECT, related_name="refunds", verbose_name=_("consumption record")
    )
    amount = models.DecimalField(
        _("amount in yuan"), max_digits=18, decimal_places=2, null=True, blank=True, validators=[_PRICED]
    )
    quantity = models.DecimalField(
        _("quantity returned"), max_digits=18, decimal_places=3, null=True, blank=True, validators=[_POSITIVE]
    )
    on = models.DateField(_("date"))
    reason = models.CharField(_("reason"), max_length=300)

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(amount__isnull=False) | Q(quantity__isnull=False))
                & (Q(amount=None) | Q(amount__gt=0))
                & (Q(quantity=None) | Q(quantity__gt=0)),
                name="refund_of_something",
                violation_error_message=_("Give the amount refunded, the quantity returned, or both."),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="refund_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.record} · {self.on}"

    def clean(self) -> None:
        """Refuse a refund that is still to come."""
        if isinstance(self.on, datetime.date) and self.on > timezone.localdate():
            raise ValidationError({"on": _("This day is still to come. Enter it once it has happened.")})

"""What villages need, item by item: demands, their items and beneficiaries."""

from collections.abc import Iterable
from decimal import Decimal

from django.db import models
from django.db.models import Avg, F, OuterRef, Q, Subquery, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, in_ranges
from core.models import Stamped
from demands.models.lists import DemandList
from demands.models.quantities import plain_quantity
from organizations.models import AssistanceForm
from regions.models import Region


class Measure(models.TextChoices):
    """How beneficiaries are counted. Times add up, persons and households do not; the five never mix."""

    PERSONS = "persons", _("persons")
    PERSON_TIMES = "person_times", _("person-times")
    HOUSEHOLDS = "households", _("households")
    HOUSEHOLD_TIMES = "household_times", _("household-times")
    AMBIGUOUS = "ambiguous", _("measure not stated")


_BELOW_COUNTY = (Region.Level.TOWNSHIP, Region.Level.VILLAGE)


class DemandQuerySet(models.QuerySet):
    def visible_to(self, user) -> "DemandQuerySet":
        """Public from publication on; before that and beside it only the author, the village and its officers."""
        public = Q(status__in=Demand.PUBLIC)
        if not user.is_authenticated:
            return self.filter(public)
        if user.is_superuser:
            return self
        posts = user.post_ranges(Post.Kind.STAFF, Post.Kind.CHECKER, Post.Kind.REPORTER)
        return self.filter(public | Q(created_by=user) | in_ranges("village", posts))

    def for_list(self) -> "DemandQuerySet":
        return self.select_related("village__parent__parent", "list").prefetch_related("items").with_remaining()

    def with_remaining(self) -> "DemandQuerySet":
        """Annotate `share_left`: the mean over the items of what is left of each, from 1 (all) to 0 (nothing).

        A mean of shares, because quantities of different units have no sum.
        """
        left = (
            DemandItem.objects.filter(demand=OuterRef("pk"))
            .order_by()
            .values("demand")
            .annotate(share=Avg((F("quantity") - F("claimed")) / F("quantity")))
        )
        return self.annotate(share_left=Subquery(left.values("share")))

    def claimable(self, on=None) -> "DemandQuerySet":
        """Published demands with something left that have not run out by the day `on` (default: today)."""
        day = on or timezone.localdate()
        return self.filter(
            Q(valid_until=None) | Q(valid_until__gte=day),
            status__in=(Demand.Status.PUBLISHED, Demand.Status.CLAIMED_IN_PART),
        )


class Demand(Stamped):
    """One need of one village. What is needed stands in its items; `contact` is never public."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("awaiting review")
        CHECKED = "checked", _("checked by the township")
        RETURNED = "returned", _("returned for correction")
        REJECTED = "rejected", _("rejected")
        PUBLISHED = "published", _("published")
        CLAIMED_IN_PART = "claimed_in_part", _("claimed in part")
        CLAIMED = "claimed", _("fully claimed")
        DELIVERING = "delivering", _("being delivered")
        ACCEPTED = "accepted", _("accepted by the village")
        VERIFIED = "verified", _("verified by the county")
        SUSPENDED = "suspended", _("suspended")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("expired")
        CLOSED = "closed", _("closed")

    # Between publication and acceptance the status follows from the items (`status_of`), in both directions: a claim
    # given back, a delivery taken back or a raised quantity lead a step back. A checked demand has passed the
    # township; where no checker has a post, the county publishes a submitted one directly (services.demands.publish).
    TRANSITIONS = {
        Status.DRAFT: {Status.SUBMITTED, Status.WITHDRAWN},
        Status.SUBMITTED: {
            Status.CHECKED,
            Status.PUBLISHED,
            Status.RETURNED,
            Status.REJECTED,
            Status.WITHDRAWN,
        },
        Status.CHECKED: {Status.PUBLISHED, Status.RETURNED, Status.REJECTED, Status.WITHDRAWN},
        Status.RETURNED: {Status.SUBMITTED, Status.WITHDRAWN},
        Status.REJECTED: set(),
        Status.PUBLISHED: {
            Status.CLAIMED_IN_PART,
            Status.CLAIMED,
            Status.SUSPENDED,
            Status.WITHDRAWN,
            Status.EXPIRED,
            Status.CLOSED,
        },
        Status.CLAIMED_IN_PART: {
            Status.PUBLISHED,
            Status.CLAIMED,
            Status.DELIVERING,
            Status.ACCEPTED,
            Status.SUSPENDED,
            Status.EXPIRED,
            Status.CLOSED,
        },
        Status.CLAIMED: {
            Status.PUBLISHED,
            Status.CLAIMED_IN_PART,
            Status.DELIVERING,
            Status.ACCEPTED,
            Status.SUSPENDED,
            Status.CLOSED,
        },
        Status.DELIVERING: {
            Status.PUBLISHED,
            Status.CLAIMED_IN_PART,
            Status.CLAIMED,
            Status.ACCEPTED,
            Status.SUSPENDED,
            Status.CLOSED,
        },
        Status.ACCEPTED: {Status.VERIFIED, Status.CLAIMED_IN_PART, Status.CLAIMED, Status.DELIVERING},
        Status.VERIFIED: {Status.CLOSED, Status.DELIVERING},
        Status.SUSPENDED: {
            Status.PUBLISHED,
            Status.CLAIMED_IN_PART,
            Status.CLAIMED,
            Status.DELIVERING,
            Status.ACCEPTED,
            Status.WITHDRAWN,
            Status.EXPIRED,
            Status.CLOSED,
        },
        Status.WITHDRAWN: set(),
        Status.EXPIRED: {Status.CLOSED},
        Status.CLOSED: set(),
    }
    EDITABLE = (Status.DRAFT, Status.RETURNED)
    # Handed in and not yet decided.
    IN_REVIEW = (Status.SUBMITTED, Status.CHECKED)
    BEFORE_PUBLICATION = (*EDITABLE, *IN_REVIEW)
    # On its way: the status follows from the items. Whether anything can be claimed says `claimable()`.
    OPEN = (Status.PUBLISHED, Status.CLAIMED_IN_PART, Status.CLAIMED, Status.DELIVERING, Status.ACCEPTED)
    PUBLIC = (*OPEN, Status.VERIFIED, Status.SUSPENDED, Status.EXPIRED, Status.CLOSED)

    class Urgency(models.TextChoices):
        NORMAL = "normal", _("normal")
        URGENT = "urgent", _("urgent")
        EMERGENCY = "emergency", _("emergency")

    reference = models.CharField(_("reference number"), max_length=20, unique=True, editable=False)
    list = models.ForeignKey(
        DemandList, models.PROTECT, null=True, blank=True, related_name="demands", verbose_name=_("demand list")
    )
    village = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("village"))
    form = models.CharField(_("assistance form"), max_length=16, choices=AssistanceForm.choices)
    title = models.CharField(_("title"), max_length=120)
    story = models.TextField(_("description"), max_length=4000, blank=True)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency.choices, default=Urgency.NORMAL)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    contact = models.CharField(
        _("contact"),
        max_length=200,
        blank=True,
        help_text=_("Name and telephone. Never shown in public; an organization sees it once its claim is approved."),
    )
    # The items in words: for lists, search and the history of edits. Kept by the services.
    needs = models.TextField(_("items"), blank=True, editable=False)
    # The kinds of its items as a sum of `DemandItem.BITS`, so that lists count by them without reading the items.
    kinds = models.PositiveSmallIntegerField(default=0, editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    # Why it goes on although it looks like another demand; empty where it looks like none.
    not_a_duplicate = models.TextField(_("why it is no duplicate"), max_length=500, blank=True, editable=False)
    status = models.CharField(_("status"), max_length=16, choices=Status.choices, default=Status.DRAFT, editable=False)

    objects = DemandQuerySet.as_manager()

    class Meta:
        verbose_name = _("demand")
        indexes = [
            models.Index(fields=["village", "status"], name="demand_village_status"),
            models.Index(fields=["status", "-id"], name="demand_status_newest"),
            models.Index(fields=["list", "status"], name="demand_list_status"),
            models.Index(
                fields=["valid_until"],
                condition=Q(status__in=["published", "claimed_in_part", "suspended"]),
                name="demand_running_out",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "draft",
                        "submitted",
                        "checked",
                        "returned",
                        "rejected",
                        "published",
                        "claimed_in_part",
                        "claimed",
                        "delivering",
                        "accepted",
                        "verified",
                        "suspended",
                        "withdrawn",
                        "expired",
                        "closed",
                    ]
                ),
                name="demand_status_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def is_public(self) -> bool:
        return self.status in self.PUBLIC

    @property
    def place(self) -> str:
        """County, township and village in one, as in addresses. Needs `for_list()` to cost no query."""
        names, region = [], self.village
        while region is not None:
            names.append(region.name)
            # The county is as far up as for_list() has read.
            region = region.parent if region.level in _BELOW_COUNTY else None
        return "".join(reversed(names))

    def status_of_items(self, on=None) -> str:
        """The status that follows from what is claimed, delivered and accepted of the items on the day `on`.

        While something can still be claimed, that comes first; once the last day for claims has passed, what nobody
        claimed no longer counts. The rule stands in the database, because a claim is one statement there.
        """
        day = Value(on or timezone.localdate(), models.DateField())
        follows = models.Func(F("pk"), day, function="demands_status_of_items", output_field=models.CharField())
        return Demand.objects.values_list(follows, flat=True).get(pk=self.pk)

    def is_over(self, on=None) -> bool:
        """Whether the last day for claims has passed by the day `on` (default: today)."""
        return self.valid_until is not None and self.valid_until < (on or timezone.localdate())


class DemandBeneficiary(models.Model):
    """How many would be helped, by one measure. Rows of different measures are shown side by side, never added."""

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="beneficiaries")
    measure = models.CharField(_("measure"), max_length=16, choices=Measure.choices)
    value = models.PositiveIntegerField(_("number"))

    class Meta:
        verbose_name = _("beneficiaries")
        constraints = [
            models.UniqueConstraint(
                fields=["demand", "measure"],
                name="demand_beneficiary_once",
                violation_error_message=_("Each measure can be given only once."),
            ),
            models.CheckConstraint(condition=Q(value__gt=0), name="demand_beneficiary_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.get_measure_display()}"


class DemandItem(models.Model):
    """One thing a village needs. `claimed` counts what live claims hold; 0 ≤ accepted ≤ delivered ≤ claimed ≤ quantity.

    Quantities have the unit `unit`; money is cash in yuan. `unit_price` is yuan per unit and may be unknown.
    """

    class Kind(models.TextChoices):
        CASH = "cash", _("cash")
        GOODS = "goods", _("goods")
        SERVICE = "service", _("services")
        SKILL = "skill", _("skills")
        SALES = "sales", _("help with sales")

    # Bit of each kind in `Demand.kinds`.
    BITS = {Kind.CASH: 1, Kind.GOODS: 2, Kind.SERVICE: 4, Kind.SKILL: 8, Kind.SALES: 16}

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="items")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.GOODS)
    what = models.CharField(_("what"), max_length=120)
    unit = models.CharField(_("unit"), max_length=20)
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=3)
    unit_price = models.DecimalField(
        _("estimated unit price in yuan"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    claimed = models.DecimalField(_("claimed"), max_digits=18, decimal_places=3, default=0, editable=False)
    delivered = models.DecimalField(_("delivered"), max_digits=18, decimal_places=3, default=0, editable=False)
    accepted = models.DecimalField(_("accepted"), max_digits=18, decimal_places=3, default=0, editable=False)

    class Meta:
        verbose_name = _("item")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0),
                name="demand_item_quantity_positive",
                violation_error_message=_("A quantity is greater than zero."),
            ),
            models.CheckConstraint(
                condition=Q(
                    accepted__gte=0,
                    delivered__gte=F("accepted"),
                    claimed__gte=F("delivered"),
                    quantity__gte=F("claimed"),
                ),
                name="demand_item_quantities_in_order",
                violation_error_message=_("No more can be claimed than is needed, nor delivered than is claimed."),
            ),
            models.CheckConstraint(
                condition=Q(unit_price=None) | Q(unit_price__gte=0), name="demand_item_price_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["cash", "goods", "service", "skill", "sales"]), name="demand_item_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @staticmethod
    def in_words(items: Iterable["DemandItem"]) -> str:
        """Items as one line of text, for lists, search and history: 棉被 100 条; 大米 2.5 吨."""
        return "; ".join(f"{item.what} {plain_quantity(item.quantity)} {item.unit}" for item in items)

    @classmethod
    def bits_of(cls, items: Iterable["DemandItem"]) -> int:
        """The kinds of items as `Demand.kinds` keeps them."""
        found = 0
        for item in items:
            found |= cls.BITS[cls.Kind(item.kind)]
        return found

    @property
    def remaining(self) -> Decimal:
        """What is still to be claimed."""
        return self.quantity - self.claimed

    @property
    def estimate(self) -> Decimal | None:
        """The estimated value in yuan of the whole quantity, or None without a unit price."""
        return None if self.unit_price is None else self.quantity * self.unit_price

"""What things usually cost, and what is not asked for: the catalogue demands are held against."""

import datetime
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import Stamped
from regions.models import Region


def words_in(text: str) -> list[str]:
    """The words of a field that holds several, in small letters."""
    return [word.strip().lower() for word in text.replace("；", ";").replace("、", ";").split(";") if word.strip()]


class CatalogueQuerySet(models.QuerySet):
    def visible_to(self, user) -> "CatalogueQuerySet":
        """The catalogue is public."""
        return self

    def for_list(self) -> "CatalogueQuerySet":
        return self.select_related("region")

    def in_force(self, on: datetime.date | None = None) -> "CatalogueQuerySet":
        """The entries valid on the day `on` (default: today)."""
        day = on or timezone.localdate()
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class Entry(Stamped):
    """What both parts of the catalogue have: words that stand for a thing, where and how long it holds, its source.

    An entry means an item whose name contains the entry's name or one of its `keywords`. Without a region it holds
    everywhere. Entries are ended, not deleted: demands were held against them.
    """

    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    name = models.CharField(_("name"), max_length=60)
    keywords = models.CharField(
        _("keywords"), max_length=300, blank=True, help_text=_("Other words for it, with semicolons between them.")
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200)

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def means(self, what: str) -> bool:
        """Whether an item of this name is meant."""
        text = what.lower()
        return any(word in text for word in words_in(f"{self.name};{self.keywords}"))

    def holds_in(self, code: str) -> bool:
        return self.region is None or self.region.contains(code)


class PriceBand(Entry):
    """What one `unit` of a thing usually costs, from `low` to `high` yuan. Outside, people are warned, not refused."""

    unit = models.CharField(_("unit"), max_length=20)
    low = models.DecimalField(_("from, in yuan"), max_digits=18, decimal_places=2)
    high = models.DecimalField(_("up to, in yuan"), max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = _("usual price")
        constraints = [
            models.UniqueConstraint(
                fields=["name", "unit", "region", "valid_from"],
                nulls_distinct=False,
                name="price_band_once",
                violation_error_message=_("There is such an entry from this day on already."),
            ),
            models.CheckConstraint(
                condition=Q(low__gte=0, high__gte=F("low")),
                name="price_band_in_order",
                violation_error_message=_("The highest price is not below the lowest."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="price_band_period_in_order",
                violation_error_message=_("The period cannot end before it begins."),
            ),
        ]

    def fits(self, price: Decimal) -> bool:
        return self.low <= price <= self.high


class NotAccepted(Entry):
    """A thing villages are not sent, such as used clothes; demands for it are refused with the `reason`."""

    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("thing not accepted")
        constraints = [
            models.UniqueConstraint(
                fields=["name", "region", "valid_from"],
                nulls_distinct=False,
                name="not_accepted_once",
                violation_error_message=_("There is such an entry from this day on already."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="not_accepted_period_in_order",
                violation_error_message=_("The period cannot end before it begins."),
            ),
        ]

"""The filters of products and consumption records, the same for the pages and the API."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from projects.filters.projects import LeadFilter
from projects.models import ConsumptionRecord, Product
from regions.filters import RegionFilter


@extend_schema_field(OpenApiTypes.STR)
class PartyFilter(LeadFilter):
    """An organization on either side of a sale."""


BALANCE = (("without", _("without an amount")), ("refunded", _("with refunds")))


class ProductFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    region = RegionFilter(field_name="region__code")
    seller = LeadFilter(field_name="seller", label=_("Seller"))
    price_max = django_filters.NumberFilter(field_name="price", lookup_expr="lte", label=_("Price at most (yuan)"))
    status = django_filters.ChoiceFilter(choices=Product.Status.choices, label=_("Status"))

    class Meta:
        model = Product
        fields: list[str] = []

    def search(self, rows, name, value: str):
        """Words of the product, its seller or its region."""
        text = value.strip()
        return rows.filter(Q(name__icontains=text) | Q(seller__name__icontains=text) | Q(region__name__icontains=text))


class ConsumptionFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    region = RegionFilter(field_name="region__code", label=_("Selling region"))
    mode = django_filters.ChoiceFilter(choices=ConsumptionRecord.Mode.choices, label=_("Mode"))
    channel = django_filters.ChoiceFilter(choices=ConsumptionRecord.Channel.choices, label=_("Sales channel"))
    organization = PartyFilter(method="of_party", label=_("Buyer or seller"))
    bought_on_from = django_filters.DateFilter(field_name="bought_on", lookup_expr="gte", label=_("From day"))
    bought_on_to = django_filters.DateFilter(field_name="bought_on", lookup_expr="lte", label=_("To day"))
    amount_min = django_filters.NumberFilter(field_name="amount", lookup_expr="gte", label=_("Amount from (yuan)"))
    amount_max = django_filters.NumberFilter(field_name="amount", lookup_expr="lte", label=_("Amount to (yuan)"))
    balance = django_filters.ChoiceFilter(choices=BALANCE, method="of_balance", label=_("Amount"))
    product = django_filters.ModelChoiceFilter(
        queryset=lambda request: Product.objects.visible_to(request.user) if request else Product.objects.none(),
        label=_("Product"),
    )
    status = django_filters.ChoiceFilter(choices=ConsumptionRecord.Status.choices, label=_("Status"))

    class Meta:
        model = ConsumptionRecord
        fields: list[str] = []

    def search(self, rows, name, value: str):
        """Words of goods, product, buyer, seller, source or voucher, or the start of the reference number."""
        text = value.strip()
        found = Q(reference__istartswith=text)
        for field in ("goods", "product__name", "buyer__name", "buyer_name", "seller__name", "voucher", "source"):
            found |= Q(**{f"{field}__icontains": text})
        return rows.filter(found)

    def of_party(self, rows, name, value):
        return rows.filter(Q(buyer=value) | Q(seller=value))

    def of_balance(self, rows, name, value: str):
        if value == "without":
            return rows.filter(amount=None)
        return rows.filter(Q(refunded_amount__gt=0) | Q(refunded_quantity__gt=0))

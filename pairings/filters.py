"""Which pairs a list shows; the same parameters for the page and for the API."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pairings.forms import DayInput
from pairings.models import Pairing, Scheme
from regions.filters import RegionFilter


class PairingFilter(django_filters.FilterSet):
    reference = django_filters.CharFilter(lookup_expr="istartswith", label=_("Reference number"))
    scheme = django_filters.ModelChoiceFilter(queryset=Scheme.objects.order_by("name"), label=_("Scheme"))
    kind = django_filters.ChoiceFilter(
        field_name="scheme__kind", choices=Scheme.Kind.choices, label=_("Kind of scheme")
    )
    region = RegionFilter(method="either_side", label=_("Region on either side"))
    giver = RegionFilter(method="one_side", label=_("Giving region"))
    receiver = RegionFilter(method="one_side", label=_("Receiving region"))
    valid_on = django_filters.DateFilter(method="in_force", label=_("In force on"), widget=DayInput())
    status = django_filters.ChoiceFilter(choices=Pairing.Status.choices, label=_("Status"))

    class Meta:
        model = Pairing
        fields = ["reference", "scheme", "kind", "region", "giver", "receiver", "valid_on", "status"]

    def either_side(self, queryset, name, value):
        return queryset.filter(_side("giver", value) | _side("receiver", value))

    def one_side(self, queryset, name, value):
        return queryset.filter(_side(name, value))

    def in_force(self, queryset, name, value):
        return queryset.valid(value)


def _side(side: str, region) -> Q:
    """One side lies in the region; an organization counts where it is registered."""
    codes = (region.low, region.high)
    return Q(**{f"{side}_region__code__range": codes}) | Q(**{f"{side}_organization__region__code__range": codes})

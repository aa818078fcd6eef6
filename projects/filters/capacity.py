"""The filters of capacity records, the same for the page and the API."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.filters.projects import LeadFilter
from projects.models import CapacityKind, CapacityRecord
from regions.filters import RegionFilter


class CapacityFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.ChoiceFilter(choices=CapacityKind.choices, label=_("Kind"))
    region = RegionFilter(field_name="region__code")
    organization = LeadFilter(field_name="organization", label=_("Organization"))
    opened_on_from = django_filters.DateFilter(field_name="opened_on", lookup_expr="gte", label=_("First day from"))
    opened_on_to = django_filters.DateFilter(field_name="opened_on", lookup_expr="lte", label=_("First day to"))
    open_on = django_filters.DateFilter(method="there_on", label=_("There on the day"))
    status = django_filters.ChoiceFilter(choices=CapacityRecord.Status.choices, label=_("Status"))

    class Meta:
        model = CapacityRecord
        fields: list[str] = []

    def search(self, rows, name, value: str):
        """Words of the name, the organization or the source, or the start of the reference number."""
        text = value.strip()
        return rows.filter(
            Q(name__icontains=text)
            | Q(organization__name__icontains=text)
            | Q(source__icontains=text)
            | Q(reference__istartswith=text)
        )

    def there_on(self, rows, name, value):
        """What has been closed is not there any more on that day; an event takes place on its last day still."""
        event = ~Q(kind__in=CapacityRecord.LASTING) & Q(closed_on=value)
        return rows.filter(Q(closed_on=None) | Q(closed_on__gt=value) | event, opened_on__lte=value)

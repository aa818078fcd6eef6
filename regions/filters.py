"""The filters of the region list, and the region filter that lists of other records use."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from regions import selectors
from regions.forms import RegionField, RegionInput
from regions.models import Region, RegionDesignation


@extend_schema_field(OpenApiTypes.STR)
class RegionFilter(django_filters.Filter):
    """Records of a region and everything below it. `field_name` is the way to the code, such as "region__code".

    Takes a code of 6, 9 or 12 digits, a path or a unique name; an unknown or outdated one is bad input.
    """

    field_class = RegionField

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("widget", RegionInput())
        kwargs.setdefault("label", _("Region"))
        super().__init__(*args, **kwargs)

    def filter(self, qs: QuerySet, value: Region | None) -> QuerySet:
        if value is None:
            return qs
        return self.get_method(qs)(**{f"{self.field_name}__range": (value.low, value.high)})


class RegionFilterSet(django_filters.FilterSet):
    search = django_filters.CharFilter(
        label=_("Name, code or pinyin"), method="by_search", help_text=_("For example 500229, ckx or chengkou.")
    )
    level = django_filters.ChoiceFilter(label=_("Level"), choices=Region.Level.choices)
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Region.Kind.choices[:2])
    within = RegionFilter(field_name="code", label=_("Inside the region"))
    parent = RegionFilter(field_name="parent", label=_("Directly below the region"), method="by_parent")
    designation = django_filters.ChoiceFilter(
        label=_("Designation"), choices=RegionDesignation.Kind.choices, method="by_designation"
    )
    outdated = django_filters.ChoiceFilter(
        label=_("Out of use"), choices=[("true", _("yes")), ("false", _("no"))], method="by_outdated"
    )

    class Meta:
        model = Region
        fields: list[str] = []

    def by_search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(selectors.match(value))

    def by_parent(self, rows: QuerySet, name: str, value: Region) -> QuerySet:
        return rows.filter(pk__in=selectors.children(value).values("pk"))

    def by_designation(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        day = timezone.localdate()
        still = Q(valid_to=None) | Q(valid_to__gte=day)
        return rows.filter(pk__in=RegionDesignation.objects.filter(still, kind=value).values("region"))

    def by_outdated(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(valid_to__isnull=value == "false")

"""Which organizations a list shows; the same parameters for the page and for the API."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organizations import uscc
from organizations.models import Organization
from regions.filters import RegionFilter


class OrganizationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Name, credit code or pinyin initials"), max_length=120)
    kind = django_filters.MultipleChoiceFilter(choices=Organization.Kind.choices, label=_("Kind"))
    level = django_filters.MultipleChoiceFilter(choices=Organization.Level.choices, label=_("Registration level"))
    region = RegionFilter(field_name="region__code", label=_("Region"))
    status = django_filters.MultipleChoiceFilter(choices=Organization.Status.choices, label=_("Status"))

    class Meta:
        model = Organization
        fields = ["q", "kind", "level", "region", "status"]

    def search(self, queryset, name, value):
        """Each word has to be found: in the name, at the start of the code, in the pinyin or its initials."""
        for word in value.split():
            found = Q(name__icontains=word) | Q(uscc__startswith=uscc.normalise(word))
            if word.isascii():
                found |= Q(initials__contains=word.lower()) | Q(pinyin__startswith=word.lower())
            queryset = queryset.filter(found)
        return queryset

"""The filters of the list of documents, the same for the page, the API and the feed."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from publications.models import Document
from publications.texts import normalise_number
from regions.filters import RegionFilter


class YearFilter(django_filters.Filter):
    """A calendar year."""

    field_class = forms.IntegerField


class DocumentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.ChoiceFilter(choices=Document.Kind.choices, label=_("Kind"))
    region = RegionFilter(field_name="region__code")
    year = YearFilter(label=_("Year of issue"), min_value=1949, max_value=2200)
    issuer = django_filters.CharFilter(field_name="issuer_name", lookup_expr="icontains", label=_("Issuer"))
    status = django_filters.ChoiceFilter(choices=Document.Status.choices, label=_("Status"))

    class Meta:
        model = Document
        fields: list[str] = []

    def search(self, rows, name, value: str):
        """Words of the title, the number in any spelling, the issuer or the text (not that of withdrawn documents)."""
        text = value.strip()
        readable = Q(body__icontains=text) & ~Q(status=Document.Status.WITHDRAWN)
        found = Q(title__icontains=text) | Q(issuer_name__icontains=text) | Q(reference__istartswith=text) | readable
        for number in {text, normalise_number(text)} - {""}:
            found |= Q(number__icontains=number)
        return rows.filter(found)

"""Which uploaded files a list shows; the same parameters for the page and for the API."""

import django_filters
from django.utils.translation import gettext_lazy as _

from exchange.definitions import titles
from exchange.models import Batch


class BatchFilter(django_filters.FilterSet):
    file_name = django_filters.CharFilter(lookup_expr="icontains", label=_("File name"), max_length=200)
    sheet = django_filters.ChoiceFilter(choices=titles, label=_("Sheet"))
    status = django_filters.MultipleChoiceFilter(choices=Batch.Status.choices, label=_("Status"))

    class Meta:
        model = Batch
        fields = ["file_name", "sheet", "status"]

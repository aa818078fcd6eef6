"""Which notices a list shows; the same parameters for the page and for the API."""

import django_filters
from django.utils.translation import gettext_lazy as _

from notices import kinds
from notices.forms import DateInput
from notices.models import Notice


class NoticeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="words", lookup_expr="icontains", label=_("Search"), max_length=100)
    # Filters are loaded with the addresses, when all apps have declared their kinds.
    kind = django_filters.MultipleChoiceFilter(choices=kinds.choices(), label=_("Kind"))
    read = django_filters.ChoiceFilter(
        field_name="read_at", choices=[("false", _("unread")), ("true", _("read"))], method="by_read", label=_("Read")
    )
    since = django_filters.DateFilter(
        field_name="created_at", lookup_expr="date__gte", label=_("Since"), widget=DateInput
    )

    class Meta:
        model = Notice
        fields: list[str] = []

    def by_read(self, rows, name, value):
        return rows.filter(read_at__isnull=value == "false")

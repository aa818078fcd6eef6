"""Which posts a list shows."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Post
from regions.filters import RegionFilter


class PostFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name or user name"), method="by_person", max_length=120)
    kind = django_filters.MultipleChoiceFilter(choices=Post.Kind.choices, label=_("Kind"))
    region = RegionFilter(field_name="region__code")
    state = django_filters.ChoiceFilter(
        label=_("In force"), choices=[("current", _("in force")), ("ended", _("ended"))], method="by_state"
    )

    class Meta:
        model = Post
        fields: list[str] = []

    def by_person(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(Q(user__name__icontains=value) | Q(user__username__icontains=value))

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        ended = Q(valid_to__lt=timezone.localdate())
        return rows.filter(ended if value == "ended" else ~ended)

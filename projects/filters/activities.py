"""The filters of the list of activities, the same for the page and the API."""

import datetime

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organizations.models import Organization
from projects.filters.projects import LeadFilter, YearFilter
from projects.models import Activity, Project
from regions.filters import RegionFilter


class ActivityFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.ChoiceFilter(choices=Activity.Kind.choices, label=_("Kind"))
    region = RegionFilter(field_name="region__code")
    organization = LeadFilter(method="of_organization", label=_("Organization"))
    project = django_filters.CharFilter(method="of_project", label=_("Project"))
    year = YearFilter(method="in_year", label=_("Year"), min_value=1978, max_value=2200)
    status = django_filters.ChoiceFilter(choices=Activity.Status.choices, label=_("Status"))

    class Meta:
        model = Activity
        fields: list[str] = []

    def search(self, rows, name, value: str):
        """Words of the title, the place or the organization's name, or the start of the reference number."""
        text = value.strip()
        return rows.filter(
            Q(title__icontains=text)
            | Q(place__icontains=text)
            | Q(organization__name__icontains=text)
            | Q(reference__istartswith=text)
        )

    def of_organization(self, rows, name, value: Organization):
        return rows.filter(organization=value)

    def of_project(self, rows, name, value: str):
        """Activities of the project with this reference number."""
        projects = Project.objects.visible_to(self.request.user) if self.request else Project.objects.none()
        return rows.filter(project__in=projects.filter(reference__iexact=value.strip()))

    def in_year(self, rows, name, value: int):
        """Activities with at least one day in the year."""
        first, last = datetime.date(value, 1, 1), datetime.date(value, 12, 31)
        within = Q(ends_on=None, starts_on__gte=first) | Q(ends_on__gte=first)
        return rows.filter(within, starts_on__lte=last)

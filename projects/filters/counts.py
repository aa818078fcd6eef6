"""The filters of the list of beneficiary counts, the same for the page and the API."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from demands.models import Measure
from projects.models import BeneficiaryCount
from regions.filters import RegionFilter


class CountFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    project = django_filters.CharFilter(method="of_project", label=_("Project"))
    region = RegionFilter(field_name="region__code")
    stage = django_filters.ChoiceFilter(choices=BeneficiaryCount.Stage.choices, label=_("Expected or achieved"))
    measure = django_filters.ChoiceFilter(choices=Measure.choices, label=_("Measure"))
    group = django_filters.ChoiceFilter(choices=BeneficiaryCount.Group.choices, label=_("Group"))
    qualifier = django_filters.ChoiceFilter(choices=BeneficiaryCount.Qualifier.choices, label=_("How exact"))
    overlap = django_filters.ChoiceFilter(
        choices=BeneficiaryCount.Overlap.choices, label=_("Overlap with other counts")
    )
    as_of_from = django_filters.DateFilter(field_name="as_of", lookup_expr="gte", label=_("As of, from"))
    as_of_to = django_filters.DateFilter(field_name="as_of", lookup_expr="lte", label=_("As of, to"))
    value_min = django_filters.NumberFilter(field_name="value", lookup_expr="gte", label=_("Number from"))
    value_max = django_filters.NumberFilter(field_name="value", lookup_expr="lte", label=_("Number to"))
    status = django_filters.ChoiceFilter(choices=BeneficiaryCount.Status.choices, label=_("Status"))

    class Meta:
        model = BeneficiaryCount
        fields: list[str] = []

    def search(self, rows, name, value: str):
        """Words of the project or its lead, of the scope or the basis, or the start of the project's number."""
        text = value.strip()
        return rows.filter(
            Q(project__name__icontains=text)
            | Q(project__lead__name__icontains=text)
            | Q(scope__icontains=text)
            | Q(basis__icontains=text)
            | Q(project__reference__istartswith=text)
        )

    def of_project(self, rows, name, value: str):
        """Counts of the project with this reference number."""
        return rows.filter(project__reference__iexact=value.strip())

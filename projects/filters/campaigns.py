"""The filters of campaigns, metric values and reported figures, the same for the pages and the API."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from demands.models import Measure
from projects.models import BeneficiaryCount, Campaign, CapacityKind, MetricValue, ReportedFigure, Subject
from regions.filters import RegionFilter
from regions.models import Region


def visible_campaigns(request):
    """The campaigns the person may choose from."""
    return Campaign.objects.visible_to(request.user) if request else Campaign.objects.none()


class CampaignFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    region = RegionFilter(field_name="region__code")
    status = django_filters.ChoiceFilter(choices=Campaign.Status.choices, label=_("Status"))

    class Meta:
        model = Campaign
        fields: list[str] = []

    def search(self, rows, name, value: str):
        """Words of the campaign's or an action's name, or the start of the reference number."""
        text = value.strip()
        found = Q(name__icontains=text) | Q(reference__istartswith=text) | Q(actions__name__icontains=text)
        return rows.filter(pk__in=Campaign.objects.filter(found).values("pk"))


class MetricValueFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    campaign = django_filters.ModelChoiceFilter(
        field_name="metric__action__campaign", queryset=visible_campaigns, label=_("Campaign")
    )
    region = RegionFilter(field_name="region__code")
    stage = django_filters.ChoiceFilter(choices=BeneficiaryCount.Stage.choices, label=_("Expected or achieved"))
    status = django_filters.ChoiceFilter(choices=MetricValue.Status.choices, label=_("Status"))

    class Meta:
        model = MetricValue
        fields: list[str] = []

    def search(self, rows, name, value: str):
        """Words of the action, the metric or the organization, or the start of the reference number."""
        text = value.strip()
        return rows.filter(
            Q(metric__name__icontains=text)
            | Q(metric__action__name__icontains=text)
            | Q(organization__name__icontains=text)
            | Q(reference__istartswith=text)
        )


class ReportedFigureFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    region = RegionFilter(method="speaks_of", label=_("Region"))
    subject = django_filters.ChoiceFilter(choices=Subject.choices, label=_("Subject"))
    measure = django_filters.ChoiceFilter(choices=Measure.choices, label=_("Measure"))
    qualifier = django_filters.ChoiceFilter(choices=BeneficiaryCount.Qualifier.choices, label=_("How exact"))
    stage = django_filters.ChoiceFilter(choices=BeneficiaryCount.Stage.choices, label=_("Expected or achieved"))
    basis = django_filters.ChoiceFilter(choices=ReportedFigure.Basis.choices, label=_("Basis"))
    campaign = django_filters.ModelChoiceFilter(
        field_name="metric__action__campaign", queryset=visible_campaigns, label=_("Campaign")
    )
    capacity = django_filters.ChoiceFilter(choices=CapacityKind.choices, label=_("Kind of capacity"))
    is_consumption = django_filters.ChoiceFilter(
        choices=(("true", _("yes")), ("false", _("no"))),
        method="of_consumption",
        label=_("Of consumption assistance"),
    )
    year = django_filters.NumberFilter(method="of_year", label=_("Year"), min_value=1949, max_value=2200)
    status = django_filters.ChoiceFilter(choices=ReportedFigure.Status.choices, label=_("Status"))

    class Meta:
        model = ReportedFigure
        fields: list[str] = []

    def search(self, rows, name, value: str):
        """Words of the topic, the indicator or the source, or the start of the figure number."""
        text = value.strip()
        return rows.filter(
            Q(topic__icontains=text)
            | Q(indicator__icontains=text)
            | Q(source__icontains=text)
            | Q(number__istartswith=text)
        )

    def speaks_of(self, rows, name, value: Region):
        """Figures that speak of the region, of a place in it, or whose own region lies there."""
        places = ReportedFigure.places.through.objects.filter(region__gte=value.low, region__lte=value.high)
        inside = Q(region__gte=value.low, region__lte=value.high)
        return rows.filter(inside | Q(pk__in=places.values("reportedfigure")))

    def of_consumption(self, rows, name, value: str):
        return rows.filter(is_consumption=value == "true")

    def of_year(self, rows, name, value):
        """Figures whose period has a day in the year; without a beginning the end decides."""
        year = int(value)
        return rows.filter(
            Q(period_from=None, period_to__year=year) | Q(period_from__year__lte=year, period_to__year__gte=year)
        )

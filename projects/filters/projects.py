"""The filters of the project list, the same for the page and the API."""

import datetime

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organizations.forms import OrganizationField
from organizations.models import AssistanceForm, Organization
from pairings.models import Pairing
from projects.models import Campaign, CampaignAction, Project, ProjectRegion
from regions.filters import RegionFilter
from regions.models import Region


class LeadField(OrganizationField):
    """An organization by name or credit code, or by its number in the registry."""

    def clean(self, value) -> Organization | None:
        text = str(value or "").strip()
        if not (text.isascii() and text.isdigit() and len(text) < 12):
            return super().clean(value)
        found = Organization.objects.exclude(status=Organization.Status.DRAFT).filter(pk=int(text)).first()
        if found is None:
            raise forms.ValidationError(_("There is no organization with this number."))
        return found


class LeadFilter(django_filters.Filter):
    field_class = LeadField


class YearFilter(django_filters.Filter):
    """A calendar year."""

    field_class = forms.IntegerField


def visible_pairings(request):
    """The pairs the person may choose from."""
    return Pairing.objects.visible_to(request.user).for_list() if request else Pairing.objects.none()


def visible_actions(request):
    """The campaign actions the person may choose from."""
    seen = Campaign.objects.visible_to(request.user) if request else Campaign.objects.none()
    return CampaignAction.objects.filter(campaign__in=seen)


class ProjectFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    form = django_filters.ChoiceFilter(choices=AssistanceForm.choices, label=_("Assistance form"))
    region = RegionFilter(method="in_region", label=_("Region"))
    status = django_filters.ChoiceFilter(choices=Project.Status.choices, label=_("Status"))
    funding = django_filters.ChoiceFilter(choices=Project.Funding.choices, label=_("Funding source"))
    action = django_filters.ModelChoiceFilter(queryset=visible_actions, label=_("Campaign action"))
    lead = LeadFilter(method="led_by", label=_("Lead organization"))
    organization = LeadFilter(method="carried_by", label=_("Lead or partner"))
    pairing = django_filters.ModelChoiceFilter(queryset=visible_pairings, label=_("Pair"))
    year = YearFilter(method="running_in", label=_("Year"), min_value=1978, max_value=2200)

    class Meta:
        model = Project
        fields: list[str] = []

    def search(self, rows, name, value: str):
        """Words of the project's name or the lead's name, or the start of the reference number."""
        text = value.strip()
        return rows.filter(Q(name__icontains=text) | Q(reference__istartswith=text) | Q(lead__name__icontains=text))

    def in_region(self, rows, name, value: Region):
        inside = ProjectRegion.objects.filter(region__gte=value.low, region__lte=value.high)
        return rows.filter(pk__in=inside.values("project"))

    def led_by(self, rows, name, value: Organization):
        return rows.filter(lead=value)

    def carried_by(self, rows, name, value: Organization):
        partners = Project.partners.through.objects.filter(organization=value)
        return rows.filter(Q(lead=value) | Q(pk__in=partners.values("project")))

    def running_in(self, rows, name, value: int):
        """Projects with at least one day in the year; without an end they are still running."""
        first, last = datetime.date(value, 1, 1), datetime.date(value, 12, 31)
        return rows.filter(Q(ends_on=None) | Q(ends_on__gte=first), starts_on__lte=last)

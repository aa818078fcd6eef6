"""The filters of the donation list, the same for the page and the API."""

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from donations.models import Donation, DonationDonor, DonationRegion, Lot
from organizations.forms import OrganizationField
from regions.filters import RegionFilter
from regions.models import Region

# What the description of the API says of filters that are written as text.
_text = extend_schema_field(OpenApiTypes.STR)
_DAY = forms.DateInput(attrs={"placeholder": "2026-01-31"})

# No amount is longer; the database refuses numbers of a million digits.
_YUAN = {"max_digits": 18, "decimal_places": 2}


class OrganizationFilter(django_filters.Filter):
    """Gifts an organization gave or received, by name or credit code."""

    field_class = OrganizationField


class DonationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Number, donor, recipient or purpose"), max_length=120)
    region = _text(RegionFilter(method="meant_for", label=_("Designated region")))
    giver = _text(RegionFilter(method="given_from", label=_("Region of the donors")))
    organization = _text(OrganizationFilter(method="given_or_received_by", label=_("Donor or recipient")))
    form = django_filters.ChoiceFilter(choices=Lot.Form.choices, method="in_form", label=_("Form"))
    channel = django_filters.ChoiceFilter(choices=Donation.Channel.choices, label=_("Channel"))
    relief = django_filters.ChoiceFilter(choices=Donation.Relief.choices, label=_("Disaster relief"))
    status = django_filters.ChoiceFilter(choices=Donation.Status.choices, label=_("Status"))
    received_after = django_filters.DateFilter(
        field_name="received_on", lookup_expr="gte", label=_("Received from"), widget=_DAY
    )
    received_before = django_filters.DateFilter(
        field_name="received_on", lookup_expr="lte", label=_("Received until"), widget=_DAY
    )
    amount_min = django_filters.NumberFilter(field_name="value", lookup_expr="gte", label=_("Yuan, at least"), **_YUAN)
    amount_max = django_filters.NumberFilter(field_name="value", lookup_expr="lte", label=_("Yuan, at most"), **_YUAN)
    pledged_after = django_filters.DateFilter(
        field_name="pledged_on", lookup_expr="gte", label=_("Pledged from"), widget=_DAY
    )
    pledged_before = django_filters.DateFilter(
        field_name="pledged_on", lookup_expr="lte", label=_("Pledged until"), widget=_DAY
    )
    # Comes with a link from the page of a pair; nobody types such a number.
    pairing = django_filters.CharFilter(
        field_name="pairing__reference", lookup_expr="iexact", label=_("Pair"), widget=forms.HiddenInput
    )

    class Meta:
        model = Donation
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Each word has to be found somewhere in the gift."""
        for word in value.split():
            donors = DonationDonor.objects.filter(
                Q(organization__name__icontains=word) | Q(name__icontains=word), donation=OuterRef("pk")
            )
            found = Q(reference__icontains=word) | Q(purpose__icontains=word) | Q(recipient__name__icontains=word)
            rows = rows.filter(found | Exists(donors))
        return rows

    def meant_for(self, rows: QuerySet, name: str, region: Region | None) -> QuerySet:
        """Designated to the subtree; without any designation the recipient's region counts, as in the figures."""
        if region is None:
            return rows
        codes = (region.low, region.high)
        designated = DonationRegion.objects.filter(donation=OuterRef("pk"))
        by_recipient = Q(recipient__region__code__range=codes) & ~Exists(designated)
        return rows.filter(Exists(designated.filter(region__code__range=codes)) | by_recipient)

    def given_from(self, rows: QuerySet, name: str, region: Region | None) -> QuerySet:
        if region is None:
            return rows
        donors = DonationDonor.objects.filter(donation=OuterRef("pk"))
        return rows.filter(Exists(donors.filter(organization__region__code__range=(region.low, region.high))))

    def given_or_received_by(self, rows: QuerySet, name: str, organization) -> QuerySet:
        if organization is None:
            return rows
        donors = DonationDonor.objects.filter(donation=OuterRef("pk"), organization=organization)
        return rows.filter(Exists(donors) | Q(recipient=organization))

    def in_form(self, rows: QuerySet, name: str, form: str) -> QuerySet:
        return rows.filter(Exists(Lot.objects.filter(donation=OuterRef("pk"), form=form)))

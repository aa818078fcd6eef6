"""The filters of demand, claim and list pages, the same for the API."""

import datetime

import django_filters
from django import forms
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from demands import selectors
from demands.forms import DateInput
from demands.models import (
    Claim,
    ClaimDraft,
    Delivery,
    Demand,
    DemandItem,
    DemandList,
    Invitation,
    NotAccepted,
    PriceBand,
    SpotCheck,
    SupplyOffer,
    WaitingPlace,
)
from organizations.models import AssistanceForm, Organization
from regions.filters import RegionFilter


def visible_lists(request):
    """The demand lists the person may choose from."""
    return DemandList.objects.visible_to(request.user) if request else DemandList.objects.none()


def visible_claimants(request):
    """The organizations with a claim the person may see."""
    if not request:
        return Organization.objects.none()
    claims = Claim.objects.visible_to(request.user)
    return Organization.objects.filter(pk__in=claims.values("organization")).order_by("name")


def _facet(method: str | None = None, **options) -> django_filters.ChoiceFilter:
    """A filter that is chosen beside the list, by a link with its count, not in the form."""
    return django_filters.ChoiceFilter(method=method, widget=forms.HiddenInput, **options)


class DemandFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    region = RegionFilter(field_name="village__code", label=_("Region"))
    form = _facet(choices=AssistanceForm.choices, label=_("Assistance form"))
    kind = _facet("of_kind", choices=DemandItem.Kind.choices, label=_("What is needed"))
    urgency = _facet(choices=Demand.Urgency.choices, label=_("Urgency"))
    remaining = _facet("with_left", choices=selectors.remaining_choices, label=_("Left to claim"))
    deadline = _facet("due_within", choices=selectors.deadline_choices, label=_("Deadline"))
    status = django_filters.ChoiceFilter(choices=Demand.Status.choices, label=_("Status"))
    claimable = django_filters.ChoiceFilter(
        choices=[("true", _("claimable now"))], method="only_claimable", label=_("Claimable")
    )
    valid_until = django_filters.DateFilter(
        field_name="valid_until", lookup_expr="lte", label=_("Deadline up to"), widget=DateInput
    )
    list = django_filters.ModelChoiceFilter(
        queryset=visible_lists, to_field_name="reference", label=_("Demand list"), widget=forms.HiddenInput
    )

    class Meta:
        model = Demand
        fields = []

    def search(self, rows, name, value: str):
        """Words of the title or of what is needed, the village's name, or the start of the reference number."""
        text = value.strip()
        return rows.filter(
            Q(title__icontains=text)
            | Q(needs__icontains=text)
            | Q(village__name__icontains=text)
            | Q(reference__istartswith=text)
        )

    def of_kind(self, rows, name, value: str):
        bit = DemandItem.BITS[DemandItem.Kind(value)]
        return rows.annotate(of_kind=F("kinds").bitand(bit)).filter(of_kind=bit)

    def with_left(self, rows, name, value: str):
        if value == "nothing":
            left = [status for statuses in selectors.REMAINING.values() for status in statuses]
            return rows.exclude(status__in=left)
        return rows.filter(status__in=selectors.REMAINING[value])

    def due_within(self, rows, name, value: str):
        today = timezone.localdate()
        last = today + datetime.timedelta(days=selectors.DEADLINES[value])
        return rows.filter(valid_until__range=(today, last))

    def only_claimable(self, rows, name, value: str):
        return rows.claimable()


class ClaimFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    region = RegionFilter(field_name="demand__village__code", label=_("Region"))
    status = django_filters.ChoiceFilter(choices=Claim.Status.choices, label=_("Status"))
    organization = django_filters.ModelChoiceFilter(queryset=visible_claimants, label=_("Organization"))
    form = django_filters.ChoiceFilter(
        field_name="demand__form", choices=AssistanceForm.choices, label=_("Assistance form")
    )
    demand = django_filters.CharFilter(
        field_name="demand__reference", lookup_expr="iexact", label=_("Number of the demand")
    )

    deliver_by = django_filters.DateFilter(
        field_name="deliver_by", lookup_expr="lte", label=_("Delivery up to"), widget=DateInput
    )
    hold_until = django_filters.DateFilter(method="held_until", label=_("Hold ends up to"), widget=DateInput)

    class Meta:
        model = Claim
        fields = []

    def held_until(self, rows, name, value):
        """Holds that end by themselves on or before the day."""
        return rows.leased().filter(expires_at__date__lte=value)

    def search(self, rows, name, value: str):
        """The start of either number, or words of the demand's title or the organization's name."""
        text = value.strip()
        return rows.filter(
            Q(reference__istartswith=text)
            | Q(demand__reference__istartswith=text)
            | Q(demand__title__icontains=text)
            | Q(organization__name__icontains=text)
        )


class QueueFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    region = RegionFilter(field_name="demand__village__code", label=_("Region"))
    status = django_filters.ChoiceFilter(choices=WaitingPlace.Status.choices, label=_("Status"))
    organization = django_filters.CharFilter(
        field_name="organization__name", lookup_expr="icontains", label=_("Organization")
    )
    demand = django_filters.CharFilter(
        field_name="demand__reference", lookup_expr="iexact", label=_("Number of the demand")
    )
    item = django_filters.CharFilter(field_name="item__what", lookup_expr="icontains", label=_("Item"))

    class Meta:
        model = WaitingPlace
        fields = []

    def search(self, rows, name, value: str):
        text = value.strip()
        return rows.filter(
            Q(demand__reference__istartswith=text)
            | Q(demand__title__icontains=text)
            | Q(organization__name__icontains=text)
        )


class DraftFilter(django_filters.FilterSet):
    demand = django_filters.CharFilter(
        field_name="demand__reference", lookup_expr="iexact", label=_("Number of the demand")
    )
    organization = django_filters.CharFilter(
        field_name="organization__name", lookup_expr="icontains", label=_("Organization")
    )

    class Meta:
        model = ClaimDraft
        fields = []


class DemandListFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    region = RegionFilter(field_name="region__code", label=_("Region"))
    status = django_filters.ChoiceFilter(choices=DemandList.Status.choices, label=_("Status"))

    class Meta:
        model = DemandList
        fields = []

    def search(self, rows, name, value: str):
        text = value.strip()
        return rows.filter(Q(title__icontains=text) | Q(source__icontains=text) | Q(reference__istartswith=text))


class OfClaimFilter(django_filters.FilterSet):
    """The filters of rows that belong to a claim."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    region = RegionFilter(field_name="claim__demand__village__code", label=_("Region"))
    organization = django_filters.ModelChoiceFilter(
        field_name="claim__organization", queryset=visible_claimants, label=_("Organization")
    )
    form = django_filters.ChoiceFilter(
        field_name="claim__demand__form", choices=AssistanceForm.choices, label=_("Assistance form")
    )
    claim = django_filters.CharFilter(
        field_name="claim__reference", lookup_expr="iexact", label=_("Number of the claim")
    )

    def search(self, rows, name, value: str):
        """Words of the demand's title or items, the organization's or village's name, the start of a number."""
        text = value.strip()
        return rows.filter(
            Q(claim__demand__title__icontains=text)
            | Q(claim__demand__needs__icontains=text)
            | Q(claim__demand__village__name__icontains=text)
            | Q(claim__organization__name__icontains=text)
            | Q(claim__reference__istartswith=text)
        )


class DeliveryFilter(OfClaimFilter):
    status = django_filters.ChoiceFilter(choices=Delivery.Status.choices, label=_("Status"))
    delivered_on_after = django_filters.DateFilter(
        field_name="delivered_on", lookup_expr="gte", label=_("Delivered from"), widget=DateInput
    )
    delivered_on_before = django_filters.DateFilter(
        field_name="delivered_on", lookup_expr="lte", label=_("Delivered until"), widget=DateInput
    )

    class Meta:
        model = Delivery
        fields = []

    def search(self, rows, name, value: str):
        return super().search(rows, name, value) | rows.filter(reference__istartswith=value.strip())


class SpotCheckFilter(OfClaimFilter):
    status = django_filters.ChoiceFilter(choices=SpotCheck.Status.choices, label=_("Status"))
    origin = django_filters.ChoiceFilter(choices=SpotCheck.Origin.choices, label=_("Origin"))
    checked_on_after = django_filters.DateFilter(
        field_name="checked_on", lookup_expr="gte", label=_("Checked from"), widget=DateInput
    )
    checked_on_before = django_filters.DateFilter(
        field_name="checked_on", lookup_expr="lte", label=_("Checked until"), widget=DateInput
    )

    class Meta:
        model = SpotCheck
        fields = []


def visible_invited(request):
    """The organizations with an invitation the person may see."""
    if not request:
        return Organization.objects.none()
    invitations = Invitation.objects.visible_to(request.user)
    return Organization.objects.filter(pk__in=invitations.values("organization")).order_by("name")


class OfferFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"), max_length=120)
    form = django_filters.ChoiceFilter(choices=AssistanceForm.choices, label=_("Assistance form"))
    kind = django_filters.ChoiceFilter(choices=DemandItem.Kind.choices, label=_("What is offered"))
    status = django_filters.ChoiceFilter(choices=SupplyOffer.Status.choices, label=_("Status"))
    region = RegionFilter(method="for_place", label=_("Offered for the region"))
    home = RegionFilter(field_name="organization__region__code", label=_("Region of the organization"))
    paired_only = django_filters.ChoiceFilter(
        choices=[("true", _("paired places only")), ("false", _("others as well"))],
        method="by_pairing",
        label=_("For paired places"),
    )
    mine = django_filters.ChoiceFilter(
        choices=[("true", _("my organizations only"))], method="of_mine", label=_("Whose")
    )
    standing = django_filters.ChoiceFilter(
        field_name="valid_until", choices=[("true", _("can be used now"))], method="only_standing", label=_("Valid")
    )

    class Meta:
        model = SupplyOffer
        fields: list[str] = []

    def search(self, rows, name, value: str):
        """Words of what is offered, the organization's name, or the start of the number."""
        text = value.strip()
        return rows.filter(
            Q(what__icontains=text)
            | Q(description__icontains=text)
            | Q(organization__name__icontains=text)
            | Q(reference__istartswith=text)
        )

    def for_place(self, rows, name, value):
        """Offers for everywhere, for the region, for one above it or for a part of it."""
        serving = SupplyOffer.regions.through.objects.filter(
            Q(region__gte=value.low, region__lte=value.high) | Q(region__in=value.ancestor_codes())
        )
        anywhere = ~Exists(SupplyOffer.regions.through.objects.filter(supplyoffer=OuterRef("pk")))
        return rows.filter(anywhere | Q(pk__in=serving.values("supplyoffer")))

    def by_pairing(self, rows, name, value: str):
        return rows.filter(paired_only=value == "true")

    def of_mine(self, rows, name, value: str):
        return rows.filter(organization__in=Organization.objects.of(self.request.user))

    def only_standing(self, rows, name, value: str):
        return rows.standing()


class InvitationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"), max_length=120)
    status = django_filters.ChoiceFilter(choices=Invitation.Status.choices, label=_("Status"))
    region = RegionFilter(field_name="demand__village__code", label=_("Region"))
    demand = django_filters.CharFilter(
        field_name="demand__reference", lookup_expr="iexact", label=_("Number of the demand")
    )
    organization = django_filters.ModelChoiceFilter(queryset=visible_invited, label=_("Organization"))
    offer = django_filters.CharFilter(
        field_name="offer__reference", lookup_expr="iexact", label=_("Number of the offer")
    )
    expires_on = django_filters.DateFilter(lookup_expr="lte", label=_("To be answered up to"), widget=DateInput)

    class Meta:
        model = Invitation
        fields: list[str] = []

    def search(self, rows, name, value: str):
        text = value.strip()
        return rows.filter(
            Q(demand__title__icontains=text)
            | Q(demand__reference__istartswith=text)
            | Q(organization__name__icontains=text)
        )


class _EntryFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    region = RegionFilter(field_name="region__code", label=_("Region"))
    on = django_filters.DateFilter(method="in_force", label=_("Valid on"), widget=DateInput)

    def search(self, rows, name, value: str):
        text = value.strip()
        return rows.filter(Q(name__icontains=text) | Q(keywords__icontains=text))

    def in_force(self, rows, name, value):
        return rows.in_force(value)


class PriceBandFilter(_EntryFilter):
    class Meta:
        model = PriceBand
        fields = []


class NotAcceptedFilter(_EntryFilter):
    class Meta:
        model = NotAccepted
        fields = []

"""Which schemes, pairs, agreements, visits, figures and teams a list shows; the same for the page and for the API."""

import django_filters
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from pairings.forms import DayInput
from pairings.models import Agreement, Pairing, PairingTarget, Scheme, Team, TeamMember, Visit
from regions.filters import RegionFilter


class SchemeFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("Name"))
    kind = django_filters.ChoiceFilter(choices=Scheme.Kind.choices, label=_("Kind of scheme"))

    class Meta:
        model = Scheme
        fields = ["search", "kind"]


class PairingFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(method="named", label=_("Name of a side"))
    reference = django_filters.CharFilter(lookup_expr="istartswith", label=_("Reference number"))
    scheme = django_filters.ModelChoiceFilter(queryset=Scheme.objects.order_by("name"), label=_("Scheme"))
    kind = django_filters.ChoiceFilter(
        field_name="scheme__kind", choices=Scheme.Kind.choices, label=_("Kind of scheme")
    )
    region = RegionFilter(method="either_side", label=_("Region on either side"))
    giver = RegionFilter(method="one_side", label=_("Giving region"))
    receiver = RegionFilter(method="one_side", label=_("Receiving region"))
    parent = django_filters.CharFilter(
        field_name="parent__reference", lookup_expr="iexact", label=_("Reference number of the parent pair")
    )
    valid_on = django_filters.DateFilter(method="in_force", label=_("In force on"), widget=DayInput())
    confidence = django_filters.ChoiceFilter(choices=Pairing.Confidence.choices, label=_("Confidence"))
    status = django_filters.ChoiceFilter(choices=Pairing.Status.choices, label=_("Status"))

    class Meta:
        model = Pairing
        fields = [
            "search",
            "reference",
            "scheme",
            "kind",
            "region",
            "giver",
            "receiver",
            "parent",
            "valid_on",
            "confidence",
            "status",
        ]

    def named(self, queryset, name, value):
        return queryset.filter(_named(value))

    def either_side(self, queryset, name, value):
        return queryset.filter(_side("giver", value) | _side("receiver", value))

    def one_side(self, queryset, name, value):
        return queryset.filter(_side(name, value))

    def in_force(self, queryset, name, value):
        return queryset.valid(value)


class BoardFilter(PairingFilter):
    """The pairs of the matrix: at first those under no other pair; `parent` shows the ones under a pair."""

    class Meta(PairingFilter.Meta):
        fields = ["scheme", "kind", "region", "parent", "valid_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in set(self.filters) - set(self.Meta.fields):
            del self.filters[name]


def _named(text: str, prefix: str = "") -> Q:
    """A side whose name holds the text."""
    sides = ("giver_region", "giver_organization", "receiver_region", "receiver_organization")
    condition = Q()
    for side in sides:
        condition |= Q(**{f"{prefix}{side}__name__icontains": text})
    return condition


def _side(side: str, region, prefix: str = "") -> Q:
    """One side lies in the region; an organization counts where it is registered."""
    codes = (region.low, region.high)
    return Q(**{f"{prefix}{side}_region__code__range": codes}) | Q(
        **{f"{prefix}{side}_organization__region__code__range": codes}
    )


class _OfPairs(django_filters.FilterSet):
    """Base of the filters of what belongs to a pair."""

    search = django_filters.CharFilter(method="found", label=_("Words or name of a side"))
    pairing = django_filters.CharFilter(
        field_name="pairing__reference", lookup_expr="iexact", label=_("Reference number of the pair")
    )
    scheme = django_filters.ModelChoiceFilter(
        field_name="pairing__scheme", queryset=Scheme.objects.order_by("name"), label=_("Scheme")
    )
    region = RegionFilter(method="either_side", label=_("Region on either side"))
    words: tuple[str, ...] = ()

    def found(self, queryset, name, value):
        condition = _named(value, "pairing__")
        for field in self.words:
            condition |= Q(**{f"{field}__icontains": value})
        return queryset.filter(condition)

    def either_side(self, queryset, name, value):
        return queryset.filter(_side("giver", value, "pairing__") | _side("receiver", value, "pairing__"))


class AgreementFilter(_OfPairs):
    words = ("title", "number", "reference", "parties__name")
    year = django_filters.NumberFilter(
        field_name="signed_on__year", label=_("Year signed"), min_value=1949, max_value=2200
    )
    amount_min = django_filters.NumberFilter(field_name="amount", lookup_expr="gte", label=_("Yuan, at least"))
    amount_max = django_filters.NumberFilter(field_name="amount", lookup_expr="lte", label=_("Yuan, at most"))
    status = django_filters.ChoiceFilter(choices=Agreement.Status.choices, label=_("Status"))

    class Meta:
        model = Agreement
        fields = ["search", "pairing", "scheme", "region", "year", "status"]

    def found(self, queryset, name, value):
        # Several parties of one agreement with the word would list it as often.
        found = super().found(Agreement.objects.all(), name, value)
        return queryset.filter(Exists(found.filter(pk=OuterRef("pk"))))


class VisitFilter(_OfPairs):
    words = ("led_by", "purpose")
    direction = django_filters.ChoiceFilter(choices=Visit.Direction.choices, label=_("Direction"))
    kind = django_filters.ChoiceFilter(choices=Visit.Kind.choices, label=_("Kind"))
    year = django_filters.NumberFilter(field_name="starts_on__year", label=_("Year"), min_value=1949, max_value=2200)
    status = django_filters.ChoiceFilter(choices=Visit.Status.choices, label=_("Status"))

    class Meta:
        model = Visit
        fields = ["search", "pairing", "scheme", "region", "direction", "kind", "year", "status"]


class TargetFilter(_OfPairs):
    STATES = (
        ("agreed", _("both sides agree")),
        ("differing", _("the sides differ")),
        ("one_sided", _("one side is missing")),
    )
    year = django_filters.NumberFilter(label=_("Year"), min_value=1949, max_value=2200)
    measure = django_filters.ChoiceFilter(choices=PairingTarget.Measure.choices, label=_("Measure"))
    state = django_filters.ChoiceFilter(method="in_state", choices=STATES, label=_("Agreement of the sides"))

    class Meta:
        model = PairingTarget
        fields = ["search", "pairing", "scheme", "region", "year", "measure", "state"]

    def in_state(self, queryset, name, value):
        return getattr(queryset, value)()


class TeamFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(method="found", label=_("Name, village or member"))
    reference = django_filters.CharFilter(lookup_expr="istartswith", label=_("Reference number"))
    scheme = django_filters.ModelChoiceFilter(
        queryset=Scheme.objects.filter(kind=Scheme.Kind.TEAM).order_by("name"), label=_("Scheme")
    )
    village = RegionFilter(method="inside", label=_("Village, or a region around it"))
    pairing = django_filters.CharFilter(
        field_name="pairing__reference", lookup_expr="iexact", label=_("Reference number of the pair")
    )
    formed = django_filters.NumberFilter(
        field_name="formed_on__year", label=_("Year formed"), min_value=1949, max_value=2200
    )
    status = django_filters.ChoiceFilter(choices=Team.Status.choices, label=_("Status"))

    class Meta:
        model = Team
        fields = ["search", "reference", "scheme", "village", "pairing", "formed", "status"]

    def found(self, queryset, name, value):
        members = TeamMember.objects.filter(team=OuterRef("pk"), organization__name__icontains=value)
        return queryset.filter(Q(name__icontains=value) | Q(village__name__icontains=value) | Exists(members))

    def inside(self, queryset, name, value):
        return queryset.filter(village__code__range=(value.low, value.high))


class TeamMemberFilter(django_filters.FilterSet):
    team = django_filters.CharFilter(
        field_name="team__reference", lookup_expr="iexact", label=_("Reference number of the team")
    )
    organization = django_filters.NumberFilter(label=_("Organization"))
    is_lead = django_filters.BooleanFilter(label=_("Lead unit"))
    on = django_filters.DateFilter(method="member_on", label=_("Member on"), widget=DayInput())

    class Meta:
        model = TeamMember
        fields = ["team", "organization", "is_lead", "on"]

    def member_on(self, queryset, name, value):
        return queryset.current(value)

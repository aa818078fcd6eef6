"""Which organizations a list shows; the same parameters for the page and for the API."""

import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.forms import DateInput
from organizations.models import (
    Assessment,
    AssistanceForm,
    Certificate,
    CreditEntry,
    Organization,
)
from regions.filters import RegionFilter

# What `sort` takes: (label, columns of the order). The first is the default.
SORTS = {
    "pinyin": (_("Pinyin"), ["pinyin"]),
    "founded": (_("Founded on"), ["founded_on"]),
    # 5A before 4A, and no grade at all last.
    "grade": (_("Valid grade"), ["grade_rank", "pinyin"]),
    # Numbers are given in the order of entering.
    "newest": (_("Newest"), ["-pk"]),
}


class OrganizationFilter(django_filters.FilterSet):
    """No filter joins another table's many rows, so none needs the DISTINCT that would sort all matches."""

    q = django_filters.CharFilter(method="search", label=_("Name, credit code or pinyin initials"), max_length=120)
    kind = django_filters.MultipleChoiceFilter(choices=Organization.Kind.choices, label=_("Kind"), distinct=False)
    level = django_filters.MultipleChoiceFilter(
        choices=Organization.Level.choices, label=_("Registration level"), distinct=False
    )
    region = RegionFilter(field_name="region__code", label=_("Region"))
    status = django_filters.MultipleChoiceFilter(choices=Organization.Status.choices, label=_("Status"), distinct=False)

    grade = django_filters.MultipleChoiceFilter(
        choices=Assessment.Grade.choices, label=_("Valid grade"), method="by_grade"
    )
    certificate = django_filters.ChoiceFilter(
        choices=Certificate.Kind.choices, label=_("Certificate"), method="by_certificate"
    )
    certificate_on = django_filters.DateFilter(
        label=_("Certificate valid on"), method="by_day", widget=DateInput, help_text=_("Today unless a day is given.")
    )
    focus = django_filters.MultipleChoiceFilter(
        choices=AssistanceForm.choices, label=_("Focus"), field_name="focus", lookup_expr="overlap", method="by_focus"
    )
    founded_from = django_filters.DateFilter(
        label=_("Founded on or after"), field_name="founded_on", lookup_expr="gte", widget=DateInput
    )
    founded_to = django_filters.DateFilter(
        label=_("Founded on or before"), field_name="founded_on", lookup_expr="lte", widget=DateInput
    )
    credit = django_filters.ChoiceFilter(
        choices=[("none", _("on no credit list")), *CreditEntry.Kind.choices], label=_("Credit"), method="by_credit"
    )

    class Meta:
        model = Organization
        fields = [
            "q",
            "kind",
            "level",
            "region",
            "status",
            "grade",
            "certificate",
            "certificate_on",
            "focus",
            "founded_from",
            "founded_to",
            "credit",
        ]

    def counted(self):
        """What is counted: the list, and only active organizations unless a status is asked for."""
        asked = self.form.cleaned_data.get("status")
        return self.qs if asked else self.qs.filter(status=Organization.Status.ACTIVE)

    def by_grade(self, queryset, name, value):
        """A grade that is valid today; any of those chosen."""
        valid = Assessment.objects.valid_on(timezone.localdate()).filter(grade__in=value)
        return queryset.filter(pk__in=valid.values("organization")) if value else queryset

    def by_certificate(self, queryset, name, value):
        """Holders of the certificate on the day of `certificate_on`, or today."""
        valid = Certificate.objects.valid_on(self._day()).filter(kind=value)
        return queryset.filter(pk__in=valid.values("organization"))

    def by_day(self, queryset, name, value):
        """Without a kind, holders of any certificate on the day."""
        if self.form.cleaned_data.get("certificate"):
            return queryset
        return queryset.filter(pk__in=Certificate.objects.valid_on(value).values("organization"))

    def _day(self):
        return self.form.cleaned_data.get("certificate_on") or timezone.localdate()

    def by_focus(self, queryset, name, value):
        """Those whose focus has any of the forms."""
        return queryset.filter(focus__overlap=value) if value else queryset

    def by_credit(self, queryset, name, value):
        """Those that stand on the list today, or on none."""
        standing = CreditEntry.objects.standing(timezone.localdate())
        if value == "none":
            return queryset.exclude(pk__in=standing.values("organization"))
        return queryset.filter(pk__in=standing.filter(kind=value).values("organization"))

    def search(self, queryset, name, value):
        """Each word has to be found: in a present or former name, the code, the pinyin or its initials."""
        return queryset.matching(value)

"""What was sold and what stands at the grass roots, on the pages of regions and organizations."""

import datetime
from collections.abc import Sequence

from django.db.models import Q
from django.utils import timezone

from core.sections import Section
from organizations.models import Organization
from projects.models import ConsumptionRecord, Product, ReportedFigure
from projects.models.consumption import ConsumptionQuerySet, ProductQuerySet
from projects.selectors.capacity import KindCount, kinds_of_organization, kinds_of_region
from projects.selectors.consumption import BESIDE, DEFINITION, ModeTotal, consumption_totals
from regions.models import Region

SHOWN = 5


def of_region(region: Region, user) -> Section | None:
    """Products and sales of the region and below it, and its stations, funds, organizations, courses and contests."""
    inside = {"region__gte": region.low, "region__lte": region.high}
    today = timezone.localdate()
    totals = [("", f"region={region.short_code}", _with_records(ConsumptionRecord.objects.filter(**inside)))]
    beside = ReportedFigure.objects.published().filter(region=region, period_to__lte=today)
    beside = beside.filter(~Q(capacity="") | Q(is_consumption=True)).order_by("-period_to", "number")
    figures = list(beside.select_related("region"))
    kinds = kinds_of_region(region=region, on=today, figures=figures)
    sold = [figure for figure in figures if figure.is_consumption][:BESIDE]
    query = f"region={region.short_code}"
    return _section(Product.objects.filter(**inside), totals, kinds, today, query, reported=sold)


def of_organization(organization: Organization, user) -> Section | None:
    """What the organization sells, has bought and has sold, which are two totals, and what it runs or has incubated."""
    own = f"organization={organization.pk}"
    today = timezone.localdate()
    totals = [
        ("buyer", own, _with_records(ConsumptionRecord.objects.filter(buyer=organization))),
        ("seller", own, _with_records(ConsumptionRecord.objects.filter(seller=organization))),
    ]
    kinds = kinds_of_organization(organization=organization, on=today)
    return _section(Product.objects.filter(seller=organization), totals, kinds, today, f"seller={organization.pk}", own)


def _with_records(records: ConsumptionQuerySet) -> list[ModeTotal]:
    return [total for total in consumption_totals(records) if total.records]


def _section(
    products: ProductQuerySet,
    totals: list[tuple[str, str, list[ModeTotal]]],
    kinds: list[KindCount],
    today: datetime.date,
    query: str,
    capacity_query: str = "",
    reported: Sequence[ReportedFigure] = (),
) -> Section | None:
    offered = list(products.filter(status=Product.Status.OFFERED).for_list().order_by("name", "pk")[: SHOWN + 1])
    sold = [one for one in totals if one[2]]
    if not offered and not sold and not kinds and not reported:
        return None
    context = {
        "products": offered[:SHOWN],
        "more_products": len(offered) > SHOWN,
        "totals": sold,
        "definition": DEFINITION,
        "reported": reported,
        "kinds": kinds,
        "today": today,
        "query": query,
        "capacity_query": capacity_query or query,
    }
    return Section("projects/_entries.html", context)

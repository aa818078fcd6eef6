"""What consumption records say together: one total for each mode, never added, and never part of donations."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import BooleanField, Case, Count, ExpressionWrapper, F, Q, Sum, Value, When
from django.utils.translation import gettext_lazy as _

from projects.models import BeneficiaryCount, ConsumptionRecord, ReportedFigure
from projects.models.consumption import ConsumptionQuerySet
from regions.models import Region

Qualifier = BeneficiaryCount.Qualifier
# Reported figures under the totals; the list of them has all.
BESIDE = 10
DEFINITION = _(
    "Verified records, after refunds. Each mode stands alone: induced consumption is never added to purchases and "
    "sales, and none of it is a donation. Records without an amount are counted by quantity for each unit."
)


@dataclass(frozen=True)
class UnitTotal:
    """How much of records without an amount, in one unit; units are not converted into each other."""

    unit: str
    quantity: Decimal
    records: int
    qualifier: str

    @property
    def qualifier_label(self):
        return Qualifier(self.qualifier).label


@dataclass(frozen=True)
class ModeTotal:
    """The records of one mode: yuan after refunds of those with an amount, the others by quantity.

    `amount` is None where no record gives one. `unmeasured` records give neither an amount nor a quantity.
    """

    mode: str
    records: int
    amount: Decimal | None
    qualifier: str
    refunded: Decimal
    with_amount: int
    by_unit: tuple[UnitTotal, ...]
    unmeasured: int

    @property
    def label(self):
        return ConsumptionRecord.Mode(self.mode).label

    @property
    def qualifier_label(self):
        return Qualifier(self.qualifier).label

    @property
    def definition(self):
        return DEFINITION


def reported_consumption(user, *, region: Region | None) -> list[ReportedFigure]:
    """The newest figures sources reported of consumption assistance, of a region and below it (None: everywhere)."""
    figures = ReportedFigure.objects.visible_to(user).published().filter(is_consumption=True)
    if region is not None:
        figures = figures.filter(region__gte=region.low, region__lte=region.high)
    return list(figures.select_related("region").order_by("-period_to", "number")[:BESIDE])


@dataclass
class _Sum:
    value: Decimal = Decimal(0)
    records: int = 0
    qualifiers: set[str] = field(default_factory=set)

    def add(self, value: Decimal, records: int, qualifier: str) -> None:
        self.value += value
        self.records += records
        self.qualifiers.add(qualifier)


def consumption_totals(records: ConsumptionQuerySet) -> list[ModeTotal]:
    """One total for each mode, also for those without a record, over the verified ones among `records`; one query."""
    rows = ConsumptionRecord.objects.filter(pk__in=records.counted().order_by().values("pk")).order_by()
    paid = Q(amount__isnull=False)
    groups = rows.values(
        "mode",
        paid=ExpressionWrapper(paid, BooleanField()),
        of_unit=Case(When(paid, then=Value("")), default=F("unit")),
        exactness=Case(When(paid, then=F("amount_qualifier")), default=F("quantity_qualifier")),
    ).annotate(
        n=Count("pk"),
        yuan=Sum(F("amount") - F("refunded_amount")),
        back=Sum("refunded_amount"),
        left=Sum(F("quantity") - F("refunded_quantity")),
    )
    amounts: dict[str, _Sum] = defaultdict(_Sum)
    refunded: dict[str, Decimal] = defaultdict(Decimal)
    units: dict[str, dict[str, _Sum]] = defaultdict(lambda: defaultdict(_Sum))
    for row in groups:
        mode = row["mode"]
        if row["paid"]:
            amounts[mode].add(row["yuan"], row["n"], row["exactness"])
            refunded[mode] += row["back"]
        else:
            units[mode][row["of_unit"]].add(row["left"] or Decimal(0), row["n"], row["exactness"])
    modes = ConsumptionRecord.Mode.values
    return [_of_mode(mode, amounts[mode], refunded[mode], units[mode]) for mode in modes]


def _of_mode(mode: str, amount: _Sum, refunded: Decimal, units: dict[str, _Sum]) -> ModeTotal:
    unmeasured = units[""].records if "" in units else 0
    measured = [(unit, one) for unit, one in sorted(units.items()) if unit]
    return ModeTotal(
        mode=mode,
        records=amount.records + unmeasured + sum(one.records for _unit, one in measured),
        amount=amount.value if amount.records else None,
        qualifier=_qualifier(amount.qualifiers),
        refunded=refunded,
        with_amount=amount.records,
        by_unit=tuple(UnitTotal(unit, one.value, one.records, _qualifier(one.qualifiers)) for unit, one in measured),
        unmeasured=unmeasured,
    )


def _qualifier(found: set[str]) -> str:
    """A sum with an "over" part is "over"; over and nearly together are only "about"."""
    inexact = found - {Qualifier.EXACT}
    if not inexact:
        return Qualifier.EXACT
    return inexact.pop() if len(inexact) == 1 else Qualifier.ABOUT

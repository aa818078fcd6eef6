"""Files of products, consumption and capacity records: checked, entered row by row, taken back.

A row that stands there already word for word is left alone; a row that differs from a record of the same key is
refused, because these records are corrected on their pages or struck out.
"""

from abc import ABC, abstractmethod
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from core import states
from exchange.imports import Effects, Outcome
from exchange.sheets import Problem, Row, Sheet
from projects import permissions
from projects.models import BeneficiaryCount, CapacityRecord, ConsumptionRecord, Product
from projects.services import capacity, consumption
from projects.services.imports import FRESH, of_constraints
from projects.sheets import CAPACITY_SHEET, CONSUMPTION_SHEET, PRODUCT_SHEET

Exact = BeneficiaryCount.Qualifier.EXACT


class EntryRun(ABC):
    """One pass over a file in the name of one person (None: the system). Subclasses say what a row enters."""

    sheet: Sheet
    model: Any
    # The column a broken rule of the table is shown at.
    blamed: str
    defaults: dict[str, Any] = {}

    def __init__(self, by: Any):
        self.by = by
        self.seen: dict[tuple, int] = {}

    def check(self, rows: list[Row]) -> Outcome:
        """What storing these rows would do."""
        outcome = Outcome()
        for row in rows:
            values, problems = self.values(row)
            problems += self._refusals(row, values)
            if not problems:
                problems += of_constraints(self.sheet, row, self.record(values), self.blamed)
                problems += self._of_itself(row, values)
            stored = None if problems else self.stored(values)
            if stored is not None and not self.same(stored, values):
                reason = _("This record stands there already with other values.")
                problems.append(self._problem(row, self.blamed, reason, _("Change it on its page, or leave the row.")))
            if problems:
                outcome.problems += problems
            elif stored is not None:
                outcome.unchanged += 1
            else:
                outcome.new.append(values)
        return outcome

    def store(self, outcome: Outcome) -> Effects:
        return Effects(new=[self.enter(values).pk for values in outcome.new])

    def values(self, row: Row) -> tuple[dict[str, Any], list[Problem]]:
        """The record's fields from the row's cells; an empty cell is an empty text or nothing."""
        values = {}
        for name in self.model.FIELDS:
            given = row.values[name]
            if given is None and not self.model._meta.get_field(name).null:
                given = self.defaults.get(name, "")
            values[name] = given
        return values, []

    def _refusals(self, row: Row, values: dict[str, Any]) -> list[Problem]:
        found = []
        key = tuple(getattr(value, "pk", value) for value in self.key(values))
        first = self.seen.setdefault(key, row.number)
        if first != row.number:
            reason = _("The same record stands in row %(row)s.") % {"row": first}
            found.append(self._problem(row, self.blamed, reason, _("Leave one of the rows.")))
        if self.by is not None and not self.allowed(values):
            column, reason = self.foreign(values)
            found.append(self._problem(row, column, reason, _("Leave this row to those who are.")))
        return found

    def foreign(self, values: dict[str, Any]) -> tuple[str, str]:
        """The column and the reason for a row that is not this person's to enter."""
        return "region", _("You are not responsible for %(region)s.") % {"region": values["region"].name}

    def record(self, values: dict[str, Any]) -> Any:
        """The record a row would enter, not stored."""
        return self.model(**values)

    def _of_itself(self, row: Row, values: dict[str, Any]) -> list[Problem]:
        """What the record itself refuses beside its table's rules, for example days that are still to come."""
        try:
            self.record(values).clean()
        except ValidationError as error:
            found = error.message_dict.items()
            return [self._problem(row, name, text, _("Correct the row.")) for name, texts in found for text in texts]
        return []

    def _problem(self, row: Row, key: str, reason: str, remedy: str) -> Problem:
        value = row.values[key]
        shown = "、".join(map(str, value)) if isinstance(value, list) else value
        return row.problem(self.sheet.column(key), reason, remedy, shown)

    @abstractmethod
    def key(self, values: dict[str, Any]) -> tuple:
        """What may stand only once in a file."""

    @abstractmethod
    def stored(self, values: dict[str, Any]) -> Model | None:
        """The record with the same key that stands there already."""

    def same(self, stored: Any, values: dict[str, Any]) -> bool:
        return all(getattr(stored, name) == value for name, value in values.items())

    @abstractmethod
    def allowed(self, values: dict[str, Any]) -> bool:
        """Whether the person may enter such a record."""

    @abstractmethod
    def enter(self, values: dict[str, Any]) -> Model:
        """Enter the record by the service of the pages."""

    @classmethod
    def undo(cls, *, effects: Effects, by, reason: str) -> list[str]:
        """Remove what a file entered; or say which records have been verified, changed or used since."""
        rows = list(cls.model.objects.select_for_update(no_key=True).filter(pk__in=effects.new).order_by("pk"))
        reasons = [
            _("“%(name)s” has been verified, changed or used since.") % {"name": row}
            for row in rows
            if row.version != FRESH or cls.used(row)
        ]
        if not reasons:
            states.remove_many(rows, by=by, note=reason)
        return reasons[:50]

    @classmethod
    def used(cls, row: Any) -> bool:
        return False


class ProductRun(EntryRun):
    sheet, model, blamed = PRODUCT_SHEET, Product, "name"

    def key(self, values):
        return values["region"], values["seller"], values["name"]

    def stored(self, values):
        return Product.objects.filter(region=values["region"], seller=values["seller"], name=values["name"]).first()

    def allowed(self, values):
        return permissions.can_keep_product(self.by, values["region"].code, values["seller"])

    def enter(self, values):
        return consumption.add_product(values=values, by=self.by)

    @classmethod
    def used(cls, row):
        return ConsumptionRecord.objects.filter(product=row).exists()


class PurchaseRun(EntryRun):
    sheet, model, blamed = CONSUMPTION_SHEET, ConsumptionRecord, "amount"
    defaults = {"channel": ConsumptionRecord.Channel.OTHER, "quantity_qualifier": Exact, "amount_qualifier": Exact}

    def values(self, row):
        values, problems = super().values(row)
        name, values["product"] = row.values["product"], None
        if name:
            place = values["region"]
            rows = Product.objects.filter(name=name, region__code__range=(place.low, place.high))
            found = list(rows.select_related("region", "seller")[:2])
            if len(found) == 1:
                values["product"] = found[0]
                values["seller"] = values["seller"] or found[0].seller
            else:
                reason = _("Several products have this name here.") if found else _("No product has this name here.")
                remedy = _("Give the village as the selling region, or describe the goods in words.")
                problems.append(self._problem(row, "product", reason, remedy))
        return values, problems + self._unfit(row, values)

    def _unfit(self, row: Row, values: dict[str, Any]) -> list[Problem]:
        product, seller = values["product"], values["seller"]
        if product is None or product.seller is None or product.seller == seller:
            return []
        reason = _("This product is sold by %(seller)s.") % {"seller": product.seller}
        return [self._problem(row, "seller", reason, _("Correct the seller, or leave it empty."))]

    def key(self, values):
        return tuple(values.values())

    def stored(self, values):
        return consumption.twin_of(ConsumptionRecord(**values))

    def allowed(self, values):
        parties = (values["buyer"], values["seller"])
        return permissions.can_enter_purchase(self.by, values["region"].code, *parties)

    def enter(self, values):
        return consumption.enter_purchase(values=values, by=self.by)

    @classmethod
    def used(cls, row):
        return row.refunds.exists()


class CapacityRun(EntryRun):
    sheet, model, blamed = CAPACITY_SHEET, CapacityRecord, "name"

    def key(self, values):
        return values["kind"], values["region"], values["name"], values["opened_on"]

    def stored(self, values):
        return capacity.live_one(CapacityRecord(**values))

    def allowed(self, values):
        return permissions.can_enter_capacity(self.by, values["region"].code, values["organization"])

    def enter(self, values):
        return capacity.enter_capacity(values=values, by=self.by)

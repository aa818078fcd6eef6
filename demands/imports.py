"""The sheets of this app: how files of demands and of the catalogue are checked, stored and taken back."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from core import states
from core.references import next_reference
from demands import permissions, selectors
from demands.models import Demand, DemandBeneficiary, DemandItem, DemandList, NotAccepted, PriceBand
from demands.sheets import DEMAND_SHEET as SHEET
from demands.sheets import MEASURES, NOT_ACCEPTED_SHEET, PRICE_SHEET
from exchange.imports import Effects, Likeness, Outcome, Remark
from exchange.sheets import Problem, Row, Sheet
from regions.models import Region

_PLAIN = ("form", "title", "story", "urgency", "valid_until", "contact", "not_a_duplicate")
_TEXTS = ("title", "story", "contact", "not_a_duplicate")
_ITEM = ("kind", "what", "quantity", "unit", "unit_price")
# Version of a demand as a file has entered it.
FRESH = 1


class DemandRun:
    """One pass over a file of demands in the name of one person (None: the system)."""

    def __init__(self, by: Any):
        self.by = by
        found = DemandList.objects.all() if by is None else DemandList.objects.visible_to(by)
        self.lists: dict[str, DemandList] = {}
        for row in found.select_related("region").order_by("pk"):
            self.lists[row.title] = self.lists[row.reference] = row
        self.refused, self.prices = selectors.things_not_accepted(), selectors.usual_prices()

    def check(self, rows: list[Row]) -> Outcome:
        """What storing these rows would do: one demand for each number, in the order of their first rows."""
        outcome = Outcome()
        groups: dict[str, list[Row]] = {}
        for row in rows:
            groups.setdefault(row.values["key"], []).append(row)
        good = [made for group in groups.values() if (made := self._demand(group, outcome.problems)) is not None]
        known = _known({made["values"]["village"].code for _row, made in good})
        for row, made in good:
            values, names = made["values"], [item["what"] for item in made["items"]]
            others = known.get(values["village"].code, [])
            if any(_is_same(made, other) for other in others):
                outcome.unchanged += 1
                continue
            alike = [o for o in others if selectors.alike(values["title"], values["story"], names, o)]
            outcome.likenesses += [Likeness(row.number, values["title"], str(other)) for other in alike[:3]]
            outcome.remarks += self._price_remarks(groups[row.values["key"]], values["village"])
            outcome.new.append(made)
        return outcome

    def _price_remarks(self, rows: list[Row], village: Region) -> list[Remark]:
        """What is unusual about the prices, as the form says it too. Such rows are stored all the same."""
        shown = [(row.values["what"], row.values["unit"], row.values["unit_price"]) for row in rows]
        warn = partial(selectors.price_warnings, shown, village.code, self.prices)
        return [
            Remark(row.number, row.values["what"], lambda at=at: warn()[at])  # type: ignore[misc]
            for at, (row, warning) in enumerate(zip(rows, warn(), strict=True))
            if warning
        ]

    def _demand(self, rows: list[Row], problems: list[Problem]) -> tuple[Row, dict[str, Any]] | None:
        """One demand of its rows; None when something is wrong with any of them."""
        before, first = len(problems), rows[0]
        for row in rows[1:]:
            self._insist_on_same(row, first, problems)
        self._insist_on_complete(first, problems)
        if len(problems) > before:
            return None
        values = {name: first.values[name] for name in _PLAIN} | {"village": first.values["village"]}
        values |= {name: values[name] or "" for name in _TEXTS}
        values["urgency"] = values["urgency"] or Demand.Urgency.NORMAL
        values["list"] = self._list(first, problems)
        self._insist_on_place(first, values["village"], values["list"], problems)
        self._insist_on_accepted(rows, values["village"], problems)
        counts = {m: int(first.values[column]) for m, column in MEASURES.items() if first.values[column]}
        items = [{name: row.values[name] for name in _ITEM} for row in rows]
        made = {"values": values, "items": items, "counts": counts}
        return (first, made) if len(problems) == before else None

    def _insist_on_same(self, row: Row, first: Row, problems: list[Problem]) -> None:
        for name in ("village", "list", *_PLAIN, *MEASURES.values()):
            if row.values[name] not in (None, "", first.values[name]):
                reason = _("Row %(row)s has the same number and something else here.") % {"row": first.number}
                remedy = _("Leave the cell empty, or give the row a number of its own.")
                problems.append(row.problem(SHEET.column(name), reason, remedy, row.values[name]))

    def _insist_on_complete(self, row: Row, problems: list[Problem]) -> None:
        for name in ("village", "form", "title"):
            if not row.values[name]:
                column = SHEET.column(name)
                problems.append(row.problem(column, _("The cell is empty."), _("Fill it in in the first row.")))
        day = row.values["valid_until"]
        if day and day < timezone.localdate():
            column = SHEET.column("valid_until")
            problems.append(row.problem(column, _("This day has passed already."), _("Write a later day."), day))

    def _list(self, row: Row, problems: list[Problem]) -> DemandList | None:
        text = row.values["list"]
        if not text:
            return None
        found = self.lists.get(text)
        if found is None:
            remedy = _("Open the list first, or leave the cell empty.")
            problems.append(row.problem(SHEET.column("list"), _("There is no such list."), remedy, text))
        return found

    def _insist_on_place(
        self, row: Row, village: Region, demand_list: DemandList | None, problems: list[Problem]
    ) -> None:
        column, shown = SHEET.column("village"), village.short_code
        if village.level not in (Region.Level.VILLAGE, Region.Level.TOWNSHIP):
            remedy = _("Write the code of the village, 12 digits.")
            problems.append(row.problem(column, _("A demand belongs to a village or a township."), remedy, shown))
        elif self.by is not None and not permissions.can_draft_in(self.by, village.code):
            reason = _("You are not responsible for %(region)s.") % {"region": village.name}
            problems.append(row.problem(column, reason, _("Leave this row to the other office."), shown))
        if demand_list is not None and not demand_list.region.contains(village.code):
            reason = _("The demand list belongs to another region.")
            problems.append(row.problem(SHEET.column("list"), reason, _("Name another list."), demand_list.reference))

    def _insist_on_accepted(self, rows: list[Row], village: Region, problems: list[Problem]) -> None:
        refused = selectors.not_accepted([row.values["what"] for row in rows], village.code, self.refused)
        for row in rows:
            reason = refused.get(row.values["what"])
            if reason:
                problems.append(row.problem(SHEET.column("what"), reason, _("Leave this row."), row.values["what"]))

    def store(self, outcome: Outcome) -> Effects:
        """Enter the demands as drafts; evidence is attached and they are handed in afterwards."""
        made = [Demand(reference=next_reference("XQ"), **row["values"]) for row in outcome.new]
        items: list[DemandItem] = []
        counts: list[DemandBeneficiary] = []
        for demand, row in zip(made, outcome.new, strict=True):
            own = [DemandItem(**item) for item in row["items"]]
            demand.needs, demand.kinds = DemandItem.in_words(own), DemandItem.bits_of(own)
        states.begin_many(made, by=self.by)
        for demand, row in zip(made, outcome.new, strict=True):
            items += [DemandItem(demand=demand, **item) for item in row["items"]]
            counts += [DemandBeneficiary(demand=demand, measure=m, value=n) for m, n in row["counts"].items()]
        DemandItem.objects.bulk_create(items, batch_size=1000)
        DemandBeneficiary.objects.bulk_create(counts, batch_size=1000)
        return Effects(new=[demand.pk for demand in made])


def _known(codes: Iterable[str]) -> dict[str, list[Demand]]:
    """The demands of these villages that are not given up, by the code of the village."""
    given_up = (Demand.Status.WITHDRAWN, Demand.Status.REJECTED)
    rows = Demand.objects.filter(village__in=list(codes)).exclude(status__in=given_up).prefetch_related("items")
    found: dict[str, list[Demand]] = {}
    for demand in rows.order_by("-pk"):
        found.setdefault(demand.village_id, []).append(demand)
    return found


def _is_same(made: dict[str, Any], other: Demand) -> bool:
    """Whether the demand has been entered already, perhaps by the same file."""
    needs = DemandItem.in_words(DemandItem(**item) for item in made["items"])
    return (made["values"]["title"], needs) == (other.title, other.needs)


def undo(*, effects: Effects, by, reason: str) -> list[str]:
    """Remove the drafts a file entered; or say which have been worked on since, changing nothing."""
    rows = Demand.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    made = list(rows.filter(pk__in=effects.new))
    reasons = [
        _("“%(name)s” has been changed since.") % {"name": demand}
        for demand in made
        if demand.version != FRESH or demand.status != Demand.Status.DRAFT
    ]
    if not reasons:
        states.remove_many(made, by=by, note=reason)
    return reasons[:50]


class CatalogueRun:
    """One pass over a file of usual prices or of things not accepted, in the name of one person (None: the system).

    An entry is the same as a stored one when name, unit, region and first day are; entries are ended, not rewritten,
    so a file changes none.
    """

    def __init__(self, by: Any, model: type[PriceBand] | type[NotAccepted], sheet: Sheet):
        self.by, self.model, self.sheet = by, model, sheet
        self.known = {self._key(entry): 0 for entry in model.objects.all()}

    def check(self, rows: list[Row]) -> Outcome:
        outcome = Outcome()
        for row in rows:
            values = {name: value or "" if name == "keywords" else value for name, value in row.values.items()}
            entry = self.model(**values)
            first = self.known.setdefault(self._key(entry), row.number)
            if first == 0:
                outcome.unchanged += 1
                continue
            problems = self._problems(row, entry, first)
            outcome.problems += problems
            if not problems:
                outcome.new.append(entry)
        return outcome

    @staticmethod
    def _key(entry: PriceBand | NotAccepted) -> tuple:
        return entry.name, getattr(entry, "unit", ""), entry.region_id, entry.valid_from

    def _problems(self, row: Row, entry: PriceBand | NotAccepted, first: int) -> list[Problem]:
        if first != row.number:
            reason = _("The same entry stands in row %(row)s.") % {"row": first}
            return [row.problem(self.sheet.column("name"), reason, _("Leave one of the rows."), entry.name)]
        if self.by is not None and not permissions.can_keep_catalogue_in(self.by, entry.region):
            where = entry.region.name if entry.region else _("everywhere")
            reason = _("You are not responsible for %(region)s.") % {"region": where}
            remedy = _("Name a region you are responsible for.")
            return [row.problem(self.sheet.column("region"), reason, remedy, where)]
        try:
            entry.full_clean()
        except ValidationError as error:
            keys = [name for name in error.message_dict if name in row.values]
            column = self.sheet.column(keys[0] if keys else "name")
            return [row.problem(column, " ".join(error.messages), _("Correct the cell."), entry.name)]
        return []

    def store(self, outcome: Outcome) -> Effects:
        states.begin_many(outcome.new, by=self.by)
        return Effects(new=[entry.pk for entry in outcome.new])


def price_run(by: Any) -> CatalogueRun:
    return CatalogueRun(by, PriceBand, PRICE_SHEET)


def not_accepted_run(by: Any) -> CatalogueRun:
    return CatalogueRun(by, NotAccepted, NOT_ACCEPTED_SHEET)


def undo_prices(*, effects: Effects, by, reason: str) -> list[str]:
    return _undo_entries(PriceBand, effects, by, reason)


def undo_not_accepted(*, effects: Effects, by, reason: str) -> list[str]:
    return _undo_entries(NotAccepted, effects, by, reason)


def _undo_entries(model: Any, effects: Effects, by, reason: str) -> list[str]:
    """Remove the entries a file brought; or say which have been ended since, changing nothing."""
    made = states.lock_many(model.objects.filter(pk__in=effects.new))
    reasons = [_("“%(name)s” has been changed since.") % {"name": entry} for entry in made if entry.version != FRESH]
    if not reasons:
        states.remove_many(made, by=by, note=reason)
    return reasons[:50]

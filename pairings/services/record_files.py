"""Files of agreements, visits and yearly figures: every row is tried on the stored records, by the rules of the pages.

A row is stored and taken back again when it is checked, so that a file is refused for exactly what a page would refuse.
A row that says only what is stored changes nothing, whoever sends it: downloads load again, with one's own side added.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from exchange.imports import Effects, Outcome
from exchange.sheets import Problem, Row, Sheet
from pairings import permissions, sheets
from pairings.models import Agreement, PairingTarget, Side, Visit
from pairings.services.agreements import propose_agreement
from pairings.services.targets import state_target
from pairings.services.visits import record_visit


class _Run(ABC):
    """One pass over a file in the name of one person (None: the system)."""

    sheet: ClassVar[Sheet]
    # The column a refusal of the service is shown at.
    told_at: ClassVar[str]

    def __init__(self, by: Any):
        self.by = by
        self.seen: dict[tuple, int] = {}
        self._sides: dict[int, list[Side]] = {}

    def check(self, rows: list[Row]) -> Outcome:
        outcome = Outcome()
        for row in rows:
            self._check(row, outcome)
        return outcome

    def store(self, outcome: Outcome) -> Effects:
        return Effects(new=[self.make(row).pk for row in outcome.new])

    def _check(self, row: Row, outcome: Outcome) -> None:
        again = self.seen.setdefault(self.key(row), row.number)
        if again != row.number:
            reason = _("The same stands in row %(row)s.") % {"row": again}
            outcome.problems.append(self._problem(row, self.told_at, reason, _("Leave one of the rows.")))
        elif self.is_stored(row):
            outcome.unchanged += 1
        elif problems := self._problems(row):
            outcome.problems += problems
        else:
            self._try(row, outcome)

    def _try(self, row: Row, outcome: Outcome) -> None:
        try:
            # For each row alone, so that nobody else waits for the pair until the end of the file.
            with transaction.atomic():
                self.make(row)
                transaction.set_rollback(True)
        except Refused as refused:
            outcome.problems.append(self._problem(row, self.told_at, str(refused.message)))
        else:
            outcome.new.append(row)

    def _problems(self, row: Row) -> list[Problem]:
        if self.sides(row):
            return []
        reason = _("You speak for neither side of this pair.")
        return [self._problem(row, "pair", reason, _("Leave this row to the other office."))]

    def _seen(self, row: Row, records: Any) -> Any:
        """Those of these records of the row's pair the person may see: the two sides see all of them."""
        return records.all() if self.sides(row) else records.visible_to(self.by)

    def _problem(self, row: Row, key: str, reason: str, remedy: str = "") -> Problem:
        return row.problem(self.sheet.column(key), reason, remedy)

    def sides(self, row: Row) -> list[Side]:
        """The sides of the row's pair the person speaks for."""
        pairing = row.values["pair"]
        if pairing.pk not in self._sides:
            self._sides[pairing.pk] = list(Side) if self.by is None else permissions.sides_of(self.by, pairing)
        return self._sides[pairing.pk]

    @abstractmethod
    def key(self, row: Row) -> tuple:
        """What may stand only once in a file."""

    @abstractmethod
    def is_stored(self, row: Row) -> bool:
        """Whether the row says what is stored already, as far as the person sees it."""

    @abstractmethod
    def make(self, row: Row) -> Any:
        """Store the row by the service of the pages."""


class AgreementRun(_Run):
    """A row is the agreement of its pair with that number, else that title and day; it waits for the other side."""

    sheet, told_at = sheets.AGREEMENT_SHEET, "title"

    def _problems(self, row: Row) -> list[Problem]:
        found, sides = super()._problems(row), self.sides(row)
        if sides and row.values["side"] and row.values["side"] not in sides:
            reason = _("You do not speak for this side.")
            found.append(self._problem(row, "side", reason, _("Leave the cell empty.")))
        if len(sides) > 1 and not row.values["side"]:
            found.append(self._problem(row, "side", _("You speak for both sides."), _("Say for which one.")))
        return found

    def key(self, row: Row) -> tuple:
        values = row.values
        return (values["pair"].pk, values["number"] or (values["title"], values["signed_on"]))

    def is_stored(self, row: Row) -> bool:
        values = _written(row, Agreement.TERMS)
        standing = self._seen(row, row.values["pair"].agreements).exclude(status=Agreement.Status.WITHDRAWN)
        return standing.filter(**values).exists()

    def make(self, row: Row) -> Agreement:
        side = row.values["side"] or self.sides(row)[0]
        values, parties = _written(row, Agreement.TERMS), row.values["parties"] or []
        return propose_agreement(pairing=row.values["pair"], side=side, values=values, parties=parties, by=self.by)


class VisitRun(_Run):
    """A row is a visit that has taken place."""

    sheet, told_at = sheets.VISIT_SHEET, "starts_on"

    def key(self, row: Row) -> tuple:
        return tuple(getattr(value, "pk", value) for value in row.values.values())

    def is_stored(self, row: Row) -> bool:
        standing = self._seen(row, row.values["pair"].visits).filter(status=Visit.Status.RECORDED)
        return standing.filter(**_written(row, Visit.FIELDS)).exists()

    def make(self, row: Row) -> Visit:
        values = _written(row, Visit.FIELDS)
        values["ends_on"] = values["ends_on"] or values["starts_on"]
        return record_visit(pairing=row.values["pair"], values=values, by=self.by)


class TargetRun(_Run):
    """A row is one figure of a pair for a year: people fill in their own side's, the other's is as it is stored."""

    sheet, told_at = sheets.TARGET_SHEET, "measure"

    def _problems(self, row: Row) -> list[Problem]:
        found = super()._problems(row)
        if found:
            return found
        stored = self._stored(row)
        foreign = [side for side in Side if side not in self.sides(row)]
        for side in foreign:
            value = row.values[f"{side}_value"]
            if value is not None and (stored is None or stored.value_of(side) != value):
                reason = _("Only the other side states its figure.")
                found.append(self._problem(row, f"{side}_value", reason, _("Leave the cell empty.")))
        if not found and not self._mine(row):
            reason = _("The figure of your side is missing.")
            found.append(
                self._problem(row, f"{self.sides(row)[0]}_value", reason, _("Fill it in, or leave the row out."))
            )
        return found

    def key(self, row: Row) -> tuple:
        return (row.values["pair"].pk, row.values["year"], row.values["measure"])

    def _stored(self, row: Row) -> PairingTarget | None:
        pairing, year, measure = (row.values[name] for name in ("pair", "year", "measure"))
        return self._seen(row, pairing.targets).filter(year=year, measure=measure).first()

    def _mine(self, row: Row) -> list[tuple[Side, Any]]:
        """The figures of the row that are this person's to state."""
        return [
            (side, row.values[f"{side}_value"]) for side in self.sides(row) if row.values[f"{side}_value"] is not None
        ]

    def is_stored(self, row: Row) -> bool:
        stored, given = self._stored(row), [(side, row.values[f"{side}_value"]) for side in Side]
        filled = [(side, value) for side, value in given if value is not None]
        return stored is not None and bool(filled) and all(stored.value_of(side) == value for side, value in filled)

    def make(self, row: Row) -> PairingTarget:
        pairing, year, measure = (row.values[name] for name in ("pair", "year", "measure"))
        facts = {"pairing": pairing, "year": year, "measure": measure, "by": self.by}
        return [state_target(side=side, value=value, **facts) for side, value in self._mine(row)][-1]

    def store(self, outcome: Outcome) -> Effects:
        """New figures by their keys; of those stored before, what each side had stated."""
        effects = Effects()
        for row in outcome.new:
            stored = self._stored(row)
            before = {str(side): stored and stored.value_of(side) for side, _value in self._mine(row)}
            made = self.make(row)
            if stored is None:
                effects.new.append(made.pk)
            else:
                effects.changed[str(made.pk)] = {
                    f"{side}_value": [None if value is None else str(value), str(made.value_of(side))]
                    for side, value in before.items()
                }
        return effects


@transaction.atomic
def undo_agreements(*, effects: Effects, by, reason: str) -> list[str]:
    """Remove the agreements a file entered, unless the other side has answered or somebody has changed one since."""
    return _removed(Agreement, effects, by, reason, lambda row: row.status == Agreement.Status.PROPOSED)


@transaction.atomic
def undo_visits(*, effects: Effects, by, reason: str) -> list[str]:
    """Remove the visits a file entered, unless one has been changed since."""
    return _removed(Visit, effects, by, reason, lambda row: row.status == Visit.Status.RECORDED)


@transaction.atomic
def undo_targets(*, effects: Effects, by, reason: str) -> list[str]:
    """Put the figures back to what they were, unless one was stated anew by either side since."""
    rows = PairingTarget.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    changed = list(rows.filter(pk__in=[int(key) for key in effects.changed]))
    moved = [
        row
        for row in changed
        if any(str(getattr(row, name)) != both[1] for name, both in effects.changed[str(row.pk)].items())
    ]
    if moved:
        return [_changed_since(row) for row in moved][:50]
    reasons = _removed(PairingTarget, effects, by, reason, lambda row: bool(row.missing_side) or by is None)
    if reasons:
        return reasons
    for row in changed:
        for name, (before, after) in effects.changed[str(row.pk)].items():
            _put_back(row, name.removesuffix("_value"), before)
            states.record(row, {}, by=by, note=reason, parts={name: [after, before or ""]})
    return []


def _put_back(row: PairingTarget, side: str, before: str | None) -> None:
    """The side's earlier figure, or none with nobody who stated it."""
    fields = {f"{side}_value": before}
    if before is None:
        fields |= {f"{side}_stated_at": None, f"{side}_stated_by": None}
    PairingTarget.objects.filter(pk=row.pk).update(**fields)
    row.refresh_from_db()


def _removed(model: Any, effects: Effects, by, reason: str, is_fresh: Callable[[Any], bool]) -> list[str]:
    rows = model.objects.select_for_update(no_key=True, of=("self",)).select_related("pairing").order_by("pk")
    made = list(rows.filter(pk__in=effects.new))
    moved = [row for row in made if row.version != 1 or not is_fresh(row)]
    if moved:
        return [_changed_since(row) for row in moved][:50]
    states.remove_many(made, by=by, note=reason)
    return []


def _changed_since(row: Any) -> str:
    return _("“%(name)s” has been changed since.") % {"name": f"{row.pairing} · {row}"}


def _written(row: Row, names: tuple[str, ...]) -> dict[str, Any]:
    """The fields of a record as the row has them; an empty text is none."""
    texts = ("number", "unit", "content", "led_by", "purpose")
    return {name: row.values[name] or "" if name in texts else row.values[name] for name in names}

"""Files of pairs and of teams: checked row by row, stored all or nothing, taken back as a whole."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import ForeignObjectRel
from django.utils import timezone
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from exchange.imports import Change, Effects, Outcome
from exchange.sheets import Problem, Row, Unreadable, WrongHeader, read
from pairings import permissions, selectors
from pairings.models import Pairing, Scheme
from pairings.selectors import Party
from pairings.services.pairings import activate_pairing, create_pairing, create_scheme, end_pairing, insist_on_fit
from pairings.sheets import PAIRING_SHEET as SHEET

# What a row may change of a pair that is stored already.
FIELDS = ("confidence", "source")
# Version of a pair as a file has entered it: begun, put in force, and ended if it has a last day.
FRESH = {Pairing.Status.ACTIVE: 2, Pairing.Status.ENDED: 3}


class BadPairs(Refused):
    """A file is wrong; nothing was stored. `facts["errors"]` lists row and sentence of each error."""

    code = "bad_rows"


@dataclass
class Loaded:
    """What a load did: rows that are new, rows that change nothing, and rows of regions that are not here."""

    added: int = 0
    unchanged: int = 0
    skipped: int = 0


@dataclass
class Plan:
    """A new pair of a file: not yet stored, or stored by now."""

    pairing: Pairing
    parent: "Plan | Pairing | None" = None
    stored: Pairing | None = None


@dataclass
class Read:
    """A row with what it means."""

    row: Row
    values: dict[str, Any]
    scheme: Scheme
    sides: tuple[Party, Party]
    parent: "Plan | Pairing | None" = None


class PairingRun:
    """One pass over a file of pairs in the name of one person (None: the system).

    A row means the pair of its scheme and parties that began on its first day, else a new one.
    """

    def __init__(self, by: Any):
        self.by = by
        self.seen: dict[tuple, int] = {}
        self.plans: dict[tuple[Party, Party], Plan] = {}
        self.schemes: dict[str, Scheme] = {}

    def check(self, rows: list[Row]) -> Outcome:
        """What storing these rows would do, held against every rule and against the stored pairs."""
        outcome = Outcome()
        self._read_schemes(rows)
        above = self._parents(rows)
        sides = [(row.values["giver"], row.values["receiver"]) for row in rows]
        stored = selectors.pairs_of(sides)
        for row, pair in zip(rows, sides, strict=True):
            before = len(outcome.problems)
            one = self._understood(row, pair, above, outcome.problems)
            if one is not None and len(outcome.problems) == before:
                self._place(one, stored[pair], outcome)
        return outcome

    def _read_schemes(self, rows: list[Row]) -> None:
        names = {row.values["scheme"] for row in rows} - self.schemes.keys()
        self.schemes |= {scheme.name: scheme for scheme in Scheme.objects.filter(name__in=names)}

    def _parents(self, rows: list[Row]) -> dict[str, Any]:
        """What the texts of the column “parent pair” mean: a stored pair, two parties, or a sentence."""
        texts = list(dict.fromkeys(row.values["parent"] for row in rows if row.values["parent"]))
        parts = {text: selectors.halves(text) for text in texts}
        parties = selectors.parties_by_text([half for halves in parts.values() if halves for half in halves])
        numbers = {row.reference: row for row in Pairing.objects.for_list().filter(reference__in=_numbers(parts))}
        answers: dict[str, Any] = {}
        for text, halves in parts.items():
            if halves is None:
                answers[text] = numbers.get(text.upper()) or _("There is no pair “%(parent)s”.") % {"parent": text}
                continue
            found = (parties[halves[0]], parties[halves[1]])
            wrong = next((party for party in found if isinstance(party, str)), None)
            answers[text] = wrong or found
        return answers

    def _understood(self, row: Row, sides: tuple[Party, Party], above: dict[str, Any], problems: list[Problem]):
        """The row with its scheme and parent; None, and a problem, where it makes no sense."""
        scheme = self._scheme(row, problems)
        parent = self._parent(row, scheme, above, problems) if scheme and row.values["parent"] else None
        if scheme is None:
            return None
        key = (scheme.name, *sides, row.values["valid_from"])
        first = self.seen.setdefault(key, row.number)
        if first != row.number:
            reason = _("The same pair stands in row %(row)s.") % {"row": first}
            problems.append(row.problem(SHEET.column("receiver"), reason, _("Leave one of the rows.")))
        if self.by is not None and not permissions.can_add_between(self.by, *sides):
            reason = _("Neither side lies in a region you are responsible for.")
            problems.append(row.problem(SHEET.column("receiver"), reason, _("Leave this row to the other office.")))
        values = {name: row.values[name] for name in ("valid_from", "valid_to", "source")}
        values["source"] = values["source"] or ""
        values["confidence"] = row.values["confidence"] or Pairing.Confidence.CERTAIN
        return Read(row, values, scheme, sides, parent)

    def _scheme(self, row: Row, problems: list[Problem]) -> Scheme | None:
        name, kind = row.values["scheme"], row.values["kind"]
        known = self.schemes.get(name)
        if known is None and kind:
            known = self.schemes[name] = Scheme(name=name, kind=kind)
        if known is None:
            remedy = _("Check the name, or write the kind of the new scheme.")
            problems.append(row.problem(SHEET.column("scheme"), _("There is no scheme with this name."), remedy, name))
        elif kind and known.kind != kind:
            reason = _("This scheme is of the kind “%(kind)s”.") % {"kind": known.get_kind_display()}
            problems.append(row.problem(SHEET.column("kind"), reason, _("Leave the cell empty."), kind))
        return known

    def _parent(self, row: Row, scheme: Scheme, above: dict[str, Any], problems: list[Problem]):
        """The pair above: stored, or in a row above. In its own scheme first, else in any."""
        text = row.values["parent"]
        meant = above[text]
        if isinstance(meant, tuple):
            planned = self.plans.get(meant)
            stored = [pair for pair in selectors.pairs_of([meant])[meant] if pair.status != Pairing.Status.ENDED]
            own = [pair for pair in stored if pair.scheme_id == scheme.pk]
            meant = planned or next(iter(own or stored), None) or _("There is no pair “%(parent)s”.") % {"parent": text}
        if isinstance(meant, str):
            remedy = _("Write it as giver→receiver, and its own row above this one.")
            problems.append(row.problem(SHEET.column("parent"), meant, remedy, text))
            return None
        return meant

    def _place(self, one: Read, stored: list[Pairing], outcome: Outcome) -> None:
        """Whether the row is new, changes a stored pair, or changes nothing."""
        own = [pair for pair in stored if pair.scheme.name == one.scheme.name]
        same = next((pair for pair in own if pair.valid_from == one.values["valid_from"]), None)
        if same is not None:
            self._compare(one, same, outcome)
            return
        standing = next((pair for pair in own if pair.status != Pairing.Status.ENDED), None)
        if standing is not None:
            reason = _("This pair is stored already as %(reference)s, from %(day)s.")
            facts = {"reference": standing.reference, "day": standing.valid_from}
            remedy = _("Correct the date, or end the stored pair first.")
            outcome.problems.append(one.row.problem(SHEET.column("valid_from"), reason % facts, remedy))
            return
        giver, receiver = one.sides
        parent = one.parent.pairing if isinstance(one.parent, Plan) else one.parent
        dates = {"valid_from": one.values["valid_from"], "valid_to": one.values["valid_to"]}
        try:
            insist_on_fit(giver=giver, receiver=receiver, parent=parent, **dates)
        except Refused as refused:
            outcome.problems.append(one.row.problem(SHEET.column("receiver"), str(refused), _("Correct the row.")))
            return
        plan = Plan(_unsaved(one), one.parent)
        self.plans[one.sides] = plan
        outcome.new.append(plan)

    def _compare(self, one: Read, same: Pairing, outcome: Outcome) -> None:
        """A row that repeats a stored pair may change where it is written, not when it was in force."""
        if one.values["valid_to"] and one.values["valid_to"] != same.valid_to:
            reason = _("This pair is stored with another last day.")
            remedy = _("End the pair on its page, or leave the cell empty.")
            outcome.problems.append(one.row.problem(SHEET.column("valid_to"), reason, remedy))
            return
        given = {"confidence": one.row.values["confidence"], "source": one.row.values["source"]}
        changes = {name: value for name, value in given.items() if value and getattr(same, name) != value}
        if not changes:
            outcome.unchanged += 1
            return
        shown = {name: (_shown(name, getattr(same, name)), _shown(name, value)) for name, value in changes.items()}
        outcome.changed.append(Change(one.row.number, str(same), shown, (same, changes)))

    def store(self, outcome: Outcome) -> Effects:
        """Enter the new pairs as active, those with a last day before today as ended, and change the others."""
        effects = Effects(new=[self._store(plan).pk for plan in outcome.new])
        for change in outcome.changed:
            pairing, values = change.item
            effects.changed[str(pairing.pk)] = {name: [getattr(pairing, name), values[name]] for name in values}
            states.record(pairing, values, by=self.by)
        return effects

    def _store(self, plan: Plan) -> Pairing:
        planned = plan.pairing
        scheme = self.schemes[planned.scheme.name]
        if scheme._state.adding:
            scheme = self.schemes[scheme.name] = create_scheme(name=scheme.name, kind=scheme.kind, by=self.by)
        made = create_pairing(
            scheme=scheme,
            giver=planned.giver,
            receiver=planned.receiver,
            parent=plan.parent.stored if isinstance(plan.parent, Plan) else plan.parent,
            valid_from=planned.valid_from,
            valid_to=planned.valid_to,
            confidence=planned.confidence,
            source=planned.source,
            by=self.by,
        )
        activate_pairing(pairing=made, by=self.by)
        if made.valid_to is not None and made.valid_to < timezone.localdate():
            end_pairing(pairing=made, on=made.valid_to, reason=_("Entered with its last day."), by=self.by)
        plan.stored = made
        return made


@transaction.atomic
def undo_pairs(*, effects: Effects, by, reason: str) -> list[str]:
    """Remove the pairs a file entered and put back what it changed; or say what depends on them, changing nothing."""
    rows = Pairing.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    made = list(rows.filter(pk__in=effects.new))
    changed = list(rows.filter(pk__in=[int(key) for key in effects.changed]))
    moved = [pair for pair in made if pair.version != FRESH.get(Pairing.Status(pair.status))]
    for pair in changed:
        now = {name: both[1] for name, both in effects.changed[str(pair.pk)].items()}
        moved += [pair] if any(getattr(pair, name) != value for name, value in now.items()) else []
    reasons = [_("“%(name)s” has been changed since.") % {"name": pair} for pair in moved]
    reasons += _dependents(effects.new)
    if reasons:
        return reasons[:50]
    # Pairs under others go first; the newest are the deepest.
    for pair in sorted(made, key=lambda row: -row.pk):
        states.remove_many([pair], by=by, note=reason)
    for pair in changed:
        before = {name: both[0] for name, both in effects.changed[str(pair.pk)].items()}
        states.record(pair, before, by=by, note=reason)
    return []


def _dependents(keys: list[int]) -> list[str]:
    """A sentence for every kind of record that points to one of these pairs, whatever floor it is on."""
    found = []
    for relation in Pairing._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.many_to_many:
            continue
        model, name = relation.related_model, relation.field.name
        rows = model._base_manager.filter(**{f"{name}__in": keys})
        if model is Pairing:
            rows = rows.exclude(pk__in=keys)
        count = rows.count()
        if count:
            facts = {"kind": model._meta.verbose_name, "n": count}
            found.append(_("Records that name a pair of the file: %(kind)s (%(n)s).") % facts)
    return found


def load_pairs_file(*, path: Path, by, known_only: bool = False) -> Loaded:
    """Load a file of the pairing sheet; a second load adds nothing. Raises `BadPairs`, and then nothing is stored.

    With `known_only`, rows of regions that are not loaded are skipped.
    """
    return load_rows(
        run=PairingRun(by), sheet=SHEET, path=path, by=by, skip=("giver", "receiver") if known_only else ()
    )


@transaction.atomic
def load_rows(*, run: Any, sheet: Any, path: Path, by, skip: tuple[str, ...] = ()) -> Loaded:
    """Run a file of a sheet through its checks and store it. `skip`: columns whose unresolved rows are left out."""
    try:
        reading = read(sheet, path.read_bytes())
    except (Unreadable, WrongHeader, OSError) as error:
        raise BadPairs(f"{path.name}: {getattr(error, 'message', '') or _('The file cannot be read.')}") from error
    left_out = {problem.row for problem in reading.problems if problem.key in skip}
    outcome = run.check(reading.rows)
    problems = [p for p in [*reading.problems, *outcome.problems] if p.row not in left_out]
    if problems:
        problems.sort(key=lambda problem: problem.row)
        errors = [{"row": problem.row, "message": f"{problem.reason} {problem.remedy}".strip()} for problem in problems]
        facts = {"n": len(errors), **errors[0]}
        message = _("Nothing was loaded. Errors: %(n)d; the first is in row %(row)d: %(message)s") % facts
        raise BadPairs(f"{path.name}: {message}", errors=errors)
    stored = run.store(outcome)
    return Loaded(len(stored.new), outcome.unchanged, len(left_out))


def _numbers(parts: dict[str, Any]) -> list[str]:
    return [text.upper() for text, halves in parts.items() if halves is None]


def _unsaved(one: Read) -> Pairing:
    parties = {}
    for side, party in zip(("giver", "receiver"), one.sides, strict=True):
        parties[f"{side}_{'organization' if hasattr(party, 'uscc') else 'region'}"] = party
    return Pairing(scheme=one.scheme, **parties, **one.values)


def _shown(name: str, value: str) -> str:
    return str(Pairing.Confidence(value).label) if name == "confidence" else value

"""Reading pairs: parties by what people write, the board, and what higher floors know of a pair's results."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from core.errors import Refused
from organizations import uscc
from organizations.models import Organization
from pairings.models import Pairing, PairingTarget
from regions.models import Region
from regions.selectors import normal_code, resolve_text, valid

Party = Region | Organization
# More pairs than a matrix shows so that anybody can read it.
MOST_ON_BOARD = 400


@dataclass(frozen=True)
class Result:
    """What came of a pair in a year by one measure: yuan or a number, and the page of the records behind it.

    `delivered` is None where nobody keeps that.
    """

    received: Decimal
    delivered: Decimal | None = None
    url: str = ""


# (pairs, person) -> {(pair's key, year, measure): Result}. Filled by the floors that know, when they start.
Provider = Callable[[Sequence[Pairing], Any], dict[tuple[int, int, str], Result]]
PROVIDERS: list[Provider] = []


def register_results(provider: Provider) -> None:
    """Let a floor above say what came of pairs; this floor asks it without knowing it."""
    if provider not in PROVIDERS:
        PROVIDERS.append(provider)


def results(pairings: Sequence[Pairing], user) -> dict[tuple[int, int, str], Result]:
    """What came of these pairs, of themselves only: pairs under them have results of their own."""
    found: dict[tuple[int, int, str], Result] = {}
    for provider in PROVIDERS:
        found |= provider(pairings, user)
    return found


@dataclass(frozen=True)
class TargetLine:
    """One year and measure of a pair: what both sides state, and what came of it. Either may be missing."""

    year: int
    measure: str
    label: str
    is_money: bool
    target: PairingTarget | None = None
    result: Result | None = None


def target_lines(pairing: Pairing, user) -> list[TargetLine]:
    """The years of a pair, newest first, each with its measures."""
    targets = {(row.year, row.measure): row for row in pairing.targets.visible_to(user)}
    found = {key[1:]: result for key, result in results([pairing], user).items()}
    measures = PairingTarget.Measure.values
    keys = sorted(targets.keys() | found.keys(), key=lambda key: (-key[0], measures.index(key[1])))
    labels = {value: str(label) for value, label in PairingTarget.Measure.choices}
    return [
        TargetLine(year, measure, labels[measure], measure in PairingTarget.MONEY, targets.get(key), found.get(key))
        for key in keys
        for year, measure in [key]
    ]


@dataclass
class Cell:
    """A pair on the board: money agreed for the year, money received, and how many figures the sides state apart.

    `children` counts the pairs directly under it.
    """

    pairing: Pairing
    agreed: Decimal | None = None
    received: Decimal | None = None
    differing: int = 0
    one_sided: int = 0
    children: int = 0


@dataclass
class Board:
    """Givers down, receivers across; `rows` are (giver, [cells of each receiver]). `left_off` pairs did not fit."""

    year: int
    receivers: list[Party] = field(default_factory=list)
    rows: list[tuple[Party, list[list[Cell]]]] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    left_off: int = 0


def board(pairings: Sequence[Pairing] | QuerySet[Pairing], *, year: int, user) -> Board:
    """The matrix of these pairs for a year. Money is cash and goods at their value, each as agreed by both sides."""
    rows = list(pairings[: MOST_ON_BOARD + 1] if isinstance(pairings, QuerySet) else pairings)
    shown = rows[:MOST_ON_BOARD]
    made = Board(year=year, left_off=len(rows) - len(shown))
    cells = {pairing.pk: Cell(pairing) for pairing in shown}
    made.cells = list(cells.values())
    _add_targets(cells, year, user)
    below = Pairing.objects.visible_to(user).filter(parent__in=list(cells)).order_by()
    for key, number in below.values_list("parent").annotate(n=Count("pk")):
        cells[key].children = number
    for (key, when, measure), result in results(shown, user).items():
        if when == year and measure in (PairingTarget.Measure.CASH, PairingTarget.Measure.GOODS):
            cells[key].received = (cells[key].received or Decimal(0)) + result.received
    givers = list(dict.fromkeys(pairing.giver for pairing in shown))
    made.receivers = list(dict.fromkeys(pairing.receiver for pairing in shown))
    places: dict[tuple[Party, Party], list[Cell]] = defaultdict(list)
    for cell in made.cells:
        places[cell.pairing.giver, cell.pairing.receiver].append(cell)
    made.rows = [(giver, [places.get((giver, receiver), []) for receiver in made.receivers]) for giver in givers]
    return made


def _add_targets(cells: dict[int, Cell], year: int, user) -> None:
    for target in PairingTarget.objects.visible_to(user).filter(pairing__in=list(cells), year=year):
        cell = cells[target.pairing_id]
        cell.differing += target.difference is not None
        cell.one_sided += bool(target.missing_side)
        if target.agreed is not None and target.measure in (PairingTarget.Measure.CASH, PairingTarget.Measure.GOODS):
            cell.agreed = (cell.agreed or Decimal(0)) + target.agreed


def years_of_targets(user) -> list[int]:
    """The years for which somebody has stated a figure, newest first."""
    rows = PairingTarget.objects.visible_to(user).order_by("-year").values_list("year", flat=True).distinct()
    return list(rows)


def under(pairing: Pairing, user) -> dict[str, list[Pairing]]:
    """The pairs under this one: those of regions, and those in which an organization takes part."""
    rows = Pairing.objects.visible_to(user).for_list().filter(parent=pairing)
    found: dict[str, list[Pairing]] = {"regions": [], "organizations": []}
    for row in rows.order_by("giver_region_id", "receiver_region_id", "pk"):
        both = row.giver_region_id and row.receiver_region_id
        found["regions" if both else "organizations"].append(row)
    return found


def parties_by_text(texts: list[str]) -> dict[str, Party | str]:
    """The region or organization each text names, or a sentence that says why it names none.

    A region is written as its code, best with its name beside it (the two must fit), as a path or as a unique name.
    """
    codes = {text: normal_code(text.split(maxsplit=1)[0]) for text in texts}
    known = Region.objects.real().select_related("successor").in_bulk([code for code in codes.values() if code])
    named = _organizations([text for text in texts if not codes[text]])
    answers: dict[str, Party | str] = {}
    for text in texts:
        found = named.get(text, [])
        if len(found) == 1:
            answers[text] = found[0]
        elif found:
            answers[text] = _("Several organizations have this name.")
        else:
            answers[text] = _region(text, known.get(codes[text] or ""))
    return answers


def _region(text: str, region: Region | None) -> Region | str:
    _code, _blank, name = text.partition(" ")
    try:
        if region is None:
            return resolve_text(text)
        if name.strip() and name.strip() != region.name:
            facts = {"code": region.short_code, "right": region.name, "name": name.strip()}
            return _("The code %(code)s is %(right)s, not %(name)s.") % facts
        return valid(region)
    except Refused as refused:
        return str(refused)


def _organizations(texts: list[str]) -> dict[str, list[Organization]]:
    """The registered organizations each text names, by credit code or by exact name."""
    codes = {text: uscc.normalise(text) for text in texts}
    gone = (Organization.Status.DRAFT, Organization.Status.MERGED)
    found: dict[str | None, list[Organization]] = defaultdict(list)
    register = Organization.objects.exclude(status__in=gone).select_related("region").order_by("pk")
    for organization in register.filter(name__in=texts) | register.filter(uscc__in=codes.values()):
        found[organization.name].append(organization)
        if organization.uscc:
            found[organization.uscc].append(organization)
    return {text: found.get(text) or found.get(codes[text]) or [] for text in texts}


def halves(text: str) -> tuple[str, str] | None:
    """The two parties of “giver→receiver”; None for a reference number."""
    parts = [part.strip() for part in text.replace("->", "→").replace(">", "→").split("→")]
    return (parts[0], parts[1]) if len(parts) == 2 and all(parts) else None


def pairs_by_text(texts: list[str]) -> dict[str, Pairing | str]:
    """The pair each text names, by its reference number or as giver→receiver, or a sentence why it names none."""
    parts = {text: halves(text) for text in texts}
    parties = parties_by_text(list({half for both in parts.values() if both for half in both}))
    numbers = [text.upper() for text, both in parts.items() if both is None]
    rows = {row.reference: row for row in Pairing.objects.for_list().filter(reference__in=numbers)}
    none = _("There is no pair “%(parent)s”.")
    answers: dict[str, Pairing | str] = {}
    for text, both in parts.items():
        if both is None:
            answers[text] = rows.get(text.upper()) or none % {"parent": text}
            continue
        sides = (parties[both[0]], parties[both[1]])
        wrong = next((side for side in sides if isinstance(side, str)), None)
        found = [] if wrong else [row for row in pairs_of([sides])[sides] if row.status != Pairing.Status.DRAFT]  # type: ignore[list-item, index]
        several = _("There are several pairs of these two.")
        answers[text] = found[0] if len(found) == 1 else wrong or (several if found else none % {"parent": text})
    return answers


def pairs_of(sides: Iterable[tuple[Party, Party]]) -> dict[tuple[Party, Party], list[Pairing]]:
    """The stored pairs between these parties, newest first; drafts too."""
    wanted = list(sides)
    regions = [party.pk for pair in wanted for party in pair if isinstance(party, Region)]
    organizations = [party.pk for pair in wanted for party in pair if isinstance(party, Organization)]
    rows = Pairing.objects.for_list()
    found = defaultdict(list)
    by_region = rows.filter(giver_region__in=regions) | rows.filter(giver_organization__in=organizations)
    for row in by_region.order_by("-valid_from", "-pk"):
        found[row.giver, row.receiver].append(row)
    return {pair: found.get(pair, []) for pair in wanted}

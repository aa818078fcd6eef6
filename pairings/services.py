"""Every change of schemes and pairs. `by=None` stands for the system itself (loading commands)."""

import csv
import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from core import states
from core.errors import Refused
from core.references import next_reference
from organizations.models import Organization
from pairings.models import Pairing, Scheme
from pairings.permissions import code_of
from regions.models import Region
from regions.selectors import UnknownRegion, resolve

HEADER = ["scheme", "kind", "giver", "giver_name", "receiver", "receiver_name", "parent", "valid_from", "source"]

Party = Region | Organization


class BadPairs(Refused):
    """A file of pairs is wrong; nothing was stored. `facts["errors"]` lists row and sentence of each error."""

    code = "bad_rows"


@dataclass
class Loaded:
    """What a load did: the pairs of its rows, how many are new, and how many rows name regions that are not here."""

    pairings: list[Pairing] = field(default_factory=list)
    added: int = 0
    skipped: int = 0


@transaction.atomic
def create_scheme(*, name: str, kind: str, by) -> Scheme:
    """Enter a scheme under which pairs are made. Raises `Refused` with the code `scheme_taken`."""
    try:
        with transaction.atomic():
            return states.begin(Scheme(name=name.strip(), kind=kind), by=by)
    except IntegrityError as error:
        raise Refused(_("There is already a scheme with this name."), code="scheme_taken") from error


@transaction.atomic
def create_pairing(
    *,
    scheme: Scheme,
    giver: Party,
    receiver: Party,
    valid_from: datetime.date,
    by,
    valid_to: datetime.date | None = None,
    parent: Pairing | None = None,
    source: str = "",
) -> Pairing:
    """Enter a pair as a draft, each side a region or an organization.

    Raises `Refused` with the code `same_party`, `dates`, `outside_parent`, `parent_ended` or `already_paired`.
    """
    if giver == receiver:
        raise Refused(_("Giver and receiver are the same."), code="same_party")
    if valid_to is not None and valid_to < valid_from:
        raise Refused(_("A pair cannot end before it begins."), code="dates")
    if parent is not None:
        states.lock(parent)
        _insist_on_inside(parent, giver, receiver)
    pairing = Pairing(
        scheme=scheme,
        parent=parent,
        valid_from=valid_from,
        valid_to=valid_to,
        source=source,
        **_side("giver", giver),
        **_side("receiver", receiver),
    )
    pairing.reference = next_reference("JD")
    try:
        with transaction.atomic():
            return states.begin(pairing, by=by)
    except IntegrityError as error:
        if "pairing_once" not in str(error):
            raise
        raise Refused(
            _("%(giver)s and %(receiver)s are already a pair in this scheme.") % {"giver": giver, "receiver": receiver},
            code="already_paired",
        ) from error


@transaction.atomic
def activate_pairing(*, pairing: Pairing, by, version: int | None = None, note: str = "") -> Pairing:
    """Put a draft in force. Raises `WrongState` or `Stale`."""
    states.lock(pairing, version=version)
    return states.move(pairing, Pairing.Status.ACTIVE, by=by, note=note)


@transaction.atomic
def end_pairing(
    *,
    pairing: Pairing,
    on: datetime.date,
    reason: str,
    by,
    today: datetime.date | None = None,
    version: int | None = None,
) -> Pairing:
    """End a pair; `on` is its last day, not before its first and not in the future.

    Raises `Refused` with the code `reason_missing`, `future_end`, `dates` or `has_children`; `WrongState`, `Stale`.
    """
    if not reason.strip():
        raise Refused(_("Give the reason."), code="reason_missing")
    if on > (today or timezone.localdate()):
        raise Refused(_("The last day of a pair cannot be in the future."), code="future_end")
    states.lock(pairing, version=version)
    if on < pairing.valid_from:
        raise Refused(_("A pair cannot end before it begins."), code="dates")
    open_children = pairing.children.exclude(status=Pairing.Status.ENDED).count()
    if open_children:
        raise Refused(_("End the pairs under this one first: %(n)d.") % {"n": open_children}, code="has_children")
    return states.move(pairing, Pairing.Status.ENDED, by=by, note=reason.strip(), valid_to=on)


def load_pairs_file(*, path: Path, by, known_only: bool = False) -> Loaded:
    """Load a CSV file with the columns of `HEADER`. Raises `BadPairs`; see `load_pairs`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if reader.fieldnames != HEADER:
                raise BadPairs(
                    _("%(file)s: the first line must be: %(header)s") % {"file": path.name, "header": ",".join(HEADER)}
                )
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadPairs(_("%(file)s cannot be read as a CSV file in UTF-8.") % {"file": path.name}) from error
    return load_pairs(rows=rows, by=by, known_only=known_only)


@transaction.atomic
def load_pairs(*, rows: Iterable[dict[str, str]], by, known_only: bool = False) -> Loaded:
    """Enter pairs of regions from rows with the columns of `HEADER`, as active; a second load adds nothing.

    Codes have 6 or 12 digits and must carry the name beside them. `parent` is "giver>receiver" of a pair in the same
    scheme, in an earlier row or already stored. With `known_only`, rows of regions that are not loaded are skipped.
    Raises `BadPairs` with every error of every row (the first row under the heading is 2); then nothing is stored.
    """
    loaded, errors = Loaded(), []
    for number, row in enumerate(rows, start=2):
        try:
            values = _read_row(row, by)
            pairing = _stored(values["scheme"], values["giver"], values["receiver"])
            if pairing is None:
                pairing = activate_pairing(pairing=create_pairing(**values, by=by), by=by)
                loaded.added += 1
            loaded.pairings.append(pairing)
        except UnknownRegion as error:
            if known_only:
                loaded.skipped += 1
            else:
                errors.append({"row": number, "message": str(error)})
        except Refused as error:
            errors.append({"row": number, "message": str(error)})
    if errors:
        facts = {"n": len(errors), **errors[0]}
        message = _("Nothing was loaded. Errors: %(n)d; the first is in row %(row)d: %(message)s") % facts
        raise BadPairs(message, errors=errors)
    return loaded


def _read_row(row: dict[str, Any], by) -> dict[str, Any]:
    """The arguments of `create_pairing` in a row; raises `Refused` for the first thing wrong with it."""
    day = _read_day(row["valid_from"])
    giver = _read_region(row["giver"], row["giver_name"])
    receiver = _read_region(row["receiver"], row["receiver_name"])
    scheme = Scheme.objects.filter(name=row["scheme"].strip()).first()
    if scheme is None:
        if row["kind"] not in Scheme.Kind.values:
            raise Refused(_("“%(value)s” is no kind of scheme.") % {"value": row["kind"]}, code="bad_kind")
        scheme = create_scheme(name=row["scheme"], kind=row["kind"], by=by)
    parent = None
    if row["parent"]:
        above = [resolve(code) for code in row["parent"].split(">")]
        parent = _stored(scheme, *above) if len(above) == 2 else None
        if parent is None:
            raise Refused(_("There is no pair “%(parent)s”.") % {"parent": row["parent"]}, code="no_parent")
    return {
        "scheme": scheme,
        "giver": giver,
        "receiver": receiver,
        "parent": parent,
        "valid_from": day,
        "source": row["source"],
    }


def _read_region(code: str, name: str) -> Region:
    region = resolve(code)
    if region.name != name.strip():
        raise Refused(
            _("The code %(code)s is %(right)s, not %(name)s.") % {"code": code, "right": region.name, "name": name},
            code="name_differs",
        )
    return region


def _read_day(text: str) -> datetime.date:
    try:
        day = parse_date(text.strip())
    except ValueError:
        day = None
    if day is None:
        raise Refused(_("“%(value)s” is no date; write it as 2021-01-31.") % {"value": text}, code="bad_date")
    return day


def _stored(scheme: Scheme, giver: Region, receiver: Region) -> Pairing | None:
    """The pair of two regions in a scheme, the one in force before one that has ended."""
    found = Pairing.objects.filter(scheme=scheme, giver_region=giver, receiver_region=receiver)
    return found.exclude(status=Pairing.Status.ENDED).first() or found.order_by("-valid_to").first()


def _side(side: str, party: Party) -> dict[str, Party]:
    return {f"{side}_{'region' if isinstance(party, Region) else 'organization'}": party}


def _insist_on_inside(parent: Pairing, giver: Party, receiver: Party) -> None:
    """A pair under another one lies inside it on both sides, as far as the parent is one of regions."""
    if parent.status == Pairing.Status.ENDED:
        raise Refused(_("The parent pair has ended."), code="parent_ended")
    for above, party in ((parent.giver_region, giver), (parent.receiver_region, receiver)):
        if above is not None and not above.contains(code_of(party)):
            raise Refused(
                _("%(party)s is not in %(region)s, as the parent pair asks for.") % {"party": party, "region": above},
                code="outside_parent",
            )

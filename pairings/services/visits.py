"""Visits between the two sides of a pair."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import states, texts
from core.errors import Refused
from pairings.models import Pairing, Visit
from pairings.services.agreements import insist_on_pair


@transaction.atomic
def record_visit(*, pairing: Pairing, values: dict[str, Any], by) -> Visit:
    """Enter a visit that has taken place; `values` are those of `Visit.FIELDS`.

    Raises `Refused` with the code `pair_not_active` or `bad_visit`.
    """
    insist_on_pair(pairing)
    _insist_on_sense(values)
    return states.begin(Visit(pairing=pairing, **values), by=by)


@transaction.atomic
def edit_visit(*, visit: Visit, values: dict[str, Any], version: int | None = None, by) -> dict:
    """Correct a visit. Raises `WrongState` for one taken back, `Stale`, or `Refused` (`bad_visit`)."""
    states.lock(visit, version=version)
    if visit.status != Visit.Status.RECORDED:
        raise states.WrongState(_("This visit has been taken back."), status=visit.status)
    _insist_on_sense({**{name: getattr(visit, name) for name in Visit.FIELDS}, **values})
    return states.record(visit, values, by=by)


@transaction.atomic
def withdraw_visit(*, visit: Visit, reason: str, by, version: int | None = None) -> Visit:
    """Take back a visit that was entered by mistake; it stays on record."""
    if not reason.strip():
        raise Refused(_("Give the reason."), code="reason_missing")
    states.lock(visit, version=version)
    return states.move(visit, Visit.Status.WITHDRAWN, by=by, note=reason.strip())


def _insist_on_sense(values: dict[str, Any]) -> None:
    texts.insist_public(values["led_by"], values["purpose"])
    if values["ends_on"] < values["starts_on"]:
        raise Refused(_("The last day cannot be before the first."), code="bad_visit")
    if values["ends_on"] > timezone.localdate():
        raise Refused(_("Enter a visit when it has taken place."), code="bad_visit")
    if values["people"] < 1:
        raise Refused(_("At least one person takes part."), code="bad_visit")

"""The yearly figures of a pair: each side states its own, and neither writes the other's."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import states
from core.errors import Refused
from pairings.models import Pairing, PairingTarget, Side
from pairings.models.targets import YEARS
from pairings.services.agreements import insist_on_pair


@transaction.atomic
def state_target(
    *, pairing: Pairing, year: int, measure: str, side: str, value: Decimal, by, version: int | None = None
) -> PairingTarget:
    """State one side's figure for a year, for the first time or anew. The same figure on both sides is agreed.

    Raises `Refused` with the code `pair_not_active`, `bad_year`, `bad_figure` or `second_person`, and `Stale`.
    """
    # The pair's lock keeps two sides that state the same new figure at once from each making a row.
    insist_on_pair(pairing)
    _insist_on_figure(pairing, year, measure, value)
    target = PairingTarget.objects.filter(pairing=pairing, year=year, measure=measure).first()
    facts = {f"{side}_value": value, f"{side}_stated_at": timezone.now(), f"{side}_stated_by": by}
    if target is None:
        return states.begin(PairingTarget(pairing=pairing, year=year, measure=measure, **facts), by=by)
    states.lock(target, version=version)
    other = getattr(target, f"{Side(side).other}_stated_by_id")
    if by is not None and other == by.pk:
        raise Refused(
            _("You stated the figure of the other side. Somebody else has to state this one."), code="second_person"
        )
    if target.value_of(side) != value:
        # Who and when stand in the history itself; they are no change of their own.
        for name in (f"{side}_stated_at", f"{side}_stated_by"):
            setattr(target, name, facts[name])
        before = target.value_of(side)
        setattr(target, f"{side}_value", value)
        target.save(update_fields=list(facts))
        label = f"{side}_value"
        shown = ["" if before is None else str(before), str(value)]
        states.record(target, {}, by=by, parts={label: shown})
    return target


def confirm_target(*, target: PairingTarget, side: str, by, version: int | None = None) -> PairingTarget:
    """State for one side what the other has stated. Raises `Refused` (`nothing_to_confirm`) and as `state_target`."""
    value = target.value_of(Side(side).other)
    if value is None:
        raise Refused(_("The other side has not stated a figure yet."), code="nothing_to_confirm")
    return state_target(
        pairing=target.pairing,
        year=target.year,
        measure=target.measure,
        side=side,
        value=value,
        by=by,
        version=target.version if version is None else version,
    )


def _insist_on_figure(pairing: Pairing, year: int, measure: str, value: Decimal) -> None:
    last = YEARS[1] if pairing.valid_to is None else pairing.valid_to.year
    if not max(YEARS[0], pairing.valid_from.year) <= year <= last:
        raise Refused(_("The pair is not in force in %(year)s.") % {"year": year}, code="bad_year")
    if value < 0:
        raise Refused(_("The figure cannot be less than zero."), code="bad_figure")
    if measure not in PairingTarget.MONEY and value != int(value):
        raise Refused(_("Persons, projects and organizations are whole numbers."), code="bad_figure")

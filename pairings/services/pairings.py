"""Every change of schemes and pairs. `by=None` stands for the system itself (loading commands)."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import states
from core.errors import Refused
from core.references import next_reference
from organizations.models import Organization
from pairings.models import Pairing, Scheme
from pairings.permissions import code_of
from regions.models import Region

Party = Region | Organization


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
    confidence: str = Pairing.Confidence.CERTAIN,
    source: str = "",
) -> Pairing:
    """Enter a pair as a draft, each side a region or an organization.

    Raises `Refused` with the code `same_party`, `dates`, `outside_parent`, `before_parent`, `after_parent`,
    `parent_ended` or `already_paired`.
    """
    if parent is not None:
        states.lock(parent)
    insist_on_fit(giver=giver, receiver=receiver, parent=parent, valid_from=valid_from, valid_to=valid_to)
    pairing = Pairing(
        scheme=scheme,
        parent=parent,
        valid_from=valid_from,
        valid_to=valid_to,
        confidence=confidence,
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


def _side(side: str, party: Party) -> dict[str, Party]:
    return {f"{side}_{'region' if isinstance(party, Region) else 'organization'}": party}


def insist_on_fit(
    *,
    giver: Party,
    receiver: Party,
    parent: Pairing | None,
    valid_from: datetime.date,
    valid_to: datetime.date | None,
) -> None:
    """A pair has two different sides, ends after it begins, and lies in the pair above it in place and time."""
    if giver == receiver:
        raise Refused(_("Giver and receiver are the same."), code="same_party")
    if valid_to is not None and valid_to < valid_from:
        raise Refused(_("A pair cannot end before it begins."), code="dates")
    if parent is not None:
        _insist_on_inside(parent, giver, receiver)
        _insist_on_within(parent, valid_from, valid_to)


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


def _insist_on_within(parent: Pairing, valid_from: datetime.date, valid_to: datetime.date | None) -> None:
    """A pair neither begins before the pair above it nor lasts longer."""
    if valid_from < parent.valid_from:
        raise Refused(
            _("The parent pair is in force only from %(day)s.") % {"day": parent.valid_from}, code="before_parent"
        )
    if parent.valid_to is not None and (valid_to is None or valid_to > parent.valid_to):
        raise Refused(
            _("The parent pair is in force only until %(day)s.") % {"day": parent.valid_to}, code="after_parent"
        )

"""The county's second look at accepted claims, spot checks, and what both sides thought of it."""

import datetime
import hashlib

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from demands import permissions
from demands.models import Claim, Rating, SpotCheck, Verification
from demands.selectors.verification import checks_of
from demands.services.items import settle
from demands.services.refusals import insist_on_status, insist_on_uninvolved, insist_on_village_side
from demands.services.review import insist_on_reason
from demands.services.steps import status_of_lines
from organizations.permissions import acts_for


@transaction.atomic
def verify_claim(*, claim: Claim, by, note: str = "") -> Verification:
    """Verify an accepted claim; the demand follows when it was the last one.

    Refused to whoever took part (`second_person`), while a spot check is open (`spot_check_open`), and without a note
    where an automatic check is not in order (`no_reason`).
    """
    states.lock(claim.demand)
    states.lock(claim)
    insist_on_status(claim, Claim.Status.ACCEPTED)
    insist_on_uninvolved(claim, by)
    if claim.spot_checks.filter(status=SpotCheck.Status.OPEN).exists():
        raise Refused(_("A spot check is open; enter its outcome first."), code="spot_check_open")
    checks = checks_of(claim)
    if not all(check.passed for check in checks):
        note = insist_on_reason(note)
    made = Verification(
        claim=claim,
        outcome=Verification.Outcome.PASSED,
        note=note.strip(),
        checks={check.code: check.passed for check in checks},
    )
    states.begin(made, by=by)
    states.move(claim, Claim.Status.VERIFIED, by=by, note=note.strip())
    settle(claim.demand, by=by, note=claim.reference)
    return made


@transaction.atomic
def send_back(*, claim: Claim, reason: str, by) -> Verification:
    """Send an accepted claim back to the village, which takes wrong entries back or confirms them with a word."""
    reason = insist_on_reason(reason)
    states.lock(claim.demand)
    states.lock(claim)
    insist_on_status(claim, Claim.Status.ACCEPTED)
    insist_on_uninvolved(claim, by)
    return _send_back(claim, reason, by)


def _send_back(claim: Claim, reason: str, by) -> Verification:
    checks = {check.code: check.passed for check in checks_of(claim)}
    made = Verification(claim=claim, outcome=Verification.Outcome.SENT_BACK, note=reason, checks=checks)
    states.begin(made, by=by)
    states.move(claim, Claim.Status.DELIVERED, by=by, note=reason)
    return made


@transaction.atomic
def confirm_acceptance(*, claim: Claim, note: str, by) -> Claim:
    """The village stands by what it entered for a claim that was sent back; the county looks at it once more.

    Refused (`not_all_accepted`) while a quantity is open.
    """
    note = insist_on_reason(note)
    states.lock(claim.demand)
    states.lock(claim)
    insist_on_village_side(claim, by)
    insist_on_status(claim, Claim.Status.DELIVERED)
    if status_of_lines(claim) != Claim.Status.ACCEPTED:
        raise Refused(_("Not everything is accepted yet; enter what you found first."), code="not_all_accepted")
    return states.move(claim, Claim.Status.ACCEPTED, by=by, note=note)


def is_drawn(reference: str) -> bool:
    """Whether the claim with this number is in the sample: always the same answer, which nobody outside can foresee."""
    digest = hashlib.sha256(f"spot check {settings.SECRET_KEY} {reference}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 10_000 < settings.SPOT_CHECK_PERCENT * 100


def draw_lot(claim: Claim) -> SpotCheck | None:
    """Open the spot check of an accepted claim that is in the sample, once."""
    if not is_drawn(claim.reference) or claim.spot_checks.filter(origin=SpotCheck.Origin.LOT).exists():
        return None
    if claim.spot_checks.filter(status=SpotCheck.Status.OPEN).exists():
        return None
    return states.begin(SpotCheck(claim=claim, origin=SpotCheck.Origin.LOT), by=None)


@transaction.atomic
def order_spot_check(*, claim: Claim, reason: str, by) -> SpotCheck:
    """Have somebody look at a claim that is being delivered or later. Refused while another check is open."""
    reason = insist_on_reason(reason)
    states.lock(claim.demand)
    states.lock(claim)
    insist_on_status(claim, *Claim.CHECKABLE)
    if claim.spot_checks.filter(status=SpotCheck.Status.OPEN).exists():
        raise Refused(_("A spot check of this claim is under way already."), code="spot_check_open")
    return states.begin(SpotCheck(claim=claim, origin=SpotCheck.Origin.STAFF, reason=reason), by=by)


@transaction.atomic
def finish_spot_check(
    *,
    spot_check: SpotCheck,
    confirmed: bool,
    finding: str,
    checked_on: datetime.date,
    by,
    today: datetime.date | None = None,
) -> SpotCheck:
    """Enter what was found on the spot. A discrepancy of an accepted claim sends it back to the village."""
    finding = insist_on_reason(finding)
    claim = Claim.objects.select_related("demand").get(pk=spot_check.claim_id)
    states.lock(claim.demand)
    states.lock(claim)
    insist_on_uninvolved(claim, by)
    if checked_on > (today or timezone.localdate()):
        raise Refused(_("This day is still to come. Enter it once it has happened."), code="future")
    outcome = SpotCheck.Status.CONFIRMED if confirmed else SpotCheck.Status.DISCREPANCY
    states.move(spot_check, outcome, by=by, note=finding, checked_on=checked_on, finding=finding)
    if not confirmed and claim.status == Claim.Status.ACCEPTED:
        _send_back(claim, finding, by)
    return spot_check


@transaction.atomic
def rate_claim(*, claim: Claim, side: str, score: int, by, comment: str = "") -> Rating:
    """Rate a verified claim from 1 to 5, once for the village and once for the organization.

    Refused before verification (`wrong_state`), a second time (`rated`), and for a side one does not belong to.
    """
    states.lock(claim)
    insist_on_status(claim, Claim.Status.VERIFIED)
    if not 1 <= score <= 5:
        raise Refused(_("A score is from 1 to 5."), code="bad_score")
    if side == Rating.Side.VILLAGE:
        insist_on_village_side(claim, by)
        allowed = permissions.can_inspect(by, claim)
    else:
        allowed = acts_for(by, claim.organization)
    if not allowed:
        raise Refused(_("You do not belong to this side."), code="other_side")
    if claim.ratings.filter(side=side).exists():
        raise Refused(_("This side has rated the claim already."), code="rated")
    return states.begin(Rating(claim=claim, side=side, score=score, comment=comment.strip()), by=by)

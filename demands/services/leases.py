"""Holds that end by themselves: reminders before, more time on request, and the release when nobody acted."""

import datetime
import logging

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from demands import selectors
from demands.models import Claim
from demands.services.claims import give_back, insist_on_lease
from demands.services.review import insist_on_reason

logger = logging.getLogger(__name__)


@transaction.atomic
def extend_claim(
    *, claim: Claim, reason: str, by, version: int | None = None, now: datetime.datetime | None = None
) -> Claim:
    """Give a hold more time (`CLAIM_EXTENSION_DAYS`); people are reminded anew.

    Refused without a reason (`no_reason`), when the claim has no running hold (`no_lease`, `lease_over`), and after
    `CLAIM_EXTENSIONS` times (`too_often`).
    """
    reason = insist_on_reason(reason)
    states.lock(claim.demand)
    states.lock(claim, version=version)
    if claim.lease_ends is None:
        raise Refused(_("This claim has no hold that ends by itself."), code="no_lease")
    insist_on_lease(claim, now or timezone.now())
    if claim.extensions >= settings.CLAIM_EXTENSIONS:
        raise Refused(
            _("The hold has been extended %(n)s times already; more is not possible.") % {"n": claim.extensions},
            code="too_often",
        )
    until = claim.lease_ends + datetime.timedelta(days=settings.CLAIM_EXTENSION_DAYS)
    values = {"expires_at": until, "extensions": claim.extensions + 1}
    states.record(claim, values, by=by, note=reason)
    return claim


@transaction.atomic
def lapse_claim(*, claim: Claim, by, now: datetime.datetime | None = None) -> bool:
    """Release a claim whose hold is over; False when it is not, or somebody acted in the meantime."""
    states.lock(claim.demand)
    states.lock(claim)
    if claim.lease_ends is None or claim.lease_ends > (now or timezone.now()):
        return False
    give_back(claim, Claim.Status.LAPSED, by=by, note="")
    return True


def end_leases(*, by=None, now: datetime.datetime | None = None) -> int:
    """Release every claim whose hold is over; return how many.

    Each in a transaction of its own, so that one that cannot be released keeps no other from it.
    """
    now = now or timezone.now()
    lapsed = 0
    for claim in selectors.lapsing(now):
        try:
            lapsed += lapse_claim(claim=claim, by=by, now=now)
        except Refused as refused:
            logger.error("claim %s is over and cannot be released: %s", claim.reference, refused.code)
    return lapsed

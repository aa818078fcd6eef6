"""What a person may do with a claim, and who acts next on it."""

from django.utils.translation import gettext as _

from demands import permissions
from demands.models import Claim


def claim_acts(user, claim: Claim) -> dict[str, bool]:
    """What this person may do with the claim in its present status."""
    decide = claim.status == Claim.Status.SUBMITTED and permissions.can_decide(user, claim)
    own = decide and permissions.sides_with(user, claim)
    return {
        "approve": decide and not own,
        "reject": decide and not own,
        "own": own,
        "withdraw": claim.is_live and permissions.can_withdraw_claim(user, claim),
    }


def next_step(claim: Claim) -> str:
    """Who acts next on the claim, in one sentence."""
    if claim.status == Claim.Status.SUBMITTED:
        return _("The civil-affairs staff responsible for %(place)s check the claim and approve or reject it.") % {
            "place": claim.demand.place
        }
    if claim.status == Claim.Status.APPROVED:
        return _("The organization delivers as planned. The village's contact is shown on the page of the demand.")
    return _("Nothing more happens with this claim; its quantities are free for others.")

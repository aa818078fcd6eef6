"""What a person may do with a claim, who acts next on it and by when, and how far it is."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import StatusChange
from core.sections import Sections
from demands import permissions
from demands.models import Claim

Status = Claim.Status
# What floors above show on the page of a claim.
SECTIONS = Sections()


def claim_acts(user, claim: Claim) -> dict[str, bool]:
    """What this person may do with the claim in its present status."""
    decide = claim.status == Status.SUBMITTED and permissions.can_decide(user, claim)
    own = decide and permissions.sides_with(user, claim)
    extensible = claim.lease_ends is not None and claim.extensions < settings.CLAIM_EXTENSIONS
    return {
        "approve": decide and not own,
        "reject": decide and not own,
        "own": own,
        "withdraw": claim.status in Claim.WITHDRAWABLE and permissions.can_withdraw_claim(user, claim),
        "extend": extensible and permissions.can_extend(user, claim),
    }


def next_step(claim: Claim) -> str:
    """Who acts next on the claim, in one sentence."""
    place = {"place": claim.demand.place}
    words = {
        Status.SUBMITTED: _(
            "The civil-affairs staff responsible for %(place)s check the claim and approve or reject it."
        ),
        Status.APPROVED: _(
            "The organization and the village sign the agreement. The village's contact is shown on the page of the "
            "demand."
        ),
        Status.AGREED: _("The organization delivers as planned."),
        Status.DELIVERING: _("The organization delivers the rest and enters what has been handed over."),
        Status.DELIVERED: _("The village checks what has arrived, item by item, and accepts it."),
        Status.ACCEPTED: _("The county's civil-affairs staff verify the delivery."),
        Status.VERIFIED: _("The claim is fulfilled; nothing more has to be done."),
    }
    nothing = _("Nothing more happens with this claim; its quantities are free for others.")
    return words.get(Status(claim.status), nothing) % place


def next_by(claim: Claim) -> datetime.date | None:
    """The last day for what happens next, where there is one."""
    if claim.lease_ends is not None:
        return timezone.localdate(claim.lease_ends)
    return claim.deliver_by if claim.status in (Status.AGREED, Status.DELIVERING) else None


@dataclass(frozen=True)
class Step:
    """One step of a claim on its way: reached `at` a time, or still to come; `current` is the present one."""

    label: Any
    at: datetime.datetime | None
    current: bool


_WAY = (
    (Status.SUBMITTED, gettext_lazy("submitted")),
    (Status.APPROVED, gettext_lazy("approved")),
    (Status.AGREED, gettext_lazy("agreement signed")),
    (Status.DELIVERING, gettext_lazy("delivery")),
    (Status.DELIVERED, gettext_lazy("delivered")),
    (Status.ACCEPTED, gettext_lazy("accepted")),
    (Status.VERIFIED, gettext_lazy("verified")),
)


def claim_steps(claim: Claim) -> list[Step]:
    """The way of the claim with the dates of what is behind it; one that ended early shows how."""
    reached = {change.new: change.at for change in StatusChange.objects.of(claim).exclude(old=F("new"))}
    reached.setdefault(Status.SUBMITTED, claim.created_at)
    position = [status for status, _label in _WAY].index(Status(claim.status)) if claim.status in Claim.LIVE else -1
    if position < 0:
        behind = [Step(label, reached[status], False) for status, label in _WAY if status in reached]
        return [*behind, Step(claim.get_status_display(), reached.get(claim.status), True)]
    return [
        Step(label, reached.get(status) if number <= position else None, number == position)
        for number, (status, label) in enumerate(_WAY)
    ]


def lapsing(now: datetime.datetime) -> Iterator[Claim]:
    """Claims whose hold is over, the longest over first."""
    return Claim.objects.leased().filter(expires_at__lte=now).select_related("demand").order_by("expires_at").iterator()


def reminders_due(now: datetime.datetime) -> Iterator[tuple[Claim, int]]:
    """Claims whose hold ends soon, with the number of `CLAIM_REMINDER_DAYS` that is due: the smallest one reached."""
    spans = sorted(datetime.timedelta(days=days) for days in settings.CLAIM_REMINDER_DAYS)
    last = max(spans, default=datetime.timedelta())
    soon = Claim.objects.leased().filter(expires_at__gt=now, expires_at__lte=now + last)
    for claim in soon.select_related("demand", "organization").order_by("pk"):
        yield claim, next(span.days for span in spans if claim.expires_at - now <= span)

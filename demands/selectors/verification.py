"""What the portal checks by itself before the county verifies a claim."""

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _

from demands.models import AcceptanceEntry, Claim, Delivery, DeliveryFile, plain_quantity

# A photograph taken longer before or after the delivery than this is worth a look.
NEAR = datetime.timedelta(days=14)


@dataclass(frozen=True)
class Check:
    """One automatic check: a stable code, whether it is in order, and a sentence that says what was found."""

    code: str
    passed: bool
    text: str


def checks_of(claim: Claim) -> list[Check]:
    """All automatic checks of a claim, as the records stand now."""
    deliveries = list(claim.deliveries.standing().prefetch_related("lines", "files").order_by("pk"))
    files = [file for delivery in deliveries for file in delivery.files.all()]
    return [
        _quantities(claim),
        _ended(claim),
        _substitutes(deliveries),
        _each(
            "photos", [d for d in deliveries if not d.photos], _("Every delivery has a photo."), _("Without a photo:")
        ),
        _each(
            "receipts",
            [d for d in deliveries if not d.receipts],
            _("Every delivery has a signed receipt."),
            _("Without a signed receipt:"),
        ),
        _dates(claim, deliveries),
        _picture_days(deliveries),
        _own_pictures(files),
    ]


def _quantities(claim: Claim) -> Check:
    open_lines = [line for line in claim.lines.select_related("item") if line.accepted != line.quantity]
    if not open_lines:
        return Check("quantities", True, _("All that was claimed is accepted."))
    words = [
        f"{line.item.what} {plain_quantity(line.accepted)} / {plain_quantity(line.quantity)} {line.item.unit}"
        for line in open_lines
    ]
    return Check("quantities", False, _("Not all is accepted:") + " " + "; ".join(words))


def _ended(claim: Claim) -> Check:
    given_up = [line for line in claim.lines.select_related("item") if line.given_up]
    if not given_up:
        return Check("ended", True, _("Nothing was given up."))
    words = [f"{line.item.what} {plain_quantity(line.given_up)} {line.item.unit}" for line in given_up]
    return Check("ended", False, _("Given up by the organization:") + " " + "; ".join(words))


def _substitutes(deliveries: list[Delivery]) -> Check:
    entries = AcceptanceEntry.objects.standing().filter(
        line__delivery__in=deliveries, outcome=AcceptanceEntry.Outcome.SUBSTITUTED
    )
    instead = [entry.instead for entry in entries]
    if not instead:
        return Check("substitutes", True, _("Nothing was substituted."))
    return Check("substitutes", False, _("Accepted in place of what was promised:") + " " + "; ".join(instead))


def _each(code: str, lacking: list[Delivery], right: str, wrong: str) -> Check:
    if not lacking:
        return Check(code, True, right)
    return Check(code, False, f"{wrong} " + ", ".join(delivery.reference for delivery in lacking))


def _dates(claim: Claim, deliveries: list[Delivery]) -> Check:
    """A delivery comes neither before the agreement was signed nor after it was handed over."""
    agreement = getattr(claim, "agreement", None)
    first = agreement.signed_on if agreement else claim.created_at.date()
    odd = [d for d in deliveries if d.delivered_on < first]
    return _each(
        "dates", odd, _("The days of delivery are plausible."), _("Delivered before the agreement was signed:")
    )


def _picture_days(deliveries: list[Delivery]) -> Check:
    odd = [
        delivery
        for delivery in deliveries
        if any(photo.taken_on and abs(photo.taken_on - delivery.delivered_on) > NEAR for photo in delivery.photos)
    ]
    return _each(
        "picture_days",
        odd,
        _("The photos were taken around the day of delivery, as far as they say."),
        _("A photo was taken on another day than the delivery:"),
    )


def _own_pictures(files: list[DeliveryFile]) -> Check:
    """The same picture with another delivery is no evidence."""
    elsewhere = (
        DeliveryFile.objects.filter(sha256__in=[file.sha256 for file in files], purpose=DeliveryFile.Purpose.PHOTO)
        .exclude(pk__in=[file.pk for file in files])
        .select_related("delivery")
    )
    twice = sorted({file.delivery.reference for file in elsewhere})
    if not twice:
        return Check("own_pictures", True, _("No photo stands with another delivery."))
    return Check("own_pictures", False, _("The same photo stands with another delivery:") + " " + ", ".join(twice))

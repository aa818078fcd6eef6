"""The life of a gift: pledged, received, cancelled before receipt, reversed after it (design §5)."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from core.references import next_reference
from donations.models import Donation, DonationDonor, DonationRegion, Lot, Reversal
from donations.selectors import donor_key
from regions.models import Region


class BadGift(Refused):
    """The entries of a gift do not fit together; `facts["errors"]` has every sentence by field."""

    code = "bad_gift"

    def __init__(self, errors: dict[str, list[str]]):
        super().__init__(next(iter(errors.values()))[0], errors=errors)


def pledge_donation(
    *,
    donors: Sequence[DonationDonor],
    lots: Sequence[Lot],
    regions: Sequence[Region],
    by,
    today: datetime.date | None = None,
    **fields: Any,
) -> Donation:
    """Enter a promised gift: it counts in no figure until it is received. Raises `BadGift`."""
    return record_donation(donors=donors, lots=lots, regions=regions, by=by, today=today, received_on=None, **fields)


@transaction.atomic
def record_donation(
    *,
    donors: Sequence[DonationDonor],
    lots: Sequence[Lot],
    regions: Sequence[Region],
    by,
    received_on: datetime.date | None = None,
    today: datetime.date | None = None,
    **fields: Any,
) -> Donation:
    """Store a gift with all its parts; with a date of receipt it is received at once, otherwise pledged.

    `donors` and `lots` are unsaved rows; `fields` are the other fields of `Donation`. An empty donor (neither
    organization nor name) is an anonymous one. Raises `BadGift` with every error; nothing is stored then.
    """
    errors = find_errors(donors=donors, lots=lots, regions=regions, received_on=received_on, today=today, **fields)
    if errors:
        raise BadGift(errors)
    day = received_on or fields.get("pledged_on")
    donation = states.begin(Donation(reference=next_reference("JZ", on=day), **fields), by=by)
    part: Any
    for part in [*donors, *lots]:
        part.donation = donation
    DonationDonor.objects.bulk_create(donors)
    Lot.objects.bulk_create(lots)
    DonationRegion.objects.bulk_create(DonationRegion(donation=donation, region=region) for region in regions)
    if received_on:
        states.move(donation, Donation.Status.RECEIVED, by=by, received_on=received_on)
    return donation


@transaction.atomic
def receive_donation(
    *,
    donation: Donation,
    received_on: datetime.date,
    by,
    note: str = "",
    version: int | None = None,
    today: datetime.date | None = None,
) -> Donation:
    """Confirm that a pledged gift has arrived: from that day it counts. Raises `BadGift`, `WrongState` or `Stale`."""
    states.lock(donation, version=version)
    errors: dict[str, list[str]] = defaultdict(list)
    _check_dates(errors, donation.pledged_on, received_on, today or timezone.localdate())
    if errors:
        raise BadGift(errors)
    return states.move(donation, Donation.Status.RECEIVED, by=by, note=note, received_on=received_on)


@transaction.atomic
def cancel_donation(*, donation: Donation, reason: str, by, version: int | None = None) -> Donation:
    """Give up a pledge before receipt; a received gift is a `WrongState` and can only be reversed."""
    states.lock(donation, version=version)
    return states.move(donation, Donation.Status.CANCELLED, by=by, note=_reason(reason))


@transaction.atomic
def reverse_donation(
    *, donation: Donation, reason: str, by, replaced_by: Donation | None = None, version: int | None = None
) -> Reversal:
    """Correct a mistaken gift: it stays on record and leaves every figure.

    `replaced_by` is the right entry, if there is one. Raises `BadGift` or `WrongState`.
    """
    reason = _reason(reason)
    if replaced_by is not None and replaced_by.pk == donation.pk:
        raise BadGift({"replaced_by": [_("A gift cannot replace itself. Name the gift that was entered instead.")]})
    # In the order of their keys, so that two corrections that name each other's gift do not wait for each other.
    for gift in sorted(filter(None, [donation, replaced_by]), key=lambda gift: gift.pk):
        states.lock(gift, version=version if gift is donation else None)
    if replaced_by is not None and replaced_by.status in (Donation.Status.CANCELLED, Donation.Status.REVERSED):
        raise BadGift({"replaced_by": [_("That gift counts in no figure itself. Name the gift that is right.")]})
    if replaced_by is not None and Reversal.objects.filter(replaced_by=replaced_by).exists():
        raise BadGift({"replaced_by": [_("That gift already replaces another one.")]})
    states.move(donation, Donation.Status.REVERSED, by=by, note=reason)
    return states.begin(Reversal(donation=donation, reason=reason, replaced_by=replaced_by), by=by)


def _reason(text: str) -> str:
    text = text.strip()
    if not text:
        raise BadGift({"reason": [_("Give the reason.")]})
    if len(text) > 500:
        raise BadGift({"reason": [_("Shorten the reason to at most 500 characters.")]})
    return text


def find_errors(
    *,
    donors: Sequence[DonationDonor],
    lots: Sequence[Lot],
    regions: Sequence[Region],
    received_on: datetime.date | None = None,
    today: datetime.date | None = None,
    **fields: Any,
) -> dict[str, list[str]]:
    """Every rule the entries of a gift break, as {field: sentences}; empty when it can be stored."""
    errors: dict[str, list[str]] = defaultdict(list)
    _check_dates(errors, fields.get("pledged_on"), received_on, today or timezone.localdate())
    if not regions and not fields.get("recipient"):
        errors["regions"].append(_("Name at least one region the gift is for, or the recipient."))
    if len({region.pk for region in regions}) < len(regions):
        errors["regions"].append(_("The same region is named twice."))
    _check_donors(errors, donors)
    _check_lots(errors, lots)
    if not errors:
        _check_shares(errors, donors, lots)
    return dict(errors)


def _check_dates(errors, pledged_on, received_on, today: datetime.date) -> None:
    if pledged_on and pledged_on > today:
        errors["pledged_on"].append(_("The day of the pledge lies in the future."))
    if received_on and received_on > today:
        errors["received_on"].append(_("The day of receipt lies in the future. Enter the gift as pledged until then."))
    if pledged_on and received_on and received_on < pledged_on:
        errors["received_on"].append(_("The gift cannot be received before it was pledged."))


def _check_donors(errors, donors: Sequence[DonationDonor]) -> None:
    if not donors:
        errors["donors"].append(_("Name at least one donor, or say that the donor is anonymous."))
    if any(donor.organization_id and donor.name for donor in donors):
        errors["donors"].append(_("Name either a registered organization or a free name."))
    named = [donor_key(donor) for donor in donors if donor.organization_id or donor.name]
    if len(set(named)) < len(named):
        errors["donors"].append(_("The same donor is named twice."))
    if any(donor.share is not None and donor.share <= 0 for donor in donors):
        errors["donors"].append(_("A share must be greater than zero."))


def _check_lots(errors, lots: Sequence[Lot]) -> None:
    if not lots:
        errors["lots"].append(_("Enter at least one amount of cash, or goods or services."))
    for lot in lots:
        errors["lots"] += _lot_errors(lot)
    if not errors["lots"]:
        del errors["lots"]


def _lot_errors(lot: Lot) -> list[str]:
    found = []
    if lot.amount is not None and lot.amount <= 0:
        found.append(_("An amount is greater than zero; a mistake is corrected by a reversal."))
    if lot.quantity is not None and lot.quantity <= 0:
        found.append(_("A quantity must be greater than zero."))
    if lot.form == Lot.Form.CASH and lot.amount is None:
        found.append(_("Cash needs an amount."))
    if lot.form != Lot.Form.CASH and not lot.what:
        found.append(_("Say what the goods or services are."))
    if lot.form != Lot.Form.CASH and lot.amount is None and lot.basis != Lot.Basis.NONE:
        found.append(_("A lot without a value has the basis “no reliable value”."))
    if lot.amount is not None and lot.basis == Lot.Basis.NONE:
        found.append(_("A lot with a value needs a valuation basis."))
    return found


def _check_shares(errors, donors: Sequence[DonationDonor], lots: Sequence[Lot]) -> None:
    """Shares are optional; where all donors have one they add up to what the valued lots are worth."""
    shares = [donor.share for donor in donors if donor.share is not None]
    total = sum((lot.amount for lot in lots if lot.amount is not None), Decimal(0))
    added = sum(shares, Decimal(0))
    if shares and len(shares) == len(donors) and added != total:
        errors["donors"].append(
            _("The shares add up to %(shares)s yuan, but the gift is worth %(total)s yuan.")
            % {"shares": added, "total": total}
        )
    elif added > total:
        errors["donors"].append(
            _("The shares of %(shares)s yuan are more than the gift is worth (%(total)s yuan).")
            % {"shares": added, "total": total}
        )

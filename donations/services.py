"""The life of a gift: pledged, received, cancelled before receipt, reversed after it (design §5)."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from core.references import next_reference
from donations import permissions
from donations.models import Donation, DonationDonor, DonationRegion, Lot, Reversal
from donations.selectors import donor_key
from donations.sheets import Gift, column_of, donation_sheet, gift_of
from exchange.models import Upload
from exchange.services import close_upload
from exchange.sheets import Problem, Reading, Row, Sheet
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


class RowsRefused(Refused):
    """A file has rows that cannot be stored; `problems` lists every one of them. Nothing was stored."""

    code = "rows_refused"

    def __init__(self, problems: list[Problem]):
        super().__init__(_("Nothing was stored. Errors in the file: %(n)s.") % {"n": len(problems)})
        self.problems = problems


@dataclass
class Checked:
    """What storing a file would do: gifts that are new, a number that is stored already, and every error."""

    gifts: list[Gift] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def new(self) -> int:
        return len(self.gifts)


def check_rows(*, rows: Sequence[Row], by, today: datetime.date | None = None) -> Checked:
    """Hold the rows of a donation sheet against every rule and against what is stored; store nothing."""
    sheet, checked = donation_sheet(by), Checked()
    keys = [row.values["import_key"] for row in rows]
    stored = {d.import_key: d for d in Donation.objects.filter(import_key__in=keys).for_list()}
    seen: set[str] = set()
    for row in rows:
        gift, problems = gift_of(sheet, row)
        problems += _row_problems(sheet, gift, by=by, today=today) if not problems else []
        if gift.key in seen:
            column = sheet.column("import_key")
            problems.append(
                row.problem(column, _("The same key stands in a row above."), _("Use each key once."), gift.key)
            )
        seen.add(gift.key)
        if not problems and gift.key in stored:
            problems = _difference(sheet, gift, stored[gift.key])
            checked.unchanged += not problems
        elif not problems:
            checked.gifts.append(gift)
        checked.problems += problems
    return checked


def _row_problems(sheet: Sheet, gift: Gift, *, by, today: datetime.date | None) -> list[Problem]:
    """The rules of a gift by column, and whether this person may enter it (no person: the command line)."""
    errors = find_errors(**gift.parts(), today=today)
    problems = []
    for name, sentences in errors.items():
        column = column_of(sheet, gift, name)
        value = gift.row.values[column.key] if column and column.resolve is None else None
        problems += [gift.row.problem(column, sentence, value=value) for sentence in sentences]
    parties = [donor.organization for donor in gift.donors if donor.organization]
    allowed = by is None or permissions.can_record(
        by,
        donors=parties,
        regions=gift.regions,
        recipient=gift.fields["recipient"],
        received=gift.received_on is not None,
    )
    if not allowed:
        reason = _("You may enter only gifts from, to or for your region.")
        problems.append(gift.row.problem(sheet.column("regions"), reason, _("Leave this row to the other office.")))
    return problems


def _difference(sheet: Sheet, gift: Gift, stored: Donation) -> list[Problem]:
    """A problem when the key is stored with other values; a date of receipt entered since then is no difference."""
    after = {**gift.fields, "received_on": gift.received_on or stored.received_on}
    after["donors"] = sorted(map(donor_key, gift.donors))
    after["regions"] = sorted(region.pk for region in gift.regions)
    after["lots"] = sorted(map(_lot_key, gift.lots))
    before = {name: getattr(stored, name) for name in after if name not in ("donors", "regions", "lots")}
    before["donors"] = sorted(map(donor_key, stored.donors.all()))
    before["regions"] = sorted(entry.region_id for entry in stored.donation_regions.all())
    before["lots"] = sorted(map(_lot_key, stored.lots.all()))
    differing = [name for name in after if after[name] != before[name]]
    if not differing:
        return []
    columns = [column_of(sheet, gift, "consent" if n == "consent_to_publish" else n) for n in differing]
    names = _("; ").join(dict.fromkeys(column.heading for column in columns if column))
    return [
        gift.row.problem(
            sheet.column("import_key"),
            _("This key is stored already as %(reference)s with other values in: %(names)s.")
            % {"reference": stored.reference, "names": names},
            _("A stored gift is corrected by a reversal; then enter it with a new key."),
            gift.key,
        )
    ]


def _lot_key(lot: Lot) -> tuple[str, ...]:
    """A lot as text that does not depend on how many zeros a number was written with."""
    numbers = ["" if number is None else f"{number:.3f}" for number in (lot.quantity, lot.amount)]
    return (lot.form, lot.what, lot.unit, lot.basis, *numbers)


@dataclass(frozen=True)
class Loaded:
    """What a file stored."""

    new: int
    unchanged: int


@transaction.atomic
def load_donations(
    *, rows: Sequence[Row], by, progress: Callable[[int], Any] | None = None, today: datetime.date | None = None
) -> Loaded:
    """Store the rows of a donation sheet, all or none; rows whose key is stored with the same values change nothing.

    `progress` is called with the number of rows done since the last call. Raises `RowsRefused`.
    """
    # Two loads at once wait for each other, so that the same key is not found new by both.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('donations.load'))")
    checked = check_rows(rows=rows, by=by, today=today)
    if checked.problems:
        raise RowsRefused(checked.problems)
    for gift in checked.gifts:
        record_donation(by=by, today=today, **gift.parts())
        if progress:
            progress(1)
    if progress:
        progress(checked.unchanged)
    return Loaded(new=checked.new, unchanged=checked.unchanged)


@transaction.atomic
def store_upload(*, upload: Upload, reading: Reading, by) -> Loaded:
    """Store the rows of a checked upload, read again, and note the outcome with it, in one transaction.

    Raises `RowsRefused` when the records have changed since the check so that a row no longer fits, or `WrongState`
    when it was stored before.
    """
    if reading.problems:
        raise RowsRefused(reading.problems)
    loaded = load_donations(rows=reading.rows, by=by)
    close_upload(upload=upload, result={"new": loaded.new, "unchanged": loaded.unchanged}, by=by)
    return loaded

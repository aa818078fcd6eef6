"""Files of the donation sheet: checked row by row, stored all or nothing, taken back as a whole."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from donations import permissions, selectors
from donations.models import Donation, Lot
from donations.selectors import donor_key
from donations.services.gifts import cancel_donation, find_errors, record_donation, reverse_donation
from donations.sheets import Gift, column_of, donation_sheet, gift_of
from exchange.imports import Effects, Likeness, Outcome
from exchange.sheets import Problem, Row, Sheet


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


def check_rows(*, rows: Sequence[Row], by, today: datetime.date | None = None, seen: set[str] | None = None) -> Checked:
    """Hold the rows of a donation sheet against every rule and against what is stored; store nothing.

    `seen` are the keys of the file's rows above.
    """
    sheet, checked = donation_sheet(by), Checked()
    keys = [row.values["import_key"] for row in rows]
    stored = {d.import_key: d for d in Donation.objects.filter(import_key__in=keys).for_list()}
    seen = set() if seen is None else seen
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


class DonationRun:
    """One pass over an uploaded file of gifts in the name of one person."""

    def __init__(self, by: Any):
        self.by = by
        self.seen: set[str] = set()

    def check(self, rows: list[Row]) -> Outcome:
        checked = check_rows(rows=rows, by=self.by, seen=self.seen)
        outcome = Outcome(new=checked.gifts, unchanged=checked.unchanged, problems=checked.problems)
        for gift in checked.gifts:
            day = gift.received_on or gift.fields["pledged_on"]
            repeats = selectors.likely_repeats(donors=gift.donors, lots=gift.lots, day=day, user=self.by)
            outcome.likenesses += [Likeness(gift.row.number, gift.key, str(repeat)) for repeat in repeats[:3]]
        return outcome

    def store(self, outcome: Outcome) -> Effects:
        return Effects(new=[record_donation(by=self.by, **gift.parts()).pk for gift in outcome.new])


@transaction.atomic
def undo_rows(*, effects: Effects, by, reason: str) -> list[str]:
    """Take back the gifts of a file: received ones by a reversal, pledged ones are cancelled; none is deleted.

    Their keys become free, so that the corrected file can be stored. Returns sentences, and changes nothing, when
    a gift has moved on or is not this person's to correct.
    """
    gifts = list(Donation.objects.filter(pk__in=effects.new).for_list().order_by("pk"))
    open_ones = (Donation.Status.PLEDGED, Donation.Status.RECEIVED)
    settled = (Donation.Status.CANCELLED, Donation.Status.REVERSED)
    reasons = [
        _("The gift %(number)s is already %(status)s.") % {"number": gift, "status": gift.get_status_display()}
        for gift in gifts
        if gift.status not in (*open_ones, *settled)
    ]
    reasons += [
        _("You may not correct the gift %(number)s.") % {"number": gift}
        for gift in gifts
        if gift.status in open_ones and not permissions.can_reverse(by, gift)
    ]
    if reasons:
        return reasons
    for gift in gifts:
        states.record(gift, {"import_key": None}, by=by, note=reason)
        if gift.status == Donation.Status.PLEDGED:
            cancel_donation(donation=gift, reason=reason, by=by)
        elif gift.status == Donation.Status.RECEIVED:
            reverse_donation(donation=gift, reason=reason, by=by)
    return []

"""What may be done with gifts: one by one, and by the file."""

from donations.services.gifts import (
    BadGift,
    cancel_donation,
    find_errors,
    pledge_donation,
    receive_donation,
    record_donation,
    reverse_donation,
)
from donations.services.loading import (
    Checked,
    DonationRun,
    Loaded,
    RowsRefused,
    check_rows,
    load_donations,
    undo_rows,
)

__all__ = [
    "BadGift",
    "Checked",
    "DonationRun",
    "Loaded",
    "RowsRefused",
    "cancel_donation",
    "check_rows",
    "find_errors",
    "load_donations",
    "pledge_donation",
    "receive_donation",
    "record_donation",
    "reverse_donation",
    "undo_rows",
]

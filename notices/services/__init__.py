"""Telling people: taking events from the outbox, sending e-mails, and what people do with their notices."""

from notices.services.mails import send_mails
from notices.services.people import choose, confirm_address, mark_all_read, mark_read
from notices.services.telling import remind, take_all_events, take_events

__all__ = [
    "choose",
    "confirm_address",
    "mark_all_read",
    "mark_read",
    "remind",
    "send_mails",
    "take_all_events",
    "take_events",
]

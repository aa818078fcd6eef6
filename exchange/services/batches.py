"""The steps people take with an uploaded file."""

import hashlib

from django.db import transaction
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from exchange.models import Batch
from exchange.services.staging import clear
from exchange.sheets import Unreadable
from exchange.sheets.budget import MAX_FILE


@transaction.atomic
def upload_batch(*, sheet: str, file_name: str, content: bytes, by) -> Batch:
    """Take a file in; a worker checks it next. Raises `Unreadable` for an empty file or one that is too large."""
    if not content:
        raise Unreadable(_("The file is empty. Fill in the template and upload it again."))
    if len(content) > MAX_FILE:
        raise Unreadable(
            _("The file is larger than %(max)s MB. Split it into several files.") % {"max": MAX_FILE // 1024 // 1024}
        )
    name = "".join(char for char in file_name if char.isprintable())[-200:]
    digest = hashlib.sha256(content).hexdigest()
    batch = Batch(sheet=sheet, file_name=name or sheet, content=content, sha256=digest)
    return states.begin(batch, by=by)


@transaction.atomic
def confirm_batch(*, batch: Batch, by) -> Batch:
    """Let a worker store the rows of a checked file. A second confirmation is a `WrongState`."""
    return states.move(batch, Batch.Status.STORING, by=by, rows_done=0, attempts=0)


@transaction.atomic
def discard_batch(*, batch: Batch, by) -> Batch:
    """Give a checked file up; its rows were never stored, and those that lay ready are gone."""
    states.move(batch, Batch.Status.DISCARDED, by=by)
    clear(batch)
    return batch


@transaction.atomic
def undo_batch(*, batch: Batch, reason: str, by) -> Batch:
    """Let a worker take back what a file stored, all of it or nothing: then `needed` says what depends on it."""
    reason = reason.strip()
    if not reason:
        raise Refused(_("Give the reason."), code="reason_missing")
    return states.move(batch, Batch.Status.UNDOING, by=by, note=reason, rows_done=0, attempts=0, needed={})

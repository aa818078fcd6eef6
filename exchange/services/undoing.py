"""Taking back what a file stored, in the worker: a large file takes longer than anybody waits for a page."""

from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from core.models import StatusChange
from exchange.imports import IMPORTERS, Effects
from exchange.models import Batch
from exchange.services.telling import telling


def take_back(batch: Batch, *, tried_too_often: bool) -> None:
    """Take a file back, or note what depends on it and leave everything stored."""
    step = StatusChange.objects.of(batch).filter(new=Batch.Status.UNDOING)[0]
    if tried_too_often:
        _leave(batch, _in_every_language(lambda: [_("The file could not be processed."), _("Tell the operator.")]))
        return
    try:
        needed = _undone(batch, by=step.by, reason=step.note)
    except Refused as error:
        refused = error
        needed = _in_every_language(lambda: [str(refused)])
    if needed:
        _leave(batch, needed)


def _in_every_language(say: Any) -> dict[str, list[str]]:
    said = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            said[code] = say()
    return said


@transaction.atomic
def _leave(batch: Batch, needed: dict[str, list[str]]) -> None:
    states.move(batch, Batch.Status.STORED, by=None, needed=needed, rows_done=batch.rows_total)


@transaction.atomic
def _undone(batch: Batch, *, by, reason: str) -> dict[str, list[str]]:
    """Take the file back; or return what depends on it, in every language, having changed nothing."""
    importer = IMPORTERS[batch.sheet]
    if not (by.is_active and importer.can_upload(by)):
        raise Refused(_("Your role does not allow this."), code="not_allowed")
    with connection.cursor() as cursor:
        # As for storing: nobody stores or takes back rows of this kind at the same time.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [importer.lock])
    given: dict[str, Any] = {"effects": Effects(**batch.effects), "by": by, "reason": reason}
    needed = {}
    with telling(batch) as tell:
        if importer.undo_tells:
            given["tell"] = tell
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                needed[code] = importer.undo(**given)
            if not needed[code]:
                states.move(batch, Batch.Status.UNDONE, by=by, note=reason, rows_done=batch.rows_total)
                return {}
    return needed

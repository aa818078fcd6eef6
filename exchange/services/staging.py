"""Rows that lie ready from the check of a file to its storing: taken away once nobody will store them from there."""

import datetime

from django.utils import timezone

from exchange.imports import IMPORTERS, StagingRun
from exchange.models import Batch
from exchange.services.alone import alone_with

# How long a checked file is expected to be confirmed. Later, too, it can be: then it is read again.
KEPT = datetime.timedelta(days=2)


def clear(batch: Batch) -> None:
    """Take away the rows of a file that lie ready."""
    if isinstance(run := IMPORTERS[batch.sheet].start(batch.created_by), StagingRun):
        run.clear(batch.pk)


def clear_leftovers(*, now: datetime.datetime | None = None) -> int:
    """Take away the rows of files that are given up, refused or stored, or checked long ago; return how many files."""
    cleared = 0
    for importer in IMPORTERS.values():
        run = importer.start(None)
        if not isinstance(run, StagingRun):
            continue
        for batch_id in run.staged():
            with alone_with(batch_id) as alone:
                # Asked again under the lock: a file that is confirmed meanwhile keeps its rows.
                if alone and not _awaited(now or timezone.now()).filter(pk=batch_id).exists():
                    run.clear(batch_id)
                    cleared += 1
    return cleared


def _awaited(now: datetime.datetime):
    """The files whose rows may still be stored from where they lie."""
    checked = Batch.objects.filter(status=Batch.Status.CHECKED, updated_at__gte=now - KEPT)
    return checked | Batch.objects.unfinished()

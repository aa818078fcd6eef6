"""Background work of the spreadsheets: safe to deliver any number of times, finished by the next one if killed."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from exchange import services
from exchange.models import Batch

logger = logging.getLogger(__name__)


def wake(batch_id: int) -> None:
    """Tell a worker of a file. If that fails the file is not lost: `finish_batches` finds it within a minute."""
    try:
        run_batch.delay_on_commit(batch_id)
    except OperationalError as error:
        logger.warning("no worker could be told of the uploaded file %s: %s", batch_id, error)


@shared_task(name="exchange.run_batch")
def run_batch(batch_id: int) -> None:
    """Check, store or take back an uploaded file, whatever is next."""
    services.run_batch(batch_id=batch_id)


@shared_task(name="exchange.finish_batches")
def finish_batches() -> int:
    """Take up the files whose worker was killed or never told; return how many there were."""
    waiting = list(Batch.objects.unfinished().order_by("pk").values_list("pk", flat=True))
    for batch_id in waiting:
        services.run_batch(batch_id=batch_id)
    return len(waiting)


@shared_task(name="exchange.clear_leftovers")
def clear_leftovers() -> int:
    """Take away rows that lie ready and that nobody will store; return of how many files."""
    return services.clear_leftovers()

"""Background work of the spreadsheets: safe to deliver any number of times, finished by the next one if killed."""

from celery import shared_task

from exchange import services
from exchange.models import Batch


@shared_task(name="exchange.run_batch")
def run_batch(batch_id: int) -> None:
    """Check or store an uploaded file, whatever is next."""
    services.run_batch(batch_id=batch_id)


@shared_task(name="exchange.finish_batches")
def finish_batches() -> int:
    """Take up the files whose worker was killed or never told; return how many there were."""
    waiting = list(Batch.objects.unfinished().order_by("pk").values_list("pk", flat=True))
    for batch_id in waiting:
        services.run_batch(batch_id=batch_id)
    return len(waiting)

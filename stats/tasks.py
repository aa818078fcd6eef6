"""Background work of the figures: short, repeatable, safe to deliver any number of times."""

import logging

from celery import shared_task

from stats import services

logger = logging.getLogger(__name__)


@shared_task(name="stats.apply_changes")
def apply_changes() -> int:
    """Bring the figures up to date with everything committed so far."""
    return services.apply_all_changes()


@shared_task(name="stats.verify_figures")
def verify_figures() -> int:
    """Recompute all figures from the records and log each difference; return how many there are."""
    differences = services.verify_figures()
    for difference in differences:
        logger.error("figures differ from the records: %s", difference)
    return len(differences)

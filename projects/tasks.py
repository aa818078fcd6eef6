"""Background work of projects: safe to deliver any number of times. No roster ever passes through a task."""

from celery import shared_task

from projects import services


@shared_task(name="projects.erase_outdated")
def erase_outdated() -> int:
    """Erase the digests of rosters whose time of keeping is over; return how many."""
    return services.erase_outdated()

"""Background work of demands and claims: safe to deliver any number of times, finished by the next one if killed."""

from celery import shared_task

from demands import services


@shared_task(name="demands.end_leases")
def end_leases() -> int:
    """Release claims whose hold is over; return how many."""
    return services.end_leases()


@shared_task(name="demands.expire_invitations")
def expire_invitations() -> int:
    """End the invitations nobody answered in time; return how many."""
    return services.expire_invitations()


@shared_task(name="demands.expire")
def expire() -> int:
    """Expire demands whose last day has passed; safe to deliver any number of times."""
    return services.expire_demands()

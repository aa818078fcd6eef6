"""Background work of notices: idempotent and acknowledged late; delivered three times it has one effect."""

from celery import shared_task

from notices import services


@shared_task(name="notices.take_events")
def take_events() -> int:
    """Tell people of everything committed so far."""
    return services.take_all_events()


@shared_task(name="notices.remind")
def remind() -> int:
    """Tell people of what is due soon."""
    return services.remind()


@shared_task(name="notices.send_mails")
def send_mails() -> int:
    """Send the e-mails that wait, and those whose time to be tried again has come."""
    return services.send_mails()

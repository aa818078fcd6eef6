"""Housekeeping of tables without a domain; repeatable, safe to deliver any number of times."""

from importlib import import_module

from celery import shared_task
from django.conf import settings

from core.models import KeptAnswer


@shared_task(name="core.forget_outdated")
def forget_outdated() -> int:
    """Delete the answers kept for repeated requests and the sessions that are over; return how many answers."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return KeptAnswer.objects.outdated().delete()[0]

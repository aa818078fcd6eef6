"""Notices of the cast (tests/house/cast.py): what the officer is told of a demand."""

from notices import services
from notices.models import Notice


def notice(cast, submitted) -> Notice:
    """The officer's notice that this demand waits for review."""
    services.take_all_events()
    return Notice.objects.get(person=cast.officer, target=submitted.pk, kind="demand_submitted")

"""The top floor: settings, URLs, the API root, Celery and the pages that show several apps."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]

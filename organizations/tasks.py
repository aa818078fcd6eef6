"""What the register does by itself; repeatable, safe to deliver any number of times."""

from celery import shared_task

from organizations import services


@shared_task(name="organizations.refresh_grades")
def refresh_grades() -> int:
    """Grades begin and end with the day; return how many organizations it was."""
    return services.refresh_grades()

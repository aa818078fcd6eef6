"""The real Celery worker on the real broker: each event is told once, however often the worker is killed."""

import os
import random

import pytest

from core.models import StatusChange
from notices.models import Notice
from portal.celery import app
from tests.stats.test_worker import wait_for, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.launcher, pytest.mark.slow]


def test_killed_four_times_and_every_task_sent_thrice_each_demand_is_told_once(submit, officer):
    queue = f"notices-{os.getpid()}-{random.randrange(10**9)}"
    made = []

    def told() -> int:
        return Notice.objects.filter(person=officer, kind="demand_submitted", target__in=made).count()

    for kill in range(4):
        with worker(queue):
            for number in range(3):
                made.append(submit(f"需求{kill}-{number}").pk)
                for _delivery in range(3):
                    app.send_task("notices.take_events", queue=queue)
            # Killed while some are still to be told.
            wait_for(lambda: told() >= len(made) - 2, seconds=60)
    with worker(queue):
        app.send_task("notices.take_events", queue=queue)
        wait_for(lambda: not StatusChange.objects.filter(noticed_at=None, new="submitted").exists(), seconds=60)
    targets = list(Notice.objects.filter(person=officer, kind="demand_submitted").values_list("target", flat=True))
    assert sorted(targets) == sorted(made)

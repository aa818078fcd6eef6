"""The real Celery worker on the real broker: fresh figures, and equal ones however often it is killed."""

import datetime
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from portal.celery import app
from regions.models import Region
from stats import services
from stats.models import Cell
from stats.selectors import Question, donation_figures, figure_state

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.launcher]


def environment() -> dict:
    """The tests' own database and broker, for a separate process."""
    database = settings.DATABASES["default"]
    host = quote(database["HOST"], safe="")
    user = quote(database["USER"] or "", safe="")
    password = f":{quote(database['PASSWORD'], safe='')}" if database["PASSWORD"] else ""
    port = f":{database['PORT']}" if database["PORT"] else ""
    url = f"postgres://{user}{password}@{host}{port}/{connection.settings_dict['NAME']}"
    return {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "portal.settings", "SECURE_COOKIES": "0"}


@contextmanager
def process(*arguments: str):
    child = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "portal", *arguments],
        env=environment(),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield child
    finally:
        stop(child)


def stop(child: subprocess.Popen) -> None:
    """kill -9 of the worker with all its children."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()


def worker(queue: str):
    return process("worker", "--pool", "solo", "-Q", queue, "--without-gossip", "--without-mingle", "-l", "error")


def total() -> int:
    question = Question(Region.objects.get(code="500000000000"), datetime.date(2021, 1, 1), datetime.date(2021, 12, 31))
    return int(donation_figures(question).total.total)


def wait_for(condition, seconds: float = 30) -> float:
    """Seconds until the condition holds; fails after the given time."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, "the worker did not bring the figures up to date"
        time.sleep(0.02)
    return time.monotonic() - started


@pytest.fixture
def queue() -> str:
    """A queue of this test's own, so that parallel tests do not take each other's work."""
    return f"figures-{os.getpid()}-{random.randrange(10**9)}"


def wake(queue: str) -> None:
    app.send_task("stats.apply_changes", queue=queue)


def test_a_new_gift_is_in_the_figures_soon_after_its_commit(gifts_of_2021, gift, queue):
    with worker(queue):
        wake(queue)
        wait_for(lambda: total() == 4_240_000)
        lags = []
        for number in range(1, 11):
            gift(["371300"], ["500229"], [("cash", 1)])
            wake(queue)
            lags.append(wait_for(lambda expected=4_240_000 + number * 10_000: total() == expected))
    print(f"commit to figures: median {sorted(lags)[5] * 1000:.0f} ms, most {max(lags) * 1000:.0f} ms")
    assert services.verify_figures() == []


def test_a_worker_killed_at_twenty_points_leaves_the_figures_equal_to_a_recomputation(gifts_of_2021, gift, queue):
    chance = random.Random(20)
    killed_busy = 0
    for _kill in range(20):
        gift(["371300"], ["500229"], [("cash", 1)])
        with worker(queue):
            wake(queue)
            wait_for(lambda: figure_state().pending == 0)
            deadline = time.monotonic() + chance.uniform(0.0, 0.3)
            while time.monotonic() < deadline:
                gift(["371300", "371324"], ["500229"], [("cash", chance.randint(1, 9)), ("goods", 1)])
                wake(queue)
        killed_busy += figure_state().pending > 0
    print(f"killed with changes pending: {killed_busy} of 20")
    with worker(queue):
        wake(queue)
        wait_for(lambda: figure_state().pending == 0)
    stored = list(
        Cell.objects.order_by("pk").values_list("key", "form", "month", "channel", "relief", "amount", "gifts")
    )
    assert services.verify_figures() == []
    services.rebuild_figures()
    rebuilt = Cell.objects.order_by("pk").values_list("key", "form", "month", "channel", "relief", "amount", "gifts")
    assert list(rebuilt) == stored

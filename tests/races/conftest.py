"""A live portal for tests that need real requests side by side: own database, production server, two processes.

`live` is the running server, `records` lets the test read and write its database through the models.
"""

import base64
import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.conf import settings
from django.db import connections

PASSWORD = "a long password 1"
START_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict
    headers: dict


@dataclass(frozen=True)
class Live:
    """A running portal: its port and the name of its database."""

    port: int
    database: str

    def send(self, method: str, path: str, body: dict | None = None, *, user: str = "", **headers: str) -> Answer:
        """One request over a connection of its own, as a script with name and password would send it."""
        sent = {"Content-Type": "application/json", **headers}
        if user:
            sent["Authorization"] = "Basic " + base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, None if body is None else json.dumps(body), sent)
            answer = connection.getresponse()
            text = answer.read()
            return Answer(answer.status, json.loads(text or b"{}"), dict(answer.headers))


def all_at_once(calls: list[Callable[[], Answer]]) -> list[Answer]:
    """Make all calls from threads that start together; an exception of any fails the test."""
    together = threading.Barrier(len(calls))
    results: list = [None] * len(calls)

    def run(number: int, call: Callable[[], Answer]) -> None:
        together.wait()
        try:
            results[number] = call()
        except Exception as error:  # noqa: BLE001 - handed to the test's own thread below
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number, call)) for number, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


def _environment(database: str) -> dict:
    parts = urlsplit(os.environ["DATABASE_URL"])
    return {
        **os.environ,
        "DATABASE_URL": urlunsplit(parts._replace(path=f"/{database}")),
        "DJANGO_SETTINGS_MODULE": "portal.settings_test",
        "SECRET_KEY": "tests-only",
        "LOG_LEVEL": "ERROR",
    }


def _maintain(statement: str) -> None:
    """Run a statement that makes or drops a database, outside of any transaction."""
    config = settings.DATABASES["default"]
    options = {"user": config["USER"], "password": config["PASSWORD"], "host": config["HOST"], "port": config["PORT"]}
    connection = psycopg2.connect(dbname="postgres", **{name: value for name, value in options.items() if value})
    with contextlib.closing(connection):
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)


@contextlib.contextmanager
def _database() -> Iterator[str]:
    name = f"race_{uuid.uuid4().hex[:12]}"
    _maintain(f"CREATE DATABASE {name}")
    try:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity=0"],
            cwd=settings.BASE_DIR,
            env=_environment(name),
            check=True,
            timeout=300,
        )
        yield name
    finally:
        _maintain(f"DROP DATABASE {name} WITH (FORCE)")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_it_answers(live: Live, server: subprocess.Popen) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert server.poll() is None, "the web server ended while starting"
        with contextlib.suppress(OSError, http.client.HTTPException):
            if live.send("GET", "/api/v1/demands/").status == 200:
                return
        time.sleep(0.1)
    raise AssertionError("the web server did not answer in time")


@pytest.fixture(scope="session")
def live() -> Iterator[Live]:
    """The portal behind its production server with two processes, on an empty database of its own."""
    with _database() as database:
        port = _free_port()
        command = [sys.executable, "-m", "granian", "--interface=wsgi", "--workers=2", "--blocking-threads=8"]
        command += ["--backlog=1024", "--backpressure=512", "--host=127.0.0.1", f"--port={port}", "--no-log"]
        server = subprocess.Popen(
            [*command, "launcher.web:application"], cwd=settings.BASE_DIR, env=_environment(database)
        )
        try:
            running = Live(port, database)
            _wait_until_it_answers(running, server)
            yield running
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


@pytest.fixture
def records(live, django_db_blocker) -> Iterator[Live]:
    """Within the test the models read and write the live portal's database; every write is committed at once."""
    config = connections["default"].settings_dict
    connections.close_all()
    before, config["NAME"] = config["NAME"], live.database
    try:
        with django_db_blocker.unblock():
            yield live
    finally:
        connections.close_all()
        config["NAME"] = before

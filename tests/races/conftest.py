"""A live portal for tests that need real requests side by side: own database, production server, two processes.

`live` is the running server, `records` lets the test read and write its database through the models.
"""

import base64
import contextlib
import datetime
import http.client
import itertools
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
from decimal import Decimal
from urllib.parse import urlencode, urlsplit, urlunsplit

import psycopg2
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from django.utils import timezone

from accounts.models import ApiKey, Post, User
from demands.models import Demand, DemandItem
from organizations.models import Membership, Organization
from regions.models import Region
from tests.conftest import REGIONS

PASSWORD = "a long password 1"
CSRF = "c" * 32
CLIENTS = 200
START_SECONDS = 60
_numbers = itertools.count()


def pytest_collection_modifyitems(items):
    """One worker runs all races, so that there is one server."""
    for item in items:
        if item.path.is_relative_to(settings.BASE_DIR / "tests" / "races"):
            item.add_marker(pytest.mark.xdist_group("races"))


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: http.client.HTTPMessage

    @property
    def body(self) -> dict:
        return json.loads(self.text or "{}")


@dataclass(frozen=True)
class Live:
    """A running portal: its port and the name of its database."""

    port: int
    database: str

    def send(
        self,
        method: str,
        path: str,
        body: dict | None = None,
        *,
        user: str = "",
        key: str = "",
        session: str = "",
        form: dict | None = None,
        **headers: str,
    ) -> Answer:
        """One request over a connection of its own: of a script with name and password or a key, or of a browser
        with its session, which sends a form.
        """
        sent = {"Content-Type": "application/json", **headers}
        if user:
            sent["Authorization"] = "Basic " + base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()
        if key:
            sent["Authorization"] = f"Bearer {key}"
        content = None if body is None else json.dumps(body)
        if form is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
            content = urlencode({**form, "csrfmiddlewaretoken": CSRF})
        if session:
            sent["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        with contextlib.closing(connection):
            connection.request(method, path, content, sent)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read().decode(), answer.headers)


@dataclass(frozen=True)
class Client:
    """A person of an organization, with an API key and a browser's session."""

    user: User
    organization: Organization
    key: str
    session: str


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
        "SECRET_KEY": settings.SECRET_KEY,
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


@pytest.fixture(scope="session")
def _cast(live) -> dict:
    """Filled by `clients` once, because the live database lasts as long as the server."""
    return {}


@pytest.fixture
def clients(records, _cast) -> list[Client]:
    """Two hundred social organizations with one person each."""
    if not _cast:
        _cast["clients"] = _make_clients()
    return _cast["clients"]


def _make_clients() -> list[Client]:
    rows = [
        Region(code=code, name=name, level=level, kind=kind, parent_id=parent)
        for code, name, level, kind, parent in REGIONS
    ]
    Region.objects.bulk_create(rows, ignore_conflicts=True)
    values = {"kind": "federation", "level": "city", "region_id": "371300000000", "status": "active"}
    users = User.objects.bulk_create(
        User(username=f"client-{n}", password=make_password(PASSWORD)) for n in range(CLIENTS)
    )
    organizations = Organization.objects.bulk_create(
        Organization(name=f"慈善总会 {n}", **values) for n in range(CLIENTS)
    )
    made = [
        Client(user, organization, ApiKey.new_secret(), _session(user))
        for user, organization in zip(users, organizations, strict=True)
    ]
    Membership.objects.bulk_create(Membership(user=c.user, organization=c.organization) for c in made)
    last = timezone.localdate() + datetime.timedelta(days=30)
    ApiKey.objects.bulk_create(
        ApiKey(user=c.user, name="race", prefix=c.key[:10], digest=ApiKey.digest_of(c.key), expires_on=last)
        for c in made
    )
    return made


def _session(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


@pytest.fixture
def officers(clients) -> tuple[User, User]:
    """Two officers of 城口县."""
    county = Region.objects.get(code="500229000000")
    found = []
    for name in ("first-officer", "second-officer"):
        user, _made = User.objects.get_or_create(username=name, defaults={"password": make_password(PASSWORD)})
        Post.objects.get_or_create(user=user, kind=Post.Kind.STAFF, region=county)
        found.append(User.objects.get(pk=user.pk))
    return tuple(found)


@pytest.fixture
def publish(officers):
    """A fresh demand that is published, with one item of this quantity."""

    def publish(quantity: int) -> DemandItem:
        return published([quantity])[0]

    return publish


def published(quantities: list[int]) -> list[DemandItem]:
    """The items of a fresh published demand, one of each quantity."""
    number = next(_numbers)
    demand = Demand.objects.create(
        reference=f"XQ-RACE-{os.getpid()}-{number}"[:20],
        village_id="500229201200",
        form="relief",
        title=f"棉被 {number}",
        status=Demand.Status.PUBLISHED,
    )
    return [
        DemandItem.objects.create(demand=demand, what=f"棉被 {n}", unit="条", quantity=Decimal(quantity))
        for n, quantity in enumerate(quantities)
    ]

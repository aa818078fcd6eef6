"""script/server as a person meets it: starting, stopping, being killed, being refused."""

import os
import signal
import socket
import sys
import urllib.request

import pytest

from launcher.processes import wait_until
from tests.launcher.started import Portal, free_port, script

pytestmark = [
    pytest.mark.launcher,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc"),
    pytest.mark.xdist_group("launcher"),
]
GONE_SECONDS = 20


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A data folder that the tests of this file start in one after the other, as a person does."""
    return tmp_path_factory.mktemp("portal") / "data"


@pytest.fixture
def portal(data):
    """A started portal; whatever the test leaves of it is killed."""
    started = Portal(data)
    yield started
    started.kill_everything()


def assert_all_gone(portal: Portal):
    assert wait_until(lambda: not portal.processes(), seconds=GONE_SECONDS), portal.processes()


def test_it_serves_pages_and_ctrl_c_leaves_no_process(portal):
    with urllib.request.urlopen(f"http://127.0.0.1:{portal.port}/", timeout=10) as answer:
        assert answer.status == 200
    os.kill(portal.launcher.pid, signal.SIGINT)
    assert portal.launcher.wait(GONE_SECONDS) == 0
    assert portal.processes() == []
    assert "Traceback" not in portal.output()
    assert (portal.data / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_second_start_in_the_same_folder_names_the_first_and_a_taken_port_is_one_line(portal, tmp_path):
    second = script("--port", str(free_port()), data=portal.data)
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert "已在运行" in second.stderr and f"already running: http://127.0.0.1:{portal.port}/" in second.stderr

    other_folder = script("--port", str(portal.port), data=tmp_path / "other")
    assert other_folder.returncode == 1
    assert other_folder.stderr.count("\n") == 1
    assert f"127.0.0.1:{portal.port}" in other_folder.stderr and "another program uses it" in other_folder.stderr
    assert not (tmp_path / "other" / "pg").exists(), "nothing heavy may start before"


def test_killing_the_launcher_ends_all_its_children_and_frees_the_port(portal):
    os.kill(portal.launcher.pid, signal.SIGKILL)
    portal.launcher.wait()
    assert_all_gone(portal)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", portal.port))


def test_after_killing_everything_the_next_start_has_every_committed_row(data):
    first = Portal(data)
    try:
        first.query("CREATE TABLE kept (n int); INSERT INTO kept SELECT generate_series(1, 1000)")
        first.query("INSERT INTO kept VALUES (1001)")
    finally:
        first.kill_everything()
    assert (data / "pg" / "postmaster.pid").exists(), "PostgreSQL was to be killed, not stopped"
    second = Portal(data)
    try:
        assert second.query("SELECT count(*), max(n) FROM kept") == [(1001, 1001)]
        second.query("DROP TABLE kept")
    finally:
        second.kill_everything()


@pytest.mark.parametrize("victim", ["granian", "celery --quiet -A portal worker", "pg -k"])
def test_one_killed_part_stops_all_others(portal, victim):
    os.kill(portal.child(victim), signal.SIGKILL)
    assert portal.launcher.wait(GONE_SECONDS) == 1
    assert "ended unexpectedly" in portal.output()
    assert_all_gone(portal)


def test_a_killed_web_worker_is_replaced(portal):
    main = portal.child("granian")
    worker = portal.child("multiprocessing.spawn")
    assert worker != main
    os.kill(worker, signal.SIGKILL)

    def serves() -> bool:
        with urllib.request.urlopen(f"http://127.0.0.1:{portal.port}/", timeout=10) as answer:
            return answer.status == 200

    assert wait_until(serves, seconds=GONE_SECONDS)
    assert portal.launcher.poll() is None

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


class OneAfterTheOther:
    """Starts the portal in one folder when none runs there: a test that leaves it running saves the next a start."""

    def __init__(self, data):
        self.data = data
        self.current = None

    def running(self) -> Portal:
        if self.current is None or self.current.launcher.poll() is not None:
            self.current = Portal(self.data)
        return self.current


@pytest.fixture(scope="module")
def starts(tmp_path_factory):
    """The starts of this file's tests; whatever they leave is killed."""
    made = OneAfterTheOther(tmp_path_factory.mktemp("portal") / "data")
    yield made
    if made.current:
        made.current.kill_everything()


@pytest.fixture
def portal(starts):
    """A running portal."""
    return starts.running()


def assert_all_gone(portal: Portal):
    assert wait_until(lambda: not portal.processes(), seconds=GONE_SECONDS), portal.processes()


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


def test_a_killed_web_worker_is_replaced(portal):
    _main, *workers = portal.children("granian")
    assert len(workers) == 2
    os.kill(workers[0], signal.SIGKILL)
    assert wait_until(lambda: len(portal.children("granian")) == 3, seconds=GONE_SECONDS)

    def serves() -> bool:
        with urllib.request.urlopen(f"http://127.0.0.1:{portal.port}/", timeout=10) as answer:
            return answer.status == 200

    assert all(serves() for _ in range(10))
    assert portal.launcher.poll() is None


def test_it_serves_pages_and_ctrl_c_leaves_no_process(portal):
    with urllib.request.urlopen(f"http://127.0.0.1:{portal.port}/", timeout=10) as answer:
        assert answer.status == 200
    os.kill(portal.launcher.pid, signal.SIGINT)
    assert portal.launcher.wait(GONE_SECONDS) == 0
    assert portal.processes() == []
    assert "Traceback" not in portal.output()
    assert (portal.data / "secret_key").stat().st_mode & 0o777 == 0o600


def test_killing_the_launcher_ends_all_its_children_and_frees_the_port(portal):
    os.kill(portal.launcher.pid, signal.SIGKILL)
    portal.launcher.wait()
    assert_all_gone(portal)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", portal.port))


def test_after_killing_everything_the_next_start_has_every_committed_row(starts):
    first = starts.running()
    first.query("CREATE TABLE kept (n int); INSERT INTO kept SELECT generate_series(1, 1000)")
    first.query("INSERT INTO kept VALUES (1001)")
    first.kill_everything()
    assert (first.data / "pg" / "postmaster.pid").exists(), "PostgreSQL was to be killed, not stopped"
    second = starts.running()
    assert second.query("SELECT count(*), max(n) FROM kept") == [(1001, 1001)]


@pytest.mark.parametrize("victim", ["granian", "pg -k"])
def test_one_killed_part_stops_all_others(portal, victim):
    os.kill(portal.children(victim)[0], signal.SIGKILL)
    assert portal.launcher.wait(GONE_SECONDS) == 1
    assert "ended unexpectedly" in portal.output()
    assert_all_gone(portal)

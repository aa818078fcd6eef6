"""The real portal, started by the real script in a data folder of its own, and what is left of it."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import psycopg2

from launcher.folders import ROOT, Folders
from launcher.postgres import Postgres
from launcher.processes import alive, wait_until

START_SECONDS = 180
NOT_HANDED_ON = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DATA_DIR", "DEBUG", "DJANGO_SETTINGS_MODULE", "CI")


def environment(data: Path, **more: str) -> dict[str, str]:
    """A person's environment, with our data folder and one county only."""
    kept = {key: value for key, value in os.environ.items() if key not in NOT_HANDED_ON}
    return {**kept, "PORTAL_DATA_DIR": str(data), "PORTAL_REGIONS": "500229", **more}


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def script(*arguments: str, data: Path, **more: str) -> subprocess.CompletedProcess:
    """Run script/server to its end: for starts that are refused."""
    return subprocess.run(
        [ROOT / "script" / "server", *arguments],
        env=environment(data, **more),
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
    )


class Portal:
    """One running script/server; `processes()` finds all that belong to its data folder."""

    def __init__(self, data: Path, *arguments: str):
        self.data = data
        self.port = free_port()
        self.log = data.with_suffix(f".{self.port}.log")
        with open(self.log, "wb") as log:
            self.launcher = subprocess.Popen(
                [ROOT / "script" / "server", "--no-demo", "--port", str(self.port), *arguments],
                env=environment(data),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if not wait_until(self._ready_or_ended, seconds=START_SECONDS) or self.launcher.poll() is not None:
            self.kill_everything()
            raise AssertionError(f"the portal did not start:\n{self.output()}")

    def _ready_or_ended(self) -> bool:
        time.sleep(0.1)
        serving = "Ctrl-C" in self.output() and len(self.children("celery")) >= 2
        return serving or self.launcher.poll() is not None

    def output(self) -> str:
        """All it printed so far."""
        return self.log.read_text(errors="replace")

    def processes(self) -> list[int]:
        """Running processes whose command or environment names our data folder."""
        mark = os.fsencode(self.data)
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
                if mark in words and alive(int(entry.name)):
                    found.append(int(entry.name))
        return found

    def kill_everything(self) -> None:
        """kill -9, the launcher first, so that nobody can clean up."""
        for _ in range(3):
            for pid in [self.launcher.pid, *self.processes()]:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
        self.launcher.wait()

    def children(self, words: str) -> list[int]:
        """The processes whose command holds these words, the oldest first."""
        return sorted(pid for pid in self.processes() if words in command_of(pid))

    def query(self, sql: str) -> list:
        """Run SQL in the portal's database and commit."""
        folders = Folders(self.data)
        with contextlib.closing(psycopg2.connect(host=str(folders.run), user="postgres", dbname="portal")) as link:
            with link, link.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall() if cursor.description else []


def command_of(pid: int) -> str:
    """The command line of a process; empty when it just ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


@contextlib.contextmanager
def cluster(folders: Folders):
    """A throw-away PostgreSQL alone."""
    folders.make()
    server = Postgres(folders, durable=False)
    server.start()
    try:
        yield server
    finally:
        server.stop()

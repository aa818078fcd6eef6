"""What a person can get wrong is one line in Chinese and English, without a traceback."""

import os
import socket

import pytest

from launcher import addresses
from launcher.folders import Folders
from launcher.messages import Trouble
from tests.launcher.started import cluster, free_port, script

pytestmark = pytest.mark.launcher


def assert_one_clear_line(result, *words):
    assert result.returncode not in (0, None)
    assert result.stderr.count("\n") == 1, result.stderr
    assert " / " in result.stderr and any("\u4e00" <= letter <= "\u9fff" for letter in result.stderr)
    for word in words:
        assert word in result.stderr


@pytest.fixture
def old_pythons(tmp_path):
    """A folder in which every name we look for is a Python that is too old."""
    for name in ("python3", "python3.13", "python3.12", "python3.11"):
        path = tmp_path / name
        path.write_text("#!/bin/sh\nexit 1\n")
        path.chmod(0o755)
    return tmp_path


def test_only_old_pythons_on_the_path(old_pythons, tmp_path):
    result = script(data=tmp_path / "data", PATH=f"{old_pythons}:/usr/bin:/bin", PYTHON="")
    assert_one_clear_line(result, "Python 3.11")


def test_an_old_python_chosen_by_the_person(old_pythons, tmp_path):
    result = script(data=tmp_path / "data", PYTHON=str(old_pythons / "python3"))
    assert_one_clear_line(result, "Python 3.11")


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("nonsense", "not well formed"),
        ("", "not well formed"),
        ("mysql://root@localhost/portal", "not well formed"),
        ("postgres://me@localhost:port/portal", "not well formed"),
        ("postgres://me@localhost:5432/", "not well formed"),
        ("postgres://me@%2Fnowhere%2Fat-all/portal", "no such socket"),
    ],
)
def test_a_database_url_that_cannot_work(url, word, tmp_path):
    result = script("--port", str(free_port()), data=tmp_path / "data", DATABASE_URL=url)
    assert_one_clear_line(result, "DATABASE_URL", word)


def test_a_database_server_that_does_not_run(tmp_path):
    url = f"postgres://me:secret@127.0.0.1:{free_port()}/portal"
    result = script("--port", str(free_port()), data=tmp_path / "data", DATABASE_URL=url)
    assert_one_clear_line(result, "DATABASE_URL", "refused")
    assert "secret" not in result.stderr


def test_a_wrong_password_and_a_missing_database(tmp_path):
    with cluster(Folders(tmp_path / "data")) as server:
        with pytest.raises(Trouble, match="数据库或用户不存在"):
            addresses.check_database(server.url.replace("/portal", "/missing"))
        rules = server.data / "pg_hba.conf"
        rules.write_text("local all all scram-sha-256\n")
        os.kill(server.process.pid, 1)  # SIGHUP: read the rules again
        wrong = server.url.replace("postgres@", "postgres:wrong@")
        with pytest.raises(Trouble) as refused:
            for _ in range(100):  # until the new rules are read
                addresses.check_database(wrong)
        assert "password authentication failed" not in str(refused.value)
        assert "wrong user name or password" in str(refused.value)
        assert ":wrong@" not in str(refused.value)


def test_a_redis_url_that_cannot_work(tmp_path):
    for url in ("nonsense", f"redis://127.0.0.1:{free_port()}/0"):
        with pytest.raises(Trouble, match="REDIS_URL"):
            addresses.check_redis(url)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "abc", "８０００"])
def test_a_port_that_is_none(port, tmp_path):
    result = script(f"--port={port}", data=tmp_path / "data")
    assert result.returncode == 2
    assert "65535" in result.stderr and "Traceback" not in result.stderr


def test_a_host_that_is_not_ours(tmp_path):
    result = script("--host", "192.0.2.1", "--port", str(free_port()), data=tmp_path / "data")
    assert_one_clear_line(result, "192.0.2.1")


def test_a_data_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    result = script(data=tmp_path / "file" / "data")
    assert_one_clear_line(result, "cannot be written")


def test_a_port_in_use_by_a_stranger(tmp_path):
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        port = str(stranger.getsockname()[1])
        assert_one_clear_line(script("--port", port, data=tmp_path / "data"), port, "another program uses it")

"""The runner, the lock and the throw-away folders, with small real processes."""

import os
import signal
import subprocess
import sys
import time

import pytest

from launcher import processes, runner, testing
from launcher.folders import ROOT, Folders
from launcher.lock import FolderLock
from launcher.messages import Trouble
from launcher.throwaway import throwaway_folders

pytestmark = [
    pytest.mark.launcher,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc"),
]
SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)",
]
WITH_CHILD = [sys.executable, "-c", "import subprocess; subprocess.run(['sleep', '600'])"]


@pytest.fixture
def running(tmp_path):
    made = runner.Runner(owner=tmp_path, environment=dict(os.environ), cwd=ROOT)
    yield made
    for process in made.children.values():
        processes.signal_group(process, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def watch(running):
    return running.watch([], ready=lambda: False, on_ready=lambda: None)


def test_the_first_to_end_stops_the_rest_and_lines_carry_names(running, capfd):
    running.start("long", SLEEP)
    running.start("short", [sys.executable, "-c", "print('城口')"])
    assert watch(running) == 1
    running.stop()
    assert not any(processes.group_alive(process) for process in running.children.values())
    time.sleep(0.1)
    printed = capfd.readouterr().out
    assert "short   | 城口" in printed
    assert "short ended unexpectedly" in printed


def test_a_child_that_ignores_the_polite_signal_is_killed(running, monkeypatch):
    monkeypatch.setattr(runner, "STOP_SECONDS", 0.5)
    running.start("stubborn", STUBBORN)
    time.sleep(0.5)
    running.stop()
    assert running.children["stubborn"].returncode == -signal.SIGKILL


def test_grandchildren_of_a_killed_child_end_too(running):
    running.start("parent", WITH_CHILD)
    time.sleep(0.5)
    os.kill(running.children["parent"].pid, signal.SIGKILL)
    assert watch(running) == 1
    assert processes.group_alive(running.children["parent"])
    running.stop()
    assert not processes.group_alive(running.children["parent"])


def test_leftovers_of_a_folder_are_found_and_ended_but_nobody_elses(tmp_path):
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    one = processes.start(SLEEP, owner=mine, environment=dict(os.environ))
    other = processes.start(SLEEP, owner=theirs, environment=dict(os.environ))
    try:
        assert processes.wait_until(lambda: processes.leftovers(mine) == [one.pid], seconds=5)
        processes.end_leftovers(mine)
        assert one.wait(5) == -signal.SIGTERM
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_the_lock_is_free_again_when_its_holder_is_killed(tmp_path):
    holder = (
        "import sys, time; from pathlib import Path; from launcher.lock import FolderLock; "
        "lock = FolderLock(Path(sys.argv[1]), 'http://there/').__enter__(); print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(Trouble, match="http://there/"), FolderLock(tmp_path, "http://here/"):
            pass
        process.kill()
    with FolderLock(tmp_path, "http://here/") as lock:
        assert lock.handle


def test_folders_of_killed_test_runs_are_swept_and_running_ones_are_not(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path))
    dead = tmp_path / "test" / "dead"
    dead.mkdir(parents=True)
    with throwaway_folders() as first:
        with throwaway_folders() as second:
            assert first.data.exists() and second.data.exists() and first != second
        assert first.data.exists() and not second.data.exists()
        assert not dead.exists()


def test_the_secret_is_made_once_and_for_the_owner_only(tmp_path):
    folders = Folders(tmp_path)
    folders.make()
    secret = folders.secret_key()
    assert len(secret) >= 50 and folders.secret_key() == secret
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_failing_step_prints_its_words_and_a_passing_one_does_not(capfd):
    speak = [sys.executable, "-c", "import sys; print('words'); sys.exit(int(sys.argv[1]))"]
    assert testing.passes(testing.Step("good", [*speak, "0"]), dict(os.environ))
    assert not testing.passes(testing.Step("bad", [*speak, "1"]), dict(os.environ))
    printed = capfd.readouterr().out.splitlines()
    assert printed[0].startswith("good") and printed[0].endswith("ok")
    assert printed[1].startswith("bad") and printed[1].endswith("FAILED")
    assert printed[2:] == ["words", ""]


def test_a_failed_step_fails_the_run_though_all_tests_pass(tmp_path):
    test = tmp_path / "test_one.py"
    test.write_text("def test_one(): pass\n")
    arguments = [str(test), "-q", "-p", "no:cacheprovider", "-p", "no:django", "-c", os.devnull]
    quiet = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    assert testing.tests(arguments, dict(quiet), slow=True, failed=[]) == 0
    assert testing.tests(arguments, dict(quiet), slow=True, failed=["lint"]) == 1
    test.write_text("def test_one(): assert False\n")
    assert testing.tests(arguments, dict(quiet), slow=True, failed=[]) == 1

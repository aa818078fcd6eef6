"""The way of a newcomer: a copy of the sources, nothing else, and one command."""

import os
import shutil
import signal
import subprocess
import sys
import urllib.request

import pytest

from launcher.folders import ROOT
from launcher.processes import wait_until
from tests.launcher.started import environment, free_port

pytestmark = [pytest.mark.launcher, pytest.mark.slow]
FIRST_START_SECONDS = 180


@pytest.fixture
def clone(tmp_path):
    """The project's own files under a path with spaces and Chinese letters."""
    if not (ROOT / ".git").exists():
        pytest.skip("needs the repository")
    folder = tmp_path / "新 目录" / "portal"
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def test_one_command_serves_the_demonstration_within_three_minutes(clone):
    port, log = free_port(), clone.parent / "log"
    kept = {key: value for key, value in environment(clone / ".data").items() if key != "PORTAL_DATA_DIR"}
    with open(log, "wb") as file:
        launcher = subprocess.Popen(
            [clone / "script" / "server", "--port", str(port)],
            env=kept | {"PYTHON": sys.executable, "PORTAL_REGIONS": ""},
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        served = wait_until(lambda: b"Ctrl-C" in log.read_bytes(), seconds=FIRST_START_SECONDS)
        assert served, log.read_text(errors="replace")
        assert "log-ins" in log.read_text(errors="replace")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/regions/500229/", timeout=20) as page:
            assert "城口县" in page.read().decode()
    finally:
        os.kill(launcher.pid, signal.SIGINT)
        assert launcher.wait(30) == 0

"""Makes `.venv` and installs the pinned packages; runs on the system's Python, before there is any package."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from launcher.folders import ROOT
from launcher.messages import Trouble, complain, say, speak_utf8

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")


def install(*, dev: bool) -> None:
    """Bring `.venv` up to date; a second start in the same folder waits for the first.

    Raises Trouble when the folder cannot be written or pip fails.
    """
    wanted = REQUIREMENTS if dev else REQUIREMENTS[:1]
    if _fresh(wanted):
        return
    if not os.access(VENV if VENV.exists() else ROOT, os.W_OK):
        raise Trouble(
            f"无法写入项目目录 {ROOT}，不能安装所需的包。",
            f"The project folder {ROOT} cannot be written, so the packages cannot be installed.",
        )
    with open(ROOT / REQUIREMENTS[0]) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if _fresh(wanted):
            return
        _make_venv()
        _pip_install(wanted[-1])
        for name in wanted:
            _stamp(name).write_text(_fingerprint(name))


def _stamp(name: str) -> Path:
    return VENV / f"{name}.installed"


def _fingerprint(name: str) -> str:
    """Changes whenever the file, the one it includes, or Python's own version does."""
    parts = [(ROOT / file).read_bytes() for file in REQUIREMENTS[: REQUIREMENTS.index(name) + 1]]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _fresh(wanted: tuple) -> bool:
    """Whether everything wanted is installed and the environment's Python still runs."""
    try:
        if any(_stamp(name).read_text() != _fingerprint(name) for name in wanted):
            return False
    except OSError:
        return False
    return _python_works()


def _python_works() -> bool:
    """False also for an environment whose Python was removed or became too old."""
    question = "import sys; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([PYTHON, "-c", question], capture_output=True).returncode == 0
    except OSError:
        return False


def _make_venv() -> None:
    if _python_works():
        return
    say("创建 .venv …", "Making .venv …")
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        raise Trouble(
            "无法创建 Python 虚拟环境（Debian/Ubuntu：apt install python3-venv）。",
            "The virtual environment could not be made (Debian/Ubuntu: apt install python3-venv).",
        )


def _pip_install(requirements: str) -> None:
    """Install with one line that shows how far pip is."""
    say(f"安装 {requirements} …", f"Installing {requirements} …")
    command = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--progress-bar",
        "off",
    ]
    began, seen, lines = time.monotonic(), 0, []
    with subprocess.Popen(
        [*command, "-r", ROOT / requirements],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout:
            lines.append(line.rstrip())
            seen += line.startswith(("Collecting", "Requirement already satisfied"))
            if sys.stdout.isatty():
                print(f"\r  {seen} 包 / packages · {time.monotonic() - began:.0f} s ", end="", flush=True)
    print(f"\r  {seen} 包 / packages · {time.monotonic() - began:.0f} s")
    if process.returncode:
        print("\n".join(lines[-15:]), file=sys.stderr)
        raise Trouble("pip 安装失败，原因见上。", "pip failed; the reason stands above.")


if __name__ == "__main__":
    speak_utf8()
    os.chdir(ROOT)
    try:
        install(dev="--dev" in sys.argv)
    except Trouble as trouble:
        complain(trouble)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)

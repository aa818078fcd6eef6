"""Child processes that never outlive the launcher, and those of a launcher that was killed."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

# Every child carries this, so that a later start recognises what a killed launcher left.
OWNER_VARIABLE = "PORTAL_LAUNCHED_IN"
PR_SET_PDEATHSIG = 1
ON_LINUX = sys.platform.startswith("linux")


def follow_parent(signal_number: int) -> Callable[[], None] | None:
    """A preexec function: the kernel sends the child this signal when the launcher dies (Linux only)."""
    if not ON_LINUX:
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    launcher = os.getpid()

    def set_signal() -> None:
        prctl(PR_SET_PDEATHSIG, signal_number)
        if os.getppid() != launcher:  # it died between fork and prctl
            os._exit(1)

    return set_signal


def start(command: list, *, owner: Path, environment: dict, ending: int = signal.SIGTERM, **options):
    """Start a child in a session of its own (a Ctrl-C at the terminal reaches only the launcher)."""
    return subprocess.Popen(
        [str(part) for part in command],
        env={**environment, OWNER_VARIABLE: str(owner)},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=follow_parent(ending),
        **options,
    )


def signal_group(process: subprocess.Popen, signal_number: int) -> None:
    """Send a signal to a child and all its own children, also when the child itself is gone."""
    try:
        os.killpg(process.pid, signal_number)
    except (ProcessLookupError, PermissionError):
        pass


def group_alive(process: subprocess.Popen) -> bool:
    """Whether the child or one of its own children still runs; one that nobody has reaped yet does not."""
    if process.poll() is None:
        return True
    if ON_LINUX:
        return any(_runs_in_group(entry, process.pid) for entry in Path("/proc").glob("[0-9]*"))
    try:
        os.killpg(process.pid, 0)
    except OSError:
        return False
    return True


def _runs_in_group(entry: Path, group: int) -> bool:
    try:
        state, _parent, found = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
    except OSError:
        return False
    return int(found) == group and state not in "ZX"


def alive(pid: int, name: str = "") -> bool:
    """Whether the process runs (a zombie does not), and has this name where the system tells."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return not ON_LINUX and _answers_signal(pid)
    found, _, rest = fields.partition("(")[2].rpartition(")")
    return rest.split()[0] not in "ZX" and name in ("", found)


def works_in(pid: int, folder: Path) -> bool:
    """Whether the process stands in the folder or was started with it: after a restart of the machine a recorded
    number may belong to another server of the same name. True where the system does not tell."""
    if not ON_LINUX:
        return True
    try:
        if os.readlink(f"/proc/{pid}/cwd") == str(folder.resolve()):
            return True
    except OSError:
        pass  # somebody else's process; its command can still be read
    try:
        return os.fsencode(folder) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False


def _answers_signal(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Poll until the condition holds; False when the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def leftovers(owner: Path) -> list[int]:
    """Processes that an earlier launcher of this folder started and that still run (Linux only)."""
    mark = os.fsencode(f"{OWNER_VARIABLE}={owner}")
    found = []
    for entry in Path("/proc").glob("[0-9]*") if ON_LINUX else ():
        try:
            marked = mark in (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if marked and int(entry.name) != os.getpid() and alive(int(entry.name)):
            found.append(int(entry.name))
    return found


def end_leftovers(owner: Path) -> None:
    """End what a killed launcher left: gently at first, by force after ten seconds."""
    for signal_number, seconds in ((signal.SIGTERM, 10), (signal.SIGKILL, 5)):
        for pid in leftovers(owner):
            try:
                os.kill(pid, signal_number)
            except OSError:
                pass
        if wait_until(lambda: not leftovers(owner), seconds=seconds):
            return

"""Runs a command beside the two servers: the installation's own ones, or throw-away ones."""

import argparse
import signal
import subprocess
import time

from launcher import processes
from launcher.folders import Folders
from launcher.lock import FolderLock
from launcher.messages import Trouble
from launcher.runner import Stopped, stop_on_signals
from launcher.services import Services
from launcher.throwaway import throwaway_folders

# A command inside got a Ctrl-C from the terminal as well; this is how long it has to end by itself.
GRACE_SECONDS = 20


def run_inside(options: argparse.Namespace) -> int:
    """`services` and `test-env`: run a command beside the servers; returns its exit code.

    `services` without a command prints how to reach the servers, and runs until Ctrl-C. `test-env` uses a folder of
    its own, so that several may run at once.
    """
    stop_on_signals()
    if options.command == "services":
        folders = Folders.chosen()
        folders.make()
        with FolderLock(folders.data, "services"):
            return _inside(Services(folders), options.inside)
    with throwaway_folders() as folders:
        return _inside(Services(folders, durable=options.durable, embedded_only=True), options.inside)


def _inside(services: Services, command: list[str]) -> int:
    services.check_given()
    try:
        with services:
            return _run(command, services.environment())
    except Stopped:
        return 130


def _run(command: list[str], environment: dict) -> int:
    if not command:
        for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DATA_DIR"):
            print(f"export {name}='{environment[name]}'", flush=True)
        while True:
            time.sleep(3600)
    try:
        process = subprocess.Popen(command, env=environment, preexec_fn=processes.follow_parent(signal.SIGTERM))
    except OSError as error:
        raise Trouble(
            f"无法运行 {command[0]}（{error.strerror}）。", f"{command[0]} cannot be run ({error.strerror})."
        ) from None
    try:
        return process.wait()
    except Stopped:
        process.wait(GRACE_SECONDS)
        raise

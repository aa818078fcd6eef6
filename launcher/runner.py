"""Runs the portal's processes in one terminal: when one ends, or the person stops us, all end."""

import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from launcher import processes
from launcher.messages import say

STOP_SECONDS = 10
COLOURS = (36, 33, 35, 32)


class Stopped(Exception):
    """The person asked us to stop."""


def stop_on_signals() -> None:
    """Turn Ctrl-C, a polite kill and a closed terminal into Stopped, once: later ones are ignored."""

    def stop(number: int, frame) -> None:
        ignore_signals()
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def ignore_signals() -> None:
    """Let the stopping itself run to its end."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


class Runner:
    """The children with a name each; their lines are printed behind it."""

    def __init__(self, *, owner: Path, environment: dict, cwd: Path):
        self.owner = owner
        self.environment = environment
        self.cwd = cwd
        self.children: dict[str, subprocess.Popen] = {}
        self.width = 8

    def start(self, name: str, command: list) -> None:
        """Start a child and print its lines from a thread."""
        process = processes.start(
            command,
            owner=self.owner,
            environment=self.environment,
            cwd=self.cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        mark = name.ljust(self.width)
        if sys.stdout.isatty():
            mark = f"\033[{COLOURS[len(self.children) % len(COLOURS)]}m{mark}\033[0m"
        self.children[name] = process
        threading.Thread(target=_print_lines, args=(process, mark), daemon=True).start()

    def first_ended(self, servers: list) -> str | None:
        """The name of a child or server that ended, if one did."""
        for name, process in self.children.items():
            if process.poll() is not None:
                return name
        return next((server.name for server in servers if server.process.poll() is not None), None)

    def watch(self, servers: list, *, ready: Callable[[], bool], on_ready: Callable[[], None]) -> int:
        """Block until something ends; returns the exit code. Calls `on_ready` once when the portal serves."""
        announced = False
        while not (ended := self.first_ended(servers)):
            if not announced and ready():
                announced = True
                on_ready()
            time.sleep(0.2 if announced else 0.05)
        say(f"{ended} 已意外退出，正在停止其余进程。", f"{ended} ended unexpectedly; stopping the rest.")
        return 1

    def stop(self) -> None:
        """End all children and their children: politely, then by force after ten seconds."""
        running = list(self.children.values())
        for process in running:
            if process.poll() is None:
                process.terminate()  # only the parent: Celery then lets its pool finish the task at hand
            else:
                processes.signal_group(process, signal.SIGTERM)
        gone = processes.wait_until(
            lambda: not any([processes.group_alive(process) for process in running]), seconds=STOP_SECONDS
        )
        if not gone:
            for process in running:
                processes.signal_group(process, signal.SIGKILL)
        for process in running:
            process.wait()


def _print_lines(process: subprocess.Popen, mark: str) -> None:
    """Copy a child's lines to our output as they come; read on when our output is gone, or the child would block."""
    for line in process.stdout:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.write(f"{mark}| {line.rstrip()}\n")
            sys.stdout.flush()

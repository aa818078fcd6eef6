"""`script/test`: every check and the tests, on throw-away servers; a part when arguments are given."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field

from launcher import browser, processes
from launcher.folders import ROOT
from launcher.messages import say
from launcher.runner import Stopped, stop_on_signals
from launcher.services import Services
from launcher.throwaway import throwaway_folders

MANAGE = [sys.executable, "manage.py"]
PRODUCTION = {
    "DEBUG": "0",
    "SECURE_COOKIES": "1",
    "SECRET_KEY": "only-for-the-check-of-production-settings-0123456789-abcdefghij",
    "ALLOWED_HOSTS": "portal.example.org",
}
# Of the person's own shell; they would change what is tested.
NOT_FOR_TESTS = (
    "DEBUG",
    "TEST_DB_SUFFIX",
    "ALLOWED_HOSTS",
    "SECURE_COOKIES",
    "DJANGO_SETTINGS_MODULE",
)


@dataclass(frozen=True)
class Step:
    """One check: its name, command and what it needs in the environment."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


def _module(*words: str) -> list[str]:
    return [sys.executable, "-m", *words]


STEPS = (
    Step("format", _module("ruff", "format", "--check", ".")),
    Step("lint", _module("ruff", "check", ".")),
    Step("templates", _module("djlint", "templates", "--lint", "--quiet")),
    Step(
        "floors and rooms",
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
    ),
    Step("types", _module("mypy")),
    Step("translations", [*MANAGE, "messages", "--check"]),
    Step("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"]),
    Step("deployment", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
)


def run(arguments: list[str]) -> int:
    """Run everything, or with arguments only pytest; the exit code is not 0 when any step failed."""
    slow = "--slow" in arguments
    arguments = [argument for argument in arguments if argument != "--slow"]
    stop_on_signals()
    try:
        with throwaway_folders() as folders, Services(folders, durable=False, embedded_only=True) as services:
            environment = services.environment()
            for name in NOT_FOR_TESTS:
                environment.pop(name, None)
            failed = [] if arguments else checks(environment)
            return tests(arguments, environment, slow=slow, failed=failed)
    except Stopped:
        return 130


def checks(environment: dict) -> list[str]:
    """Run the steps one by one; returns the names of those that failed."""
    return [step.name for step in STEPS if not passes(step, environment)]


def passes(step: Step, environment: dict) -> bool:
    """Run a step, print its name, time and outcome, and its words when it failed."""
    began = time.monotonic()
    result = subprocess.run(
        step.command,
        cwd=ROOT,
        env=environment | step.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    outcome = "FAILED" if result.returncode else "ok"
    print(f"{step.name:<18} {time.monotonic() - began:6.1f} s  {outcome}", flush=True)
    if result.returncode:
        print(result.stdout, flush=True)
    return result.returncode == 0


def tests(arguments: list[str], environment: dict, *, slow: bool, failed: list[str]) -> int:
    """Run pytest last, so that its closing line is the last word; fails also for an earlier step."""
    in_ci = os.environ.get("CI", "").lower() in ("1", "true")
    if not arguments or any("journeys" in argument for argument in arguments):
        found = browser.provide()
        environment["BROWSER_REQUIRED"] = "1" if in_ci else "0"
        if in_ci and not found:
            failed = [*failed, "browser"]
    if failed:
        names = ", ".join(failed)
        say(
            f"未通过：{names}（原因见上；仍继续测试）。",
            f"FAILED: {names} (see above; the tests run all the same).",
        )
    command = _module("pytest", *(arguments or ["-n", str(min(os.cpu_count() or 1, 8)), "--dist", "loadgroup"]))
    if not slow and "-m" not in arguments:
        command += ["-m", "not slow"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, preexec_fn=processes.follow_parent(signal.SIGTERM))
    try:
        code = process.wait()
    except Stopped:
        process.wait(60)  # it got the Ctrl-C too, and cleans up
        raise
    return code or (1 if failed else 0)

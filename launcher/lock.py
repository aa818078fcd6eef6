"""One launcher per data folder."""

import fcntl
import json
import os
from pathlib import Path

from launcher import processes
from launcher.messages import Trouble


class FolderLock:
    """Held in a `with` block; the kernel lets go of it however the launcher ends.

    Entering writes down where we serve and ends what a killed launcher left running. Raises Trouble, with the
    other one's address, when another launcher holds the lock.
    """

    def __init__(self, data: Path, address: str):
        self.data = data
        self.address = address
        self.handle = None

    def __enter__(self) -> "FolderLock":
        self.handle = open(self.data / "lock", "a+")
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            trouble = self._taken()
            self.handle.close()
            raise trouble from None
        self.handle.truncate(0)
        self.handle.write(json.dumps({"pid": os.getpid(), "address": self.address}))
        self.handle.flush()
        processes.end_leftovers(self.data)
        return self

    def __exit__(self, *_) -> None:
        self.handle.close()

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

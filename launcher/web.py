"""The WSGI application as script/server runs it: its process never outlives the web server's main process."""

import os
import threading
import time

from portal.wsgi import application

__all__ = ["application"]


def leave_with(parent: int) -> None:
    """End this process when the web server's main process is gone (Granian's workers would stay otherwise)."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


threading.Thread(target=leave_with, args=(os.getppid(),), daemon=True).start()

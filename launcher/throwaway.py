"""Data folders for one test run; those of killed runs are swept away."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from launcher.folders import Folders
from launcher.lock import FolderLock
from launcher.messages import Trouble
from launcher.postgres import Postgres
from launcher.valkey import Valkey


@contextlib.contextmanager
def throwaway_folders() -> Iterator[Folders]:
    """A locked folder under `.data/test` (or PORTAL_DATA_DIR), removed at the end."""
    base = Folders.chosen()
    base.make()
    parent = base.data / "test"
    parent.mkdir(exist_ok=True)
    for old in parent.iterdir():
        _sweep(old)
    folders = Folders(Path(tempfile.mkdtemp(dir=parent)))
    folders.data.chmod(0o755)  # PostgreSQL may run as another user
    folders.make()
    with FolderLock(folders.data, "test"):
        try:
            yield folders
        finally:
            _remove(folders)


def _sweep(old: Path) -> None:
    """Remove the folder of a run that was killed; one that still runs holds its lock."""
    if not old.is_dir():
        return
    folders = Folders(old)
    with contextlib.suppress(Trouble, OSError), FolderLock(old, "sweep"):
        Postgres(folders).end_running()
        Valkey(folders).end_running()
        _remove(folders)


def _remove(folders: Folders) -> None:
    shutil.rmtree(folders.data, ignore_errors=True)
    shutil.rmtree(folders.run, ignore_errors=True)

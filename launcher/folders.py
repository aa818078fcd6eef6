"""Where the launcher keeps data, sockets and logs of one installation."""

import hashlib
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from launcher.messages import Trouble

ROOT = Path(__file__).resolve().parent.parent

# The shortest limit of the systems we run on (macOS; Linux allows 107), for the longest name used.
SOCKET_PATH_BYTES = 103
LONGEST_SOCKET_NAME = "/.s.PGSQL.5432.lock"


@dataclass(frozen=True)
class Folders:
    """The folders of one installation; `data` is the only one a person may choose (PORTAL_DATA_DIR)."""

    data: Path

    @classmethod
    def chosen(cls) -> "Folders":
        """The folder from PORTAL_DATA_DIR, or `.data` in the project."""
        return cls(Path(os.environ.get("PORTAL_DATA_DIR") or ROOT / ".data").absolute())

    @property
    def postgres(self) -> Path:
        """The database cluster."""
        return self.data / "pg"

    @property
    def valkey(self) -> Path:
        """The broker's append-only file."""
        return self.data / "valkey"

    @property
    def log(self) -> Path:
        """Logs of the two servers."""
        return self.data / "log"

    @property
    def run(self) -> Path:
        """Sockets; under the temp folder when the usual place is too long for a unix socket."""
        usual = self.data / "run"
        if len(os.fsencode(f"{usual}{LONGEST_SOCKET_NAME}")) <= SOCKET_PATH_BYTES:
            return usual
        mark = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"portal-{os.geteuid()}-{mark}"

    def make(self) -> None:
        """Create the folders.

        Raises Trouble where they cannot be made, or where a stranger was first in the shared temp folder.
        """
        try:
            for folder in (self.data, self.valkey, self.log, self.run):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700 if folder != self.data else 0o755)
            probe = self.data / ".writable"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise Trouble(
                f"无法写入数据目录 {self.data}（{error.strerror}）。",
                f"The data folder {self.data} cannot be written ({error.strerror}).",
            ) from error
        self._insist_run_folder_is_ours()

    def _insist_run_folder_is_ours(self) -> None:
        """Refuse a socket folder that is a link, or that belongs to somebody else."""
        seen = self.run.lstat()
        ours = stat.S_ISDIR(seen.st_mode) and (os.geteuid() == 0 or seen.st_uid == os.geteuid())
        if ours and self.run.parent != self.data and os.geteuid() == 0:
            ours = seen.st_uid in (0, *_service_users())
        if not ours:
            raise Trouble(
                f"套接字目录 {self.run} 属于他人，请先删除它。",
                f"The socket folder {self.run} belongs to somebody else; remove it first.",
            )
        if stat.S_IMODE(seen.st_mode) != 0o700:
            self.run.chmod(0o700)

    def secret_key(self) -> str:
        """The installation's own Django secret, made once and readable by its owner only."""
        path = self.data / "secret_key"
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(50))
        return path.read_text().strip()


def _service_users() -> list[int]:
    """The accounts that root's PostgreSQL may have run as."""
    from launcher.account import service_account

    account = service_account()
    return [account.pw_uid] if account else []

"""Which account PostgreSQL runs as: it refuses to run as root."""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from launcher.messages import Trouble

NOBODY = "65534"
IN_OWN_NAMESPACE = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")


@dataclass(frozen=True)
class Account:
    """How to start a program that refuses root: a prefix to its command, or another user and group."""

    prefix: tuple[str, ...] = ()
    user: int | None = None
    group: int | None = None

    def popen_options(self) -> dict:
        """Arguments for subprocess that change the user."""
        if self.user is None:
            return {}
        return {"user": self.user, "group": self.group, "extra_groups": []}

    def own(self, *folders: Path) -> None:
        """Give the folders to the account; root may have used another one at an earlier start."""
        if os.geteuid() != 0:
            return
        uid, gid = (self.user, self.group) if self.user is not None else (0, 0)
        for folder in folders:
            if folder.exists() and folder.stat().st_uid != uid:
                _chown_tree(folder, uid, gid)


def _chown_tree(folder: Path, uid: int, gid: int) -> None:
    """Change the owner of a folder and all below it, the folder itself last so that a retry starts over."""
    for parent, folders, files in os.walk(folder):
        for name in folders + files:
            os.chown(os.path.join(parent, name), uid, gid, follow_symlinks=False)
    os.chown(folder, uid, gid)


def service_account() -> pwd.struct_passwd | None:
    """The unprivileged account root hands PostgreSQL to."""
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        return None


def _reachable_by_others(path: Path) -> bool:
    """Whether every folder above the path may be passed through by any user."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)


def _namespace_works() -> bool:
    """Whether this machine lets root open a user namespace (containers often do not)."""
    if not shutil.which(IN_OWN_NAMESPACE[0]):
        return False
    return subprocess.run([*IN_OWN_NAMESPACE, "true"], capture_output=True).returncode == 0


def choose_account(*paths: Path) -> Account:
    """How to run PostgreSQL for whoever started us, when it has to reach `paths`.

    Raises Trouble when root can neither hand it to `nobody` nor open a user namespace.
    """
    if os.geteuid() != 0:
        return Account()
    nobody = service_account()
    if nobody and all(_reachable_by_others(path) for path in paths):
        return Account(user=nobody.pw_uid, group=nobody.pw_gid)
    if _namespace_works():
        return Account(prefix=IN_OWN_NAMESPACE)
    raise Trouble(
        "PostgreSQL 不能以 root 运行，且其他用户无法进入此目录：请以普通用户运行，"
        "或把项目移到其他用户可进入的目录，或设置 DATABASE_URL。",
        "PostgreSQL refuses to run as root and no other user can enter this folder: run as an ordinary user, "
        "move the project to a folder others may enter, or set DATABASE_URL.",
    )

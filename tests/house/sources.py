"""The source files the house rules speak about, parsed once."""

import ast
import configparser
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APART = {"static", "data", "docs", "locale", "templates", "node_modules"}


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the root of the tree and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @property
    def folders(self) -> tuple[str, ...]:
        return Path(self.path).parts[:-1]

    @property
    def app(self) -> str:
        return Path(self.path).parts[0]

    @property
    def room(self) -> str:
        """The room of the app: `services` for services.py and for every file in services/."""
        parts = Path(self.path).parts
        return Path(parts[1]).stem if len(parts) > 1 else ""

    @property
    def is_migration(self) -> bool:
        return "migrations" in self.folders


def sources(root: Path = ROOT) -> list[Source]:
    """All Python files of a tree, without the environment and without data."""
    found = []
    for path in sorted(_python_files(root)):
        found.append(Source(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")))
    return found


def _python_files(root: Path) -> Iterator[Path]:
    for top in root.iterdir():
        if top.suffix == ".py":
            yield top
        elif top.is_dir() and top.name not in APART and not top.name.startswith("."):
            yield from top.rglob("*.py")
            yield from (path for path in top.iterdir() if path.is_file() and _is_script(path))


def _is_script(path: Path) -> bool:
    """A program without an ending, such as script/bench."""
    if path.suffix:
        return False
    with path.open("rb") as file:
        return b"python" in file.readline(100)


def portal_apps() -> list[str]:
    """The apps the floors name."""
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter")
    return config["importlinter"]["root_packages"].split()


def of_the_portal(found: Iterable[Source]) -> list[Source]:
    """Only the files of apps, without migrations."""
    apps = set(portal_apps())
    return [source for source in found if source.app in apps and not source.is_migration]


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node

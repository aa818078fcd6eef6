"""The import contracts of .importlinter hold, and each of them bites when it is broken."""

import configparser
import shutil
import subprocess
import sys

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
LINT = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache", "--no-logo"]

# File of the offender, what it says, and the words the broken contract answers with.
OFFENDERS = {
    "an app imports from a floor above": (
        "regions/permissions.py",
        "from organizations import models",
        "regions is not allowed to import organizations:",
    ),
    "also inside a function": (
        "accounts/permissions.py",
        "def late():\n    from stats import models",
        "accounts is not allowed to import stats:",
    ),
    "core knows an app": ("core/permissions.py", "import regions.models", "core is not allowed to import regions:"),
    "a model knows its services": (
        "pairings/permissions.py",
        "import pairings.services",
        "pairings.permissions is not allowed to import pairings.services:",
    ),
    "a service starts a task": (
        "organizations/services.py",
        "import organizations.tasks",
        "organizations.services is not allowed to import organizations.tasks:",
    ),
    "a room nobody has agreed on": ("regions/helpers.py", "", "- regions.helpers"),
    "a service knows REST": (
        "pairings/services.py",
        "import rest_framework.serializers",
        "pairings.services is not allowed to import rest_framework:",
    ),
    "a selector knows filters": (
        "donations/selectors.py",
        "import django_filters",
        "donations.selectors is not allowed to import django_filters:",
    ),
    "a permission knows Celery, by way of another module": (
        "projects/permissions.py",
        "import core.exports",
        "projects.permissions is not allowed to import celery:",
    ),
    "a page used by another page": (
        "donations/views.py",
        "import organizations.views",
        "- donations.views -> organizations.views",
    ),
    "an API used by another API": (
        "donations/api.py",
        "import organizations.api",
        "- donations.api -> organizations.api",
    ),
    "a task used by a template tag": (
        "donations/templatetags/gifts.py",
        "import organizations.tasks",
        "- donations.templatetags.gifts -> organizations.tasks",
    ),
}
# What the offenders reach for, where the app has no such room of its own.
EMPTY = [
    "pairings/services.py",
    "organizations/tasks.py",
    "organizations/views.py",
    "organizations/api.py",
    "donations/templatetags/__init__.py",
]


def root_packages() -> list[str]:
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter")
    return config["importlinter"]["root_packages"].split()


def lint(folder) -> subprocess.CompletedProcess:
    return subprocess.run(LINT, cwd=folder, capture_output=True, text=True, timeout=120)


def copy_sources(folder) -> None:
    """The Python files of the portal, with their rules, in a throw-away folder."""
    shutil.copy(ROOT / ".importlinter", folder)
    for app in root_packages():
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc", "migrations")
        shutil.copytree(ROOT / app, folder / app, ignore=ignored)


def append(path, text: str) -> None:
    """Add a line to a room, whether it is missing, one file or a package."""
    if path.with_suffix("").is_dir():
        path = path.with_suffix("") / "__init__.py"
    path.parent.mkdir(exist_ok=True)
    before = path.read_text() if path.exists() else ""
    path.write_text(f"{before}\n{text}\n")


@pytest.fixture(scope="module")
def broken(tmp_path_factory) -> str:
    """What the contracts say to a copy of the portal with every offender in it."""
    folder = tmp_path_factory.mktemp("broken")
    copy_sources(folder)
    for name in EMPTY:
        append(folder / name, "")
    for name, text, _answer in OFFENDERS.values():
        append(folder / name, text)
    append(folder / "core/exports.py", "import celery")
    result = lint(folder)
    assert result.returncode == 1, result.stdout + result.stderr
    return result.stdout


def test_every_contract_is_kept():
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("name", OFFENDERS)
def test_an_offender_is_found(broken, name):
    assert OFFENDERS[name][2] in broken


def test_every_contract_was_broken_by_an_offender(broken):
    assert "Contracts: 0 kept, 6 broken." in broken


def test_every_app_of_the_settings_is_under_the_contracts():
    own = {app for app in settings.INSTALLED_APPS if (ROOT / app).is_dir()}
    assert own <= set(root_packages())

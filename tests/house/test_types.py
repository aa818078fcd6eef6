"""Types are checked where rules and reads live, and the check bites."""

import subprocess
import sys
import tomllib

from django.conf import settings

from tests.house.sources import of_the_portal, sources

CONFIG = settings.BASE_DIR / "pyproject.toml"


def test_every_service_and_selector_is_checked():
    named = tomllib.loads(CONFIG.read_text())["tool"]["mypy"]["files"]
    rooms = [source.path for source in of_the_portal(sources()) if source.room in ("services", "selectors")]
    assert [path for path in rooms if not any(path == name or path.startswith(f"{name}/") for name in named)] == []


WRONG = """\
from core.references import next_reference
from regions.models import Region

next_reference(3)
Region.objects.filter(nmae="x")


def f(x):
    return Region().hihg
"""


def test_wrong_types_are_found(tmp_path):
    wrong = tmp_path / "wrong.py"
    wrong.write_text(WRONG)
    command = [sys.executable, "-m", "mypy", "--config-file", str(CONFIG), str(wrong)]
    result = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=300)
    assert result.returncode == 1, result.stdout + result.stderr
    for words in ('incompatible type "int"', "Cannot resolve keyword 'nmae'", 'has no attribute "hihg"'):
        assert words in result.stdout

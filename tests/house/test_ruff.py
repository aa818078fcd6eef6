"""The rules of ruff in pyproject.toml bite where they should and leave the rooms alone that may."""

import json
import subprocess
import sys

import pytest
from django.conf import settings

LONG = "def f(a):\n" + "".join(f"    a.step_{n}()\n" for n in range(31))
TANGLED = "def f(a):\n" + "".join(f"    if a == {n}:\n        a.go({n})\n" for n in range(9))

BITES = [
    ("demands/services.py", "from django.http import HttpResponse\n\nHttpResponse()\n", None),
    ("demands/models.py", "from django.http import Http404\n\nHttp404()\n", "TID251"),
    ("demands/selectors.py", "from django.shortcuts import render\n\nrender()\n", "TID251"),
    ("demands/forms.py", "from django.contrib import messages\n\nmessages.info()\n", "TID251"),
    ("demands/permissions.py", "from django.db import transaction\n\ntransaction.atomic()\n", "TID251"),
    ("demands/models.py", "from django.db.transaction import atomic\n\natomic()\n", "TID251"),
    ("demands/services/claims.py", "from django.db import transaction\n\ntransaction.atomic()\n", None),
    ("demands/views.py", "from django.shortcuts import render\n\nrender()\n", None),
    ("demands/views/claims.py", "from django.shortcuts import render\n\nrender()\n", None),
    ("demands/api.py", "from django.http import Http404\n\nHttp404()\n", None),
    ("demands/models.py", LONG, "PLR0915"),
    ("demands/models.py", TANGLED, "C901"),
    ("demands/models.py", "print()\n", "T201"),
    ("demands/management/commands/load.py", "print()\n", None),
    ("statistics/__init__.py", "", "A005"),
    ("demands/models.py", "import os\n", "F401"),
    ("demands/models.py", "import sys\nimport os\n\nos, sys\n", "I001"),
    ("demands/models.py", "def f(a=[]):\n    return a\n", "B006"),
    ("demands/models.py", "from typing import List\n\nA = List[int]\n", "UP006"),
    ("demands/models.py", "def f(a):\n    if a:\n        return 1\n    else:\n        return 2\n", "RET505"),
    (
        "demands/models.py",
        "from django.db import models\n\n\nclass A(models.Model):\n    name = models.TextField()\n",
        "DJ008",
    ),
    ("demands/models.py", "A = 1  # " + "x" * 120 + "\n", "E501"),
]


def codes(name: str, text: str) -> set[str]:
    """The codes ruff reports for a file of this name."""
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--no-cache",
        "--output-format=json",
        f"--stdin-filename={settings.BASE_DIR / name}",
        "-",
    ]
    result = subprocess.run(command, cwd=settings.BASE_DIR, input=text, capture_output=True, text=True, timeout=60)
    return {row["code"] for row in json.loads(result.stdout)}


@pytest.mark.parametrize(("name", "text", "expected"), BITES)
def test_a_rule_bites_where_it_should(name, text, expected):
    found = codes(name, text)
    if expected is None:
        assert not found & {"TID251", "T201"}
    else:
        assert expected in found

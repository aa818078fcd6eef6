"""Activities of the cast (tests/house/cast.py): of the member's organization, in 城口县."""

import datetime
from collections.abc import Callable
from typing import Any

from projects import services as projects
from projects.models import Activity, ProjectFile
from tests.core.test_files import photograph

TODAY = datetime.date(2026, 3, 1)


def entered_activity(cast, title: str = "义诊") -> Activity:
    """A clinic the member entered and nobody has verified."""
    values = {"title": title, "kind": "clinic", "organization": cast.organization, "region": cast.regions["500229"]}
    values |= {"starts_on": TODAY, "volunteers": 12}
    return projects.record_activity(values=values, by=cast.member)


def verified_activity(cast, title: str = "义诊进村") -> Activity:
    return projects.verify_activity(activity=entered_activity(cast, title), by=cast.officer)


def photo(cast) -> ProjectFile:
    """A photo of the entered activity."""
    return projects.attach_file(record=cast.the(entered_activity), name="a.jpg", content=photograph(), by=cast.member)


def public_photo(cast) -> ProjectFile:
    made = entered_activity(cast, "村里义诊")
    kept = projects.attach_file(record=made, name="b.jpg", content=photograph(), by=cast.member)
    projects.verify_activity(activity=made, by=cast.officer)
    return kept


def project_photo(cast, project) -> ProjectFile:
    """A photo of a public project, which everybody sees."""
    return projects.attach_file(record=project, name="c.jpg", content=photograph(), by=cast.member)


def _file_of_activity(cast) -> dict:
    kept = cast.the(photo)
    return {"pk": kept.activity_id, "file_pk": kept.pk}


def _pk(make: Callable) -> Callable[[Any], dict]:
    return lambda cast: {"pk": cast.the(make).pk}


ARGUMENTS: dict[str, Callable[[Any], dict]] = {
    "projects:activity-detail": _pk(verified_activity),
    "projects:activity-edit": _pk(entered_activity),
    "projects:activity-files": _pk(entered_activity),
    "projects:activity-verify": _pk(entered_activity),
    "projects:activity-return": _pk(entered_activity),
    "projects:activity-strike": _pk(entered_activity),
    "projects:file-download": _pk(public_photo),
    "projects:file-remove": _pk(photo),
    "api:activities-detail": _pk(entered_activity),
    "api:activities-verify": _pk(entered_activity),
    "api:activities-return": _pk(entered_activity),
    "api:activities-strike": _pk(entered_activity),
    "api:activities-files": _pk(entered_activity),
    "api:activities-file": _file_of_activity,
}
ONE_MORE: dict[str, Callable[[Any, int], Any]] = {
    "projects.Activity": lambda cast, number: verified_activity(cast, f"义诊{number}"),
}

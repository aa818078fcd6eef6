"""Every write of activities, and of the files of activities and projects."""

import hashlib
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import files, states
from core.errors import Refused
from core.models import StatusChange
from core.references import next_reference
from demands.services.files import left_nothing
from projects.models import Activity, Project, ProjectFile
from projects.services.refusals import NotSecondPerson, given_reason, insist_on_active, insist_on_status, takes_part

Status = Activity.Status
MOST_FILES = 20


@transaction.atomic
def record_activity(*, values: dict[str, Any], by: User | None, import_key: str = "") -> Activity:
    """Enter an activity that has taken place; it is public once a second person has verified it.

    Refused for an organization that is not active, for a project that is not under way, for a place outside the
    project, and for a day still to come.
    """
    activity = Activity(reference=next_reference("HD"), import_key=import_key, **values)
    insist_on_active(activity.organization)
    _check(activity)
    return states.begin(activity, by=by)


@transaction.atomic
def edit_activity(*, activity: Activity, values: dict[str, Any], version: int, by: User | None) -> dict:
    """Change an activity that nobody has verified; return what changed. A returned one then waits again."""
    states.lock(activity, version=version)
    _insist_on_editable(activity)
    wanted = Activity.objects.get(pk=activity.pk)
    for name, value in values.items():
        setattr(wanted, name, value)
    if wanted.organization_id != activity.organization_id:
        insist_on_active(wanted.organization)
    _check(wanted)
    changes = states.record(activity, values, by=by)
    if activity.status == Status.RETURNED:
        states.move(activity, Status.ENTERED, by=by)
    return changes


@transaction.atomic
def verify_activity(*, activity: Activity, by: User | None, note: str = "", version: int | None = None) -> Activity:
    """Let everybody see an activity, and let it count. Refused for whoever wrote on it or acts for its organization.

    With `version`, raise `Stale` when it or its files have changed since they were looked at.
    """
    states.lock(activity, version=version)
    written = StatusChange.objects.of(activity).exclude(old=Status.ENTERED, new=Status.RETURNED)
    wrote = by is not None and written.filter(by=by).exists()
    if wrote or takes_part(by, [activity.organization_id]):
        raise NotSecondPerson(_("Whoever entered an activity or belongs to it cannot verify it. Ask a colleague."))
    return states.move(activity, Status.VERIFIED, by=by, note=note)


@transaction.atomic
def return_activity(*, activity: Activity, by: User, reason: str) -> Activity:
    """Give an activity back for correction, with the reason."""
    return states.move(activity, Status.RETURNED, by=by, note=given_reason(reason))


@transaction.atomic
def strike_activity(*, activity: Activity, by: User, reason: str) -> Activity:
    """Take a wrong activity out of pages and figures for good; it stays in the history with the reason."""
    return states.move(activity, Status.STRUCK, by=by, note=given_reason(reason))


@transaction.atomic
def attach_file(*, record: Activity | Project, name: str, content: bytes, by: User) -> ProjectFile:
    """Keep a photo or paper with an activity nobody has verified, or with a project that is not finished.

    Refused (`file_refused`) for a file of another kind, too large, damaged, sent before, or one too many.
    """
    states.lock(record)
    _insist_on_editable(record)
    before = _names(record)
    if len(before) >= MOST_FILES:
        raise files.FileRefused(_("A record has at most %(most)s files.") % {"most": MOST_FILES})
    name, kind = files.check(name=name, content=content)
    kept = ProjectFile(name=name, kind=kind, size=len(content), sha256=hashlib.sha256(content).hexdigest())
    setattr(kept, "activity" if isinstance(record, Activity) else "project", record)
    if record.files.filter(sha256=kept.sha256).exists():
        raise files.FileRefused(_("This file was sent already."))
    kept.file = ContentFile(content, name=name)
    if kept.is_picture:
        picture = files.clean_picture(name=name, content=content)
        kept.copy = ContentFile(picture.content, name="copy.jpg")
        kept.width, kept.height = picture.width, picture.height
        kept.taken_on, kept.located = picture.taken_on, picture.located
    with left_nothing(kept):
        states.begin(kept, by=by)
        states.record(record, {}, by=by, parts={"files": ["、".join(before), "、".join(_names(record))]})
    return kept


@transaction.atomic
def remove_file(*, file: ProjectFile, by: User) -> None:
    """Take a file away; the history keeps its name."""
    record = states.lock(file.record)
    _insist_on_editable(record)
    before = _names(record)
    kept = [(part.storage, str(part.name)) for part in (file.file, file.copy) if part]
    file.delete()
    for storage, name in kept:
        transaction.on_commit(partial(storage.delete, name))
    states.record(record, {}, by=by, parts={"files": ["、".join(before), "、".join(_names(record))]})


def _check(activity: Activity) -> None:
    """The table's own rules and those of the project."""
    if activity.project is not None:
        insist_on_status(activity.project, Activity.RECORDABLE)
    try:
        activity.clean()
        activity.validate_constraints()
    except ValidationError as error:
        raise Refused(error.messages[0], code="activity_invalid") from error


def _insist_on_editable(record: Activity | Project) -> None:
    allowed = Activity.EDITABLE if isinstance(record, Activity) else (*Project.EDITABLE, Project.Status.COMPLETED)
    if record.status not in allowed:
        raise states.WrongState(
            _("This is not possible while the status is “%(status)s”. Reload the page to see the current state.")
            % {"status": record.get_status_display()},
            status=record.status,
        )


def _names(record: Activity | Project) -> list[str]:
    return list(record.files.order_by("pk").values_list("name", flat=True))

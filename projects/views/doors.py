"""What the pages of this floor share."""

from collections.abc import Iterable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from core import files
from core.errors import Refused
from projects import services
from projects.models import Activity, Project


def sent(request: HttpRequest):
    """What a form is bound to: also an empty POST is an attempt."""
    return request.POST if request.method == "POST" else None


def project_or_404(request: HttpRequest, pk: int) -> Project:
    """The project if this person may see it; 404 otherwise."""
    return get_object_or_404(Project.objects.visible_to(request.user).for_list(), pk=pk)


def insist(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied(_("Only the lead organization and staff of the project's region may do this."))


def kept_files(request: HttpRequest, record: Activity | Project, uploads: Iterable) -> list[str]:
    """Keep each file with the record; return what is wrong with those that were not kept. The others are."""
    kept, wrong = [], []
    for upload in uploads:
        try:
            content = upload.read(files.MAX_BYTES + 1)
            made = services.attach_file(record=record, name=upload.name or "", content=content, by=request.user)
            kept.append(made.name)
        except Refused as refused:
            wrong.append(str(refused.message))
    if kept:
        messages.success(request, _("Kept: %(names)s") % {"names": "、".join(kept)})
    return wrong

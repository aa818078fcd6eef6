"""Files of activities and projects: reading and taking away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.errors import Refused
from projects import permissions, services
from projects.models import Activity, ProjectFile


@require_GET
def file_download(request: HttpRequest, pk: int) -> FileResponse:
    """A picture as its cleaned copy, shown; a paper saved. `?original` gives those who may edit the file as sent."""
    file = get_object_or_404(_rows(request), pk=pk)
    original = "original" in request.GET
    if original and not (request.user.is_authenticated and _may_edit(request.user, file)):
        raise Http404
    shows = file.is_picture and not original
    how = {"content_type": "image/jpeg" if shows else file.content_type, "as_attachment": not shows}
    name = f"{file.record.reference}-{file.pk}.jpg" if shows else file.name
    try:
        content = (file.copy if shows else file.file).open("rb")
    except FileNotFoundError as error:
        raise Http404(_("The file is no longer there.")) from error
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-cache"}
    return FileResponse(content, filename=name, headers=headers, **how)


@login_required
@require_POST
def file_remove(request: HttpRequest, pk: int) -> HttpResponse:
    file = get_object_or_404(_rows(request), pk=pk)
    record = file.record
    if not _may_edit(request.user, file):
        raise PermissionDenied(_("Only the organization and staff of the region may take this file away."))
    try:
        services.remove_file(file=file, by=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("“%(name)s” is taken away.") % {"name": file.name})
    return redirect(f"projects:{'activity' if isinstance(record, Activity) else 'project'}-files", record.pk)


def _rows(request: HttpRequest):
    rows = ProjectFile.objects.visible_to(request.user)
    return rows.select_related("activity__organization", "project__lead")


def _may_edit(user, file: ProjectFile) -> bool:
    if isinstance(file.record, Activity):
        return permissions.can_edit_activity(user, file.record)
    return permissions.can_run(user, file.record)

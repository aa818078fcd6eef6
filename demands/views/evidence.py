"""Attached files: adding, reading and taking away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import files
from core.errors import Refused
from demands import permissions, services
from demands.forms import EvidenceForm
from demands.models import Demand, DemandList, Evidence
from demands.views.acts import seen


def _may_edit(user, record: Demand | DemandList) -> bool:
    if isinstance(record, Demand):
        return permissions.can_edit(user, record)
    return permissions.can_edit_list(user, record)


def _back(record: Demand | DemandList) -> str:
    name = "demand-detail" if isinstance(record, Demand) else "batch-detail"
    return reverse(f"demands:{name}", args=[record.pk])


@login_required
def evidence_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A file for a demand."""
    return _add(request, seen(request, pk))


@login_required
def batch_evidence_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A file for all demands of a list, such as the survey they come from."""
    return _add(request, get_object_or_404(DemandList.objects.visible_to(request.user), pk=pk))


def _add(request: HttpRequest, record: Demand | DemandList) -> HttpResponse:
    if not _may_edit(request.user, record):
        raise PermissionDenied
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = EvidenceForm(*data, may_be_public=isinstance(record, Demand))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = services.attach_evidence(
                record=record,
                name=file.name or "",
                content=file.read(files.MAX_BYTES + 1),
                public=form.cleaned_data.get("public", False),
                by=request.user,
            )
        except Refused as refused:
            form.add_error("file", str(refused.message))
        else:
            messages.success(request, _("The file is attached."))
            if made.findings:
                messages.warning(
                    request,
                    _("It holds personal data; a demand with them is not published. Take it away and clean it."),
                )
            return redirect(_back(record))
    context = {"form": form, "record": record, "back": _back(record)}
    return render(request, "demands/evidence_form.html", context, status=400 if form.errors else 200)


@require_GET
def evidence_download(request: HttpRequest, pk: int) -> FileResponse:
    """An attached file; the public gets of a picture only the copy without its position. Always saved, never shown."""
    rows = Evidence.objects.visible_to(request.user).select_related("demand", "demand_list")
    evidence = get_object_or_404(rows, pk=pk)
    is_copy = evidence.is_picture and not (request.user.is_authenticated and _may_edit(request.user, evidence.record))
    try:
        content = (evidence.shown if is_copy else evidence.file).open("rb")
    except FileNotFoundError as error:
        raise Http404(_("The file is no longer there.")) from error
    name = f"{evidence.name.rpartition('.')[0]}.jpg" if is_copy else evidence.name
    kind = files.TYPES["jpg" if is_copy else evidence.kind]
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return FileResponse(content, as_attachment=True, filename=name, content_type=kind, headers=headers)


@login_required
@require_POST
def evidence_remove(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Evidence.objects.visible_to(request.user).select_related("demand", "demand_list")
    evidence = get_object_or_404(rows, pk=pk)
    record = evidence.record
    if not _may_edit(request.user, record):
        raise PermissionDenied
    try:
        services.remove_evidence(evidence=evidence, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("The file is taken away."))
    return redirect(_back(record))

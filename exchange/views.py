"""Pages of uploaded files, the same for every sheet: send it, watch the check, confirm, take it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from core.errors import Refused
from core.exports import Column
from core.lists import ListPage
from exchange import imports, permissions, services, tasks
from exchange.definitions import title_of
from exchange.filters import BatchFilter
from exchange.forms import UndoForm, UploadForm
from exchange.imports import IMPORTERS, Importer
from exchange.models import Batch
from exchange.sheets import template
from exchange.sheets.budget import MAX_FILE

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# More errors than one page should hold; the marked workbook has them all.
SHOWN = 500


class BatchList(LoginRequiredMixin, ListPage):
    """The files a person has sent, newest first."""

    model = Batch
    filterset_class = BatchFilter
    template_name = "exchange/batch_list.html"
    export_name = "uploads"
    sorts = {"newest": (gettext_lazy("Newest"), ["-created_at"])}
    columns = [
        Column(gettext_lazy("File"), lambda row: row.file_name),
        Column(gettext_lazy("Sheet"), lambda row: title_of(row.sheet)),
        Column(gettext_lazy("Status"), lambda row: row.get_status_display()),
        Column(gettext_lazy("Sent at"), lambda row: row.created_at),
    ]

    def get_context_data(self, **kwargs):
        allowed = [
            (key, importer)
            for key, importer in IMPORTERS.items()
            if permissions.can_upload(self.request.user, importer)
        ]
        context = super().get_context_data(**kwargs)
        for batch in context["object_list"]:
            batch.sheet_title = title_of(batch.sheet)
        return {**context, "importers": allowed}


def _importer(sheet: str) -> Importer:
    if sheet not in IMPORTERS:
        raise Http404
    return IMPORTERS[sheet]


def _for_uploads(request: HttpRequest, sheet: str) -> Importer:
    importer = _importer(sheet)
    if not permissions.can_upload(request.user, importer):
        raise PermissionDenied
    return importer


def _open(request: HttpRequest, pk: int) -> tuple[Batch, Importer]:
    """The file and its sheet: 403 for people who upload nothing, 404 when it is somebody else's."""
    if not any(permissions.can_upload(request.user, importer) for importer in IMPORTERS.values()):
        raise PermissionDenied
    batch = get_object_or_404(Batch.objects.visible_to(request.user).defer("content", "effects"), pk=pk)
    importer = _importer(batch.sheet)
    if not permissions.can_act_on(request.user, batch, importer):
        raise PermissionDenied
    return batch, importer


@login_required
def batch_add(request: HttpRequest, sheet: str) -> HttpResponse:
    """Takes a workbook; a worker checks it next."""
    importer = _for_uploads(request, sheet)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = services.upload_batch(
                sheet=sheet, file_name=file.name or "", content=file.read(MAX_FILE + 1), by=request.user
            )
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            tasks.wake(batch.pk)
            return redirect("exchange:batch-detail", batch.pk)
    context = {
        "form": form,
        "key": sheet,
        "importer": importer,
        "list_url": reverse(importer.list_url),
        "max_rows": importer.sheet(request.user).max_rows,
        "max_megabytes": MAX_FILE // 1024 // 1024,
    }
    return render(request, "exchange/batch_form.html", context, status=400 if form.errors else 200)


@login_required
@require_GET
def sheet_template(request: HttpRequest, sheet: str) -> HttpResponse:
    """The empty workbook with its explanations, in the reader's language."""
    importer = _for_uploads(request, sheet)
    return _workbook(template(importer.sheet(request.user)), f"{sheet}-template.xlsx")


def _workbook(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, name)
    return answer


@require_GET
def sheet_detail(request: HttpRequest, sheet: str) -> HttpResponse:
    """Every column of a sheet: what it is called, what it takes, what its codes mean."""
    importer = _importer(sheet)
    context = {
        "key": sheet,
        "importer": importer,
        "list_url": reverse(importer.list_url),
        "sheet": importer.sheet(request.user if request.user.is_authenticated else None),
        "can_upload": permissions.can_upload(request.user, importer),
    }
    return render(request, "exchange/sheet_detail.html", context)


@login_required
@require_GET
def batch_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a file is, what storing it would do, what is wrong with it, or what it stored."""
    batch, importer = _open(request, pk)
    problems = imports.problems_of(batch)
    context = {
        "batch": batch,
        "importer": importer,
        "list_url": reverse(importer.list_url),
        "problems": problems[:SHOWN],
        "hidden": max(0, batch.counts.get("refused", 0) - SHOWN),
        "has_rows": any(problem.row for problem in problems),
        "changes": imports.changes_of(batch, importer, request.user),
        "remarks": imports.remarks_of(batch),
        "needed": imports.needed_of(batch),
    }
    name = "exchange/_batch_state.html" if request.htmx else "exchange/batch_detail.html"
    return render(request, name, context)


@login_required
@require_GET
def batch_workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """The refused file with its bad cells marked."""
    batch, importer = _open(request, pk)
    content = imports.corrected_copy(batch, importer, request.user)
    if content is None:
        raise Http404
    return _workbook(content, f"{batch.file_name.rsplit('.', 1)[0]}-{_('errors')}.xlsx")


@login_required
@require_POST
def batch_store(request: HttpRequest, pk: int) -> HttpResponse:
    """Lets the rows of a checked file be stored, all or none."""
    batch, _importer_of = _open(request, pk)
    try:
        services.confirm_batch(batch=batch, by=request.user)
        tasks.wake(batch.pk)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("exchange:batch-detail", batch.pk)


@login_required
@require_POST
def batch_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives a checked file up."""
    batch, _importer_of = _open(request, pk)
    try:
        services.discard_batch(batch=batch, by=request.user)
        messages.success(request, _("The file has been discarded; nothing was stored."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("exchange:batch-detail", batch.pk)


@login_required
def batch_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the reason; a worker takes back what the file stored, or says on its page what depends on it."""
    batch, importer = _open(request, pk)
    form = UndoForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.undo_batch(batch=batch, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            tasks.wake(batch.pk)
            return redirect("exchange:batch-detail", batch.pk)
    context = {"form": form, "batch": batch, "importer": importer, "list_url": reverse(importer.list_url)}
    return render(request, "exchange/batch_undo.html", context, status=400 if form.errors else 200)

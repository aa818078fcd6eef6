"""Pages of beneficiary counts."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.errors import Refused
from core.lists import ListPage
from core.states import sent_version
from exchange.sheets import exports as sheet_exports
from projects import permissions, services
from projects.filters import CountFilter
from projects.forms import CorrectionForm, CountForm, ReasonForm
from projects.models import BeneficiaryCount
from projects.sheets import count_row, count_sheet
from projects.views.doors import insist, project_or_404, sent


class CountList(ListPage):
    model = BeneficiaryCount
    template_name = "projects/count_list.html"
    filterset_class = CountFilter
    export_name = "beneficiary-counts"
    sorts = {
        "newest": (gettext_lazy("newest"), ["-as_of"]),
        "project": (gettext_lazy("project"), ["project"]),
        "region": (gettext_lazy("region"), ["region"]),
        "value": (gettext_lazy("number"), ["value"]),
    }
    columns = sheet_exports.columns(count_sheet(), count_row)

    def get_base_queryset(self):
        # A struck one was a mistake: it is still found by the filter.
        rows = super().get_base_queryset()
        return rows if self.request.GET.get("status") else rows.live()

    def workbook(self, rows, notes):
        file = sheet_exports.workbook(count_sheet(), map(count_row, rows), notes=notes)
        return FileResponse(file, as_attachment=True, filename=f"{self.export_name}.xlsx")

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "can_add": permissions.can_add(self.request.user)}


@login_required
def count_add(request: HttpRequest, pk: int) -> HttpResponse:
    project = project_or_404(request, pk)
    insist(permissions.can_count(request.user, project))
    stage = request.GET.get("stage", BeneficiaryCount.Stage.ACHIEVED)
    form = CountForm(sent(request), project=project, user=request.user, initial={"stage": stage})
    if request.method == "POST" and form.is_valid():
        try:
            services.add_count(project=project, values=form.values(), by=request.user)
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            done = _("The count is entered.")
            if form.cleaned_data["stage"] == BeneficiaryCount.Stage.ACHIEVED:
                done = _("The count is entered; it is in totals once a second person has verified it.")
            messages.success(request, done)
            return redirect("projects:project-detail", project.pk)
    context = {"form": form, "project": project}
    return render(request, "projects/count_form.html", context, status=400 if form.errors else 200)


@login_required
def count_correct(request: HttpRequest, pk: int, count_pk: int) -> HttpResponse:
    project = project_or_404(request, pk)
    rows = project.counts.select_related("region", "project")
    count = get_object_or_404(rows, pk=count_pk)
    insist(permissions.can_count(request.user, project))
    instance = get_object_or_404(rows, pk=count_pk)
    form = CorrectionForm(sent(request), project=project, user=request.user, instance=instance)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.correct_count(
                count=count, values=form.values(), reason=given["reason"], version=given["version"], by=request.user
            )
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The count is corrected; its history keeps the number before."))
            return redirect("projects:project-detail", project.pk)
    context = {"form": form, "project": project, "count": count}
    return render(request, "projects/count_form.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def count_verify(request: HttpRequest, pk: int, count_pk: int) -> HttpResponse:
    project = project_or_404(request, pk)
    count = get_object_or_404(project.counts.select_related("project"), pk=count_pk)
    insist(permissions.can_verify_count(request.user, project))
    version = sent_version(request.POST.get("version", ""))
    try:
        services.verify_count(count=count, by=request.user, version=version)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The count is verified and counts."))
    return redirect("projects:project-detail", pk)


@login_required
def count_strike(request: HttpRequest, pk: int, count_pk: int) -> HttpResponse:
    project = project_or_404(request, pk)
    count = get_object_or_404(project.counts.select_related("region", "project"), pk=count_pk)
    insist(permissions.can_strike_count(request.user, count))
    form = ReasonForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.strike_count(count=count, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("The count is struck out and in no total."))
        return redirect("projects:project-detail", pk)
    context = {"form": form, "project": project, "count": count}
    return render(request, "projects/count_strike.html", context, status=400 if form.errors else 200)

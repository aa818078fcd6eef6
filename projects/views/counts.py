"""Pages of beneficiary counts."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from core.errors import Refused
from projects import permissions, services
from projects.forms import CorrectionForm, CountForm
from projects.models import BeneficiaryCount
from projects.views.doors import insist, project_or_404, sent


@login_required
def count_add(request: HttpRequest, pk: int) -> HttpResponse:
    project = project_or_404(request, pk)
    insist(permissions.can_count(request.user, project))
    stage = request.GET.get("stage", BeneficiaryCount.Stage.ACHIEVED)
    form = CountForm(sent(request), project=project, initial={"stage": stage})
    if request.method == "POST" and form.is_valid():
        try:
            services.add_count(project=project, values=form.values(), by=request.user)
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The count is entered."))
            return redirect("projects:project-detail", project.pk)
    context = {"form": form, "project": project}
    return render(request, "projects/count_form.html", context, status=400 if form.errors else 200)


@login_required
def count_correct(request: HttpRequest, pk: int, count_pk: int) -> HttpResponse:
    project = project_or_404(request, pk)
    rows = project.counts.select_related("region", "project")
    count = get_object_or_404(rows, pk=count_pk)
    insist(permissions.can_count(request.user, project))
    form = CorrectionForm(sent(request), project=project, instance=get_object_or_404(rows, pk=count_pk))
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

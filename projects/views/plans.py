"""Pages of what belongs to a project: milestones reached, documents, and the project a claim becomes."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import Refused
from demands.models import Claim
from projects import permissions, services
from projects.forms import FilesForm, ReachedForm
from projects.models import Project
from projects.views.doors import insist, kept_files, project_or_404, sent


@login_required
def milestone_done(request: HttpRequest, pk: int, milestone_pk: int) -> HttpResponse:
    project = project_or_404(request, pk)
    insist(permissions.can_run(request.user, project))
    milestone = get_object_or_404(project.milestones.select_related("project"), pk=milestone_pk)
    form = ReachedForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.reach_milestone(milestone=milestone, done_on=form.cleaned_data["done_on"], by=request.user)
        except Refused as refused:
            form.add_error("done_on", refused.message)
        else:
            messages.success(request, _("The milestone is reached."))
            return redirect("projects:project-detail", pk)
    context = {"form": form, "project": project, "milestone": milestone}
    return render(request, "projects/milestone_done.html", context, status=400 if form.errors else 200)


@login_required
def project_files(request: HttpRequest, pk: int) -> HttpResponse:
    """Documents and photos of a project, sent as often as needed; each is kept at once."""
    project = project_or_404(request, pk)
    insist(permissions.can_run(request.user, project))
    form = FilesForm(request.POST, request.FILES) if request.method == "POST" else FilesForm()
    if request.method == "POST" and form.is_valid():
        wrong = kept_files(request, project, form.cleaned_data["files"])
        if not wrong:
            return redirect("projects:project-files", pk)
        for words in wrong:
            form.add_error("files", words)
    can_edit = project.status in (*Project.EDITABLE, Project.Status.COMPLETED)
    context = {"form": form, "project": project, "can_edit": can_edit}
    return render(request, "projects/project_files.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def project_from_claim(request: HttpRequest, claim_pk: int) -> HttpResponse:
    """One step: the claim's village, items and dates become a draft project, which can then be completed."""
    rows = Claim.objects.visible_to(request.user).select_related("organization", "demand__village")
    claim = get_object_or_404(rows, pk=claim_pk)
    if not permissions.can_make_project(request.user, claim):
        raise PermissionDenied(_("Only the organization that claimed may make a project of it."))
    try:
        project = services.project_from_claim(claim=claim, by=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("demands:claim-detail", claim.pk)
    messages.success(request, _("The claim is a draft project now. Check it, then submit it."))
    return redirect("projects:project-detail", project.pk)

"""Pages of projects."""

from collections.abc import Callable
from decimal import Decimal

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import DetailView

from core.errors import Refused
from core.exports import Column
from core.lists import ListPage
from demands.models import Claim
from projects import permissions, selectors, services
from projects.filters import ProjectFilter
from projects.forms import ProjectForm, ReasonForm, StopForm
from projects.models import Activity, BeneficiaryCount, Milestone, Project, ProjectFile
from projects.views.doors import insist, project_or_404, sent
from regions.selectors import with_paths

Status = Project.Status


class ProjectList(ListPage):
    model = Project
    template_name = "projects/project_list.html"
    filterset_class = ProjectFilter
    export_name = "projects"
    sorts = {
        "newest": (gettext_lazy("newest"), ["-starts_on"]),
        "starts": (gettext_lazy("begins on"), ["starts_on"]),
        "name": (gettext_lazy("name"), ["name"]),
        "budget": (gettext_lazy("budget"), ["known_budget"]),
    }
    columns = [
        Column(gettext_lazy("Reference number"), lambda row: row.reference),
        Column(gettext_lazy("Name"), lambda row: row.name),
        Column(gettext_lazy("Lead organization"), lambda row: row.lead.name),
        Column(gettext_lazy("Partner organizations"), lambda row: "、".join(p.name for p in row.partners.all())),
        Column(gettext_lazy("Assistance form"), lambda row: row.get_form_display()),
        Column(gettext_lazy("Regions"), lambda row: "、".join(r.name for r in row.regions.all())),
        Column(gettext_lazy("Region codes"), lambda row: "、".join(r.short_code for r in row.regions.all())),
        Column(gettext_lazy("Campaign action"), lambda row: row.action.name if row.action else ""),
        Column(gettext_lazy("Funding source"), lambda row: row.get_funding_display()),
        Column(gettext_lazy("Budget in yuan"), lambda row: row.budget),
        Column(gettext_lazy("Begins on"), lambda row: row.starts_on),
        Column(gettext_lazy("Ends on"), lambda row: row.ends_on),
        Column(gettext_lazy("Status"), lambda row: row.get_status_display()),
    ]

    def get_base_queryset(self):
        # Projects without a budget stand below those with one: PostgreSQL would call an unknown one the largest.
        return super().get_base_queryset().annotate(known_budget=Coalesce("budget", Decimal(-1)))

    def get_context_data(self, **kwargs):
        can_add = permissions.can_add(self.request.user)
        # Whoever may enter projects may also see what rosters count.
        return {
            **super().get_context_data(**kwargs),
            "can_add": can_add,
            "rosters": can_add and settings.ROSTERS_ENABLED,
        }


class ProjectDetail(DetailView):
    model = Project
    template_name = "projects/project_detail.html"
    context_object_name = "project"

    def get_queryset(self):
        return Project.objects.visible_to(self.request.user).for_list()

    def get_context_data(self, **kwargs):
        user, project = self.request.user, self.object
        return {
            **super().get_context_data(**kwargs),
            "regions": with_paths(project.regions.all()),
            "stages": _stages(user, project),
            "private": permissions.can_see_notes(user, project),
            "can_edit": permissions.can_edit(user, project) and project.status in Project.EDITABLE,
            "claim": Claim.objects.visible_to(user).filter(pk=project.claim_id).select_related("demand").first(),
            "may": _steps(user, project),
            "activities": _activities(user, project),
            "lines": _budget(project),
            "milestones": project.milestones.all(),
            "files": ProjectFile.objects.visible_to(user).filter(project=project),
            "runs": permissions.can_run(user, project),
            "can_reach": permissions.can_run(user, project) and project.status in Milestone.REACHABLE,
            "can_record": permissions.can_run(user, project) and project.status in Activity.RECORDABLE,
            "rosters": settings.ROSTERS_ENABLED and permissions.can_see_rosters(user, project),
        }


def _budget(project: Project) -> dict:
    """The budget lines, their sum, and by how much the budget differs from it."""
    lines = list(project.budget_lines.all())
    added = sum((line.amount for line in lines), Decimal(0))
    differs = project.budget - added if lines and project.budget is not None else Decimal(0)
    return {"lines": lines, "sum": added, "differs": differs, "more": -differs}


def _activities(user, project: Project) -> list[Activity]:
    """What this person sees of the project's activities, newest first, without those struck out."""
    rows = Activity.objects.visible_to(user).for_list().filter(project=project)
    return list(rows.exclude(status=Activity.Status.STRUCK).order_by("-starts_on", "-pk")[:50])


def _stages(user, project: Project) -> list[dict]:
    """Counts of each stage, and whether this person may write them now."""
    may, checks = permissions.can_count(user, project), permissions.can_verify_count(user, project)
    return [
        {
            "part": part,
            "can_write": may and project.status in Project.COUNTABLE[part.stage],
            "can_verify": checks and part.stage == BeneficiaryCount.Stage.ACHIEVED,
            "can_strike": checks or (may and project.status in Project.COUNTABLE[part.stage]),
        }
        for part in selectors.counts_by_stage(project, user)
    ]


def _steps(user, project: Project) -> set[str]:
    """The buttons this person gets in this state, by the last word of their URL name."""
    steps = {
        "submit": (Status.DRAFT, permissions.can_submit),
        "approve": (Status.SUBMITTED, permissions.can_approve),
        "start": (Status.APPROVED, permissions.can_run),
        "complete": (Status.ACTIVE, permissions.can_run),
        "verify": (Status.COMPLETED, permissions.can_approve),
        "close": (Status.VERIFIED, permissions.can_close),
        "suspend": (Status.ACTIVE, permissions.can_stop),
        "resume": (Status.SUSPENDED, permissions.can_stop),
    }
    may = {name for name, (status, allowed) in steps.items() if project.status == status and allowed(user, project)}
    if Status.TERMINATED in Project.TRANSITIONS[project.status] and permissions.can_stop(user, project):
        may.add("terminate")
    if project.status in (Status.SUBMITTED, Status.COMPLETED) and permissions.can_approve(user, project):
        may.add("return")
    return may


@login_required
def project_add(request: HttpRequest) -> HttpResponse:
    if not permissions.can_add(request.user):
        raise PermissionDenied(_("Projects are entered by organizations and by civil-affairs staff."))
    initial = {"claim": request.GET.get("claim", "")[:20]}
    form = ProjectForm(sent(request), user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            project = services.create_project(
                values=form.values(),
                **form.parts(),
                by=request.user,
            )
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(
                request, _("The project is entered as a draft. Submit it, so that staff of its region approve it.")
            )
            return redirect("projects:project-detail", project.pk)
    return render(request, "projects/project_form.html", {"form": form}, status=400 if form.errors else 200)


@login_required
def project_edit(request: HttpRequest, pk: int) -> HttpResponse:
    project = project_or_404(request, pk)
    insist(permissions.can_edit(request.user, project))
    form = ProjectForm(sent(request), user=request.user, instance=project_or_404(request, pk))
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_project(
                project=project,
                values=form.values(),
                **form.parts(),
                version=form.cleaned_data["version"] or 0,
                by=request.user,
            )
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The changes are saved."))
            return redirect("projects:project-detail", project.pk)
    context = {"form": form, "project": project}
    return render(request, "projects/project_form.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def project_submit(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("The project is submitted. Staff of its region approve it.")
    return _step(request, pk, permissions.can_submit, services.submit_project, done)


@login_required
@require_POST
def project_verify(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, permissions.can_approve, services.verify_project, _("The project is verified."))


@login_required
@require_POST
def project_approve(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, permissions.can_approve, services.approve_project, _("The project is approved."))


@login_required
@require_POST
def project_start(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, permissions.can_run, services.start_project, _("The project is under way and public."))


@login_required
@require_POST
def project_complete(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, permissions.can_run, services.complete_project, _("The project is completed."))


@login_required
@require_POST
def project_close(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, permissions.can_close, services.close_project, _("The project is closed."))


@login_required
@require_POST
def project_resume(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, permissions.can_stop, services.resume_project, _("The project is under way again."))


@login_required
def project_suspend(request: HttpRequest, pk: int) -> HttpResponse:
    return _step_with_words(request, pk, permissions.can_stop, services.suspend_project, "suspend", StopForm)


@login_required
def project_terminate(request: HttpRequest, pk: int) -> HttpResponse:
    return _step_with_words(request, pk, permissions.can_stop, services.terminate_project, "terminate", StopForm)


@login_required
def project_return(request: HttpRequest, pk: int) -> HttpResponse:
    return _step_with_words(request, pk, permissions.can_approve, services.return_project, "return", ReasonForm)


def _step(request: HttpRequest, pk: int, allowed: Callable, service: Callable, done: str) -> HttpResponse:
    """One step without further questions: right, service, message, back to the project."""
    project = project_or_404(request, pk)
    insist(allowed(request.user, project))
    try:
        service(project=project, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("projects:project-detail", pk)


def _step_with_words(
    request: HttpRequest, pk: int, allowed: Callable, service: Callable, step: str, asks
) -> HttpResponse:
    """A page that asks for the reason and what else the step needs, then the step."""
    project = project_or_404(request, pk)
    insist(allowed(request.user, project))
    form = asks(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            service(project=project, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("Status: %(status)s") % {"status": project.get_status_display()})
        # A project that left the public eye stays visible to those who may take this step.
        return redirect("projects:project-detail", pk)
    context = {"form": form, "project": project}
    return render(request, f"projects/project_{step}.html", context, status=400 if form.errors else 200)

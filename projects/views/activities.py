"""Pages of activities."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import DetailView

from core.errors import Refused
from core.lists import ListPage
from core.states import sent_version
from exchange.sheets import exports as sheet_exports
from projects import permissions, services
from projects.filters import ActivityFilter
from projects.forms import ActivityForm, FilesForm, NewActivityForm, ReasonForm
from projects.models import Activity, Project
from projects.sheets import activity_row, activity_sheet
from projects.views.doors import kept_files, sent
from regions.selectors import with_paths

Status = Activity.Status


class ActivityList(ListPage):
    model = Activity
    template_name = "projects/activity_list.html"
    filterset_class = ActivityFilter
    export_name = "activities"
    sorts = {
        "newest": (gettext_lazy("newest"), ["-starts_on"]),
        "title": (gettext_lazy("title"), ["title"]),
        "sessions": (gettext_lazy("sessions"), ["sessions"]),
    }
    columns = sheet_exports.columns(activity_sheet(), activity_row)

    def get_base_queryset(self):
        # A struck one was a mistake: its people still find it by the filter.
        seen = Project.objects.visible_to(self.request.user).filter(pk=OuterRef("project_id"))
        rows = super().get_base_queryset().annotate(project_is_seen=Exists(seen))
        return rows if self.request.GET.get("status") else rows.exclude(status=Status.STRUCK)

    def workbook(self, rows, notes):
        file = sheet_exports.workbook(activity_sheet(), map(activity_row, rows), notes=notes)
        return FileResponse(file, as_attachment=True, filename=f"{self.export_name}.xlsx")

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "can_add": permissions.can_add(self.request.user)}


class ActivityDetail(DetailView):
    model = Activity
    template_name = "projects/activity_detail.html"
    context_object_name = "activity"

    def get_queryset(self):
        return Activity.objects.visible_to(self.request.user).for_list().prefetch_related("files")

    def get_context_data(self, **kwargs):
        user, activity = self.request.user, self.object
        with_paths([activity.region])
        staff, edits = permissions.can_verify_activity(user, activity), permissions.can_edit_activity(user, activity)
        seen = Project.objects.visible_to(user).filter(pk=activity.project_id)
        return {
            **super().get_context_data(**kwargs),
            "project": seen.first() if activity.project_id else None,
            "private": staff or edits,
            "can_edit": edits and activity.status in Activity.EDITABLE,
            "may_verify": staff and activity.status == Status.ENTERED,
            "may_strike": staff and Status.STRUCK in Activity.TRANSITIONS[activity.status],
            "can_add": permissions.can_add(user),
        }


@login_required
def activity_add(request: HttpRequest) -> HttpResponse:
    """Enter an activity; `?project=` fills in the project, its region and organization."""
    if not permissions.can_add(request.user):
        raise PermissionDenied(_("Activities are entered by organizations and by civil-affairs staff."))
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = NewActivityForm(*given, user=request.user, initial=_prefilled(request))
    if request.method == "POST" and form.is_valid():
        try:
            activity = services.record_activity(values=form.values(), by=request.user)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            wrong = kept_files(request, activity, form.cleaned_data["photos"])
            for words in wrong:
                messages.error(request, words)
            messages.success(request, _("The activity is recorded; it is public once the county has verified it."))
            return redirect("projects:activity-files" if wrong else "projects:activity-detail", activity.pk)
    context = {"form": form, "back": request.GET.get("project", "")[:20]}
    return render(request, "projects/activity_form.html", context, status=400 if form.errors else 200)


def _prefilled(request: HttpRequest) -> dict:
    reference = request.GET.get("project", "")[:20]
    projects = Project.objects.visible_to(request.user).for_list()
    project = projects.filter(reference=reference).first() if reference else None
    if project is None:
        return {}
    places = list(project.regions.all())
    return {
        "project": project.reference,
        "organization": project.lead if permissions.is_staff_of(request.user, project) else None,
        "region": places[0] if len(places) == 1 else None,
    }


@login_required
def activity_edit(request: HttpRequest, pk: int) -> HttpResponse:
    activity = _edited_by(request, pk)
    form = ActivityForm(sent(request), user=request.user, instance=_edited_by(request, pk))
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_activity(
                activity=activity, values=form.values(), version=form.cleaned_data["version"] or 0, by=request.user
            )
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("The changes are saved."))
            return redirect("projects:activity-detail", pk)
    context = {"form": form, "activity": activity}
    return render(request, "projects/activity_form.html", context, status=400 if form.errors else 200)


@login_required
def activity_files(request: HttpRequest, pk: int) -> HttpResponse:
    """Photos and papers, sent as often as needed; each is kept at once."""
    activity = _edited_by(request, pk)
    form = FilesForm(request.POST, request.FILES) if request.method == "POST" else FilesForm()
    if request.method == "POST" and form.is_valid():
        wrong = kept_files(request, activity, form.cleaned_data["files"])
        if not wrong:
            return redirect("projects:activity-files", pk)
        for words in wrong:
            form.add_error("files", words)
    context = {"form": form, "activity": activity, "can_edit": activity.status in Activity.EDITABLE}
    return render(request, "projects/activity_files.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def activity_verify(request: HttpRequest, pk: int) -> HttpResponse:
    activity = _verified_by(request, pk)
    try:
        version = sent_version(request.POST.get("version", ""))
        services.verify_activity(activity=activity, by=request.user, version=version)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The activity is verified and public."))
    return redirect("projects:activity-detail", pk)


@login_required
def activity_return(request: HttpRequest, pk: int) -> HttpResponse:
    text = _("The organization reads the reason, corrects the activity, and it waits for verification again.")
    return _with_reason(request, pk, services.return_activity, (_("Return the activity"), text))


@login_required
def activity_strike(request: HttpRequest, pk: int) -> HttpResponse:
    text = _("It is then in no list and no figure. It stays in the history with your reason.")
    return _with_reason(request, pk, services.strike_activity, (_("Strike out the activity"), text))


def _edited_by(request: HttpRequest, pk: int) -> Activity:
    rows = Activity.objects.visible_to(request.user).for_list().prefetch_related("files")
    activity = get_object_or_404(rows, pk=pk)
    if not permissions.can_edit_activity(request.user, activity):
        raise PermissionDenied(_("Only the organization and staff of the region may change this activity."))
    return activity


def _verified_by(request: HttpRequest, pk: int) -> Activity:
    activity = get_object_or_404(Activity.objects.visible_to(request.user).for_list(), pk=pk)
    if not permissions.can_verify_activity(request.user, activity):
        raise PermissionDenied(_("Only civil-affairs staff of the activity's region may do this."))
    return activity


def _with_reason(request: HttpRequest, pk: int, service: Callable, words: tuple[str, str]) -> HttpResponse:
    activity = _verified_by(request, pk)
    form = ReasonForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            service(activity=activity, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, _("Status: %(status)s") % {"status": activity.get_status_display()})
        return redirect("projects:activity-detail", pk)
    context = {"form": form, "activity": activity, "page_title": words[0], "text": words[1]}
    return render(request, "projects/activity_reason.html", context, status=400 if form.errors else 200)

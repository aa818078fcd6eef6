"""Pages of rosters. A file with ID numbers is held in memory while one request lasts, and nowhere else."""

import io
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from core.errors import Refused
from exchange.sheets import template
from projects import permissions, selectors, services
from projects.forms import ReasonForm, RosterFigureForm, RosterForm
from projects.models import Roster
from projects.services.digests import MAX_BYTES
from projects.sheets import ROSTER_SHEET
from projects.views.doors import insist, project_or_404, sent

# Rosters listed under the figures; the others stand on the pages of their projects.
LATEST = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class MemoryOnly(FileUploadHandler):
    """Takes a file into memory whatever its size, and forgets its name: people call files after persons.

    Beyond the limit nothing more is kept; one byte too many tells the reader.
    """

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.held = bytearray()

    def receive_data_chunk(self, raw_data, start):
        self.held += raw_data[: MAX_BYTES + 1 - len(self.held)]

    def file_complete(self, file_size):
        file = io.BytesIO(self.held)
        return InMemoryUploadedFile(file, self.field_name, "roster", "", len(self.held), None)


def when_enabled(view: Callable) -> Callable:
    """Without the setting there are no rosters, and nobody learns that there could be."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not settings.ROSTERS_ENABLED:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


@when_enabled
@require_GET
@login_required
def roster_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The rosters of one project: how many people, never who."""
    project = project_or_404(request, pk)
    insist(permissions.can_see_rosters(request.user, project))
    rosters = Roster.objects.visible_to(request.user).filter(project=project)
    context = {
        "project": project,
        "rosters": [
            (roster, permissions.can_erase_roster(request.user, roster))
            for roster in rosters.for_list().select_related("project__lead", "created_by").order_by("-pk")
        ],
        "distinct": selectors.distinct_persons(rosters),
        "can_add": permissions.can_add_roster(request.user, project),
    }
    return render(request, "projects/roster_list.html", context)


@when_enabled
@csrf_exempt
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def roster_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Sets how the file is received before anything reads the request; the check of the form's token reads it."""
    request.upload_handlers = [MemoryOnly(request)]
    return _roster_add(request, pk)


@csrf_protect
@login_required
@sensitive_variables()
def _roster_add(request: HttpRequest, pk: int) -> HttpResponse:
    project = project_or_404(request, pk)
    insist(permissions.can_add_roster(request.user, project))
    is_sent = request.method == "POST"
    form = RosterForm(request.POST if is_sent else None, request.FILES if is_sent else None, project=project)
    problems = ()
    if is_sent and form.is_valid():
        given = form.cleaned_data
        region = given["region"]
        try:
            digests = services.read_roster(
                content=given.pop("file").read(), jurisdiction=services.jurisdiction_of(region=region).code
            )
            # From here on there are no numbers any more.
            request.FILES.clear()
            roster = services.store_roster(project=project, digests=digests, by=request.user, **given)
        except services.RosterRefused as refusal:
            form.add_error("file", refusal.message)
            problems = refusal.problems
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            text = _("Distinct persons on the roster: %(persons)s. The numbers themselves are gone.")
            messages.success(request, text % {"persons": roster.persons})
            return redirect("projects:roster-list", project.pk)
    context = {"form": form, "project": project, "problems": problems}
    return render(request, "projects/roster_form.html", context, status=400 if form.errors else 200)


@when_enabled
@login_required
def roster_erase(request: HttpRequest, pk: int) -> HttpResponse:
    rosters = Roster.objects.visible_to(request.user).for_list().select_related("project__lead")
    roster = get_object_or_404(rosters, pk=pk)
    insist(permissions.can_erase_roster(request.user, roster))
    form = ReasonForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.erase_roster(roster=roster, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("The digests of the roster are erased."))
        return redirect("projects:roster-list", roster.project_id)
    context = {"form": form, "roster": roster}
    return render(request, "projects/roster_erase.html", context, status=400 if form.errors else 200)


@when_enabled
@require_GET
@login_required
def roster_figures(request: HttpRequest) -> HttpResponse:
    """Distinct persons of all rosters this person may count, across organizations and projects."""
    if not permissions.can_see_roster_figures(request.user):
        raise PermissionDenied(_("Rosters are counted by organizations and civil-affairs staff."))
    form = RosterFigureForm(request.GET or None)
    rosters = Roster.objects.visible_to(request.user)
    if form.is_bound and not form.is_valid():
        rosters = rosters.none()
    elif form.is_bound and form.cleaned_data["region"]:
        rosters = rosters.inside(form.cleaned_data["region"])
    context = {
        "form": form,
        "distinct": selectors.distinct_persons(rosters),
        "rosters": rosters.for_list().select_related("project__lead").order_by("-pk")[:LATEST],
        "latest": LATEST,
    }
    return render(request, "projects/roster_figures.html", context, status=400 if form.errors else 200)


@when_enabled
@require_GET
@login_required
def roster_template(request: HttpRequest) -> HttpResponse:
    """An empty workbook with the one column that is read."""
    if not permissions.can_see_roster_figures(request.user):
        raise PermissionDenied(_("Rosters are counted by organizations and civil-affairs staff."))
    name = f"{ROSTER_SHEET.name}.xlsx"
    disposition = content_disposition_header(True, name) or ""
    return HttpResponse(template(ROSTER_SHEET), content_type=XLSX, headers={"Content-Disposition": disposition})

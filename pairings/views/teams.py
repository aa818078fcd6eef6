"""Pages about 1+N teams."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import DetailView

from core.errors import Refused
from core.exports import Column
from core.lists import ListPage
from core.states import sent_version
from pairings import permissions, services
from pairings.filters import TeamFilter
from pairings.forms import EndForm, MemberForm, TeamForm
from pairings.models import Team
from pairings.views.pairings import sent


class TeamList(ListPage):
    """Teams with their villages and members."""

    model = Team
    filterset_class = TeamFilter
    template_name = "pairings/team_list.html"
    export_name = "teams"
    sorts = {
        "formed_on": (gettext_lazy("Newest"), ["-formed_on"]),
        "village": (gettext_lazy("Village"), ["village_id"]),
        "name": (gettext_lazy("Name"), ["name"]),
    }
    columns = [
        Column(gettext_lazy("Reference number"), lambda row: row.reference),
        Column(gettext_lazy("Scheme"), lambda row: row.scheme.name),
        Column(gettext_lazy("Name"), lambda row: row.name),
        Column(gettext_lazy("Village"), lambda row: row.village.name),
        Column(gettext_lazy("Village code"), lambda row: row.village_id),
        Column(gettext_lazy("Members"), lambda row: "；".join(str(member) for member in row.current_members)),
        Column(gettext_lazy("Formed on"), lambda row: row.formed_on),
        Column(gettext_lazy("Status"), lambda row: row.get_status_display()),
    ]

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "can_add": permissions.can_add_team(self.request.user)}


class TeamDetail(DetailView):
    """One team: its village, its lead unit and its members, those who left too."""

    template_name = "pairings/team_detail.html"
    context_object_name = "team"

    def get_queryset(self):
        return Team.objects.visible_to(self.request.user).for_list()

    def get_context_data(self, **kwargs):
        members = self.object.members.select_related("organization").order_by("left_on", "-is_lead", "pk")
        return {
            **super().get_context_data(**kwargs),
            "members": sorted(members, key=lambda row: (row.left_on is not None, not row.is_lead, row.pk)),
            "can_change": permissions.can_change_team(self.request.user, self.object),
        }


@login_required
def team_add(request: HttpRequest) -> HttpResponse:
    if not permissions.can_add_team(request.user):
        raise PermissionDenied
    form = TeamForm(sent(request), user=request.user)
    if form.is_bound and form.is_valid():
        try:
            team = services.form_team(**form.cleaned_data, by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The team is being formed. Add its lead unit and its members."))
            return redirect("pairings:team-detail", team.pk)
    return render(request, "pairings/team_form.html", {"form": form}, status=400 if form.errors else 200)


@login_required
@require_POST
def team_activate(request: HttpRequest, pk: int) -> HttpResponse:
    team = _own(request, pk)
    version = sent_version(request.POST.get("version", ""))
    try:
        services.activate_team(team=team, by=request.user, version=version)
        messages.success(request, _("The team is at work."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("pairings:team-detail", team.pk)


@login_required
def team_dissolve(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the last day and the reason, then dissolves the team."""
    team = _own(request, pk)
    form = EndForm(sent(request), initial={"version": team.version})
    if form.is_bound and form.is_valid():
        try:
            services.dissolve_team(team=team, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The team has been dissolved."))
            return redirect("pairings:team-detail", team.pk)
    return _page(request, team, form, _("Dissolve the team"))


@login_required
def member_add(request: HttpRequest, pk: int) -> HttpResponse:
    team = _own(request, pk)
    form = MemberForm(sent(request))
    if form.is_bound and form.is_valid():
        try:
            services.add_member(team=team, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The organization is in the team."))
            return redirect("pairings:team-detail", team.pk)
    return _page(request, team, form, _("Add a member"))


@login_required
def member_leave(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    """Asks for the last day and the reason, then lets a member leave."""
    team = _own(request, pk)
    member = get_object_or_404(team.members.select_related("team", "organization"), pk=member_pk)
    form = EndForm(sent(request))
    if form.is_bound and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("on", "reason")}
        try:
            services.leave_team(member=member, by=request.user, **facts)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("“%(name)s” has left the team.") % {"name": member})
            return redirect("pairings:team-detail", team.pk)
    return _page(request, team, form, _("“%(name)s” leaves the team") % {"name": member})


def _own(request: HttpRequest, pk: int) -> Team:
    """The team for staff responsible for its village: 404 when invisible, 403 when not theirs."""
    team = get_object_or_404(Team.objects.visible_to(request.user).for_list(), pk=pk)
    if not permissions.can_change_team(request.user, team):
        raise PermissionDenied
    return team


def _page(request: HttpRequest, team: Team, form, heading: str) -> HttpResponse:
    context = {"form": form, "team": team, "heading": heading}
    return render(request, "pairings/team_step.html", context, status=400 if form.errors else 200)

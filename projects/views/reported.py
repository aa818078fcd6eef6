"""Pages of reported figures."""

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
from projects import permissions, services
from projects.filters import ReportedFigureFilter
from projects.forms import FigureForm, ReasonForm
from projects.models import Campaign, ReportedFigure
from projects.views.doors import sent
from regions.selectors import with_paths

Status = ReportedFigure.Status


class FigureList(ListPage):
    model = ReportedFigure
    template_name = "projects/figure_list.html"
    filterset_class = ReportedFigureFilter
    export_name = "reported-figures"
    sorts = {
        "number": (gettext_lazy("figure number"), ["number"]),
        "newest": (gettext_lazy("newest"), ["-period_to"]),
        "topic": (gettext_lazy("topic"), ["topic", "indicator"]),
        "value": (gettext_lazy("value"), ["unit", "value"]),
    }
    columns = [
        Column(gettext_lazy("Figure number"), lambda row: row.number),
        Column(gettext_lazy("Topic"), lambda row: row.topic),
        Column(gettext_lazy("Indicator"), lambda row: row.indicator),
        Column(gettext_lazy("How exact"), lambda row: row.get_qualifier_display()),
        Column(gettext_lazy("Printed value"), lambda row: row.value),
        Column(gettext_lazy("Unit"), lambda row: row.unit),
        Column(gettext_lazy("Subject"), lambda row: row.get_subject_display()),
        Column(gettext_lazy("Measure"), lambda row: row.get_measure_display()),
        Column(gettext_lazy("Expected or achieved"), lambda row: row.get_stage_display()),
        Column(gettext_lazy("Basis"), lambda row: row.get_basis_display()),
        Column(gettext_lazy("Regions"), lambda row: "、".join(place.name for place in row.places.all())),
        Column(gettext_lazy("Region codes"), lambda row: "、".join(place.short_code for place in row.places.all())),
        Column(gettext_lazy("Scope"), lambda row: row.scope),
        Column(gettext_lazy("Period from"), lambda row: row.period_from),
        Column(gettext_lazy("Period to"), lambda row: row.period_to),
        Column(gettext_lazy("As of"), lambda row: row.as_of),
        Column(gettext_lazy("Source"), lambda row: row.source),
        Column(gettext_lazy("Place in the source"), lambda row: row.place_in_source),
        Column(gettext_lazy("Remark"), lambda row: row.remark),
        Column(gettext_lazy("Of consumption assistance"), lambda row: _("yes") if row.is_consumption else ""),
        Column(gettext_lazy("Status"), lambda row: row.get_status_display()),
    ]

    def get_context_data(self, **kwargs):
        user = self.request.user
        context = {**super().get_context_data(**kwargs), "can_add": permissions.can_add_figure(user)}
        waiting = context["can_add"] and self.request.GET.get("status") == Status.ENTERED
        return {**context, "query": self.request.GET.urlencode() if waiting and context["total"] else ""}


class FigureDetail(DetailView):
    model = ReportedFigure
    template_name = "projects/figure_detail.html"
    context_object_name = "figure"

    def get_queryset(self):
        return ReportedFigure.objects.visible_to(self.request.user).for_list()

    def get_context_data(self, **kwargs):
        user, figure = self.request.user, self.object
        keeps = permissions.can_keep_figure(user, figure.region_id)
        return {
            **super().get_context_data(**kwargs),
            "places": with_paths(figure.places.all()),
            "campaign": Campaign.objects.visible_to(user).filter(actions__metrics=figure.metric_id).first(),
            "private": keeps or (user.is_authenticated and figure.created_by_id == user.pk),
            "may_edit": keeps and figure.status == Status.ENTERED,
            "may_withdraw": keeps and Status.WITHDRAWN in ReportedFigure.TRANSITIONS[figure.status],
        }


@login_required
def figure_add(request: HttpRequest) -> HttpResponse:
    if not permissions.can_add_figure(request.user):
        raise PermissionDenied(_("Only civil-affairs staff enter reported figures."))
    form = FigureForm(sent(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        _insist_on_region(request, form.cleaned_data["region"].code)
        try:
            figure = services.enter_figure(values=form.values(), places=form.cleaned_data["places"], by=request.user)
        except Refused as refused:
            form.add_error("number", refused.message)
        else:
            messages.success(request, _("The figure is entered; a second person publishes it."))
            return redirect("projects:figure-detail", figure.pk)
    return _form_page(request, form, None)


@login_required
def figure_edit(request: HttpRequest, pk: int) -> HttpResponse:
    figure = _kept_by(request, pk)
    form = FigureForm(sent(request), user=request.user, instance=_kept_by(request, pk))
    if request.method == "POST" and form.is_valid():
        _insist_on_region(request, form.cleaned_data["region"].code)
        given = form.cleaned_data
        try:
            services.edit_figure(
                figure=figure,
                values=form.values(),
                places=given["places"] or [given["region"]],
                version=given["version"] or 0,
                by=request.user,
            )
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("Your changes have been saved."))
            return redirect("projects:figure-detail", pk)
    return _form_page(request, form, figure)


@login_required
@require_POST
def figure_publish(request: HttpRequest, pk: int) -> HttpResponse:
    figure = _kept_by(request, pk)
    try:
        services.publish_figure(figure=figure, by=request.user, version=sent_version(request.POST.get("version", "")))
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The figure is public."))
    return redirect("projects:figure-detail", pk)


@login_required
@require_POST
def figures_publish(request: HttpRequest) -> HttpResponse:
    """Publishes every figure of the current query that awaits publication and that this person answers for."""
    if not permissions.can_add_figure(request.user):
        raise PermissionDenied(_("Only civil-affairs staff publish reported figures."))
    rows = ReportedFigure.objects.visible_to(request.user).filter(status=Status.ENTERED)
    found = ReportedFigureFilter(request.GET, queryset=rows, request=request)
    if not found.is_valid():
        # A filter that cannot be read would be left out, and more be published than anybody looked at.
        messages.error(request, _("Nothing was published: one of the filters cannot be read."))
        return redirect("projects:figure-list")
    mine = [row for row in found.qs if permissions.can_keep_figure(request.user, row.region_id)]
    try:
        number = services.publish_figures(figures=mine, by=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Figures published: %(n)s") % {"n": number})
    return redirect("projects:figure-list")


@login_required
def figure_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    figure = _kept_by(request, pk)
    form = ReasonForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw_figure(figure=figure, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, _("Status: %(status)s") % {"status": figure.get_status_display()})
        return redirect("projects:figure-detail", pk)
    context = {"form": form, "figure": figure}
    return render(request, "projects/figure_withdraw.html", context, status=400 if form.errors else 200)


def _kept_by(request: HttpRequest, pk: int) -> ReportedFigure:
    """The figure for staff of its region: 404 when invisible, 403 when not theirs."""
    figure = get_object_or_404(ReportedFigure.objects.visible_to(request.user).for_list(), pk=pk)
    _insist_on_region(request, figure.region_id)
    return figure


def _insist_on_region(request: HttpRequest, code: str) -> None:
    if not permissions.can_keep_figure(request.user, code):
        raise PermissionDenied(_("Only civil-affairs staff of the figure's region may do this."))


def _form_page(request: HttpRequest, form, figure: ReportedFigure | None) -> HttpResponse:
    context = {"form": form, "figure": figure}
    return render(request, "projects/figure_form.html", context, status=400 if form.errors else 200)

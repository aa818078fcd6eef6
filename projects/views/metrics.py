"""Pages of the values of metrics."""

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
from projects import permissions, services
from projects.filters import MetricValueFilter
from projects.forms import ReasonForm, ValueForm
from projects.models import Campaign, Metric, MetricValue, Project
from projects.views.doors import sent
from regions.selectors import with_paths

Status = MetricValue.Status


class MetricValueList(ListPage):
    model = MetricValue
    template_name = "projects/metricvalue_list.html"
    filterset_class = MetricValueFilter
    export_name = "metric-values"
    sorts = {
        "newest": (gettext_lazy("newest"), ["-period_to"]),
        "metric": (gettext_lazy("metric"), ["metric__action", "metric"]),
        "value": (gettext_lazy("value"), ["value"]),
    }
    columns = [
        Column(gettext_lazy("Reference number"), lambda row: row.reference),
        Column(gettext_lazy("Campaign"), lambda row: row.metric.action.campaign.name),
        Column(gettext_lazy("Action"), lambda row: row.metric.action.name),
        Column(gettext_lazy("Metric"), lambda row: row.metric.name),
        Column(gettext_lazy("Unit"), lambda row: row.metric.unit),
        Column(gettext_lazy("How exact"), lambda row: row.get_qualifier_display()),
        Column(gettext_lazy("Value"), lambda row: row.value),
        Column(gettext_lazy("Expected or achieved"), lambda row: row.get_stage_display()),
        Column(gettext_lazy("Region"), lambda row: row.region.name),
        Column(gettext_lazy("Region code"), lambda row: row.region.short_code),
        Column(gettext_lazy("Organization"), lambda row: row.organization.name if row.organization else ""),
        Column(gettext_lazy("Period from"), lambda row: row.period_from),
        Column(gettext_lazy("Period to"), lambda row: row.period_to),
        Column(gettext_lazy("Basis"), lambda row: row.basis),
        Column(gettext_lazy("Status"), lambda row: row.get_status_display()),
    ]

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "can_add": permissions.can_enter_value(self.request.user)}


class MetricValueDetail(DetailView):
    model = MetricValue
    template_name = "projects/metricvalue_detail.html"
    context_object_name = "value"

    def get_queryset(self):
        return MetricValue.objects.visible_to(self.request.user).for_list()

    def get_context_data(self, **kwargs):
        user, value = self.request.user, self.object
        with_paths([value.region])
        staff = permissions.can_verify_value(user, value)
        return {
            **super().get_context_data(**kwargs),
            "project": Project.objects.visible_to(user).filter(pk=value.project_id).first()
            if value.project_id
            else None,
            "private": staff or (user.is_authenticated and value.created_by_id == user.pk),
            "may_verify": staff and value.status == Status.ENTERED,
            "may_strike": staff and Status.STRUCK in MetricValue.TRANSITIONS[value.status],
        }


@login_required
def value_add(request: HttpRequest, metric_pk: int) -> HttpResponse:
    metrics = Metric.objects.filter(action__campaign__in=Campaign.objects.visible_to(request.user))
    metric = get_object_or_404(metrics.select_related("action__campaign__region"), pk=metric_pk)
    if not permissions.can_enter_value(request.user):
        raise PermissionDenied(_("Values are entered by organizations and civil-affairs staff."))
    form = ValueForm(sent(request), metric=metric, user=request.user)
    if request.method == "POST" and form.is_valid():
        values = form.values()
        if not permissions.can_enter_value_for(request.user, values["region"].code, values["organization"]):
            form.add_error("organization", _("Name an organization you act for, or a region you are responsible for."))
        else:
            try:
                value = services.enter_value(metric=metric, values=values, by=request.user)
            except Refused as refused:
                form.add_error(None, refused.message)
            else:
                messages.success(request, _("The value is entered; it counts once a second person has verified it."))
                return redirect("projects:value-detail", value.pk)
    context = {"form": form, "metric": metric}
    return render(request, "projects/metricvalue_form.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def value_verify(request: HttpRequest, pk: int) -> HttpResponse:
    value = _verified_by(request, pk)
    try:
        services.verify_value(value=value, by=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The value is verified and counts."))
    return redirect("projects:value-detail", pk)


@login_required
def value_reject(request: HttpRequest, pk: int) -> HttpResponse:
    return _with_reason(request, pk, services.reject_value, _("Reject the value"))


@login_required
def value_strike(request: HttpRequest, pk: int) -> HttpResponse:
    return _with_reason(request, pk, services.strike_value, _("Strike out the value"))


def _verified_by(request: HttpRequest, pk: int) -> MetricValue:
    value = get_object_or_404(MetricValue.objects.visible_to(request.user).for_list(), pk=pk)
    if not permissions.can_verify_value(request.user, value):
        raise PermissionDenied(_("Only civil-affairs staff of the region or of the campaign may do this."))
    return value


def _with_reason(request: HttpRequest, pk: int, service, title: str) -> HttpResponse:
    value = _verified_by(request, pk)
    form = ReasonForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            service(value=value, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, _("Status: %(status)s") % {"status": value.get_status_display()})
        return redirect("projects:value-detail", pk)
    context = {"form": form, "value": value, "page_title": title}
    return render(request, "projects/metricvalue_reason.html", context, status=400 if form.errors else 200)

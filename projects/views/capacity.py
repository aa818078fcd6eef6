"""Pages of capacity records and of their counts beside reported figures."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import DetailView

from core.errors import Refused
from core.exports import Column
from core.lists import ListPage
from projects import permissions, selectors, services
from projects.filters import CapacityFilter
from projects.forms import CapacityForm, ClosingForm, CountsForm, ReasonForm
from projects.models import CapacityKind, CapacityRecord
from projects.selectors.capacity import DEFINITION
from projects.views.doors import sent
from regions.selectors import with_paths

Status = CapacityRecord.Status


class CapacityList(ListPage):
    model = CapacityRecord
    template_name = "projects/capacity_list.html"
    filterset_class = CapacityFilter
    export_name = "capacity"
    sorts = {
        "newest": (gettext_lazy("newest"), ["-opened_on"]),
        "name": (gettext_lazy("name"), ["name"]),
        "region": (gettext_lazy("region"), ["region"]),
    }
    columns = [
        Column(gettext_lazy("Reference number"), lambda row: row.reference),
        Column(gettext_lazy("Kind"), lambda row: row.get_kind_display()),
        Column(gettext_lazy("Name"), lambda row: row.name),
        Column(gettext_lazy("Region"), lambda row: row.region.name),
        Column(gettext_lazy("Region code"), lambda row: row.region.short_code),
        Column(gettext_lazy("Organization"), lambda row: row.organization.name if row.organization else ""),
        Column(gettext_lazy("First day"), lambda row: row.opened_on),
        Column(gettext_lazy("Last day"), lambda row: row.closed_on),
        Column(gettext_lazy("Source"), lambda row: row.source),
        Column(gettext_lazy("Status"), lambda row: row.get_status_display()),
    ]

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "can_add": permissions.can_enter_value(self.request.user)}


@require_GET
def capacity_counts(request: HttpRequest) -> HttpResponse:
    """Counts by kind and region from records, with the reported figures of the same indicator beside them."""
    form = CountsForm(request.GET or None)
    given = form.cleaned_data if form.is_bound and form.is_valid() else {}
    region, on = given.get("region"), given.get("on") or timezone.localdate()
    if region is not None:
        with_paths([region])
    context = {
        "form": form,
        "region": region,
        "on": on,
        "kinds": CapacityKind.labels,
        "places": selectors.capacity_counts(request.user, region=region, on=on) if not form.errors else [],
        "definition": DEFINITION,
    }
    return render(request, "projects/capacity_counts.html", context, status=400 if form.errors else 200)


class CapacityDetail(DetailView):
    model = CapacityRecord
    template_name = "projects/capacity_detail.html"
    context_object_name = "record"

    def get_queryset(self):
        return CapacityRecord.objects.visible_to(self.request.user).for_list()

    def get_context_data(self, **kwargs):
        user, record = self.request.user, self.object
        with_paths([record.region])
        staff = permissions.can_verify_capacity(user, record)
        live = record.status != Status.STRUCK
        return {
            **super().get_context_data(**kwargs),
            "private": staff or (user.is_authenticated and record.created_by_id == user.pk),
            "may_verify": staff and record.status == Status.ENTERED,
            "may_close": staff and live and record.closed_on is None,
            "may_strike": staff and live,
        }


@login_required
def capacity_add(request: HttpRequest) -> HttpResponse:
    if not permissions.can_enter_value(request.user):
        raise PermissionDenied(_("Capacity records are entered by organizations and civil-affairs staff."))
    form = CapacityForm(sent(request))
    if request.method == "POST" and form.is_valid():
        values = form.values()
        if not permissions.can_enter_capacity(request.user, values["region"].code, values["organization"]):
            form.add_error("organization", _("Name an organization you act for, or a region you are responsible for."))
        else:
            try:
                record = services.enter_capacity(values=values, by=request.user)
            except Refused as refused:
                form.add_error(None, refused.message)
            else:
                messages.success(request, _("The record is entered; it counts once a second person has verified it."))
                return redirect("projects:capacity-detail", record.pk)
    context = {"form": form}
    return render(request, "projects/capacity_form.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def capacity_verify(request: HttpRequest, pk: int) -> HttpResponse:
    record = _verified_by(request, pk)
    try:
        services.verify_capacity(record=record, by=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The record is verified and counts."))
    return redirect("projects:capacity-detail", pk)


@login_required
def capacity_close(request: HttpRequest, pk: int) -> HttpResponse:
    record = _verified_by(request, pk)
    form = ClosingForm(sent(request), instance=_verified_by(request, pk))
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            services.close_capacity(record=record, values=form.values(), version=version, by=request.user)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("Your changes have been saved."))
            return redirect("projects:capacity-detail", pk)
    return _page_of(request, "projects/capacity_close.html", form, record)


@login_required
def capacity_strike(request: HttpRequest, pk: int) -> HttpResponse:
    record = _verified_by(request, pk)
    form = ReasonForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.strike_capacity(record=record, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, _("Status: %(status)s") % {"status": record.get_status_display()})
        return redirect("projects:capacity-detail", pk)
    return _page_of(request, "projects/capacity_strike.html", form, record)


def _verified_by(request: HttpRequest, pk: int) -> CapacityRecord:
    record = get_object_or_404(CapacityRecord.objects.visible_to(request.user).for_list(), pk=pk)
    if not permissions.can_verify_capacity(request.user, record):
        raise PermissionDenied(_("Only civil-affairs staff of the record's region may do this."))
    return record


def _page_of(request: HttpRequest, template: str, form, record: CapacityRecord) -> HttpResponse:
    return render(request, template, {"form": form, "record": record}, status=400 if form.errors else 200)

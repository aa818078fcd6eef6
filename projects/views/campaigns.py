"""Pages of campaigns, their actions and metrics."""

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
from projects import permissions, selectors, services
from projects.filters import CampaignFilter
from projects.forms import ActionForm, CampaignForm, MetricForm
from projects.models import Campaign, CampaignAction, Metric
from projects.views.doors import sent
from regions.selectors import with_paths


class CampaignList(ListPage):
    model = Campaign
    template_name = "projects/campaign_list.html"
    filterset_class = CampaignFilter
    export_name = "campaigns"
    sorts = {
        "newest": (gettext_lazy("newest"), ["-starts_on"]),
        "starts": (gettext_lazy("begins on"), ["starts_on"]),
        "name": (gettext_lazy("name"), ["name"]),
    }
    columns = [
        Column(gettext_lazy("Reference number"), lambda row: row.reference),
        Column(gettext_lazy("Name"), lambda row: row.name),
        Column(gettext_lazy("Region"), lambda row: row.region.name),
        Column(gettext_lazy("Region code"), lambda row: row.region.short_code),
        Column(gettext_lazy("Actions"), lambda row: "、".join(action.name for action in row.actions.all())),
        Column(gettext_lazy("Begins on"), lambda row: row.starts_on),
        Column(gettext_lazy("Ends on"), lambda row: row.ends_on),
        Column(gettext_lazy("Source"), lambda row: row.source),
        Column(gettext_lazy("Status"), lambda row: row.get_status_display()),
    ]

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "can_add": permissions.can_add_campaign(self.request.user)}


class CampaignDetail(DetailView):
    model = Campaign
    template_name = "projects/campaign_detail.html"
    context_object_name = "campaign"

    def get_queryset(self):
        return Campaign.objects.visible_to(self.request.user).select_related("region")

    def get_context_data(self, **kwargs):
        user, campaign = self.request.user, self.object
        with_paths([campaign.region])
        runs = permissions.can_run_campaign(user, campaign.region_id)
        return {
            **super().get_context_data(**kwargs),
            "actions": selectors.action_lines(campaign, user),
            "runs": runs,
            "can_build": runs and campaign.status != Campaign.Status.ENDED,
            "can_enter": permissions.can_enter_value(user) and campaign.status != Campaign.Status.DRAFT,
        }


@login_required
def campaign_add(request: HttpRequest) -> HttpResponse:
    if not permissions.can_add_campaign(request.user):
        raise PermissionDenied(_("Only civil-affairs staff open campaigns."))
    form = CampaignForm(sent(request))
    if request.method == "POST" and form.is_valid():
        _insist_on_region(request, form.cleaned_data["region"].code)
        try:
            campaign = services.create_campaign(values=form.values(), by=request.user)
        except Refused as refused:
            form.add_error("name", refused.message)
        else:
            messages.success(request, _("The campaign is saved as a draft. Add its actions and what each counts."))
            return redirect("projects:campaign-detail", campaign.pk)
    return _form_page(request, form, _("Open a campaign"), None)


@login_required
def campaign_edit(request: HttpRequest, pk: int) -> HttpResponse:
    campaign = _run_by(request, pk)
    form = CampaignForm(sent(request), instance=_run_by(request, pk))
    if request.method == "POST" and form.is_valid():
        _insist_on_region(request, form.cleaned_data["region"].code)
        version = form.cleaned_data["version"] or 0
        try:
            services.edit_campaign(campaign=campaign, values=form.values(), version=version, by=request.user)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("Your changes have been saved."))
            return redirect("projects:campaign-detail", pk)
    return _form_page(request, form, _("Edit the campaign"), campaign)


@login_required
@require_POST
def campaign_start(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, services.start_campaign, _("The campaign has begun and is public."))


@login_required
@require_POST
def campaign_end(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, services.end_campaign, _("The campaign has ended."))


@login_required
def action_add(request: HttpRequest, pk: int) -> HttpResponse:
    campaign = _run_by(request, pk)
    form = ActionForm(sent(request), instance=CampaignAction(campaign=campaign))
    if request.method == "POST" and form.is_valid():
        try:
            services.add_action(campaign=campaign, values=form.values(), by=request.user)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("The action is added."))
            return redirect("projects:campaign-detail", pk)
    return _form_page(request, form, _("Add an action"), campaign)


@login_required
def action_edit(request: HttpRequest, pk: int, action_pk: int) -> HttpResponse:
    campaign = _run_by(request, pk)
    action = get_object_or_404(campaign.actions, pk=action_pk)
    form = ActionForm(sent(request), instance=get_object_or_404(campaign.actions, pk=action_pk))
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            services.edit_action(action=action, values=form.values(), version=version, by=request.user)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("Your changes have been saved."))
            return redirect("projects:campaign-detail", pk)
    return _form_page(request, form, _("Edit: %(entry)s") % {"entry": action}, campaign)


@login_required
def metric_add(request: HttpRequest, pk: int, action_pk: int) -> HttpResponse:
    campaign = _run_by(request, pk)
    action = get_object_or_404(campaign.actions, pk=action_pk)
    form = MetricForm(sent(request), instance=Metric(action=action))
    if request.method == "POST" and form.is_valid():
        try:
            services.add_metric(action=action, values=form.values(), by=request.user)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("The metric is added."))
            return redirect("projects:campaign-detail", pk)
    return _form_page(request, form, _("Add a metric to %(action)s") % {"action": action}, campaign)


@login_required
def metric_edit(request: HttpRequest, pk: int, metric_pk: int) -> HttpResponse:
    campaign = _run_by(request, pk)
    metrics = Metric.objects.filter(action__campaign=campaign).select_related("action__campaign")
    metric = get_object_or_404(metrics, pk=metric_pk)
    form = MetricForm(sent(request), instance=get_object_or_404(metrics, pk=metric_pk))
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            services.edit_metric(metric=metric, values=form.values(), version=version, by=request.user)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("Your changes have been saved."))
            return redirect("projects:campaign-detail", pk)
    return _form_page(request, form, _("Edit: %(entry)s") % {"entry": metric.name}, campaign)


def _run_by(request: HttpRequest, pk: int) -> Campaign:
    """The campaign for staff of its region: 404 when invisible, 403 when not theirs."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user).select_related("region"), pk=pk)
    _insist_on_region(request, campaign.region_id)
    return campaign


def _insist_on_region(request: HttpRequest, code: str) -> None:
    if not permissions.can_run_campaign(request.user, code):
        raise PermissionDenied(_("Only civil-affairs staff of the campaign's region may do this."))


def _step(request: HttpRequest, pk: int, service, done: str) -> HttpResponse:
    campaign = _run_by(request, pk)
    try:
        service(campaign=campaign, by=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, done)
    return redirect("projects:campaign-detail", pk)


def _form_page(request: HttpRequest, form, title: str, campaign: Campaign | None) -> HttpResponse:
    context = {"form": form, "page_title": title, "campaign": campaign}
    return render(request, "projects/campaign_form.html", context, status=400 if form.errors else 200)

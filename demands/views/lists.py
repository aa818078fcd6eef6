from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import DetailView

from core.exports import Column
from core.lists import ListPage
from demands import permissions, services
from demands.filters import DemandListFilter
from demands.forms import DemandListForm
from demands.models import Demand, DemandList
from demands.views.acts import attempt


class BatchListPage(ListPage):
    """The demand lists, the batches in which counties and townships publish."""

    model = DemandList
    filterset_class = DemandListFilter
    template_name = "demands/batch_list.html"
    export_name = "demand-lists"
    sorts = {
        "newest": (gettext_lazy("newest"), ["-id"]),
        "region": (gettext_lazy("region"), ["region"]),
    }
    columns = [
        Column(gettext_lazy("reference number"), lambda row: row.reference),
        Column(gettext_lazy("title"), lambda row: row.title),
        Column(gettext_lazy("region"), lambda row: row.region.name),
        Column(gettext_lazy("survey source"), lambda row: row.source),
        Column(gettext_lazy("period from"), lambda row: row.period_from),
        Column(gettext_lazy("period to"), lambda row: row.period_to),
        Column(gettext_lazy("public demands"), lambda row: row.public_demands),
        Column(gettext_lazy("status"), lambda row: row.get_status_display()),
    ]

    def get_base_queryset(self):
        public = Count("demands", filter=Q(demands__status__in=Demand.PUBLIC))
        return super().get_base_queryset().annotate(public_demands=public)

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "can_open": permissions.can_open_lists(self.request.user)}


class BatchDetail(DetailView):
    model = DemandList
    template_name = "demands/batch_detail.html"

    def get_queryset(self):
        return DemandList.objects.visible_to(self.request.user).for_list()

    def get_context_data(self, **kwargs):
        user, batch = self.request.user, self.object
        demands = Demand.objects.visible_to(user).for_list().filter(list=batch).order_by("-pk")
        draft = batch.status == DemandList.Status.DRAFT
        return {
            **super().get_context_data(**kwargs),
            "batch": batch,
            "demands": demands[:100],
            "total": demands.count(),
            "can_publish": draft and permissions.can_publish_list(user, batch),
            "private": permissions.can_publish_list(user, batch),
            "can_edit": permissions.can_edit_list(user, batch),
            "evidence": batch.evidence.all() if permissions.can_edit_list(user, batch) else [],
            "waiting": batch.demands.filter(status__in=Demand.IN_REVIEW).count(),
            "drafts": batch.demands.filter(status=Demand.Status.DRAFT).count(),
        }


@login_required
def batch_create(request: HttpRequest) -> HttpResponse:
    if not permissions.can_open_lists(request.user):
        raise PermissionDenied
    form = DemandListForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        batch = services.create_list(**form.values(), by=request.user)
        messages.success(request, _("The list is stored as a draft."))
        return redirect("demands:batch-detail", batch.pk)
    return render(request, "demands/batch_form.html", {"form": form}, status=400 if form.errors else 200)


@login_required
@require_POST
def batch_publish(request: HttpRequest, pk: int) -> HttpResponse:
    batch = get_object_or_404(DemandList.objects.visible_to(request.user), pk=pk)
    if not permissions.can_publish_list(request.user, batch):
        raise PermissionDenied
    back = reverse("demands:batch-detail", args=[batch.pk])
    return attempt(
        request,
        lambda: services.publish_list(demand_list=batch, by=request.user),
        _("The list is published."),
        back,
    )


# More sentences than anybody reads in a message.
_MOST_SENTENCES = 5


@login_required
@require_POST
def batch_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand in all drafts of a list."""
    batch = get_object_or_404(DemandList.objects.visible_to(request.user), pk=pk)
    if not permissions.can_edit_list(request.user, batch):
        raise PermissionDenied
    outcome = services.submit_list(demand_list=batch, by=request.user)
    return _tell(request, batch, _("Drafts handed in: %(n)s."), outcome)


@login_required
@require_POST
def batch_publish_demands(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish all reviewed demands of a list."""
    batch = get_object_or_404(DemandList.objects.visible_to(request.user), pk=pk)
    if not permissions.can_publish_list(request.user, batch):
        raise PermissionDenied
    outcome = services.publish_demands_of(demand_list=batch, by=request.user)
    return _tell(request, batch, _("Demands published: %(n)s."), outcome)


def _tell(request: HttpRequest, batch: DemandList, words: str, outcome: tuple[int, list[str]]) -> HttpResponse:
    """Say how many it were and what is to be seen to, back on the page of the list."""
    done, refused = outcome
    if done:
        messages.success(request, words % {"n": done})
    for sentence in refused[:_MOST_SENTENCES]:
        messages.warning(request, sentence)
    if len(refused) > _MOST_SENTENCES:
        messages.warning(request, _("Demands that have to be seen to first: %(n)s.") % {"n": len(refused)})
    return redirect("demands:batch-detail", batch.pk)

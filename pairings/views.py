"""Pages about pairs."""

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
from pairings.filters import PairingFilter
from pairings.forms import EndForm, PairingForm
from pairings.models import Pairing


class PairingList(ListPage):
    """Who helps whom, by scheme, region and day."""

    model = Pairing
    filterset_class = PairingFilter
    template_name = "pairings/pairing_list.html"
    export_name = "pairings"
    sorts = {
        "giver": (gettext_lazy("Giver"), ["giver_region_id", "giver_organization__pinyin", "receiver_region_id"]),
        "receiver": (gettext_lazy("Receiver"), ["receiver_region_id", "receiver_organization__pinyin"]),
        "valid_from": (gettext_lazy("In force from"), ["valid_from"]),
        "newest": (gettext_lazy("Newest"), ["-created_at"]),
    }
    columns = [
        Column(gettext_lazy("Reference number"), lambda row: row.reference),
        Column(gettext_lazy("Scheme"), lambda row: row.scheme.name),
        Column(gettext_lazy("Giver"), lambda row: row.giver),
        Column(gettext_lazy("Giver's region code"), lambda row: permissions.code_of(row.giver)),
        Column(gettext_lazy("Receiver"), lambda row: row.receiver),
        Column(gettext_lazy("Receiver's region code"), lambda row: permissions.code_of(row.receiver)),
        Column(gettext_lazy("In force from"), lambda row: row.valid_from),
        Column(gettext_lazy("In force until"), lambda row: row.valid_to),
        Column(gettext_lazy("Status"), lambda row: row.get_status_display()),
        Column(gettext_lazy("Source"), lambda row: row.source),
    ]

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "can_add": permissions.can_add(self.request.user)}


class PairingDetail(DetailView):
    """One pair, the pair above it and the pairs under it."""

    template_name = "pairings/pairing_detail.html"
    context_object_name = "pairing"

    def get_queryset(self):
        return Pairing.objects.visible_to(self.request.user).for_list()

    def get_context_data(self, **kwargs):
        visible = self.get_queryset()
        children = visible.filter(parent=self.object).order_by("receiver_region_id", "giver_region_id", "pk")
        return {
            **super().get_context_data(**kwargs),
            "parent": visible.filter(pk=self.object.parent_id).first(),
            "children": children,
            "can_change": permissions.can_change(self.request.user, self.object),
        }


def _sent(request: HttpRequest):
    """What a form was sent with; None when the page is only opened."""
    return request.POST if request.method == "POST" else None


def _changeable(request: HttpRequest, pk: int) -> Pairing:
    """The pair, for those who may change it: 404 when invisible, 403 when not theirs."""
    pairing = get_object_or_404(Pairing.objects.visible_to(request.user).for_list(), pk=pk)
    if not permissions.can_change(request.user, pairing):
        raise PermissionDenied
    return pairing


@login_required
def pairing_add(request: HttpRequest) -> HttpResponse:
    if not permissions.can_add(request.user):
        raise PermissionDenied
    form = PairingForm(_sent(request), user=request.user)
    if form.is_bound and form.is_valid():
        try:
            pairing = services.create_pairing(**form.values(), by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("“%(pairing)s” has been entered as a draft.") % {"pairing": pairing})
            return redirect("pairings:pairing-detail", pairing.pk)
    return render(request, "pairings/pairing_form.html", {"form": form}, status=400 if form.errors else 200)


@login_required
@require_POST
def pairing_activate(request: HttpRequest, pk: int) -> HttpResponse:
    pairing = _changeable(request, pk)
    version = sent_version(request.POST.get("version", ""))
    try:
        services.activate_pairing(pairing=pairing, by=request.user, version=version)
        messages.success(request, _("“%(pairing)s” is now in force.") % {"pairing": pairing})
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("pairings:pairing-detail", pairing.pk)


@login_required
def pairing_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the last day and the reason, then ends the pair."""
    pairing = _changeable(request, pk)
    form = EndForm(_sent(request), initial={"version": pairing.version})
    if form.is_bound and form.is_valid():
        try:
            services.end_pairing(pairing=pairing, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("“%(pairing)s” has ended.") % {"pairing": pairing})
            return redirect("pairings:pairing-detail", pairing.pk)
    context = {"form": form, "pairing": pairing}
    return render(request, "pairings/pairing_end.html", context, status=400 if form.errors else 200)

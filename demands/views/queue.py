"""The queue: wait for a demand of which everything is claimed, see where one waits, leave."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.exports import Column
from core.lists import ListPage
from demands import permissions, selectors, services
from demands.filters import QueueFilter
from demands.forms import QueueForm
from demands.models import Demand, DemandItem, WaitingPlace, plain_quantity
from demands.views.acts import attempt


class QueuePage(LoginRequiredMixin, ListPage):
    model = WaitingPlace
    filterset_class = QueueFilter
    template_name = "demands/queue_list.html"
    export_name = "waiting"
    sorts = {
        "newest": (gettext_lazy("newest"), ["-id"]),
        "oldest": (gettext_lazy("oldest"), ["id"]),
    }
    columns = [
        Column(gettext_lazy("number of the demand"), lambda place: place.demand.reference),
        Column(gettext_lazy("demand"), lambda place: place.demand.title),
        Column(gettext_lazy("village"), lambda place: place.demand.place),
        Column(gettext_lazy("item"), lambda place: place.item.what if place.item else ""),
        Column(gettext_lazy("organization"), lambda place: place.organization.name),
        Column(gettext_lazy("status"), lambda place: place.get_status_display()),
        Column(gettext_lazy("waiting since"), lambda place: place.created_at),
    ]

    def get_context_data(self, **kwargs):
        mine = {one.pk for one in selectors.own_organizations(self.request.user)}
        return {**super().get_context_data(**kwargs), "mine": mine}


@login_required
def queue_join(request: HttpRequest, pk: int) -> HttpResponse:
    """Say for which item to wait, then wait."""
    demand = get_object_or_404(Demand.objects.visible_to(request.user).for_list(), pk=pk)
    if not permissions.can_claim(request.user):
        raise PermissionDenied(_("Only people who act for a social organization can claim."))
    organizations = selectors.queueing_organizations(request.user, demand)
    if not organizations:
        ineligible = not selectors.claiming_organizations(request.user) and selectors.why_none_may(request.user)
        messages.error(request, ineligible or _("Your organization waits here already, or has a claim on this demand."))
        return redirect("demands:demand-detail", demand.pk)
    form = QueueForm(request.POST or None, organizations=organizations, demand=demand)
    if request.method == "POST":
        form = QueueForm(request.POST, organizations=organizations, demand=demand)
        if form.is_valid():
            done = _("You will be told as soon as something is free. Waiting reserves nothing.")
            left = _left(demand, form.cleaned_data["item"])
            done = f"{done} {left}".strip()
            return attempt(
                request,
                lambda: services.join_queue(demand=demand, **form.cleaned_data, by=request.user),
                done,
                reverse("demands:queue-list"),
            )
    context = {"demand": demand, "form": form}
    return render(request, "demands/queue_form.html", context, status=400 if form.errors else 200)


def _left(demand: Demand, item: DemandItem | None) -> str:
    """What can be claimed right now, for whoever waits for more of it; empty where nothing is left."""
    items = [one for one in demand.items.all() if one.remaining and item in (None, one)]
    words = "; ".join(f"{one.what} {plain_quantity(one.remaining)} {one.unit}" for one in items)
    return _("Left to claim right now: %(left)s.") % {"left": words} if words else ""


@login_required
@require_POST
def queue_leave(request: HttpRequest, pk: int) -> HttpResponse:
    place = get_object_or_404(WaitingPlace.objects.visible_to(request.user), pk=pk)
    if not permissions.can_leave_queue(request.user, place):
        raise PermissionDenied
    back = reverse("demands:queue-list")
    return attempt(request, lambda: services.leave_queue(place=place, by=request.user), _("You wait no longer."), back)

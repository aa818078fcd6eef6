"""Pages of supply offers: what organizations can give, and which demands fit."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import DetailView

from core.errors import Refused
from core.exports import Column
from core.lists import ListPage
from demands import permissions, selectors, services
from demands.filters import OfferFilter
from demands.forms import OfferForm
from demands.models import SupplyOffer
from demands.views.acts import attempt
from organizations.models import Organization


def places(offer: SupplyOffer) -> str:
    """Where an offer is for, in words."""
    names = ", ".join(region.name for region in offer.regions.all())
    return names or (_("paired places") if offer.paired_only else _("everywhere"))


class OfferListPage(ListPage):
    model = SupplyOffer
    filterset_class = OfferFilter
    template_name = "demands/offer_list.html"
    export_name = "supply-offers"
    sorts = {
        "newest": (gettext_lazy("newest"), ["-id"]),
        "deadline": (gettext_lazy("deadline"), ["valid_until"]),
        "organization": (gettext_lazy("organization"), ["organization__pinyin"]),
    }
    columns = [
        Column(gettext_lazy("reference number"), lambda offer: offer.reference),
        Column(gettext_lazy("organization"), lambda offer: offer.organization.name),
        Column(gettext_lazy("assistance form"), lambda offer: offer.get_form_display()),
        Column(gettext_lazy("kind"), lambda offer: offer.get_kind_display()),
        Column(gettext_lazy("what"), lambda offer: offer.what),
        Column(gettext_lazy("quantity"), lambda offer: offer.quantity),
        Column(gettext_lazy("unit"), lambda offer: offer.unit),
        Column(gettext_lazy("regions"), places),
        Column(gettext_lazy("valid until"), lambda offer: offer.valid_until),
        Column(gettext_lazy("status"), lambda offer: offer.get_status_display()),
    ]

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "can_offer": permissions.can_offer(self.request.user)}


class OfferDetail(DetailView):
    model = SupplyOffer
    template_name = "demands/offer_detail.html"
    context_object_name = "offer"

    def get_queryset(self):
        return SupplyOffer.objects.visible_to(self.request.user).for_list()

    def get_context_data(self, **kwargs):
        offer = self.object
        mine = permissions.can_change_offer(self.request.user, offer)
        fits = offer.status == SupplyOffer.Status.OPEN and not offer.is_over()
        return {
            **super().get_context_data(**kwargs),
            "mine": mine,
            "acts": {str(step) for step in SupplyOffer.TRANSITIONS[offer.status]} if mine else set(),
            "suggestions": selectors.demands_for(offer) if fits else [],
            "fits": fits,
        }


def _seen(request: HttpRequest, pk: int) -> SupplyOffer:
    """An offer of one's own organization; 404 for what one may not see, 403 for somebody else's."""
    offer = get_object_or_404(SupplyOffer.objects.visible_to(request.user).for_list(), pk=pk)
    if not permissions.can_change_offer(request.user, offer):
        raise PermissionDenied
    return offer


@login_required
def offer_create(request: HttpRequest) -> HttpResponse:
    if not permissions.can_offer(request.user):
        raise PermissionDenied(_("Only people who act for a social organization can offer something."))
    return _offer_form(request, None)


@login_required
def offer_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _offer_form(request, _seen(request, pk))


def _offer_form(request: HttpRequest, offer: SupplyOffer | None) -> HttpResponse:
    own = Organization.objects.of(request.user).filter(kind__in=Organization.SOCIAL).order_by("name")
    data = request.POST if request.method == "POST" else None
    form = OfferForm(data, instance=offer, organizations=list(own))
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            return _store(request, offer, form)
        except Refused as refused:
            form.add_error(None, str(refused.message))
            status = 409
    elif form.errors:
        status = 400
    return render(request, "demands/offer_form.html", {"form": form, "offer": offer}, status=status)


def _store(request: HttpRequest, offer: SupplyOffer | None, form: OfferForm) -> HttpResponse:
    values = {"values": form.values(), "regions": form.cleaned_data["regions"], "by": request.user}
    if offer is None:
        offer = services.create_offer(organization=form.cleaned_data["organization"], **values)
        messages.success(request, _("The draft is stored. Open it when it is complete."))
    else:
        services.edit_offer(offer=offer, version=form.cleaned_data["version"], **values)
        messages.success(request, _("The offer is changed."))
    return redirect("demands:offer-detail", offer.pk)


def _step(request: HttpRequest, pk: int, service, done: str) -> HttpResponse:
    offer = _seen(request, pk)
    back = reverse("demands:offer-detail", args=[offer.pk])
    return attempt(request, lambda: service(offer=offer, by=request.user), done, back)


@login_required
@require_POST
def offer_open(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, services.open_offer, _("The offer is public now."))


@login_required
@require_POST
def offer_pause(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, services.pause_offer, _("The offer is paused; only your organization and staff see it."))


@login_required
@require_POST
def offer_close(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, services.close_offer, _("The offer is closed."))

"""Pages of the village and the county: what was found, verification, spot checks, ratings."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Refused
from core.exports import Column
from core.lists import ListPage
from demands import permissions, selectors, services
from demands.filters import SpotCheckFilter
from demands.forms import InspectionForm, RatingForm, ReasonForm, SpotCheckForm, VerificationForm
from demands.models import AcceptanceEntry, Claim, SpotCheck
from demands.views.acts import ask_reason
from demands.views.deliveries import insist, seen_claim, seen_delivery


@login_required
def delivery_inspect(request: HttpRequest, pk: int) -> HttpResponse:
    """The village's word on each item of a delivery; filled in for "all has arrived"."""
    delivery = seen_delivery(request, pk)
    insist(permissions.can_inspect(request.user, delivery.claim))
    form = InspectionForm(request.POST if request.method == "POST" else None, delivery=delivery)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                services.inspect_delivery(delivery=delivery, findings=form.findings(), by=request.user)
            except Refused as refused:
                form.add_error(None, str(refused.message))
                status = 409
            else:
                messages.success(request, _("Entered. The organization and the county see it now."))
                return redirect("demands:delivery-detail", delivery.pk)
    context = {"form": form, "delivery": delivery}
    return render(request, "demands/delivery_inspect.html", context, status=status)


@login_required
def entry_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    entries = AcceptanceEntry.objects.visible_to(request.user)
    entry = get_object_or_404(entries.select_related("line__line__item", "line__delivery"), pk=pk)
    delivery = seen_delivery(request, entry.line.delivery_id)
    insist(permissions.can_inspect(request.user, delivery.claim))
    return ask_reason(
        request,
        ReasonForm,
        lambda reason: services.reverse_entry(entry=entry, reason=reason, by=request.user),
        done=_("The entry is taken back by a second one. Enter now what is right."),
        back=reverse("demands:delivery-detail", args=[delivery.pk]),
        words={
            "question": _("Take the entry “%(entry)s” back?") % {"entry": f"{entry.line.line.item} {entry}"},
            "text": _("The entry stays in the list, with a second one that takes it back."),
            "submit": _("Take the entry back"),
            "danger": True,
        },
    )


@login_required
def claim_verify(request: HttpRequest, pk: int) -> HttpResponse:
    """The submission beside what the portal checked by itself; verify, or send back to the village."""
    claim = get_object_or_404(selectors.with_fulfilment(Claim.objects.visible_to(request.user).for_list()), pk=pk)
    insist(permissions.can_verify(request.user, claim))
    back = request.POST.get("decision") == "back"
    form = VerificationForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["note"]
        try:
            if back:
                services.send_back(claim=claim, reason=note, by=request.user)
            else:
                services.verify_claim(claim=claim, note=note, by=request.user)
        except Refused as refused:
            form.add_error("note" if refused.code == "no_reason" else None, str(refused.message))
            status = 409
        else:
            done = _("Sent back. The village sees your note.") if back else _("Verified. Both sides can rate now.")
            messages.success(request, done)
            return redirect("demands:claim-detail", claim.pk)
    elif request.method == "POST":
        status = 400
    context = {
        "claim": claim,
        "form": form,
        "checks": selectors.checks_of(claim),
        "deliveries": selectors.deliveries_of(request.user, claim),
        "acts": selectors.fulfilment_acts(request.user, claim),
    }
    return render(request, "demands/claim_verify.html", context, status=status)


@login_required
def claim_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    claim = seen_claim(request, pk)
    insist(permissions.can_inspect(request.user, claim))
    return ask_reason(
        request,
        ReasonForm,
        lambda note: services.confirm_acceptance(claim=claim, note=note, by=request.user),
        done=_("Confirmed. The county looks at it once more."),
        back=reverse("demands:claim-detail", args=[claim.pk]),
        words={
            "question": _("Is everything as the village entered it?"),
            "text": _("The county sent the claim back. Confirm with a word, or take wrong entries back first."),
            "submit": _("Confirm the acceptance"),
        },
    )


@login_required
def spot_check_order(request: HttpRequest, pk: int) -> HttpResponse:
    claim = seen_claim(request, pk)
    insist(permissions.can_verify(request.user, claim))
    return ask_reason(
        request,
        ReasonForm,
        lambda reason: services.order_spot_check(claim=claim, reason=reason, by=request.user),
        done=_("The spot check is ordered. The claim is not verified before its outcome is entered."),
        back=reverse("demands:claim-detail", args=[claim.pk]),
        words={
            "question": _("Have claim %(reference)s checked on the spot?") % {"reference": claim.reference},
            "text": _("Somebody goes to the village and compares what is there with what was entered."),
            "submit": _("Order the spot check"),
        },
    )


class SpotCheckListPage(LoginRequiredMixin, ListPage):
    model = SpotCheck
    filterset_class = SpotCheckFilter
    template_name = "demands/spot_check_list.html"
    export_name = "spot-checks"
    sorts = {
        "newest": (gettext_lazy("newest"), ["-id"]),
        "oldest": (gettext_lazy("oldest"), ["id"]),
    }
    columns = [
        Column(gettext_lazy("number of the claim"), lambda check: check.claim.reference),
        Column(gettext_lazy("demand"), lambda check: check.claim.demand.title),
        Column(gettext_lazy("village"), lambda check: check.claim.demand.place),
        Column(gettext_lazy("organization"), lambda check: check.claim.organization.name),
        Column(gettext_lazy("origin"), lambda check: check.get_origin_display()),
        Column(gettext_lazy("reason"), lambda check: check.reason),
        Column(gettext_lazy("status"), lambda check: check.get_status_display()),
        Column(gettext_lazy("checked on"), lambda check: check.checked_on),
        Column(gettext_lazy("finding"), lambda check: check.finding),
    ]


@login_required
def spot_check_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What was to be looked at and what was found; the form for it while the check is open."""
    spot_check = get_object_or_404(SpotCheck.objects.visible_to(request.user).for_list(), pk=pk)
    may = permissions.can_verify(request.user, spot_check.claim)
    form, status = SpotCheckForm(), 200
    if request.method == "POST":
        insist(may)
        form, status = SpotCheckForm(request.POST), 400
        if form.is_valid():
            values = form.cleaned_data
            confirmed = values.pop("outcome") == SpotCheck.Status.CONFIRMED
            try:
                services.finish_spot_check(spot_check=spot_check, confirmed=confirmed, **values, by=request.user)
            except Refused as refused:
                form.add_error(None, str(refused.message))
                status = 409
            else:
                messages.success(request, _("The outcome of the spot check is entered."))
                return redirect("demands:claim-detail", spot_check.claim_id)
    is_open = spot_check.status == SpotCheck.Status.OPEN
    context = {"spot_check": spot_check, "form": form if may and is_open else None}
    return render(request, "demands/spot_check_detail.html", context, status=status)


@login_required
def claim_rate(request: HttpRequest, pk: int) -> HttpResponse:
    claim = seen_claim(request, pk)
    side = permissions.rates_for(request.user, claim)
    insist(side != "")
    form = RatingForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                services.rate_claim(claim=claim, side=side, **form.cleaned_data, by=request.user)
            except Refused as refused:
                form.add_error(None, str(refused.message))
                status = 409
            else:
                messages.success(request, _("Thank you. The other side and the county see your rating."))
                return redirect("demands:claim-detail", claim.pk)
    return render(request, "demands/claim_rate.html", {"claim": claim, "form": form, "side": side}, status=status)

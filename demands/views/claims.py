from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
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
from demands.filters import ClaimFilter
from demands.forms import ClaimForm, OptionalReasonForm, ReasonForm
from demands.models import Claim, Demand
from demands.views.acts import ask_reason, attempt


@login_required
def demand_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose quantities, check the answers, submit. Nothing is stored or held before the last step."""
    demand = get_object_or_404(Demand.objects.visible_to(request.user).for_list(), pk=pk)
    if not permissions.can_claim(request.user):
        raise PermissionDenied(_("Only people who act for a social organization can claim."))
    if request.method != "POST":
        return _claim_start(request, demand)
    organizations = selectors.claiming_organizations(request.user)
    form = ClaimForm(request.POST, demand=demand, organizations=organizations)
    if request.POST.get("step") == "change":
        form = ClaimForm(None, initial=request.POST.dict(), demand=demand, organizations=organizations)
        return _claim_page(request, demand, form)
    if not form.is_valid():
        return _claim_page(request, demand, form, status=409 if form.lost_the_race else 400)
    if request.POST.get("step") != "submit":
        return render(request, "demands/demand_claim_check.html", {"demand": demand, "form": form})
    try:
        claim = services.claim_demand(
            demand=demand,
            organization=form.cleaned_data["organization"],
            lines=form.lines(),
            plan=form.cleaned_data["plan"],
            by=request.user,
        )
    except services.NotEnough as refused:
        return _lost(request, demand, form, refused)
    except Refused as refused:
        form.add_error(None, str(refused.message))
        return _claim_page(request, demand, form, status=409)
    return redirect("demands:claim-receipt", claim.pk)


def _claim_start(request: HttpRequest, demand: Demand) -> HttpResponse:
    why = selectors.why_no_claim(request.user, demand)
    if why:
        return render(request, "demands/demand_claim_not.html", {"demand": demand, "why": why}, status=409)
    organizations = selectors.free_organizations(request.user, demand)
    return _claim_page(request, demand, ClaimForm(demand=demand, organizations=organizations))


def _claim_page(request: HttpRequest, demand: Demand, form: ClaimForm, status: int = 200) -> HttpResponse:
    return render(request, "demands/demand_claim.html", {"demand": demand, "form": form}, status=status)


def _lost(request: HttpRequest, demand: Demand, form: ClaimForm, refused: services.NotEnough) -> HttpResponse:
    """Somebody was faster between the check and this step: the form again, with what was typed and what is left."""
    items = {item.pk: item for item in demand.items.all()}
    form.demand_items = list(items.values())
    for short in refused.facts["left"]:
        form.add_error(f"item_{short['item']}", form.too_much(items[short["item"]]))
    return _claim_page(request, demand, form, status=409)


class ClaimListPage(LoginRequiredMixin, ListPage):
    model = Claim
    filterset_class = ClaimFilter
    template_name = "demands/claim_list.html"
    export_name = "claims"
    sorts = {
        "newest": (gettext_lazy("newest"), ["-id"]),
        "oldest": (gettext_lazy("oldest"), ["id"]),
        "organization": (gettext_lazy("organization"), ["organization__pinyin"]),
    }
    columns = [
        Column(gettext_lazy("reference number"), lambda claim: claim.reference),
        Column(gettext_lazy("number of the demand"), lambda claim: claim.demand.reference),
        Column(gettext_lazy("demand"), lambda claim: claim.demand.title),
        Column(gettext_lazy("village"), lambda claim: claim.demand.place),
        Column(gettext_lazy("organization"), lambda claim: claim.organization.name),
        Column(gettext_lazy("claimed items"), lambda claim: claim.in_words()),
        Column(gettext_lazy("status"), lambda claim: claim.get_status_display()),
        Column(gettext_lazy("submitted at"), lambda claim: claim.created_at),
    ]


class ClaimDetail(LoginRequiredMixin, DetailView):
    model = Claim
    template_name = "demands/claim_detail.html"

    def get_queryset(self):
        return selectors.with_fulfilment(Claim.objects.visible_to(self.request.user).for_list())

    def get_context_data(self, **kwargs):
        return {
            **super().get_context_data(**kwargs),
            "acts": selectors.claim_acts(self.request.user, self.object),
            "next_step": selectors.next_step(self.object),
            **selectors.fulfilment(self.request.user, self.object),
        }


class ClaimReceipt(ClaimDetail):
    """What the organization keeps: the number, what it has taken on, and what happens next."""

    template_name = "demands/claim_receipt.html"


def _seen(request: HttpRequest, pk: int) -> Claim:
    return get_object_or_404(Claim.objects.visible_to(request.user).for_list(), pk=pk)


@login_required
@require_POST
def claim_approve(request: HttpRequest, pk: int) -> HttpResponse:
    claim = _seen(request, pk)
    if not permissions.can_decide(request.user, claim):
        raise PermissionDenied
    done = _("Approved. The organization now sees the village's contact.")
    return attempt(request, lambda: services.approve_claim(claim=claim, by=request.user), done, _page(claim))


@login_required
def claim_reject(request: HttpRequest, pk: int) -> HttpResponse:
    claim = _seen(request, pk)
    if not permissions.can_decide(request.user, claim):
        raise PermissionDenied
    return ask_reason(
        request,
        ReasonForm,
        lambda reason: services.reject_claim(claim=claim, reason=reason, by=request.user),
        done=_("Rejected. The quantities are free again."),
        back=_page(claim),
        words={
            "question": _("Reject claim %(reference)s of %(name)s?")
            % {"reference": claim.reference, "name": claim.organization.name},
            "text": _("The claimed quantities become free for others at once."),
            "submit": _("Reject the claim"),
            "danger": True,
        },
    )


@login_required
def claim_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    claim = _seen(request, pk)
    if not permissions.can_withdraw_claim(request.user, claim):
        raise PermissionDenied
    return ask_reason(
        request,
        OptionalReasonForm,
        lambda reason: services.withdraw_claim(claim=claim, reason=reason, by=request.user),
        done=_("Withdrawn. The quantities are free again."),
        back=_page(claim),
        words={
            "question": _("Withdraw claim %(reference)s?") % {"reference": claim.reference},
            "text": _("The claimed quantities become free for others at once."),
            "submit": _("Withdraw the claim"),
            "danger": True,
        },
    )


def _page(claim: Claim) -> str:
    return reverse("demands:claim-detail", args=[claim.pk])

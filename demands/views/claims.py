from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView

from core.errors import Refused
from core.exports import Column
from core.lists import ListPage
from demands import permissions, selectors, services
from demands.filters import ClaimFilter
from demands.forms import ApproveForm, OptionalReasonForm, ReasonForm, RejectForm
from demands.models import Claim, plain_quantity
from demands.selectors.claims import SECTIONS
from demands.views.acts import ask_reason


class ClaimListPage(LoginRequiredMixin, ListPage):
    model = Claim
    filterset_class = ClaimFilter
    template_name = "demands/claim_list.html"
    export_name = "claims"
    sorts = {
        "newest": (gettext_lazy("newest"), ["-id"]),
        "oldest": (gettext_lazy("oldest"), ["id"]),
        "hold": (gettext_lazy("end of the hold"), ["expires_at"]),
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
        Column(gettext_lazy("hold ends at"), lambda claim: claim.lease_ends),
        Column(gettext_lazy("delivery by"), lambda claim: claim.deliver_by),
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
            "next_by": selectors.next_by(self.object),
            "steps": selectors.claim_steps(self.object),
            "sections": SECTIONS.of(self.object, self.request.user),
        }


def _seen(request: HttpRequest, pk: int) -> Claim:
    return get_object_or_404(Claim.objects.visible_to(request.user).for_list(), pk=pk)


@login_required
def claim_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """All of it, or less of a line with a note. The staff see first whether the organization is still eligible."""
    claim = _seen(request, pk)
    if not permissions.can_decide(request.user, claim):
        raise PermissionDenied
    form = ApproveForm(request.POST or None, claim=claim)
    status = 200
    if request.method == "POST":
        form, status = ApproveForm(request.POST, claim=claim), 400
        if form.is_valid():
            try:
                services.approve_claim(
                    claim=claim,
                    quantities=form.quantities(),
                    note=form.cleaned_data["reason"],
                    version=form.cleaned_data["version"],
                    by=request.user,
                )
            except Refused as refused:
                form.add_error(None, str(refused.message))
                status = 409
            else:
                messages.success(request, _("Approved. The organization now sees the village's contact."))
                return redirect(_page(claim))
    conditions = selectors.eligibility(claim.organization)
    context = {"claim": claim, "form": form, "conditions": conditions}
    return render(request, "demands/claim_approve.html", context, status=status)


@login_required
def claim_reject(request: HttpRequest, pk: int) -> HttpResponse:
    claim = _seen(request, pk)
    if not permissions.can_decide(request.user, claim):
        raise PermissionDenied
    return ask_reason(
        request,
        RejectForm,
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
        ReasonForm if claim.status in Claim.CONFIRMED else OptionalReasonForm,
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


@login_required
def claim_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Deliver no more: what is still owed becomes free, what has arrived goes on."""
    claim = _seen(request, pk)
    if not permissions.can_end(request.user, claim):
        raise PermissionDenied
    owed = [line for line in claim.lines.all() if line.owed]
    rest = "; ".join(f"{line.item.what} {plain_quantity(line.owed)} {line.item.unit}" for line in owed)
    return ask_reason(
        request,
        ReasonForm,
        lambda reason: services.end_rest(claim=claim, reason=reason, by=request.user),
        done=_("Ended. What had not been delivered is free again."),
        back=_page(claim),
        words={
            "question": _("Deliver no more of claim %(reference)s?") % {"reference": claim.reference},
            "text": _(
                "Still to be delivered: %(rest)s. This becomes free for others at once. What has arrived goes on to "
                "acceptance and verification. Deliveries that are only being prepared are taken back."
            )
            % {"rest": rest or "--"},
            "submit": _("Deliver no more"),
            "danger": True,
        },
    )


@login_required
def claim_extend(request: HttpRequest, pk: int) -> HttpResponse:
    claim = _seen(request, pk)
    if not permissions.can_extend(request.user, claim):
        raise PermissionDenied
    return ask_reason(
        request,
        ReasonForm,
        lambda reason: services.extend_claim(claim=claim, reason=reason, by=request.user),
        done=_("The hold lasts longer now."),
        back=_page(claim),
        words={
            "question": _("Extend the hold of claim %(reference)s?") % {"reference": claim.reference},
            "text": _("It lasts %(days)s days longer. This is possible %(times)s times.")
            % {"days": settings.CLAIM_EXTENSION_DAYS, "times": settings.CLAIM_EXTENSIONS},
            "submit": _("Extend the hold"),
        },
    )


def _page(claim: Claim) -> str:
    return reverse("demands:claim-detail", args=[claim.pk])

"""Pages of invitations: whom staff could invite, the invitations, and the answers."""

import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import DetailView

from core.errors import Refused
from core.exports import Column
from core.lists import ListPage
from demands import permissions, selectors, services
from demands.filters import InvitationFilter
from demands.forms import InvitationForm, ReasonForm
from demands.models import Demand, Invitation
from demands.views.acts import ask_reason, attempt


def _demand(request: HttpRequest, pk: int) -> Demand:
    demand = get_object_or_404(Demand.objects.visible_to(request.user).for_list(), pk=pk)
    if not permissions.can_invite(request.user, demand):
        raise PermissionDenied
    return demand


@login_required
@require_GET
def demand_matches(request: HttpRequest, pk: int) -> HttpResponse:
    """Organizations that could be invited, with reasons."""
    demand = _demand(request, pk)
    context = {"demand": demand, "suggestions": selectors.organizations_for(demand)}
    return render(request, "demands/demand_matches.html", context)


@login_required
def demand_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite one organization: what to say, and until when."""
    demand = _demand(request, pk)
    until = timezone.localdate() + datetime.timedelta(days=services.DAYS_TO_ANSWER)
    initial = {**request.GET.dict(), "expires_on": until}
    data = request.POST if request.method == "POST" else None
    form = InvitationForm(data, initial=initial, demand=demand, user=request.user)
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            services.invite_organization(demand=demand, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused.message))
            status = 409
        else:
            messages.success(request, _("Invited. The organization is told, and may decline."))
            return redirect("demands:demand-matches", demand.pk)
    chosen = form["organization"].value()
    organizations = form.fields["organization"].queryset
    known = str(chosen or "").isdecimal() and len(str(chosen)) < 19
    organization = organizations.filter(pk=chosen).first() if known else None
    context = {"demand": demand, "form": form, "organization": organization}
    return render(request, "demands/demand_invite.html", context, status=status)


class InvitationListPage(LoginRequiredMixin, ListPage):
    """The invitations one's organizations got, or one's office sent."""

    model = Invitation
    filterset_class = InvitationFilter
    template_name = "demands/invitation_list.html"
    export_name = "invitations"
    sorts = {
        "newest": (gettext_lazy("newest"), ["-id"]),
        "deadline": (gettext_lazy("deadline"), ["expires_on"]),
    }
    columns = [
        Column(gettext_lazy("number of the demand"), lambda row: row.demand.reference),
        Column(gettext_lazy("demand"), lambda row: row.demand.title),
        Column(gettext_lazy("village"), lambda row: row.demand.place),
        Column(gettext_lazy("organization"), lambda row: row.organization.name),
        Column(gettext_lazy("answer until"), lambda row: row.expires_on),
        Column(gettext_lazy("status"), lambda row: row.get_status_display()),
        Column(gettext_lazy("reason of the answer"), lambda row: row.answer),
    ]


class InvitationDetail(LoginRequiredMixin, DetailView):
    model = Invitation
    template_name = "demands/invitation_detail.html"
    context_object_name = "invitation"

    def get_queryset(self):
        return Invitation.objects.visible_to(self.request.user).for_list().prefetch_related("demand__items")

    def get_context_data(self, **kwargs):
        invitation, user = self.object, self.request.user
        may_claim = invitation.status in (Invitation.Status.OPEN, Invitation.Status.ACCEPTED)
        return {
            **super().get_context_data(**kwargs),
            "can_answer": invitation.can_be_answered and permissions.can_answer(user, invitation),
            "can_claim": may_claim and permissions.can_answer(user, invitation),
            "can_withdraw": invitation.status == Invitation.Status.OPEN
            and permissions.can_invite(user, invitation.demand),
        }


def _answering(request: HttpRequest, pk: int) -> Invitation:
    invitation = get_object_or_404(Invitation.objects.visible_to(request.user).for_list(), pk=pk)
    if not permissions.can_answer(request.user, invitation):
        raise PermissionDenied
    return invitation


@login_required
@require_POST
def invitation_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Say yes, and go on to the claim."""
    invitation = _answering(request, pk)
    try:
        services.accept_invitation(invitation=invitation, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect("demands:invitation-detail", invitation.pk)
    messages.success(request, _("Accepted. Now claim what your organization takes on."))
    draft = services.begin_invited(invitation=invitation, by=request.user)
    return redirect("demands:draft-detail", draft.pk)


@login_required
def invitation_decline(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = _answering(request, pk)
    return ask_reason(
        request,
        ReasonForm,
        lambda reason: services.decline_invitation(invitation=invitation, reason=reason, by=request.user),
        done=_("Declined. Nothing follows from it."),
        back=reverse("demands:invitation-detail", args=[invitation.pk]),
        words={
            "question": _("Decline the invitation to “%(title)s”?") % {"title": invitation.demand.title},
            "text": _("You can still claim the demand by yourself later."),
            "submit": _("Decline"),
        },
    )


@login_required
@require_POST
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.visible_to(request.user).for_list(), pk=pk)
    if not permissions.can_invite(request.user, invitation.demand):
        raise PermissionDenied
    back = reverse("demands:invitation-detail", args=[invitation.pk])
    done = _("The invitation is taken back.")
    return attempt(request, lambda: services.withdraw_invitation(invitation=invitation, by=request.user), done, back)

"""Pages for the people who act for an organization."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import Refused
from organizations import permissions, services
from organizations.forms import MemberForm
from organizations.models import Invitation, Organization
from organizations.views.organizations import sent


@login_required
def member_add(request: HttpRequest, pk: int) -> HttpResponse:
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    if not permissions.can_add_member(request.user, organization):
        raise PermissionDenied
    form = MemberForm(sent(request))
    if request.method == "POST" and form.is_valid():
        person, role = form.cleaned_data["username"], form.cleaned_data["role"]
        try:
            if permissions.can_edit(request.user, organization):
                services.add_member(organization=organization, user=person, role=role, by=request.user)
                said = _("%(user)s now acts for “%(name)s”.")
            else:
                services.invite_member(organization=organization, user=person, role=role, by=request.user)
                said = _("%(user)s has been invited to act for “%(name)s”.")
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, said % {"user": person, "name": organization})
            return redirect("organizations:organization-detail", organization.pk)
    context = {"form": form, "organization": organization}
    return render(request, "organizations/member_form.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def member_join(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks the manager to let this person act for the organization."""
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    try:
        services.ask_to_join(organization=organization, by=request.user)
        messages.success(request, _("The manager of “%(name)s” has been asked.") % {"name": organization})
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("organizations:organization-detail", pk)


@login_required
@require_POST
def invitation_confirm(request: HttpRequest, pk: int, invitation_pk: int) -> HttpResponse:
    invitation = _invitation(request, pk, invitation_pk)
    if not permissions.can_confirm(request.user, invitation):
        raise PermissionDenied
    try:
        services.confirm_membership(invitation=invitation, by=request.user)
        facts = {"user": invitation.user, "name": invitation.organization}
        messages.success(request, _("%(user)s now acts for “%(name)s”.") % facts)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("organizations:organization-detail", pk)


@login_required
@require_POST
def invitation_decline(request: HttpRequest, pk: int, invitation_pk: int) -> HttpResponse:
    invitation = _invitation(request, pk, invitation_pk)
    if not permissions.can_decline(request.user, invitation):
        raise PermissionDenied
    try:
        services.decline_membership(invitation=invitation, by=request.user)
        messages.success(request, _("The invitation or question has been declined."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("organizations:organization-detail", pk)


def _invitation(request: HttpRequest, pk: int, invitation_pk: int) -> Invitation:
    rows = Invitation.objects.visible_to(request.user).select_related("organization", "user")
    return get_object_or_404(rows, organization_id=pk, pk=invitation_pk)

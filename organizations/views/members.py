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
from organizations.forms import LeaveForm, MemberForm, ReasonForm
from organizations.models import Invitation, Membership, Organization
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


@login_required
def member_end(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    """A person leaves, or is removed with a reason."""
    membership = _membership(request, pk, member_pk)
    if not permissions.can_end_membership(request.user, membership):
        raise PermissionDenied
    leaves = membership.user_id == request.user.pk
    form = LeaveForm(sent(request)) if leaves else ReasonForm(sent(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            services.end_membership(membership=membership, reason=reason, by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            facts = {"user": membership.user, "name": membership.organization}
            messages.success(request, _("%(user)s no longer acts for “%(name)s”.") % facts)
            return redirect("organizations:organization-detail", pk)
    context = {
        "form": form,
        "organization": membership.organization,
        "question": _("Leave “%(name)s”?") % {"name": membership.organization}
        if leaves
        else _("Remove %(user)s?") % {"user": membership.user},
        "text": _("The right to act for the organization ends at once. What was done before stays in the histories."),
        "submit": _("Leave the organization") if leaves else _("Remove this member"),
    }
    return render(request, "organizations/organization_end.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def member_role(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    """Makes an operator a manager, or a manager an operator."""
    membership = _membership(request, pk, member_pk)
    if not permissions.can_change_role(request.user, membership):
        raise PermissionDenied
    wanted = Membership.Role.OPERATOR if membership.role == Membership.Role.MANAGER else Membership.Role.MANAGER
    try:
        services.change_role(membership=membership, role=wanted, by=request.user)
        facts = {"user": membership.user, "role": membership.get_role_display()}
        messages.success(request, _("%(user)s is now: %(role)s.") % facts)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("organizations:organization-detail", pk)


def _membership(request: HttpRequest, pk: int, member_pk: int) -> Membership:
    """A current membership, for those who see who acts for the organization."""
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    if not permissions.can_see_members(request.user, organization):
        raise PermissionDenied
    rows = organization.memberships.select_related("organization__region", "user")
    return get_object_or_404(rows, pk=member_pk)


def _invitation(request: HttpRequest, pk: int, invitation_pk: int) -> Invitation:
    rows = Invitation.objects.visible_to(request.user).select_related("organization", "user")
    return get_object_or_404(rows, organization_id=pk, pk=invitation_pk)

"""Pages of online registration: the people's form, and the decision of staff."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import Refused
from core.states import sent_version
from organizations import permissions, selectors, services
from organizations.forms import ReasonForm, RegistrationForm
from organizations.models import RegistrationRequest
from organizations.views.organizations import sent

DETAIL = "organizations:organization-detail"


@login_required
def registration_add(request: HttpRequest) -> HttpResponse:
    """People enter their organization."""
    form = RegistrationForm(sent(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.request_registration(values=form.values(), by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("“%(name)s” has been sent to the staff of its region.") % {"name": made})
            return redirect(DETAIL, made.organization_id)
    return _form_page(request, form, None)


@login_required
def registration_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """People correct a returned request and send it again."""
    asked = _request(request, pk)
    if not permissions.can_resubmit(request.user, asked):
        raise PermissionDenied
    form = RegistrationForm(sent(request), instance=_request(request, pk).organization, user=request.user)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            services.resubmit_registration(request=asked, values=form.values(), version=version, by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("“%(name)s” has been sent to the staff of its region.") % {"name": asked})
            return redirect(DETAIL, pk)
    return _form_page(request, form, asked)


@login_required
def registration_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the reasons, then sends the request back."""
    asked = _decidable(request, pk)
    form = ReasonForm(sent(request), initial={"version": asked.organization.version})
    if request.method == "POST" and form.is_valid():
        try:
            services.return_registration(request=asked, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The request has been returned."))
            return redirect(DETAIL, pk)
    context = {
        "form": form,
        "organization": asked.organization,
        "question": _("Return the request of “%(name)s”?") % {"name": asked},
        "text": _("Its people read the reasons, correct the entry and send it again."),
        "submit": _("Return the request"),
    }
    return render(request, "organizations/organization_end.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def registration_approve(request: HttpRequest, pk: int) -> HttpResponse:
    asked = _decidable(request, pk)
    version = sent_version(request.POST.get("version", ""))
    try:
        services.approve_registration(request=asked, by=request.user, version=version)
        messages.success(request, _("“%(name)s” is now on the register.") % {"name": asked})
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(DETAIL, pk)


def _request(request: HttpRequest, pk: int) -> RegistrationRequest:
    rows = RegistrationRequest.objects.visible_to(request.user).select_related("organization__region", "created_by")
    return get_object_or_404(rows, organization_id=pk)


def _decidable(request: HttpRequest, pk: int) -> RegistrationRequest:
    asked = _request(request, pk)
    if not permissions.can_decide(request.user, asked):
        raise PermissionDenied
    return asked


def _form_page(request: HttpRequest, form: RegistrationForm, asked: RegistrationRequest | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "registration": asked}
    if asked is not None:
        context["warnings"] = selectors.warnings(asked.organization)
    return render(request, "organizations/registration_form.html", context, status=400 if form.errors else 200)

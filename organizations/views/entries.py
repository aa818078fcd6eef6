"""Pages for what is dated about an organization."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from core.errors import Refused
from organizations import permissions, selectors, services
from organizations.forms import ReasonForm, entry_form
from organizations.models import ENTRIES, Organization
from organizations.views.organizations import sent


@login_required
def entry_add(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Enters a certificate, grade, return, credit entry or commendation."""
    organization = _enterable(request, pk, kind)
    form = entry_form(kind)(sent(request))
    if request.method == "POST" and form.is_valid():
        entry = ENTRIES[kind](**form.values())
        try:
            services.add_entry(organization=organization, entry=entry, by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("“%(entry)s” has been entered.") % {"entry": entry})
            return redirect("organizations:organization-detail", organization.pk)
    return _entry_page(request, form, organization, selectors.ADD[kind])


@login_required
def entry_edit(request: HttpRequest, pk: int, kind: str, entry_pk: int) -> HttpResponse:
    """Corrects an entry, or completes it: the day a credit entry was removed."""
    organization = _enterable(request, pk, kind)
    entries = ENTRIES[kind].objects.visible_to(request.user).filter(organization=organization)
    entry = get_object_or_404(entries, pk=entry_pk)
    form = entry_form(kind)(sent(request), instance=get_object_or_404(entries, pk=entry_pk))
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            services.edit_entry(entry=entry, values=form.values(), version=version, by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Your changes have been saved."))
            return redirect("organizations:organization-detail", organization.pk)
    return _entry_page(request, form, organization, _("Edit: %(entry)s") % {"entry": entry})


@login_required
def entry_strike(request: HttpRequest, pk: int, kind: str, entry_pk: int) -> HttpResponse:
    """Asks for the reason, then strikes out an entry that was wrong."""
    organization = _enterable(request, pk, kind)
    entries = ENTRIES[kind].objects.visible_to(request.user).filter(organization=organization)
    entry = get_object_or_404(entries, pk=entry_pk)
    form = ReasonForm(sent(request), initial={"version": entry.version})
    if request.method == "POST" and form.is_valid():
        try:
            services.strike_entry(entry=entry, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("“%(entry)s” has been struck out.") % {"entry": entry})
            return redirect("organizations:organization-detail", organization.pk)
    context = {
        "form": form,
        "organization": organization,
        "question": _("Strike out “%(entry)s”?") % {"entry": entry},
        "text": _("It counts no more and the public no longer sees it. It stays in the history with your reason."),
        "submit": _("Strike out"),
    }
    return render(request, "organizations/organization_end.html", context, status=400 if form.errors else 200)


def _enterable(request: HttpRequest, pk: int, kind: str) -> Organization:
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    if kind not in ENTRIES:
        raise Http404
    if not permissions.can_enter(request.user, organization):
        raise PermissionDenied
    return organization


def _entry_page(request: HttpRequest, form, organization: Organization, heading) -> HttpResponse:
    context = {"form": form, "organization": organization, "heading": heading}
    return render(request, "organizations/entry_form.html", context, status=400 if form.errors else 200)

"""Pages about visits and joint meetings."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Refused
from core.lists import ListPage
from pairings import permissions, services
from pairings.filters import VisitFilter
from pairings.forms import ReasonForm, VisitForm
from pairings.models import Visit
from pairings.sheets import VISIT_SHEET
from pairings.views.pairings import recordable, sent, sheet_column

_column = partial(sheet_column, sheet=VISIT_SHEET)


class VisitList(ListPage):
    """Who went to see whom."""

    model = Visit
    filterset_class = VisitFilter
    template_name = "pairings/visit_list.html"
    export_name = "visits"
    sorts = {
        "starts_on": (gettext_lazy("Newest"), ["-starts_on"]),
        "people": (gettext_lazy("Number of people"), ["-people"]),
    }
    # In the words of the sheet, so that a download can be loaded again.
    columns = [
        _column("pair", lambda row: row.pairing.reference),
        _column("direction", lambda row: row.direction),
        _column("kind", lambda row: row.kind),
        _column("starts_on", lambda row: row.starts_on),
        _column("ends_on", lambda row: row.ends_on),
        _column("people", lambda row: row.people),
        _column("led_by", lambda row: row.led_by),
        _column("purpose", lambda row: row.purpose),
        _column("giver", lambda row: row.pairing.giver),
        _column("receiver", lambda row: row.pairing.receiver),
        _column("status", lambda row: row.get_status_display()),
    ]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        user = self.request.user
        rows = [(row, permissions.can_record(user, row.pairing)) for row in context["object_list"]]
        return {
            **context,
            "can_upload": permissions.can_record_anywhere(self.request.user),
            "editable": {row.pk for row, can_edit in rows if can_edit},
        }


@login_required
def visit_add(request: HttpRequest, pk: int) -> HttpResponse:
    pairing = recordable(request, pk)
    form = VisitForm(sent(request))
    if form.is_bound and form.is_valid():
        try:
            services.record_visit(pairing=pairing, values=form.values(), by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The visit has been entered."))
            return redirect("pairings:pairing-detail", pairing.pk)
    context = {"form": form, "pairing": pairing, "heading": _("Enter a visit")}
    return render(request, "pairings/record_form.html", context, status=400 if form.errors else 200)


@login_required
def visit_edit(request: HttpRequest, pk: int) -> HttpResponse:
    visit = _own(request, pk)
    form = VisitForm(sent(request), instance=Visit.objects.get(pk=visit.pk))
    if form.is_bound and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            services.edit_visit(visit=visit, values=form.values(), version=version, by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Your changes have been saved."))
            return redirect("pairings:pairing-detail", visit.pairing_id)
    context = {"form": form, "pairing": visit.pairing, "heading": _("Edit: %(entry)s") % {"entry": visit}}
    return render(request, "pairings/record_form.html", {**context, "visit": visit}, status=400 if form.errors else 200)


@login_required
def visit_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the reason, then takes the visit back."""
    visit = _own(request, pk)
    form = ReasonForm(sent(request), initial={"version": visit.version})
    if form.is_bound and form.is_valid():
        try:
            services.withdraw_visit(visit=visit, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The visit has been taken back."))
            return redirect("pairings:pairing-detail", visit.pairing_id)
    context = {"form": form, "pairing": visit.pairing, "heading": _("Take the visit back")}
    return render(request, "pairings/record_form.html", context, status=400 if form.errors else 200)


def _own(request: HttpRequest, pk: int) -> Visit:
    """The visit for those who speak for a side: 404 when invisible, 403 when not theirs."""
    visit = get_object_or_404(Visit.objects.visible_to(request.user).for_list(), pk=pk)
    if not permissions.can_record(request.user, visit.pairing):
        raise PermissionDenied
    return visit

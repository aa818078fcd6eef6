"""Pages about agreements: entered by one side, answered by the other."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import DetailView

from core import files
from core.errors import Refused
from core.lists import ListPage
from core.states import sent_version
from pairings import permissions, services
from pairings.filters import AgreementFilter
from pairings.forms import AgreementForm, DocumentForm, ObjectionForm, ReasonForm
from pairings.models import Agreement
from pairings.sheets import AGREEMENT_SHEET
from pairings.views.pairings import recordable, sent, sheet_column

_column = partial(sheet_column, sheet=AGREEMENT_SHEET)


class AgreementList(ListPage):
    """Signed agreements of all pairs."""

    model = Agreement
    filterset_class = AgreementFilter
    template_name = "pairings/agreement_list.html"
    export_name = "agreements"
    sorts = {
        "signed_on": (gettext_lazy("Newest"), ["-signed_on"]),
        "amount": (gettext_lazy("Amount in yuan"), ["-amount"]),
        "title": (gettext_lazy("Title"), ["title"]),
    }
    # In the words of the sheet, so that a download can be loaded again.
    columns = [
        _column("pair", lambda row: row.pairing.reference),
        _column("side", lambda row: row.proposer),
        _column("title", lambda row: row.title),
        _column("number", lambda row: row.number),
        _column("parties", lambda row: "；".join(party.name for party in row.parties.all())),
        _column("signed_on", lambda row: row.signed_on),
        _column("valid_to", lambda row: row.valid_to),
        _column("amount", lambda row: row.amount),
        _column("quantity", lambda row: row.quantity),
        _column("unit", lambda row: row.unit),
        _column("content", lambda row: row.content),
        _column("giver", lambda row: row.pairing.giver),
        _column("receiver", lambda row: row.pairing.receiver),
        _column("status", lambda row: row.get_status_display()),
        _column("reference", lambda row: row.reference),
    ]

    def get_context_data(self, **kwargs):
        can_upload = permissions.can_record_anywhere(self.request.user)
        return {**super().get_context_data(**kwargs), "can_upload": can_upload}


class AgreementDetail(DetailView):
    """One agreement with both sides' words."""

    template_name = "pairings/agreement_detail.html"
    context_object_name = "agreement"

    def get_queryset(self):
        return Agreement.objects.visible_to(self.request.user).for_list()

    def get_context_data(self, **kwargs):
        user, agreement = self.request.user, self.object
        return {
            **super().get_context_data(**kwargs),
            "can_edit": permissions.can_edit_agreement(user, agreement),
            "can_answer": permissions.can_answer(user, agreement),
            "can_end": permissions.can_record(user, agreement.pairing),
            "proposer": agreement.pairing.side(agreement.proposer),
            "waiting": agreement.pairing.side(agreement.waiting_side) if agreement.waiting_side else None,
        }


@login_required
def agreement_add(request: HttpRequest, pk: int) -> HttpResponse:
    pairing = recordable(request, pk)
    form = AgreementForm(sent(request), pairing=pairing, sides=permissions.sides_of(request.user, pairing))
    if form.is_bound and form.is_valid():
        side, parties = form.cleaned_data["side"], form.cleaned_data["further_parties"]
        try:
            agreement = services.propose_agreement(
                pairing=pairing, side=side, values=form.values(), parties=parties, by=request.user
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The agreement has been entered. The other side confirms it."))
            return redirect("pairings:agreement-detail", agreement.pk)
    context = {"form": form, "pairing": pairing, "heading": _("Enter an agreement")}
    return render(request, "pairings/record_form.html", context, status=400 if form.errors else 200)


@login_required
def agreement_edit(request: HttpRequest, pk: int) -> HttpResponse:
    agreement = _own(request, pk, permissions.can_edit_agreement)
    instance = Agreement.objects.for_list().get(pk=agreement.pk)
    form = AgreementForm(sent(request), instance=instance, pairing=agreement.pairing, sides=[])
    if form.is_bound and form.is_valid():
        values = {"values": form.values(), "parties": form.cleaned_data["further_parties"]}
        version = form.cleaned_data["version"] or 0
        try:
            services.edit_agreement(agreement=agreement, **values, version=version, by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Your changes have been saved."))
            return redirect("pairings:agreement-detail", agreement.pk)
    heading = _("Edit: %(entry)s") % {"entry": agreement}
    context = {"form": form, "pairing": agreement.pairing, "heading": heading}
    return render(request, "pairings/record_form.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def agreement_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    agreement = _own(request, pk, permissions.can_answer)
    version = sent_version(request.POST.get("version", ""))
    try:
        services.confirm_agreement(agreement=agreement, by=request.user, version=version)
        messages.success(request, _("Both sides have confirmed the agreement."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("pairings:agreement-detail", agreement.pk)


@login_required
def agreement_dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks what differs, and by which figures."""
    agreement = _own(request, pk, permissions.can_answer)
    return _ask(request, agreement, ObjectionForm, services.dispute_agreement, _("Say what differs"))


@login_required
def agreement_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    agreement = _own(request, pk, permissions.can_edit_agreement)
    return _ask(request, agreement, ReasonForm, services.withdraw_agreement, _("Take the agreement back"))


@login_required
def agreement_end(request: HttpRequest, pk: int) -> HttpResponse:
    agreement = _own(request, pk, lambda user, row: permissions.can_record(user, row.pairing))
    return _ask(request, agreement, ReasonForm, services.end_agreement, _("End the agreement"))


@login_required
def document_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the signed document."""
    agreement = _own(request, pk, permissions.can_edit_agreement)
    form = DocumentForm(sent(request), request.FILES or None)
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            content = file.read(files.MAX_BYTES + 1)
            services.attach_document(agreement=agreement, name=file.name or "", content=content, by=request.user)
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            messages.success(request, _("“%(name)s” is attached.") % {"name": agreement.file_name})
            return redirect("pairings:agreement-detail", agreement.pk)
    return _page(request, agreement, form, _("Attach the signed document"))


@require_GET
def document_download(request: HttpRequest, pk: int) -> FileResponse:
    """The signed document for those who may see the agreement; always saved, never shown by the browser."""
    agreement = get_object_or_404(Agreement.objects.visible_to(request.user).exclude(file=""), pk=pk)
    try:
        content = agreement.file.open("rb")
    except FileNotFoundError as error:
        raise Http404(_("The file is no longer there.")) from error
    headers = {"X-Content-Type-Options": "nosniff", "ETag": f'"{agreement.file_sha256}"'}
    kind = files.TYPES[agreement.file_kind]
    return FileResponse(content, as_attachment=True, filename=agreement.file_name, content_type=kind, headers=headers)


def _own(request: HttpRequest, pk: int, may: Callable) -> Agreement:
    """The agreement for those who may do this: 404 when invisible, 403 when not theirs."""
    agreement = get_object_or_404(Agreement.objects.visible_to(request.user).for_list(), pk=pk)
    if not may(request.user, agreement):
        raise PermissionDenied
    return agreement


def _ask(request: HttpRequest, agreement: Agreement, form_class: type, service: Callable, heading: str) -> HttpResponse:
    """A page with a question, then the step."""
    form = form_class(sent(request), initial={"version": agreement.version})
    if form.is_bound and form.is_valid():
        try:
            service(agreement=agreement, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Status: %(status)s") % {"status": agreement.get_status_display()})
            return redirect("pairings:agreement-detail", agreement.pk)
    return _page(request, agreement, form, heading)


def _page(request: HttpRequest, agreement: Agreement, form, heading: str) -> HttpResponse:
    context = {"form": form, "agreement": agreement, "pairing": agreement.pairing, "heading": heading}
    return render(request, "pairings/agreement_step.html", context, status=400 if form.errors else 200)

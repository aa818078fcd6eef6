"""What an organization keeps of its claim: the receipt as page and as PDF, and the files it sent."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import files, papers
from demands import selectors
from demands.models import Claim, ClaimFile, plain_quantity
from demands.views.claims import ClaimDetail


class ClaimReceipt(ClaimDetail):
    """The number, what has been taken on, what happens next. The address stays valid."""

    template_name = "demands/claim_receipt.html"


@login_required
@require_GET
def claim_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The receipt for the organization's own files, as it stands now."""
    claim = get_object_or_404(Claim.objects.visible_to(request.user).for_list(), pk=pk)
    title = _("Receipt of claim %(reference)s") % {"reference": claim.reference}
    sections = [
        (_("Claim"), _facts(claim)),
        (_("Claimed items"), _lines(claim)),
        (_("What happens next"), _next(claim)),
        (_("Steps"), [(str(step.label), _moment(step.at)) for step in selectors.claim_steps(claim)]),
    ]
    footer = _("%(address)s · as of %(at)s") % {
        "address": request.build_absolute_uri(claim.get_absolute_url()),
        "at": _moment(timezone.now()),
    }
    content = papers.pdf(title=title, sections=sections, footer=footer)
    headers = {"Content-Disposition": f'attachment; filename="{claim.reference}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _facts(claim: Claim) -> list[tuple[str, str]]:
    demand = claim.demand
    return [
        (_("Reference number"), claim.reference),
        (_("Status"), claim.get_status_display()),
        (_("Demand"), f"{demand.title} ({demand.reference})"),
        (_("Village"), demand.place),
        (_("Organization"), claim.organization.name),
        (_("Submitted at"), _moment(claim.created_at)),
        (_("Delivery"), _period(claim)),
        (_("Contact of the organization"), claim.contact or "--"),
        (_("Plan"), claim.plan or "--"),
    ]


def _period(claim: Claim) -> str:
    """2026-11-01 ～ 2026-12-01, with a dash for what is not known."""
    first, last = (day.isoformat() if day else "--" for day in (claim.deliver_from, claim.deliver_by))
    return f"{first} ～ {last}"


def _lines(claim: Claim) -> list[tuple[str, str]]:
    words = []
    for line in claim.lines.all():
        text = f"{plain_quantity(line.quantity)} {line.item.unit}"
        if line.is_cut:
            text += " · " + _("asked for: %(n)s") % {"n": plain_quantity(line.asked)}
        if line.given_up:
            text += " · " + _("given up: %(n)s") % {"n": plain_quantity(line.given_up)}
        words.append((line.item.what, text))
    return words


def _next(claim: Claim) -> list[tuple[str, str]]:
    day = selectors.next_by(claim)
    return [(_("Who acts"), selectors.next_step(claim)), (_("Last day"), day.isoformat() if day else "--")]


def _moment(at) -> str:
    return date_format(timezone.localtime(at), "Y-m-d H:i") if at else "--"


@login_required
@require_GET
def claim_file(request: HttpRequest, pk: int, file_pk: int) -> FileResponse:
    """A file of a claim for those who see the claim; always saved, never shown by the browser."""
    attached = get_object_or_404(ClaimFile.objects.visible_to(request.user), pk=file_pk, claim=pk)
    try:
        content = attached.file.open("rb")
    except FileNotFoundError as error:
        raise Http404(_("The file is no longer there.")) from error
    headers = {"X-Content-Type-Options": "nosniff", "ETag": f'"{attached.sha256}"'}
    return FileResponse(
        content, as_attachment=True, filename=attached.name, content_type=files.TYPES[attached.kind], headers=headers
    )

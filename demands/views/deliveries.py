"""Pages of agreements and deliveries: from the signed paper to handing over, and the files that come with them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import DetailView

from core.errors import Refused
from core.exports import Column
from core.lists import ListPage
from core.states import sent_version
from demands import permissions, selectors, services
from demands.filters import DeliveryFilter
from demands.forms import AgreementForm, DeliveryFilesForm, DeliveryForm, OptionalReasonForm, ReasonForm
from demands.models import Claim, ClaimAgreement, Delivery, DeliveryFile
from demands.models.deliveries import MOST_BYTES, KeptFile
from demands.views.acts import ask_reason, attempt

Purpose = DeliveryFile.Purpose


class DeliveryListPage(LoginRequiredMixin, ListPage):
    model = Delivery
    filterset_class = DeliveryFilter
    template_name = "demands/delivery_list.html"
    export_name = "deliveries"
    sorts = {
        "newest": (gettext_lazy("newest"), ["-id"]),
        "oldest": (gettext_lazy("oldest"), ["id"]),
        "day": (gettext_lazy("day of delivery"), ["-delivered_on"]),
    }
    columns = [
        Column(gettext_lazy("reference number"), lambda delivery: delivery.reference),
        Column(gettext_lazy("number of the claim"), lambda delivery: delivery.claim.reference),
        Column(gettext_lazy("demand"), lambda delivery: delivery.claim.demand.title),
        Column(gettext_lazy("village"), lambda delivery: delivery.claim.demand.place),
        Column(gettext_lazy("organization"), lambda delivery: delivery.claim.organization.name),
        Column(gettext_lazy("delivered items"), lambda delivery: delivery.in_words()),
        Column(gettext_lazy("delivered on"), lambda delivery: delivery.delivered_on),
        Column(gettext_lazy("status"), lambda delivery: delivery.get_status_display()),
    ]


class DeliveryDetail(LoginRequiredMixin, DetailView):
    model = Delivery
    template_name = "demands/delivery_detail.html"

    def get_queryset(self):
        return Delivery.objects.visible_to(self.request.user).for_list()

    def get_context_data(self, **kwargs):
        return {
            **super().get_context_data(**kwargs),
            "acts": selectors.delivery_acts(self.request.user, self.object),
            "entries": selectors.entries_of(self.object),
        }


def seen_claim(request: HttpRequest, pk: int) -> Claim:
    """The claim if the person may see it, otherwise 404."""
    return get_object_or_404(Claim.objects.visible_to(request.user).for_list(), pk=pk)


def seen_delivery(request: HttpRequest, pk: int) -> Delivery:
    return get_object_or_404(Delivery.objects.visible_to(request.user).for_list(), pk=pk)


def insist(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied


@login_required
def claim_agreement(request: HttpRequest, pk: int) -> HttpResponse:
    claim = seen_claim(request, pk)
    insist(permissions.can_sign(request.user, claim))
    form = AgreementForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = AgreementForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data.pop("file")
            try:
                services.sign_agreement(
                    claim=claim,
                    **form.cleaned_data,
                    name=file.name or "",
                    content=file.read(MOST_BYTES + 1),
                    by=request.user,
                )
            except Refused as refused:
                form.add_error("file" if refused.code == "file_refused" else None, str(refused.message))
            else:
                messages.success(request, _("The agreement is entered. Deliveries can be entered now."))
                return redirect("demands:claim-detail", claim.pk)
    context = {"claim": claim, "form": form}
    return render(request, "demands/claim_agreement.html", context, status=400 if form.errors else 200)


@require_GET
@login_required
def agreement_file(request: HttpRequest, pk: int) -> FileResponse:
    """The signed paper, for those who see the claim; always saved, never shown by the browser."""
    return _saved(get_object_or_404(ClaimAgreement.objects.visible_to(request.user), claim=pk))


@login_required
def delivery_create(request: HttpRequest, pk: int) -> HttpResponse:
    claim = seen_claim(request, pk)
    insist(permissions.can_deliver(request.user, claim))
    if claim.status not in Claim.DELIVERABLE:
        messages.error(request, _("Deliveries are entered once the agreement is signed and until all is accepted."))
        return redirect("demands:claim-detail", claim.pk)
    return _delivery_form(request, claim, None)


@login_required
def delivery_edit(request: HttpRequest, pk: int) -> HttpResponse:
    delivery = seen_delivery(request, pk)
    insist(permissions.can_deliver(request.user, delivery.claim))
    if delivery.status != Delivery.Status.DRAFT:
        messages.error(request, _("A delivery can be changed only until it is handed over."))
        return redirect("demands:delivery-detail", delivery.pk)
    return _delivery_form(request, delivery.claim, delivery)


def _delivery_form(request: HttpRequest, claim: Claim, delivery: Delivery | None) -> HttpResponse:
    form = DeliveryForm(request.POST if request.method == "POST" else None, claim=claim, delivery=delivery)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = _store(form, claim, delivery, request.user)
                return redirect("demands:delivery-files", made.pk)
            except Refused as refused:
                form.add_error(None, str(refused.message))
                status = 409
    context = {"form": form, "claim": claim, "delivery": delivery}
    return render(request, "demands/delivery_form.html", context, status=status)


def _store(form: DeliveryForm, claim: Claim, delivery: Delivery | None, by) -> Delivery:
    values = {"delivered_on": form.cleaned_data["delivered_on"], "note": form.cleaned_data["note"]}
    values |= {"lines": form.lines(), "by": by}
    if delivery is None:
        return services.prepare_delivery(claim=claim, **values)
    return services.edit_delivery(delivery=delivery, version=form.cleaned_data["version"], **values)


@login_required
def delivery_files(request: HttpRequest, pk: int) -> HttpResponse:
    """Photos and the receipt, sent as often as needed; each is kept at once. Then the button that hands over."""
    delivery = seen_delivery(request, pk)
    insist(permissions.can_deliver(request.user, delivery.claim))
    if delivery.status != Delivery.Status.DRAFT:
        messages.error(request, _("A delivery can be changed only until it is handed over."))
        return redirect("demands:delivery-detail", delivery.pk)
    form = DeliveryFilesForm()
    if request.method == "POST":
        form = DeliveryFilesForm(request.POST, request.FILES)
        if form.is_valid() and _kept_all(request, delivery, form):
            return redirect("demands:delivery-files", delivery.pk)
        delivery = seen_delivery(request, pk)
    context = {"form": form, "delivery": delivery}
    return render(request, "demands/delivery_files.html", context, status=400 if form.errors else 200)


def _kept_all(request: HttpRequest, delivery: Delivery, form: DeliveryFilesForm) -> bool:
    """Keep each file; what is wrong with one stands beside its field, the others are kept all the same."""
    sent = [("photos", Purpose.PHOTO, file) for file in form.cleaned_data["photos"]]
    if form.cleaned_data["receipt"]:
        sent.append(("receipt", Purpose.RECEIPT, form.cleaned_data["receipt"]))
    kept = []
    for field, purpose, file in sent:
        try:
            content = file.read(MOST_BYTES + 1)
            made = services.attach_file(
                delivery=delivery, purpose=purpose, name=file.name or "", content=content, by=request.user
            )
            kept.append(made.name)
        except Refused as refused:
            form.add_error(field, str(refused.message))
    if kept:
        messages.success(request, _("Kept: %(names)s") % {"names": "、".join(kept)})
    return not form.errors


@login_required
@require_POST
def delivery_file_remove(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    delivery = seen_delivery(request, pk)
    insist(permissions.can_deliver(request.user, delivery.claim))
    file = get_object_or_404(delivery.files.select_related("delivery"), pk=file_pk)
    done = _("“%(name)s” is taken away.") % {"name": file.name}
    back = reverse("demands:delivery-files", args=[delivery.pk])
    return attempt(request, lambda: services.remove_file(file=file, by=request.user), done, back)


@require_GET
def delivery_file(request: HttpRequest, pk: int, file_pk: int) -> FileResponse:
    """A file of a delivery: pictures as the cleaned copy, papers to be saved; `?original` for officers only."""
    file = get_object_or_404(
        DeliveryFile.objects.visible_to(request.user).select_related("delivery__claim__demand"),
        pk=file_pk,
        delivery=pk,
    )
    if "original" in request.GET:
        if not permissions.can_see_original(request.user, file.delivery.claim):
            raise Http404
        return _saved(file)
    if not file.copy:
        return _saved(file)
    return _answer(file.copy, as_attachment=False, filename=f"{file.delivery.reference}-{file.pk}.jpg")


def _saved(kept: KeptFile) -> FileResponse:
    return _answer(kept.file, as_attachment=True, filename=kept.name, content_type=kept.content_type)


def _answer(kept, **how) -> FileResponse:
    try:
        content = kept.open("rb")
    except FileNotFoundError as error:
        raise Http404(_("The file is no longer there.")) from error
    return FileResponse(content, headers={"X-Content-Type-Options": "nosniff"}, **how)


@login_required
@require_POST
def delivery_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    delivery = seen_delivery(request, pk)
    insist(permissions.can_deliver(request.user, delivery.claim))
    version = sent_version(request.POST.get("version", ""))
    try:
        services.hand_over(delivery=delivery, version=version, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused.message))
        draft = delivery.status == Delivery.Status.DRAFT
        return redirect("demands:delivery-files" if draft else "demands:delivery-detail", delivery.pk)
    messages.success(request, _("Handed over. The village now enters what it found."))
    return redirect("demands:delivery-detail", delivery.pk)


@login_required
def delivery_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    delivery = seen_delivery(request, pk)
    insist(permissions.can_deliver(request.user, delivery.claim))
    draft = delivery.status == Delivery.Status.DRAFT
    return ask_reason(
        request,
        OptionalReasonForm if draft else ReasonForm,
        lambda reason: services.withdraw_delivery(delivery=delivery, reason=reason, by=request.user),
        done=_("The delivery is taken back; it no longer counts."),
        back=reverse("demands:claim-detail", args=[delivery.claim_id]),
        words={
            "question": _("Take delivery %(reference)s back?") % {"reference": delivery.reference},
            "text": _("For a delivery that was entered by mistake. Its quantities no longer count as delivered."),
            "submit": _("Take the delivery back"),
            "danger": True,
        },
    )

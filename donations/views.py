"""Pages of gifts: the list, one gift and its steps, and the entry form."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import DecimalField, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView

from core.errors import Refused
from core.exports import Column
from core.lists import ListPage
from donations import permissions, selectors, services
from donations.filters import DonationFilter
from donations.forms import GiftEntry, ReasonForm, ReceiveForm, ReverseForm
from donations.models import Donation


class DonationList(ListPage):
    """Gifts: received ones with consent for everybody, more for those they concern."""

    model = Donation
    filterset_class = DonationFilter
    template_name = "donations/donation_list.html"
    export_name = "donations"
    sorts = {
        "newest": (gettext_lazy("Newest receipt"), ["-received_on", "-pk"]),
        "date": (gettext_lazy("Received on"), ["received_on"]),
        "amount": (gettext_lazy("Amount"), ["sort_value"]),
        "pledged": (gettext_lazy("Pledged on"), ["pledged_on"]),
        "reference": (gettext_lazy("Reference number"), ["reference"]),
    }

    def get_base_queryset(self):
        zero = Value(0, output_field=DecimalField(max_digits=18, decimal_places=2))
        return selectors.with_value(super().get_base_queryset()).alias(sort_value=Coalesce("value", zero))

    @property
    def columns(self) -> list[Column]:
        user, join = self.request.user, "; ".join
        return [
            Column(_("Reference number"), lambda row: row.reference),
            Column(_("Donors"), lambda row: join(selectors.donor_names(row, user))),
            Column(_("Recipient"), lambda row: row.recipient),
            Column(_("Designated regions"), lambda row: join(selectors.region_names(row))),
            Column(_("Region codes"), lambda row: join(e.region.short_code for e in row.donation_regions.all())),
            Column(_("Channel"), lambda row: row.get_channel_display()),
            Column(_("Disaster relief"), lambda row: row.get_relief_display()),
            *(Column(label, _amount_in(form)) for form, label in selectors.FORM_COLUMNS),
            Column(_("Pledged on"), lambda row: row.pledged_on),
            Column(_("Received on"), lambda row: row.received_on),
            Column(_("Status"), lambda row: row.get_status_display()),
            Column(_("Purpose"), lambda row: row.purpose),
            Column(_("Source"), lambda row: row.source),
        ]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        user = self.request.user
        for donation in context["object_list"]:
            donation.names = selectors.donor_names(donation, user)
        return {**context, "can_add": permissions.can_add(user), "can_upload": permissions.can_upload(user)}


def _amount_in(form: str):
    return lambda row: selectors.amount_in(row, form)


class DonationDetail(DetailView):
    """One gift with its lots, its history and, if it was mistaken, its correction."""

    template_name = "donations/donation_detail.html"
    context_object_name = "donation"

    def get_queryset(self):
        pair = [f"pairing__{side}_{kind}" for side in ("giver", "receiver") for kind in ("region", "organization")]
        rows = Donation.objects.visible_to(self.request.user).for_list()
        return rows.select_related("reversal__replaced_by", *pair)

    def get_context_data(self, **kwargs):
        user, donation = self.request.user, self.object
        pledged = donation.status == Donation.Status.PLEDGED
        received = donation.status == Donation.Status.RECEIVED
        return {
            **super().get_context_data(**kwargs),
            "value": selectors.value_of(donation),
            "by_form": selectors.value_by_form(donation),
            "names_shown": selectors.names_shown(donation, user),
            "private": permissions.is_concerned(user, donation),
            "can_receive": pledged and permissions.can_receive(user, donation),
            "can_cancel": pledged and permissions.can_cancel(user, donation),
            "can_reverse": received and permissions.can_reverse(user, donation),
        }


def _sent(request: HttpRequest):
    """What a form was sent with; None when the page is only opened."""
    return request.POST if request.method == "POST" else None


@login_required
def donation_add(request: HttpRequest) -> HttpResponse:
    """The entry form: rows for donors, lots and regions; asks back before a gift that looks entered already."""
    if not permissions.can_add(request.user):
        raise PermissionDenied
    entry = GiftEntry(_sent(request), user=request.user)
    repeats: list[Donation] = []
    if request.method == "POST" and not entry.growing and entry.is_valid():
        parts = entry.parts()
        if _may_be_stored(request, entry, parts):
            repeats = _repeats(request, entry, parts)
        donation = None if repeats or entry.has_errors else services.record_donation(**parts, by=request.user)
        if donation is not None:
            messages.success(request, _("The gift has been saved as %(number)s.") % {"number": donation})
            return redirect("donations:donation-detail", donation.pk)
    context = {"entry": entry, "form": entry.header, "repeats": repeats}
    return render(request, "donations/donation_form.html", context, status=400 if entry.has_errors else 200)


def _repeats(request: HttpRequest, entry: GiftEntry, parts: dict) -> list[Donation]:
    """Gifts that look like this one, unless the person has said that it is another."""
    if entry.header.cleaned_data["save_anyway"]:
        return []
    day = parts["received_on"] or parts["pledged_on"]
    return selectors.likely_repeats(donors=parts["donors"], lots=parts["lots"], day=day, user=request.user)


def _may_be_stored(request: HttpRequest, entry: GiftEntry, parts: dict) -> bool:
    """Whether the entries fit together and the person may enter them; the sentences are on the form otherwise."""
    errors = services.find_errors(**parts)
    refusal = (
        ""
        if errors
        else permissions.why_not_record(
            request.user,
            donors=[donor.organization for donor in parts["donors"] if donor.organization],
            regions=parts["regions"],
            recipient=parts["recipient"],
            received=parts["received_on"] is not None,
        )
    )
    entry.add_errors(errors or ({"": [refusal]} if refusal else {}))
    return not entry.has_errors


def _open(request: HttpRequest, pk: int, allowed) -> Donation:
    """The gift, for those who may take the step: 404 when invisible, 403 when not theirs."""
    donation = get_object_or_404(Donation.objects.visible_to(request.user).for_list(), pk=pk)
    if not allowed(request.user, donation):
        raise PermissionDenied
    return donation


@login_required
def donation_receive(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the day of receipt, then the gift counts."""
    donation = _open(request, pk, permissions.can_receive)
    form = ReceiveForm(_sent(request), initial={"version": donation.version})
    words = {
        "question": _("Confirm that the gift %(number)s has arrived?") % {"number": donation},
        "text": _("From then on it counts in the figures; a mistake can only be corrected by a reversal."),
        "submit": _("Confirm the receipt"),
    }
    return _step(request, donation, form, services.receive_donation, words)


@login_required
def donation_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the reason, then the pledge is given up."""
    donation = _open(request, pk, permissions.can_cancel)
    form = ReasonForm(_sent(request), initial={"version": donation.version})
    words = {
        "question": _("Cancel the pledge %(number)s?") % {"number": donation},
        "text": _("It stays on record, but nothing is expected from it any more. This cannot be undone."),
        "submit": _("Cancel the pledge"),
        "danger": True,
    }
    return _step(request, donation, form, services.cancel_donation, words)


@login_required
def donation_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the reason, then the gift leaves all figures."""
    donation = _open(request, pk, permissions.can_reverse)
    form = ReverseForm(_sent(request), user=request.user, initial={"version": donation.version})
    words = {
        "question": _("Reverse the gift %(number)s?") % {"number": donation},
        "text": _("It stays on record, but counts in no figure from then on. This cannot be undone."),
        "submit": _("Reverse the gift"),
        "danger": True,
    }
    return _step(request, donation, form, services.reverse_donation, words)


def _step(request: HttpRequest, donation: Donation, form, service, words: dict) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            service(donation=donation, by=request.user, **form.cleaned_data)
        except services.BadGift as bad:
            for name, sentences in bad.facts["errors"].items():
                form.add_error(name if name in form.fields else None, sentences)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The status is now “%(status)s”.") % {"status": donation.get_status_display()})
            return redirect("donations:donation-detail", donation.pk)
    context = {"form": form, "donation": donation, **words}
    return render(request, "donations/donation_step.html", context, status=400 if form.errors else 200)

"""Pages of consumption records and their refunds."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import DetailView

from core.errors import Refused
from core.exports import Column
from core.lists import ListPage
from projects import permissions, selectors, services
from projects.filters import ConsumptionFilter
from projects.forms import PurchaseForm, ReasonForm, RefundForm
from projects.models import ConsumptionRecord, Product, RefundEntry
from projects.selectors.consumption import DEFINITION
from projects.views.doors import sent
from regions.models import Region
from regions.selectors import with_paths

Status = ConsumptionRecord.Status


class PurchaseList(ListPage):
    model = ConsumptionRecord
    template_name = "projects/purchase_list.html"
    filterset_class = ConsumptionFilter
    export_name = "consumption"
    sorts = {
        "newest": (gettext_lazy("newest"), ["-bought_on"]),
        "amount": (gettext_lazy("amount"), ["amount"]),
        "region": (gettext_lazy("selling region"), ["region"]),
    }
    columns = [
        Column(gettext_lazy("Reference number"), lambda row: row.reference),
        Column(gettext_lazy("Mode"), lambda row: row.get_mode_display()),
        Column(gettext_lazy("Sales channel"), lambda row: row.get_channel_display()),
        Column(gettext_lazy("Buyer"), lambda row: row.who),
        Column(gettext_lazy("Selling region"), lambda row: row.region.name),
        Column(gettext_lazy("Region code"), lambda row: row.region.short_code),
        Column(gettext_lazy("Seller"), lambda row: row.seller.name if row.seller else ""),
        Column(gettext_lazy("Product or goods"), lambda row: row.what),
        Column(gettext_lazy("How exact the quantity is"), lambda row: row.get_quantity_qualifier_display()),
        Column(gettext_lazy("Quantity"), lambda row: row.quantity),
        Column(gettext_lazy("Unit"), lambda row: row.unit),
        Column(gettext_lazy("Quantity as printed"), lambda row: row.quantity_text),
        Column(gettext_lazy("Why there is no quantity"), lambda row: row.quantity_reason),
        Column(gettext_lazy("How exact the amount is"), lambda row: row.get_amount_qualifier_display()),
        Column(gettext_lazy("Amount (yuan)"), lambda row: row.amount),
        Column(gettext_lazy("Why there is no amount"), lambda row: row.amount_reason),
        Column(gettext_lazy("Refunded (yuan)"), lambda row: row.refunded_amount),
        Column(gettext_lazy("Quantity returned"), lambda row: row.refunded_quantity),
        Column(gettext_lazy("First day"), lambda row: row.bought_from),
        Column(gettext_lazy("Day of the purchase"), lambda row: row.bought_on),
        Column(gettext_lazy("Voucher number"), lambda row: row.voucher),
        Column(gettext_lazy("Source"), lambda row: row.source),
        Column(gettext_lazy("Status"), lambda row: row.get_status_display()),
    ]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        found = self.filter.qs if self.filter.is_valid() else ConsumptionRecord.objects.none()
        return {
            **context,
            "can_add": permissions.can_add_purchase(self.request.user),
            "totals": selectors.consumption_totals(found),
            "definition": DEFINITION,
            "reported": selectors.reported_consumption(self.request.user, region=self._region()),
        }

    def _region(self) -> Region | None:
        return self.filter.form.cleaned_data.get("region") if self.filter.is_valid() else None


class PurchaseDetail(DetailView):
    model = ConsumptionRecord
    template_name = "projects/purchase_detail.html"
    context_object_name = "record"

    def get_queryset(self):
        return ConsumptionRecord.objects.visible_to(self.request.user).for_list()

    def get_context_data(self, **kwargs):
        user, record = self.request.user, self.object
        with_paths([record.region])
        staff = permissions.can_verify_purchase(user, record)
        live = record.status != Status.STRUCK
        enters = permissions.can_enter_purchase(user, record.region_id, record.buyer, record.seller)
        return {
            **super().get_context_data(**kwargs),
            "private": enters or (user.is_authenticated and record.created_by_id == user.pk),
            "refunds": record.refunds.all(),
            "may_verify": staff and record.status == Status.ENTERED,
            "may_strike": staff and live,
            "may_refund": live and permissions.can_refund(user, record),
        }


@login_required
def purchase_add(request: HttpRequest) -> HttpResponse:
    if not permissions.can_add_purchase(request.user):
        raise PermissionDenied(_("Purchases are entered by buyers, sellers, villages and civil-affairs staff."))
    form = PurchaseForm(sent(request), user=request.user, initial=_from_product(request))
    if request.method == "POST" and form.is_valid():
        values = form.values()
        parties = (values["buyer"], values["seller"])
        if not permissions.can_enter_purchase(request.user, values["region"].code, *parties):
            form.add_error("region", _("Name an organization you act for, or a region you are responsible for."))
        else:
            try:
                record = services.enter_purchase(values=values, by=request.user)
            except Refused as refused:
                form.add_error(None, refused.message)
            else:
                messages.success(request, _("The record is entered; it counts once a second person has verified it."))
                return redirect("projects:purchase-detail", record.pk)
    context = {"form": form}
    return render(request, "projects/purchase_form.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def purchase_verify(request: HttpRequest, pk: int) -> HttpResponse:
    record = _verified_by(request, pk)
    try:
        services.verify_purchase(record=record, by=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The record is verified and counts."))
    return redirect("projects:purchase-detail", pk)


@login_required
def purchase_strike(request: HttpRequest, pk: int) -> HttpResponse:
    record = _verified_by(request, pk)
    form = ReasonForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.strike_purchase(record=record, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, _("Status: %(status)s") % {"status": record.get_status_display()})
        return redirect("projects:purchase-detail", pk)
    context = {"form": form, "record": record}
    return render(request, "projects/purchase_strike.html", context, status=400 if form.errors else 200)


@login_required
def refund_add(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(ConsumptionRecord.objects.visible_to(request.user).for_list(), pk=pk)
    if not permissions.can_refund(request.user, record):
        raise PermissionDenied(_("Refunds of verified records are entered by staff of the selling region."))
    form = RefundForm(sent(request), instance=RefundEntry(record=record))
    if request.method == "POST" and form.is_valid():
        try:
            services.enter_refund(record=record, values=form.values(), by=request.user)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("The refund is entered."))
            return redirect("projects:purchase-detail", pk)
    context = {"form": form, "record": record}
    return render(request, "projects/refund_form.html", context, status=400 if form.errors else 200)


def _from_product(request: HttpRequest) -> dict:
    """What the form begins with when it is opened from a product's page."""
    number = request.GET.get("product", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 12):
        return {}
    product = Product.objects.visible_to(request.user).for_list().filter(pk=int(number)).first()
    if product is None:
        return {}
    return {"product": product.name, "region": product.region, "seller": product.seller, "unit": product.unit}


def _verified_by(request: HttpRequest, pk: int) -> ConsumptionRecord:
    record = get_object_or_404(ConsumptionRecord.objects.visible_to(request.user).for_list(), pk=pk)
    if not permissions.can_verify_purchase(request.user, record):
        raise PermissionDenied(_("Only civil-affairs staff of the selling region may do this."))
    return record

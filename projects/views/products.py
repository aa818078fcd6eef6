"""Pages of the products of villages and co-operatives."""

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
from projects.filters import ProductFilter
from projects.forms import ProductForm
from projects.models import ConsumptionRecord, Product
from projects.selectors.consumption import DEFINITION
from projects.views.doors import sent
from regions.selectors import with_paths


class ProductList(ListPage):
    model = Product
    template_name = "projects/product_list.html"
    filterset_class = ProductFilter
    export_name = "products"
    sorts = {
        "name": (gettext_lazy("name"), ["name"]),
        "region": (gettext_lazy("region"), ["region"]),
        "price": (gettext_lazy("price"), ["price"]),
    }
    columns = [
        Column(gettext_lazy("Name"), lambda row: row.name),
        Column(gettext_lazy("Region"), lambda row: row.region.name),
        Column(gettext_lazy("Region code"), lambda row: row.region.short_code),
        Column(gettext_lazy("Seller"), lambda row: row.seller.name if row.seller else ""),
        Column(gettext_lazy("Price (yuan)"), lambda row: row.price),
        Column(gettext_lazy("Unit"), lambda row: row.unit),
        Column(gettext_lazy("Content of one unit"), lambda row: row.content),
        Column(gettext_lazy("Unit of the content"), lambda row: row.content_unit),
        Column(gettext_lazy("Season"), lambda row: row.season),
        Column(gettext_lazy("Source"), lambda row: row.source),
        Column(gettext_lazy("Status"), lambda row: row.get_status_display()),
    ]

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "can_add": permissions.can_add_purchase(self.request.user)}


class ProductDetail(DetailView):
    model = Product
    template_name = "projects/product_detail.html"
    context_object_name = "product"

    def get_queryset(self):
        return Product.objects.visible_to(self.request.user).for_list()

    def get_context_data(self, **kwargs):
        user, product = self.request.user, self.object
        with_paths([product.region])
        records = ConsumptionRecord.objects.visible_to(user).filter(product=product)
        return {
            **super().get_context_data(**kwargs),
            "keeps": permissions.can_keep_product(user, product.region_id, product.seller),
            "can_record": permissions.can_add_purchase(user) and product.status == Product.Status.OFFERED,
            "totals": selectors.consumption_totals(records),
            "definition": DEFINITION,
            "records": records.for_list().order_by("-bought_on", "-pk")[:10],
        }


@login_required
def product_add(request: HttpRequest) -> HttpResponse:
    if not permissions.can_add_purchase(request.user):
        raise PermissionDenied(_("Products are entered by villages, their organizations and civil-affairs staff."))
    form = ProductForm(sent(request))
    if request.method == "POST" and form.is_valid():
        values = form.values()
        if not permissions.can_keep_product(request.user, values["region"].code, values["seller"]):
            form.add_error("region", _("Name a region you are responsible for, or a seller you act for."))
        else:
            try:
                product = services.add_product(values=values, by=request.user)
            except Refused as refused:
                form.add_error("name", refused.message)
            else:
                messages.success(request, _("The product is on offer."))
                return redirect("projects:product-detail", product.pk)
    return _form_page(request, form, None)


@login_required
def product_edit(request: HttpRequest, pk: int) -> HttpResponse:
    product = _kept_by(request, pk)
    form = ProductForm(sent(request), instance=_kept_by(request, pk))
    if request.method == "POST" and form.is_valid():
        values = form.values()
        if not permissions.can_keep_product(request.user, values["region"].code, values["seller"]):
            form.add_error("region", _("Name a region you are responsible for, or a seller you act for."))
            return _form_page(request, form, product)
        try:
            services.edit_product(
                product=product, values=values, version=form.cleaned_data["version"] or 0, by=request.user
            )
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("Your changes have been saved."))
            return redirect("projects:product-detail", pk)
    return _form_page(request, form, product)


@login_required
@require_POST
def product_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, services.withdraw_product, _("The product is no longer on offer."))


@login_required
@require_POST
def product_offer(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, services.offer_product, _("The product is on offer."))


def _step(request: HttpRequest, pk: int, service, done: str) -> HttpResponse:
    product = _kept_by(request, pk)
    try:
        service(product=product, by=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, done)
    return redirect("projects:product-detail", pk)


def _kept_by(request: HttpRequest, pk: int) -> Product:
    """The product for its keepers: 404 when invisible, 403 when not theirs."""
    product = get_object_or_404(Product.objects.visible_to(request.user).for_list(), pk=pk)
    if not permissions.can_keep_product(request.user, product.region_id, product.seller):
        raise PermissionDenied(_("Only the seller and those responsible for the village may do this."))
    return product


def _form_page(request: HttpRequest, form, product: Product | None) -> HttpResponse:
    context = {"form": form, "product": product}
    return render(request, "projects/product_form.html", context, status=400 if form.errors else 200)

"""The catalogue: usual prices, and things that are not accepted."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.errors import Refused
from core.exports import Column
from core.lists import ListPage
from demands import permissions, services
from demands.filters import NotAcceptedFilter, PriceBandFilter
from demands.forms import NotAcceptedForm, PriceBandForm
from demands.models import NotAccepted, PriceBand

_SHARED = [
    Column(gettext_lazy("name"), lambda row: row.name),
    Column(gettext_lazy("keywords"), lambda row: row.keywords),
    Column(gettext_lazy("region"), lambda row: row.region.name if row.region else ""),
]
_PERIOD = [
    Column(gettext_lazy("valid from"), lambda row: row.valid_from),
    Column(gettext_lazy("valid to"), lambda row: row.valid_to),
    Column(gettext_lazy("source"), lambda row: row.source),
]


class _EntryPage(ListPage):
    sorts = {"name": (gettext_lazy("name"), ["name"]), "newest": (gettext_lazy("newest"), ["-valid_from"])}

    def get_context_data(self, **kwargs):
        user = self.request.user
        context = super().get_context_data(**kwargs)
        today = timezone.localdate()
        ends = {
            row.pk
            for row in context["object_list"]
            if row.valid_to is None and row.valid_from <= today and permissions.can_keep_catalogue_in(user, row.region)
        }
        return context | {"can_keep": permissions.can_keep_catalogue(user), "ends": ends}


class PriceBandPage(_EntryPage):
    model = PriceBand
    filterset_class = PriceBandFilter
    template_name = "demands/price_list.html"
    export_name = "usual-prices"
    columns = [
        *_SHARED,
        Column(gettext_lazy("unit"), lambda row: row.unit),
        Column(gettext_lazy("from, in yuan"), lambda row: row.low),
        Column(gettext_lazy("up to, in yuan"), lambda row: row.high),
        *_PERIOD,
    ]


class NotAcceptedPage(_EntryPage):
    model = NotAccepted
    filterset_class = NotAcceptedFilter
    template_name = "demands/notaccepted_list.html"
    export_name = "not-accepted"
    columns = [*_SHARED, Column(gettext_lazy("reason"), lambda row: row.reason), *_PERIOD]


@login_required
def price_create(request: HttpRequest) -> HttpResponse:
    return _create(request, PriceBandForm, "demands:price-list", _("Add a usual price"))


@login_required
def not_accepted_create(request: HttpRequest) -> HttpResponse:
    return _create(request, NotAcceptedForm, "demands:not-accepted-list", _("Add a thing that is not accepted"))


def _create(request: HttpRequest, form_class, back: str, title: str) -> HttpResponse:
    if not permissions.can_keep_catalogue(request.user):
        raise PermissionDenied
    form = form_class(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_entry(entry=form.entry(), by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused.message))
        else:
            messages.success(request, _("The entry is stored."))
            return redirect(back)
    context = {"form": form, "back": back, "title": title}
    return render(request, "demands/entry_form.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def price_end(request: HttpRequest, pk: int) -> HttpResponse:
    return _end(request, PriceBand, pk, "demands:price-list")


@login_required
@require_POST
def not_accepted_end(request: HttpRequest, pk: int) -> HttpResponse:
    return _end(request, NotAccepted, pk, "demands:not-accepted-list")


def _end(request: HttpRequest, model, pk: int, back: str) -> HttpResponse:
    entry = get_object_or_404(model.objects.visible_to(request.user).for_list(), pk=pk)
    if not permissions.can_keep_catalogue_in(request.user, entry.region):
        raise PermissionDenied
    try:
        services.end_entry(entry=entry, on=timezone.localdate(), by=request.user)
    except Refused as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("The entry holds until today and no longer."))
    return redirect(back)

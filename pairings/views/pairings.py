"""Pages about schemes and pairs."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import DetailView

from core.errors import Refused
from core.exports import Column
from core.lists import ListPage
from core.states import sent_version
from exchange.sheets import Sheet
from pairings import permissions, selectors, services
from pairings.filters import BoardFilter, PairingFilter, SchemeFilter
from pairings.forms import EndForm, PairingForm, SchemeForm
from pairings.models import Pairing, Scheme
from pairings.sheets import PAIRING_SHEET, parent_text, party_text


def sheet_column(key: str, value: Callable[[Any], Any], sheet: Sheet = PAIRING_SHEET) -> Column:
    """A column of the download under the heading, and with the words, of the sheet."""
    column = next(column for column in (*sheet.columns, *sheet.told) if column.key == key)
    words = {choice.value: choice for choice in column.choices}

    def cell(row: Any) -> Any:
        found = value(row)
        return words[found].label if found in words else found

    # The words may be lazy; the bare function is what the list checks read.
    return Column(lazy(lambda: column.heading, str)(), cell if words else value)


class PairingList(ListPage):
    """Who helps whom, by scheme, region and day."""

    model = Pairing
    filterset_class = PairingFilter
    template_name = "pairings/pairing_list.html"
    export_name = "pairings"
    sorts = {
        "giver": (gettext_lazy("Giver"), ["giver_region_id", "giver_organization__pinyin", "receiver_region_id"]),
        "receiver": (gettext_lazy("Receiver"), ["receiver_region_id", "receiver_organization__pinyin"]),
        "valid_from": (gettext_lazy("In force from"), ["valid_from"]),
        "newest": (gettext_lazy("Newest"), ["-created_at"]),
    }
    # In the words of the sheet, so that a download can be loaded again.
    columns = [
        sheet_column("scheme", lambda row: row.scheme.name),
        sheet_column("kind", lambda row: row.scheme.kind),
        sheet_column("giver", lambda row: party_text(row.giver)),
        sheet_column("receiver", lambda row: party_text(row.receiver)),
        sheet_column("parent", parent_text),
        sheet_column("valid_from", lambda row: row.valid_from),
        sheet_column("valid_to", lambda row: row.valid_to),
        sheet_column("confidence", lambda row: row.confidence),
        sheet_column("source", lambda row: row.source),
        sheet_column("status", lambda row: row.get_status_display()),
        sheet_column("reference", lambda row: row.reference),
    ]

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "can_add": permissions.can_add(self.request.user)}


class SchemeList(ListPage):
    """The programmes under which pairs and teams are made."""

    model = Scheme
    filterset_class = SchemeFilter
    template_name = "pairings/scheme_list.html"
    export_name = "schemes"
    sorts = {
        "name": (gettext_lazy("Name"), ["name"]),
        "kind": (gettext_lazy("Kind of scheme"), ["kind", "name"]),
        "pairs": (gettext_lazy("Pairs"), ["-pairs"]),
    }
    columns = [
        Column(gettext_lazy("Name"), lambda row: row.name),
        Column(gettext_lazy("Kind of scheme"), lambda row: row.get_kind_display()),
        Column(gettext_lazy("Pairs"), lambda row: row.pairs),
    ]

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "can_add": permissions.can_add_scheme(self.request.user)}


def board(request: HttpRequest) -> HttpResponse:
    """The pairs as a matrix, givers down and receivers across, with the money agreed and received in a year."""
    rows = Pairing.objects.visible_to(request.user).for_list()
    found = BoardFilter(request.GET, queryset=rows, request=request)
    chosen = found.qs if found.is_valid() else rows.none()
    if not request.GET.get("valid_on") and not request.GET.get("parent"):
        chosen = chosen.filter(status=Pairing.Status.ACTIVE)
    parent = None
    if found.is_valid() and found.form.cleaned_data.get("parent"):
        parent = rows.filter(reference__iexact=found.form.cleaned_data["parent"]).first()
    elif found.is_valid() and not any(found.form.cleaned_data.get(name) for name in ("scheme", "kind", "region")):
        chosen = chosen.filter(parent=None)
    years = selectors.years_of_targets(request.user)
    year = _year(request, years)
    order = ["giver_region_id", "giver_organization_id", "receiver_region_id", "receiver_organization_id", "pk"]
    context = {
        "filter": found,
        "parent": parent,
        "years": years,
        "board": selectors.board(chosen.order_by(*order), year=year, user=request.user),
        "can_add": permissions.can_add(request.user),
    }
    return render(request, "pairings/board.html", context)


def _year(request: HttpRequest, years: list[int]) -> int:
    """The year asked for, else the newest of which anybody has stated a figure, else this one."""
    asked = request.GET.get("year", "")
    if asked.isascii() and asked.isdecimal() and len(asked) == 4:
        return int(asked)
    return years[0] if years else timezone.localdate().year


class PairingDetail(DetailView):
    """One pair: the pair above and the pairs under it, what both sides agreed on, visits, and teams."""

    template_name = "pairings/pairing_detail.html"
    context_object_name = "pairing"

    def get_queryset(self):
        return Pairing.objects.visible_to(self.request.user).for_list()

    def get_context_data(self, **kwargs):
        user, pairing = self.request.user, self.object
        # Of the many of a province only the newest; the lists have all of them.
        own = {"agreements": pairing.agreements, "visits": pairing.visits, "teams": pairing.teams}
        shown = {name: rows.visible_to(user).for_list().order_by("-pk")[:20] for name, rows in own.items()}
        sides = permissions.sides_of(user, pairing) if user.is_authenticated else []
        lines = selectors.target_lines(pairing, user)
        return {
            **super().get_context_data(**kwargs),
            **shown,
            "parent": self.get_queryset().filter(pk=pairing.parent_id).first(),
            "under": selectors.under(pairing, user),
            "lines": lines,
            "differing": any(line.target and line.target.difference is not None for line in lines),
            "sides": sides,
            "can_record": bool(sides) and pairing.status != Pairing.Status.DRAFT,
            "can_change": permissions.can_change(user, pairing),
        }


def sent(request: HttpRequest):
    """What a form was sent with; None when the page is only opened."""
    return request.POST if request.method == "POST" else None


def _changeable(request: HttpRequest, pk: int) -> Pairing:
    """The pair, for those who may change it: 404 when invisible, 403 when not theirs."""
    pairing = get_object_or_404(Pairing.objects.visible_to(request.user).for_list(), pk=pk)
    if not permissions.can_change(request.user, pairing):
        raise PermissionDenied
    return pairing


def recordable(request: HttpRequest, pk: int) -> Pairing:
    """The pair, for those who speak for one of its sides: 404 when invisible, 403 when not theirs."""
    pairing = get_object_or_404(Pairing.objects.visible_to(request.user).for_list(), pk=pk)
    if not permissions.can_record(request.user, pairing):
        raise PermissionDenied
    return pairing


@login_required
def scheme_add(request: HttpRequest) -> HttpResponse:
    if not permissions.can_add_scheme(request.user):
        raise PermissionDenied
    form = SchemeForm(sent(request))
    if form.is_bound and form.is_valid():
        try:
            scheme = services.create_scheme(**form.cleaned_data, by=request.user)
        except Refused as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(request, _("The scheme “%(scheme)s” has been entered.") % {"scheme": scheme})
            return redirect("pairings:scheme-list")
    return render(request, "pairings/scheme_form.html", {"form": form}, status=400 if form.errors else 200)


@login_required
def pairing_add(request: HttpRequest) -> HttpResponse:
    if not permissions.can_add(request.user):
        raise PermissionDenied
    form = PairingForm(sent(request), user=request.user)
    if form.is_bound and form.is_valid():
        try:
            pairing = services.create_pairing(**form.values(), by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("“%(pairing)s” has been entered as a draft.") % {"pairing": pairing})
            return redirect("pairings:pairing-detail", pairing.pk)
    return render(request, "pairings/pairing_form.html", {"form": form}, status=400 if form.errors else 200)


@login_required
@require_POST
def pairing_activate(request: HttpRequest, pk: int) -> HttpResponse:
    pairing = _changeable(request, pk)
    version = sent_version(request.POST.get("version", ""))
    try:
        services.activate_pairing(pairing=pairing, by=request.user, version=version)
        messages.success(request, _("“%(pairing)s” is now in force.") % {"pairing": pairing})
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("pairings:pairing-detail", pairing.pk)


@login_required
def pairing_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the last day and the reason, then ends the pair."""
    pairing = _changeable(request, pk)
    form = EndForm(sent(request), initial={"version": pairing.version})
    if form.is_bound and form.is_valid():
        try:
            services.end_pairing(pairing=pairing, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("“%(pairing)s” has ended.") % {"pairing": pairing})
            return redirect("pairings:pairing-detail", pairing.pk)
    context = {"form": form, "pairing": pairing}
    return render(request, "pairings/pairing_end.html", context, status=400 if form.errors else 200)

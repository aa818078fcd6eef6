"""Pages about the yearly figures: each side states its own."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.errors import Refused
from core.lists import ListPage
from core.states import sent_version
from pairings import permissions, services
from pairings.filters import TargetFilter
from pairings.forms import TargetForm
from pairings.models import PairingTarget
from pairings.sheets import TARGET_SHEET
from pairings.views.pairings import recordable, sent, sheet_column

_column = partial(sheet_column, sheet=TARGET_SHEET)


class TargetList(ListPage):
    """What the sides of all pairs have agreed on, year by year."""

    model = PairingTarget
    filterset_class = TargetFilter
    template_name = "pairings/target_list.html"
    export_name = "targets"
    sorts = {
        "year": (gettext_lazy("Year"), ["-year", "pairing_id", "measure"]),
        "giver_value": (gettext_lazy("Figure of the giver"), ["-giver_value"]),
        "receiver_value": (gettext_lazy("Figure of the receiver"), ["-receiver_value"]),
    }
    # In the words of the sheet, so that a download can be loaded again.
    columns = [
        _column("pair", lambda row: row.pairing.reference),
        _column("year", lambda row: row.year),
        _column("measure", lambda row: row.measure),
        _column("giver_value", lambda row: row.giver_value),
        _column("receiver_value", lambda row: row.receiver_value),
        _column("giver", lambda row: row.pairing.giver),
        _column("receiver", lambda row: row.pairing.receiver),
        _column("agreed", lambda row: row.agreed),
        _column("difference", lambda row: row.difference),
    ]

    def get_context_data(self, **kwargs):
        can_upload = permissions.can_record_anywhere(self.request.user)
        return {**super().get_context_data(**kwargs), "can_upload": can_upload}


@login_required
def target_state(request: HttpRequest, pk: int) -> HttpResponse:
    """States one side's figure, for the first time or anew."""
    pairing = recordable(request, pk)
    given = {name: request.GET[name] for name in ("year", "measure", "side") if name in request.GET}
    sides = permissions.sides_of(request.user, pairing)
    form = TargetForm(sent(request), pairing=pairing, sides=sides, initial=given)
    if form.is_bound and form.is_valid():
        try:
            target = services.state_target(pairing=pairing, **form.cleaned_data, by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            _say(request, target)
            return redirect("pairings:pairing-detail", pairing.pk)
    context = {"form": form, "pairing": pairing, "heading": _("State a yearly figure")}
    return render(request, "pairings/record_form.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def target_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """States for one's own side what the other side has stated."""
    target = get_object_or_404(PairingTarget.objects.visible_to(request.user).for_list(), pk=pk)
    sides = permissions.sides_of(request.user, target.pairing)
    side = target.missing_side or request.POST.get("side", "")
    if side not in sides:
        raise PermissionDenied
    version = sent_version(request.POST.get("version", ""))
    try:
        _say(request, services.confirm_target(target=target, side=side, by=request.user, version=version))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("pairings:pairing-detail", target.pairing_id)


def _say(request: HttpRequest, target: PairingTarget) -> None:
    if target.agreed is not None:
        messages.success(request, _("Both sides state the same figure: it is agreed."))
    elif target.missing_side:
        messages.success(request, _("The figure has been entered. The other side states its own or confirms it."))
    else:
        messages.warning(request, _("The two sides state different figures. Talk to each other and correct one."))

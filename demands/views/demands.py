from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.generic import DetailView

from core.errors import Refused
from core.models import StatusChange
from demands import permissions, selectors, services
from demands.forms import EMPTY_ROWS, DemandForm, item_formset
from demands.models import Claim, Demand, Evidence
from demands.views.acts import seen, sent_number


class DemandDetail(DetailView):
    model = Demand
    template_name = "demands/demand_detail.html"

    def get_queryset(self):
        rows = Demand.objects.visible_to(self.request.user).for_list()
        return rows.prefetch_related("beneficiaries").select_related("village__parent__parent__parent")

    def get_context_data(self, **kwargs):
        demand, user = self.object, self.request.user
        claims = (
            Claim.objects.filter(demand=demand).live().select_related("organization").prefetch_related("lines__item")
        )
        own = Claim.objects.visible_to(user).filter(demand=demand)
        private = permissions.can_see_notes(user, demand)
        changes = list(StatusChange.objects.of(demand)[:200])
        acts = selectors.acts(user, demand)
        return {
            **super().get_context_data(**kwargs),
            "acts": acts,
            "suggestions": selectors.organizations_for(demand, most=3) if acts.get("invite") else [],
            "why_no_claim": selectors.why_no_claim(user, demand),
            "can_wait": _is_taken(demand) and bool(selectors.queueing_organizations(user, demand)),
            "claims": claims,
            "visible_claims": set(own.values_list("pk", flat=True)),
            "show_contact": permissions.can_see_contact(user, demand),
            "photos": selectors.public_photos(demand),
            "private": private,
            "next_act": selectors.next_act(demand),
            "timeline": selectors.timeline(changes, demand),
            "verified": selectors.verified(changes),
            "evidence": Evidence.objects.of(demand).visible_to(user),
            "rows": selectors.item_rows(demand),
            **(selectors.findings(demand) if private and demand.status in Demand.BEFORE_PUBLICATION else {}),
        }


def _is_taken(demand: Demand) -> bool:
    """Whether claims hold all of it, so that waiting is all that is left."""
    return demand.status in Demand.OPEN and all(item.remaining == 0 for item in demand.items.all())


@login_required
def demand_create(request: HttpRequest) -> HttpResponse:
    if not permissions.can_draft(request.user):
        raise PermissionDenied
    return _demand_form(request, Demand(), [])


@login_required
def demand_edit(request: HttpRequest, pk: int) -> HttpResponse:
    demand = seen(request, pk)
    if not permissions.can_edit(request.user, demand):
        raise PermissionDenied
    if demand.status not in Demand.EDITABLE:
        messages.error(request, _("Only a draft or a returned demand can be edited."))
        return redirect("demands:demand-detail", demand.pk)
    names = item_formset().form.Meta.fields
    return _demand_form(request, demand, [{name: getattr(item, name) for name in names} for item in demand.items.all()])


def _demand_form(request: HttpRequest, demand: Demand, rows: list[dict]) -> HttpResponse:
    """The form of a demand with its items: shown, shown again with more rows or errors, or stored."""
    status = 200
    if request.method != "POST":
        form = DemandForm(instance=demand, user=request.user)
        formset = item_formset()(initial=rows)
    elif "more" in request.POST or "village-step" in request.POST:
        stepping = "village-step" in request.POST
        form = DemandForm(
            request.POST if stepping else None, initial=_typed(request), instance=demand, user=request.user
        )
        formset = item_formset(EMPTY_ROWS)(initial=_typed_rows(request))
    else:
        form = DemandForm(request.POST, instance=demand, user=request.user)
        formset = item_formset()(request.POST, initial=rows)
        # Both are checked, so that all that is wrong is said at once.
        if all([form.is_valid(), formset.is_valid()]):
            try:
                return _store(request, demand.pk, form, formset)
            except Refused as refused:
                _show_refusal(form, formset, refused)
                status = 409
        else:
            status = 400
    _warn_of_prices(request, demand, formset)
    context = {"form": form, "formset": formset, "demand": demand if demand.pk else None}
    return render(request, "demands/demand_form.html", context, status=status)


def _typed(request: HttpRequest) -> dict:
    return {name: value for name, value in request.POST.items() if not name.startswith("form-")}


def _typed_rows(request: HttpRequest) -> list[dict]:
    """The item rows as typed, to be shown again without complaint; emptied ones are left out."""
    names = [*item_formset().form.Meta.fields]
    rows = []
    for number in range(min(sent_number(request, "form-TOTAL_FORMS") or 0, 100)):
        row = {name: request.POST.get(f"form-{number}-{name}", "") for name in names}
        if any(value for name, value in row.items() if name != "kind"):
            rows.append(row)
    return rows


def _show_refusal(form: DemandForm, formset, refused: Refused) -> None:
    """Put a refusal on the page: beside the items it is about, or on top."""
    named = set(refused.facts.get("items", []))
    parts = [part for part in formset if part.cleaned_data.get("what") in named]
    for part in parts:
        part.add_error("what", str(refused.message))
    if not parts:
        form.add_error(None, str(refused.message))


def _warn_of_prices(request: HttpRequest, demand: Demand, formset) -> None:
    """Put a sentence beside each price that is unusual; it hinders nobody."""
    rows = [form.price() for form in formset]
    for form, warning in zip(formset, selectors.price_warnings(rows, demand.village_id or ""), strict=True):
        form.price_warning = warning


def _store(request: HttpRequest, pk: int | None, form: DemandForm, formset) -> HttpResponse:
    values = {"values": form.values(), "items": formset.items(), "beneficiaries": form.counts(), "by": request.user}
    if pk:
        # Read again: the form has written what was typed into its own copy.
        demand = services.edit_demand(demand=seen(request, pk), version=form.cleaned_data["version"], **values)
    else:
        demand = services.create_demand(**values)
    messages.success(request, _("The draft is stored. Attach what shows the need, then submit it for review."))
    return redirect("demands:demand-detail", demand.pk)

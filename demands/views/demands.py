from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import DetailView

from core.errors import Refused
from core.exports import Column
from core.lists import ListPage
from demands import permissions, selectors, services
from demands.filters import DemandFilter
from demands.forms import EMPTY_ROWS, DemandForm, OptionalReasonForm, QuantityForm, ReasonForm, item_formset
from demands.models import Claim, Demand
from demands.views.acts import ask_reason, attempt


class DemandListPage(ListPage):
    model = Demand
    filterset_class = DemandFilter
    template_name = "demands/demand_list.html"
    export_name = "demands"
    sorts = {
        "newest": (gettext_lazy("newest"), ["-id"]),
        "deadline": (gettext_lazy("deadline"), ["valid_until"]),
        "remaining": (gettext_lazy("most left to claim"), ["-share_left"]),
    }
    columns = [
        Column(gettext_lazy("reference number"), lambda demand: demand.reference),
        Column(gettext_lazy("title"), lambda demand: demand.title),
        Column(gettext_lazy("code of the village"), lambda demand: demand.village_id),
        Column(gettext_lazy("village"), lambda demand: demand.place),
        Column(gettext_lazy("assistance form"), lambda demand: demand.get_form_display()),
        Column(gettext_lazy("items"), lambda demand: demand.needs),
        Column(gettext_lazy("share left"), lambda demand: round(demand.share_left, 4)),
        Column(gettext_lazy("urgency"), lambda demand: demand.get_urgency_display()),
        Column(gettext_lazy("valid until"), lambda demand: demand.valid_until),
        Column(gettext_lazy("status"), lambda demand: demand.get_status_display()),
        Column(gettext_lazy("demand list"), lambda demand: demand.list.reference if demand.list else ""),
    ]

    def get_context_data(self, **kwargs):
        return {
            **super().get_context_data(**kwargs),
            "claimable_total": Demand.objects.claimable().count(),
            "can_draft": permissions.can_draft(self.request.user),
        }


class DemandDetail(DetailView):
    model = Demand
    template_name = "demands/demand_detail.html"

    def get_queryset(self):
        return Demand.objects.visible_to(self.request.user).for_list().prefetch_related("beneficiaries")

    def get_context_data(self, **kwargs):
        demand, user = self.object, self.request.user
        claims = (
            Claim.objects.filter(demand=demand).live().select_related("organization").prefetch_related("lines__item")
        )
        own = Claim.objects.visible_to(user).filter(demand=demand)
        return {
            **super().get_context_data(**kwargs),
            "acts": selectors.acts(user, demand),
            "why_no_claim": selectors.why_no_claim(user, demand),
            "can_wait": demand.status == Demand.Status.CLAIMED and bool(selectors.queueing_organizations(user, demand)),
            "claims": claims,
            "visible_claims": set(own.values_list("pk", flat=True)),
            "show_contact": permissions.can_see_contact(user, demand),
            "private": permissions.can_see_notes(user, demand),
            "photos": selectors.public_photos(demand),
        }


def seen(request: HttpRequest, pk: int) -> Demand:
    """The demand if the person may see it, otherwise 404."""
    return get_object_or_404(Demand.objects.visible_to(request.user), pk=pk)


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
                form.add_error(None, str(refused.message))
                status = 409
        else:
            status = 400
    context = {"form": form, "formset": formset, "demand": demand if demand.pk else None}
    return render(request, "demands/demand_form.html", context, status=status)


def _typed(request: HttpRequest) -> dict:
    return {name: value for name, value in request.POST.items() if not name.startswith("form-")}


def _typed_rows(request: HttpRequest) -> list[dict]:
    """The item rows as typed, to be shown again without complaint; emptied ones are left out."""
    names = [*item_formset().form.Meta.fields]
    rows = []
    for number in range(min(_number(request, "form-TOTAL_FORMS") or 0, 100)):
        row = {name: request.POST.get(f"form-{number}-{name}", "") for name in names}
        if any(value for name, value in row.items() if name != "kind"):
            rows.append(row)
    return rows


def _store(request: HttpRequest, pk: int | None, form: DemandForm, formset) -> HttpResponse:
    values = {"values": form.values(), "items": formset.items(), "beneficiaries": form.counts(), "by": request.user}
    if pk:
        # Read again: the form has written what was typed into its own copy.
        demand = services.edit_demand(demand=seen(request, pk), version=form.cleaned_data["version"], **values)
    else:
        demand = services.create_demand(**values)
    messages.success(request, _("The draft is stored. Submit it for review when it is complete."))
    return redirect("demands:demand-detail", demand.pk)


def _number(request: HttpRequest, name: str) -> int | None:
    """A hidden number of the page, such as the version of the record it showed; None for anything else."""
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


@login_required
@require_POST
def demand_submit(request: HttpRequest, pk: int) -> HttpResponse:
    demand = seen(request, pk)
    if not permissions.can_edit(request.user, demand):
        raise PermissionDenied
    done = _("Submitted for review. A second person checks and publishes it.")
    return attempt(request, lambda: services.submit(demand=demand, by=request.user), done, _page(demand))


@login_required
@require_POST
def demand_publish(request: HttpRequest, pk: int) -> HttpResponse:
    demand = seen(request, pk)
    if not permissions.can_publish(request.user, demand):
        raise PermissionDenied
    version = _number(request, "version")
    done = _("Published. Organizations can claim it now.")
    return attempt(
        request, lambda: services.publish(demand=demand, by=request.user, version=version), done, _page(demand)
    )


@login_required
def demand_return(request: HttpRequest, pk: int) -> HttpResponse:
    demand = seen(request, pk)
    if not permissions.can_return(request.user, demand):
        raise PermissionDenied
    return ask_reason(
        request,
        ReasonForm,
        lambda reason: services.return_with_reasons(demand=demand, reason=reason, by=request.user),
        done=_("Returned for correction."),
        back=_page(demand),
        words={
            "question": _("Return “%(title)s” for correction?") % {"title": demand.title},
            "submit": _("Return for correction"),
        },
    )


@login_required
def demand_reject(request: HttpRequest, pk: int) -> HttpResponse:
    demand = seen(request, pk)
    if not permissions.can_publish(request.user, demand):
        raise PermissionDenied
    return ask_reason(
        request,
        ReasonForm,
        lambda reason: services.reject(demand=demand, reason=reason, by=request.user),
        done=_("Rejected."),
        back=_page(demand),
        words={
            "question": _("Reject “%(title)s”?") % {"title": demand.title},
            "text": _("A rejected demand cannot be opened again."),
            "submit": _("Reject the demand"),
            "danger": True,
        },
    )


@login_required
def demand_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    demand = seen(request, pk)
    if not permissions.can_withdraw(request.user, demand):
        raise PermissionDenied
    return ask_reason(
        request,
        OptionalReasonForm,
        lambda reason: services.withdraw_demand(demand=demand, reason=reason, by=request.user),
        done=_("Withdrawn."),
        back=_page(demand),
        words={
            "question": _("Withdraw “%(title)s”?") % {"title": demand.title},
            "text": _("A withdrawn demand is no longer public and cannot be opened again."),
            "submit": _("Withdraw the demand"),
            "danger": True,
        },
    )


@login_required
def demand_quantities(request: HttpRequest, pk: int) -> HttpResponse:
    """Raise or lower what is needed of one item of a published demand."""
    demand = seen(request, pk)
    if not permissions.can_publish(request.user, demand):
        raise PermissionDenied
    form = QuantityForm(request.POST if request.method == "POST" else None, demand=demand)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            try:
                services.change_quantity(
                    item=data["item"],
                    quantity=data["quantity"],
                    note=data["reason"],
                    version=data["version"],
                    by=request.user,
                )
            except Refused as refused:
                form.add_error("quantity" if refused.code == "below_claimed" else None, str(refused.message))
                status = 409
            else:
                messages.success(request, _("The quantity is changed."))
                return redirect("demands:demand-detail", demand.pk)
    context = {"form": form, "demand": demand}
    return render(request, "demands/demand_quantities.html", context, status=status)


def _page(demand: Demand) -> str:
    return reverse("demands:demand-detail", args=[demand.pk])

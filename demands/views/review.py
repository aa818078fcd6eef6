"""Handing a demand in, both levels of review, and what staff do with a published one."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import Refused
from core.texts import CONTROL
from demands import permissions, selectors, services
from demands.forms import (
    DemandRejectForm,
    OptionalReasonForm,
    QuantityForm,
    ReasonForm,
    ReturnForm,
    ReviewForm,
    SubmitForm,
)
from demands.models import Demand, Evidence
from demands.views.acts import ask_reason, attempt, page_of, seen, sent_number


def _insist(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied


@login_required
def demand_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand in at once; where the demand looks like another one, ask first why it is another need."""
    demand = seen(request, pk)
    _insist(permissions.can_edit(request.user, demand))
    form, status = SubmitForm(), 200
    if request.method == "POST":
        reason = CONTROL.sub("", request.POST.get("not_a_duplicate", ""))[:500]
        try:
            services.submit(demand=demand, not_a_duplicate=reason, by=request.user)
        except services.Duplicate as refused:
            status = 409
            if "not_a_duplicate" in request.POST:
                form = SubmitForm(request.POST)
                form.is_valid()
            messages.warning(request, str(refused.message))
        except Refused as refused:
            messages.error(request, str(refused.message))
            return redirect(page_of(demand))
        else:
            messages.success(request, _("Submitted for review. A second person checks and publishes it."))
            return redirect(page_of(demand))
    alike = Demand.objects.for_list().filter(pk__in=[other.pk for other in selectors.duplicates_of(demand)])
    context = {"form": form, "demand": demand, "alike": alike.order_by("-pk")}
    return render(request, "demands/demand_submit.html", context, status=status)


@login_required
def demand_check(request: HttpRequest, pk: int) -> HttpResponse:
    """The township's check."""
    demand = seen(request, pk)
    _insist(permissions.can_check(request.user, demand))
    words = {
        "question": _("Check “%(title)s” for the township") % {"title": demand.title},
        "text": _("You confirm that the need is real. The county decides next."),
        "submit": _("Confirm and pass on to the county"),
    }
    return _review(request, demand, services.check_demand, done=_("Checked. The county decides next."), words=words)


@login_required
def demand_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """The county's decision to publish."""
    demand = seen(request, pk)
    _insist(permissions.can_publish(request.user, demand))
    words = {
        "question": _("Publish “%(title)s”") % {"title": demand.title},
        "text": _("Everybody will see it, and organizations can claim it."),
        "submit": _("Publish the demand"),
    }
    return _review(request, demand, services.publish, done=_("Published. Organizations can claim it now."), words=words)


def _review(request: HttpRequest, demand: Demand, service: Callable, *, done: str, words: dict) -> HttpResponse:
    """A page with what the automatic checks found and the confirmation; sent from the demand's page it acts at once."""
    unread = Evidence.objects.of(demand).unread().exists()
    form, status = ReviewForm(initial={"version": demand.version}, ask_for_files=unread), 200
    if request.method == "POST":
        form = ReviewForm(request.POST, ask_for_files=unread)
        try:
            service(
                demand=demand,
                by=request.user,
                note=CONTROL.sub("", request.POST.get("note", ""))[:500].strip(),
                looked_at_files="looked_at_files" in request.POST,
                version=sent_number(request, "version"),
            )
        except Refused as refused:
            if refused.code != "files_unseen":
                messages.error(request, str(refused.message))
                return redirect(page_of(demand))
            form.is_valid()
            form.add_error("looked_at_files", str(refused.message))
            status = 409
        else:
            messages.success(request, done)
            return redirect(page_of(demand))
    context = {"form": form, "demand": demand, "evidence": Evidence.objects.of(demand), "words": words}
    context |= {"rows": selectors.item_rows(demand), **selectors.findings(demand)}
    return render(request, "demands/demand_review.html", context, status=status)


@login_required
def demand_return(request: HttpRequest, pk: int) -> HttpResponse:
    demand = seen(request, pk)
    _insist(permissions.can_return(request.user, demand))
    return ask_reason(
        request,
        ReturnForm,
        lambda reason: services.return_with_reasons(demand=demand, reason=reason, by=request.user),
        done=_("Returned for correction."),
        back=page_of(demand),
        words={
            "question": _("Return “%(title)s” for correction?") % {"title": demand.title},
            "submit": _("Return for correction"),
        },
    )


@login_required
def demand_reject(request: HttpRequest, pk: int) -> HttpResponse:
    demand = seen(request, pk)
    _insist(permissions.can_publish(request.user, demand))
    return ask_reason(
        request,
        DemandRejectForm,
        lambda reason: services.reject(demand=demand, reason=reason, by=request.user),
        done=_("Rejected."),
        back=page_of(demand),
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
    _insist(permissions.can_withdraw(request.user, demand))
    return ask_reason(
        request,
        ReasonForm if demand.is_public else OptionalReasonForm,
        lambda reason: services.withdraw_demand(demand=demand, reason=reason, by=request.user),
        done=_("Withdrawn."),
        back=page_of(demand),
        words={
            "question": _("Withdraw “%(title)s”?") % {"title": demand.title},
            "text": _("A withdrawn demand is no longer public and cannot be opened again."),
            "submit": _("Withdraw the demand"),
            "danger": True,
        },
    )


@login_required
def demand_suspend(request: HttpRequest, pk: int) -> HttpResponse:
    demand = seen(request, pk)
    _insist(permissions.can_manage(request.user, demand))
    return ask_reason(
        request,
        ReasonForm,
        lambda reason: services.suspend_demand(demand=demand, reason=reason, by=request.user),
        done=_("Suspended. Nobody can claim it until it is resumed."),
        back=page_of(demand),
        words={
            "question": _("Suspend “%(title)s”?") % {"title": demand.title},
            "text": _("It stays public. Claims keep their quantities; new ones are not taken."),
            "submit": _("Suspend the demand"),
        },
    )


@login_required
@require_POST
def demand_resume(request: HttpRequest, pk: int) -> HttpResponse:
    demand = seen(request, pk)
    _insist(permissions.can_manage(request.user, demand))
    done = _("The demand is open again.")
    return attempt(request, lambda: services.resume_demand(demand=demand, by=request.user), done, page_of(demand))


@login_required
def demand_close(request: HttpRequest, pk: int) -> HttpResponse:
    demand = seen(request, pk)
    _insist(permissions.can_manage(request.user, demand))
    open_still = demand.status not in (Demand.Status.VERIFIED, Demand.Status.EXPIRED)
    return ask_reason(
        request,
        ReasonForm if open_still else OptionalReasonForm,
        lambda reason: services.close_demand(demand=demand, reason=reason, by=request.user),
        done=_("Closed."),
        back=page_of(demand),
        words={
            "question": _("Close “%(title)s”?") % {"title": demand.title},
            "text": _("A closed demand stays public and cannot be opened again."),
            "submit": _("Close the demand"),
            "danger": True,
        },
    )


@login_required
def demand_quantities(request: HttpRequest, pk: int) -> HttpResponse:
    """Raise or lower what is needed of one item of a published demand."""
    demand = seen(request, pk)
    _insist(permissions.can_publish(request.user, demand))
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
                return redirect(page_of(demand))
    context = {"form": form, "demand": demand, "rows": selectors.item_rows(demand)}
    return render(request, "demands/demand_quantities.html", context, status=status)

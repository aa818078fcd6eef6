"""Claiming, task by task: begin, acknowledge, choose, plan, show qualifications, check and submit."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import files
from core.errors import Refused
from demands import permissions, selectors, services
from demands.forms import ClaimFileForm, ItemsForm, OrganizationForm, PlanForm, QueueForm, TermsForm
from demands.models import Claim, ClaimDraft, ClaimFile, Demand


@login_required
def demand_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """The first page: go on with a claim one has begun, or begin one. Says why not where it is not possible."""
    demand = get_object_or_404(Demand.objects.visible_to(request.user).for_list(), pk=pk)
    if not permissions.can_claim(request.user):
        raise PermissionDenied(_("Only people who act for a social organization can claim."))
    why = selectors.why_no_claim(request.user, demand)
    if why:
        context = {"demand": demand, "why": why, **_instead(request, demand)}
        return render(request, "demands/demand_claim_not.html", context, status=409)
    organizations = selectors.free_organizations(request.user, demand)
    form = OrganizationForm(request.POST or None, organizations=organizations)
    if request.method == "POST":
        form = OrganizationForm(request.POST, organizations=organizations)
        if form.is_valid():
            organization = form.cleaned_data["organization"]
            draft = services.start_draft(demand=demand, organization=organization, by=request.user)
            return redirect("demands:draft-detail", draft.pk)
    begun = ClaimDraft.objects.visible_to(request.user).for_list().filter(demand=demand)
    context = {"demand": demand, "form": form, "begun": begun, "rows": selectors.item_rows(demand)}
    return render(request, "demands/demand_claim.html", context, status=400 if form.errors else 200)


def _instead(request: HttpRequest, demand: Demand) -> dict:
    """What is offered to those who came too late: to wait, and what else is needed near there."""
    waiting = selectors.waiting_places(request.user, demand)
    organizations = selectors.queueing_organizations(request.user, demand)
    open_for_more = demand.status in Demand.OPEN and not demand.is_over()
    offered = organizations and open_for_more and any(item.claimed for item in demand.items.all())
    form = QueueForm(organizations=organizations, demand=demand) if offered else None
    return {"waiting": waiting, "queue_form": form, "similar": selectors.similar_demands(request.user, demand)}


def _own(request: HttpRequest, pk: int) -> ClaimDraft:
    """A claim this person has begun, otherwise 404."""
    return get_object_or_404(ClaimDraft.objects.visible_to(request.user).for_list(), pk=pk)


@login_required
def draft_detail(request: HttpRequest, pk: int) -> HttpResponse:
    draft = _own(request, pk)
    tasks = selectors.draft_tasks(draft)
    done = sum(task.is_done for task in tasks)
    return render(request, "demands/draft_detail.html", {"draft": draft, "tasks": tasks, "done": done})


def _step(request: HttpRequest, draft: ClaimDraft, key: str, form, *, status: int = 200, **more) -> HttpResponse:
    """The page of one task. What it says about eligibility or what is left is looked up anew each time."""
    tasks = selectors.draft_tasks(draft)
    number = [task.key for task in tasks].index(key) + 1
    context = {"draft": draft, "demand": draft.demand, "form": form, "number": number, "of": len(tasks), **more}
    return render(request, f"demands/draft_{key}.html", context, status=status)


def _onward(request: HttpRequest, draft: ClaimDraft) -> HttpResponse:
    """After a task: the next one that is open, or the list where the person asked for it."""
    if request.POST.get("then") == "list":
        return redirect("demands:draft-detail", draft.pk)
    following = next(task for task in selectors.draft_tasks(draft) if not task.is_done)
    return redirect(f"demands:draft-{following.key}", draft.pk)


@login_required
def draft_terms(request: HttpRequest, pk: int) -> HttpResponse:
    draft = _own(request, pk)
    form = TermsForm(request.POST or None, initial={"acknowledged": bool(draft.acknowledged_at)})
    if request.method == "POST":
        form = TermsForm(request.POST)
        if form.is_valid():
            services.acknowledge(draft=draft, by=request.user)
            return _onward(request, draft)
    return _step(request, draft, "terms", form, status=400 if form.errors else 200)


@login_required
def draft_items(request: HttpRequest, pk: int) -> HttpResponse:
    draft = _own(request, pk)
    if request.method != "POST":
        form = ItemsForm.of(draft)
        return _step(request, draft, "items", form)
    form = ItemsForm(request.POST, demand=draft.demand)
    valid = form.is_valid()
    if valid or form.lost_the_race:
        typed = {str(item.pk): request.POST.get(f"item_{item.pk}", "").strip()[:40] for item in form.demand_items}
        services.choose_items(draft=draft, quantities=form.typed() if valid else typed, by=request.user)
    if valid:
        return _onward(request, draft)
    return _lost(request, draft, form) if form.lost_the_race else _step(request, draft, "items", form, status=400)


def _lost(request: HttpRequest, draft: ClaimDraft, form: ItemsForm) -> HttpResponse:
    """Somebody was faster: the quantities again as typed, what is left, a place in the queue, and what else is near."""
    return _step(request, draft, "items", form, status=409, **_instead(request, draft.demand))


@login_required
def draft_plan(request: HttpRequest, pk: int) -> HttpResponse:
    draft = _own(request, pk)
    form = PlanForm(request.POST or None, instance=draft)
    if request.method == "POST":
        # The form writes into the object it is given; the stored one is kept for the page around it.
        form = PlanForm(request.POST, instance=_own(request, pk))
        if form.is_valid():
            services.write_plan(draft=draft, values=form.cleaned_data, by=request.user)
            return _onward(request, draft)
    return _step(request, draft, "plan", form, status=400 if form.errors else 200)


@login_required
def draft_qualifications(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows whether the organization may claim; takes files one by one; "done" leads on."""
    draft = _own(request, pk)
    form = ClaimFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and request.POST.get("step") != "attach":
        services.confirm_qualifications(draft=draft, by=request.user)
        return _onward(request, draft)
    if request.method == "POST":
        form = ClaimFileForm(request.POST, request.FILES)
        if form.is_valid():
            sent = form.cleaned_data["file"]
            try:
                content = sent.read(files.MAX_BYTES + 1)
                services.attach_to_draft(draft=draft, name=sent.name or "", content=content, by=request.user)
            except Refused as refused:
                form.add_error("file", str(refused.message))
            else:
                return redirect("demands:draft-qualifications", draft.pk)
    facts = {
        "conditions": selectors.eligibility(draft.organization),
        "types": ", ".join(files.TYPES),
        "megabytes": files.MAX_BYTES // 1024 // 1024,
    }
    return _step(request, draft, "qualifications", form, status=400 if form.errors else 200, **facts)


@login_required
@require_POST
def draft_file_remove(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    attached = get_object_or_404(ClaimFile.objects.visible_to(request.user), pk=file_pk, draft=_own(request, pk))
    services.remove_from_draft(attached=attached, by=request.user)
    messages.success(request, _("“%(name)s” is taken away.") % {"name": attached})
    return redirect("demands:draft-qualifications", pk)


@login_required
def draft_check(request: HttpRequest, pk: int) -> HttpResponse:
    """All answers with a way to change each; submitting takes the quantities."""
    try:
        draft = _own(request, pk)
    except Http404:
        return _already(request)
    if request.method != "POST":
        return _check_page(request, draft)
    try:
        claim = services.submit_draft(draft=draft, by=request.user)
    except services.NotEnough:
        form = ItemsForm.of(_own(request, pk), bound=True)
        form.is_valid()
        return _lost(request, draft, form)
    except Refused as refused:
        return _check_page(request, draft, problem=str(refused.message), status=409)
    return redirect("demands:claim-receipt", claim.pk)


def _check_page(request: HttpRequest, draft: ClaimDraft, *, problem: str = "", status: int = 200) -> HttpResponse:
    lines, tasks = selectors.draft_lines(draft), selectors.draft_tasks(draft)
    ready = all(task.is_done for task in tasks[:-1])
    facts = {"lines": lines, "problem": problem, "ready": ready, "missing": [t for t in tasks[:-1] if not t.is_done]}
    return _step(request, draft, "check", None, status=status, **facts)


def _already(request: HttpRequest) -> HttpResponse:
    """The button was pressed twice: the claim is there already, so show its receipt."""
    sent = {name: request.POST.get(name, "") for name in ("demand", "organization")}
    if not all(value.isascii() and value.isdecimal() and len(value) < 10 for value in sent.values()):
        raise Http404
    claims = Claim.objects.visible_to(request.user).unfinished().filter(created_by=request.user)
    claim = get_object_or_404(claims, demand=sent["demand"], organization=sent["organization"])
    return redirect("demands:claim-receipt", claim.pk)


@login_required
def draft_discard(request: HttpRequest, pk: int) -> HttpResponse:
    draft = _own(request, pk)
    if request.method == "POST":
        services.discard_draft(draft=draft, by=request.user)
        messages.success(request, _("Discarded. Nothing had been held."))
        return redirect("demands:demand-detail", draft.demand_id)
    words = {
        "question": _("Discard what you have filled in for “%(title)s”?") % {"title": draft.demand.title},
        "text": _("Nothing is held yet, so nobody else is concerned. Attached files are deleted."),
        "submit": _("Discard"),
        "danger": True,
        "back": reverse("demands:draft-detail", args=[draft.pk]),
    }
    return render(request, "demands/act_confirm.html", words)

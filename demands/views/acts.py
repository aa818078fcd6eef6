"""What the pages with one act have in common: do it, say what happened, go back to the record."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from core.errors import Refused
from demands.models import Demand


def seen(request: HttpRequest, pk: int) -> Demand:
    """The demand if the person may see it, otherwise 404."""
    return get_object_or_404(Demand.objects.visible_to(request.user), pk=pk)


def page_of(demand: Demand) -> str:
    return reverse("demands:demand-detail", args=[demand.pk])


def sent_number(request: HttpRequest, name: str) -> int | None:
    """A hidden number of the page, such as the version of the record it showed; None for anything else."""
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def attempt(request: HttpRequest, act, done: str, back) -> HttpResponse:
    """Call `act()`, show `done` or why it was refused, and return to the page `back`."""
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, done)
    return redirect(back)


def ask_reason(request: HttpRequest, form_class, act, *, done: str, back, words: dict) -> HttpResponse:
    """A page that asks for a reason and then does `act(reason)`. `words` has question, text, submit and danger."""
    form = form_class(request.POST or None)
    if request.method == "POST":
        form = form_class(request.POST)
        if form.is_valid():
            return attempt(request, lambda: act(form.cleaned_data["reason"]), done, back)
    context = {"form": form, "back": back, **words}
    return render(request, "demands/act_confirm.html", context, status=400 if form.errors else 200)

"""What the pages with one act have in common: do it, say what happened, go back to the record."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.errors import Refused


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

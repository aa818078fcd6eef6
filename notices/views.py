"""Pages of one's own notices: the inbox, and what one wants to be told."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from core.errors import Refused
from core.exports import Column
from core.lists import ListPage
from notices import selectors, services
from notices.filters import NoticeFilter
from notices.forms import ChoicesForm
from notices.models import Channel, Notice


class NoticeListPage(LoginRequiredMixin, ListPage):
    """One's own notices, newest first."""

    model = Notice
    filterset_class = NoticeFilter
    template_name = "notices/notice_list.html"
    export_name = "notices"
    sorts = {"newest": (gettext_lazy("newest"), ["-id"]), "oldest": (gettext_lazy("oldest"), ["id"])}
    columns = [
        Column(gettext_lazy("told at"), lambda notice: notice.created_at),
        Column(gettext_lazy("kind"), lambda notice: notice.label),
        Column(gettext_lazy("text"), lambda notice: notice.text),
        Column(gettext_lazy("note"), lambda notice: notice.note),
        Column(gettext_lazy("read at"), lambda notice: notice.read_at),
    ]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return {**context, "unread": selectors.unread_count(self.request.user)}


def _own(request: HttpRequest, pk: int) -> Notice:
    return get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)


@login_required
@require_GET
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark the notice read and lead on to what it is about."""
    notice = _own(request, pk)
    services.mark_read(notice=notice, by=request.user)
    kind = notice.known_kind
    return redirect(reverse(kind.page, args=[notice.target]) if kind else "notices:notice-list")


@login_required
@require_POST
def notice_read(request: HttpRequest, pk: int) -> HttpResponse:
    services.mark_read(notice=_own(request, pk), by=request.user)
    return redirect("notices:notice-list")


@login_required
@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark everything the current filters show as read."""
    found = NoticeFilter(request.POST, queryset=Notice.objects.visible_to(request.user), request=request)
    if found.is_valid():
        count = services.mark_all_read(notices=found.qs, by=request.user)
        messages.success(request, _("Marked as read: %(n)s.") % {"n": count})
    return redirect("notices:notice-list")


@login_required
def choices(request: HttpRequest) -> HttpResponse:
    """What the person wants to be told, and how."""
    chosen = selectors.choices_of(request.user)
    form = ChoicesForm(request.POST if request.method == "POST" else None, choices=chosen)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            stored = services.choose(
                email=data["email"], language=data["language"], declined=form.declined(), by=request.user
            )
        except Refused as refused:
            form.add_error("email", str(refused.message))
        else:
            messages.success(request, _("Your choice is stored."))
            if stored.email and not stored.takes_mail:
                messages.info(request, _("Open the link in the mail to %(email)s first.") % {"email": stored.email})
            return redirect("notices:choices")
    context = {"form": form, "chosen": chosen, "channels": [channel.label for channel in Channel]}
    return render(request, "notices/choices.html", context, status=400 if form.errors else 200)


def address_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail: a button, so that a mail scanner that follows links confirms nothing."""
    error = ""
    if request.method == "POST":
        try:
            services.confirm_address(token=token)
        except Refused as refused:
            error = str(refused.message)
        else:
            messages.success(request, _("The address is confirmed. Notices are sent to it from now on."))
            return redirect("notices:choices")
    return render(request, "notices/address_confirm.html", {"error": error}, status=409 if error else 200)

"""Logging in and out, and one's own page."""

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from accounts import permissions, services
from accounts.forms import LogInForm, PersonForm
from accounts.models import LoginFailure
from core.context import source_of
from core.errors import Refused


class LogIn(auth_views.LoginView):
    """The log-in page; leads on to `next`. Too many failures: a sentence with the wait, status 429."""

    form_class = LogInForm
    redirect_authenticated_user = True

    def get_form_kwargs(self):
        self.account = self.request.POST.get("username", "")
        self.source = source_of(self.request)
        wait = LoginFailure.objects.wait(self.account, self.source)
        return {**super().get_form_kwargs(), "wait": wait}

    def form_valid(self, form):
        services.forget_failures(account=self.account, source=self.source)
        return super().form_valid(form)

    def form_invalid(self, form):
        if form.has_error("__all__", "wait"):
            return self.render_to_response(self.get_context_data(form=form), status=429)
        if form.has_error("__all__", "invalid_login"):
            services.note_failure(account=self.account, source=self.source)
        return super().form_invalid(form)


class PasswordChange(auth_views.PasswordChangeView):
    """Change one's own password; every other session of the person ends."""

    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("accounts:profile")

    def form_valid(self, form):
        messages.success(self.request, _("Your password has been changed."))
        return super().form_valid(form)


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    posts = request.user.posts.select_related("region").order_by("valid_to", "pk")
    context = {"posts": posts, "can_add_user": permissions.can_add_user(request.user)}
    return render(request, "accounts/profile.html", context)


@login_required
def person_add(request: HttpRequest) -> HttpResponse:
    """Staff enter the people they work with."""
    if not permissions.can_add_user(request.user):
        raise PermissionDenied
    form = PersonForm(request.POST if request.method == "POST" else None, by=request.user)
    if form.is_bound and form.is_valid():
        try:
            person = services.enter_person(**form.cleaned_data, by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request, _("%(user)s can now log in as “%(name)s”.") % {"user": person, "name": person.username}
            )
            return redirect("accounts:person-add")
    return render(request, "accounts/person_form.html", {"form": form}, status=400 if form.errors else 200)

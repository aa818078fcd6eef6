"""Logging in and out, and one's own page."""

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from accounts import services
from accounts.forms import LogInForm
from accounts.models import LoginFailure
from core.context import source_of


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
    return render(request, "accounts/profile.html", {"posts": posts})

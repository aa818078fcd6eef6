"""Logging in and out, and one's own page."""

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts import permissions, selectors, services
from accounts.filters import PostFilter
from accounts.forms import CloseAccountForm, EndPostForm, KeyForm, LogInForm, PersonForm, wait_sentence
from accounts.models import ApiKey, LoginFailure, Post
from core.context import source_of
from core.errors import Refused
from core.exports import Column
from core.lists import ListPage


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
        wait = services.note_success(account=self.account, source=self.source)
        return self.refused(form, wait) if wait else super().form_valid(form)

    def form_invalid(self, form):
        if form.has_error("__all__", "wait"):
            return self.render_to_response(self.get_context_data(form=form), status=429)
        if form.has_error("__all__", "invalid_login"):
            wait = services.note_failure(account=self.account, source=self.source)
            if wait:
                return self.refused(form, wait)
        return super().form_invalid(form)

    def refused(self, form, wait):
        """The limit was reached while the password was being checked: nothing is said about the password."""
        form.errors.pop("__all__", None)
        form.add_error(None, ValidationError(wait_sentence(wait), code="wait"))
        return self.render_to_response(self.get_context_data(form=form), status=429)


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
    can_add_user = permissions.can_add_user(request.user)
    context = {"posts": posts, "can_add_user": can_add_user, "can_see_posts": can_add_user}
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


@login_required
def api_keys(request: HttpRequest) -> HttpResponse:
    """One's own API keys. A new one is shown in the answer that makes it, and never again."""
    form = KeyForm(request.POST if request.method == "POST" else None)
    secret = ""
    if form.is_bound and form.is_valid():
        try:
            _key, secret = services.make_key(user=request.user, **form.cleaned_data, by=request.user)
            form = KeyForm()
        except Refused as refused:
            form.add_error(None, str(refused))
    keys = ApiKey.objects.visible_to(request.user).order_by("-created_at", "-pk")
    context = {"form": form, "keys": keys, "secret": secret, "most": ApiKey.MOST}
    return render(request, "accounts/api_keys.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def api_key_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    key = services.revoke_key(key=get_object_or_404(ApiKey.objects.visible_to(request.user), pk=pk), by=request.user)
    messages.success(request, _("The key “%(key)s” no longer opens anything.") % {"key": key.name})
    return redirect("accounts:api-keys")


class PostList(LoginRequiredMixin, ListPage):
    """Who holds which post: staff see those in their regions."""

    model = Post
    filterset_class = PostFilter
    template_name = "accounts/post_list.html"
    export_name = "posts"
    sorts = {
        "region": (gettext_lazy("Region"), ["region_id", "kind"]),
        "name": (gettext_lazy("Person's name"), ["user__name"]),
        "newest": (gettext_lazy("Newest"), ["-created_at"]),
    }
    columns = [
        Column(gettext_lazy("Person's name"), lambda row: row.user.name),
        Column(gettext_lazy("User name"), lambda row: row.user.username),
        Column(gettext_lazy("Kind"), lambda row: row.get_kind_display()),
        Column(gettext_lazy("Region code"), lambda row: row.region.short_code),
        Column(gettext_lazy("Region"), lambda row: row.region.name),
        Column(gettext_lazy("In force from"), lambda row: row.valid_from),
        Column(gettext_lazy("In force until"), lambda row: row.valid_to),
    ]

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not permissions.can_add_user(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        for post in context["object_list"]:
            post.can_end = not post.has_ended and permissions.can_end_post(self.request.user, post)
            post.leads_to_person = permissions.can_close_account(self.request.user, post.user)
        return context


@login_required
def post_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the last day and the reason, then ends a post."""
    post = get_object_or_404(Post.objects.visible_to(request.user).for_list(), pk=pk)
    if not permissions.can_end_post(request.user, post):
        raise PermissionDenied
    form = EndPostForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.end_post(post=post, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            facts = {"user": post.user, "post": post, "day": post.valid_to}
            messages.success(request, _("%(user)s: the post “%(post)s” ends with %(day)s.") % facts)
            return redirect("accounts:post-list")
    context = {"form": form, "post": post, "question": _("End this post of %(user)s?") % {"user": post.user}}
    return render(request, "accounts/post_end.html", context, status=400 if form.errors else 200)


@login_required
def account_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Says what ends with an account, asks for the reason, then closes it."""
    person = get_object_or_404(selectors.people_visible_to(request.user), pk=pk)
    if not permissions.can_close_account(request.user, person):
        raise PermissionDenied
    form = CloseAccountForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.close_account(user=person, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The account of %(user)s is closed.") % {"user": person})
            return redirect("accounts:post-list")
    context = {
        "form": form,
        "person": person,
        "posts": person.posts.current().select_related("region"),
        "keys": person.api_keys.usable().count(),
        "question": _("Close the account of %(user)s (%(name)s)?") % {"user": person, "name": person.username},
    }
    return render(request, "accounts/account_close.html", context, status=400 if form.errors else 200)

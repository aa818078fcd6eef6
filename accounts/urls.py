"""Addresses of logging in and out and of one's own page."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("login/", views.LogIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("profile/", views.profile, name="profile"),
    path("profile/password/", views.PasswordChange.as_view(), name="password-change"),
    path("profile/keys/", views.api_keys, name="api-keys"),
    path("profile/keys/<int:pk>/revoke/", views.api_key_revoke, name="api-key-revoke"),
    path("people/posts/", views.PostList.as_view(), name="post-list"),
    path("people/posts/<int:pk>/end/", views.post_end, name="post-end"),
    path("people/<int:pk>/close/", views.account_close, name="account-close"),
    path("people/add/", views.person_add, name="person-add"),
]

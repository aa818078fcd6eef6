"""Addresses of the register's pages."""

from django.urls import path

from organizations import views

app_name = "organizations"
urlpatterns = [
    path("", views.OrganizationList.as_view(), name="organization-list"),
    path("add/", views.organization_add, name="organization-add"),
    path("<int:pk>/", views.OrganizationDetail.as_view(), name="organization-detail"),
    path("counts/", views.organization_counts, name="organization-counts"),
    path("register/", views.registration_add, name="registration-add"),
    path("<int:pk>/register/", views.registration_edit, name="registration-edit"),
    path("<int:pk>/return/", views.registration_return, name="registration-return"),
    path("<int:pk>/approve/", views.registration_approve, name="registration-approve"),
    path("<int:pk>/edit/", views.organization_edit, name="organization-edit"),
    path("<int:pk>/activate/", views.organization_activate, name="organization-activate"),
    path("<int:pk>/cancel/", views.organization_cancel, name="organization-cancel"),
    path("<int:pk>/revoke/", views.organization_revoke, name="organization-revoke"),
    path("<int:pk>/merge/", views.organization_merge, name="organization-merge"),
    path("<int:pk>/<slug:kind>/enter/", views.entry_add, name="entry-add"),
    path("<int:pk>/<slug:kind>/<int:entry_pk>/edit/", views.entry_edit, name="entry-edit"),
    path("<int:pk>/<slug:kind>/<int:entry_pk>/strike/", views.entry_strike, name="entry-strike"),
    path("<int:pk>/members/<int:member_pk>/end/", views.member_end, name="member-end"),
    path("<int:pk>/members/<int:member_pk>/role/", views.member_role, name="member-role"),
    path("<int:pk>/join/", views.member_join, name="member-join"),
    path("<int:pk>/invitations/<int:invitation_pk>/confirm/", views.invitation_confirm, name="invitation-confirm"),
    path("<int:pk>/invitations/<int:invitation_pk>/decline/", views.invitation_decline, name="invitation-decline"),
    path("<int:pk>/members/add/", views.member_add, name="member-add"),
]

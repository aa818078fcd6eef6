"""Addresses of one's own notices."""

from django.urls import path

from notices import views

app_name = "notices"
urlpatterns = [
    path("", views.NoticeListPage.as_view(), name="notice-list"),
    path("read/", views.notices_read, name="notices-read"),
    path("choices/", views.choices, name="choices"),
    path("address/<str:token>/", views.address_confirm, name="address-confirm"),
    path("<int:pk>/", views.notice_open, name="notice-open"),
    path("<int:pk>/read/", views.notice_read, name="notice-read"),
]

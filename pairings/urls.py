"""Addresses of the pages about pairs."""

from django.urls import path

from pairings import views

app_name = "pairings"
urlpatterns = [
    path("", views.PairingList.as_view(), name="pairing-list"),
    path("add/", views.pairing_add, name="pairing-add"),
    path("<int:pk>/", views.PairingDetail.as_view(), name="pairing-detail"),
    path("<int:pk>/activate/", views.pairing_activate, name="pairing-activate"),
    path("<int:pk>/end/", views.pairing_end, name="pairing-end"),
]

"""Addresses of the figures."""

from django.urls import path

from stats import views

app_name = "stats"
urlpatterns = [
    path("donations/", views.donations, name="donations"),
    path("beneficiaries/", views.beneficiaries, name="beneficiaries"),
]

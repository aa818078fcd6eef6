"""Addresses of the pages that show several apps side by side."""

from django.urls import path

from portal import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("work/", views.work_queue, name="work-queue"),
]

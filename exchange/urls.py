"""Addresses of the pages around uploaded files. `sheet` is the key under which an app registered its sheet."""

from django.urls import path

from exchange import views

app_name = "exchange"
urlpatterns = [
    path("", views.BatchList.as_view(), name="batch-list"),
    path("<int:pk>/", views.batch_detail, name="batch-detail"),
    path("<int:pk>/workbook/", views.batch_workbook, name="batch-workbook"),
    path("<int:pk>/store/", views.batch_store, name="batch-store"),
    path("<int:pk>/discard/", views.batch_discard, name="batch-discard"),
    path("<int:pk>/undo/", views.batch_undo, name="batch-undo"),
    path("<slug:sheet>/add/", views.batch_add, name="batch-add"),
    path("<slug:sheet>/template/", views.sheet_template, name="sheet-template"),
    path("<slug:sheet>/columns/", views.sheet_detail, name="sheet-detail"),
]

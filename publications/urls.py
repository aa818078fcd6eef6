"""Addresses of the pages of documents."""

from django.urls import path

from publications import views

app_name = "publications"
urlpatterns = [
    path("", views.DocumentList.as_view(), name="document-list"),
    path("feed/", views.document_feed, name="document-feed"),
    path("add/", views.document_add, name="document-add"),
    path("<int:pk>/", views.DocumentDetail.as_view(), name="document-detail"),
    path("<int:pk>/edit/", views.document_edit, name="document-edit"),
    path("<int:pk>/submit/", views.document_submit, name="document-submit"),
    path("<int:pk>/publish/", views.document_publish, name="document-publish"),
    path("<int:pk>/return/", views.document_return, name="document-return"),
    path("<int:pk>/withdraw/", views.document_withdraw, name="document-withdraw"),
    path("<int:pk>/replace/", views.document_replace, name="document-replace"),
    path("<int:pk>/files/add/", views.file_add, name="file-add"),
    path("<int:pk>/files/<int:file_pk>/", views.file_download, name="file-download"),
    path("<int:pk>/files/<int:file_pk>/remove/", views.file_remove, name="file-remove"),
]

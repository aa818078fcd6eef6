"""Addresses of the project pages."""

from django.urls import path

from projects import views

app_name = "projects"
urlpatterns = [
    path("", views.ProjectList.as_view(), name="project-list"),
    path("add/", views.project_add, name="project-add"),
    path("<int:pk>/", views.ProjectDetail.as_view(), name="project-detail"),
    path("<int:pk>/edit/", views.project_edit, name="project-edit"),
    path("<int:pk>/approve/", views.project_approve, name="project-approve"),
    path("<int:pk>/start/", views.project_start, name="project-start"),
    path("<int:pk>/complete/", views.project_complete, name="project-complete"),
    path("<int:pk>/close/", views.project_close, name="project-close"),
    path("<int:pk>/suspend/", views.project_suspend, name="project-suspend"),
    path("<int:pk>/resume/", views.project_resume, name="project-resume"),
    path("<int:pk>/terminate/", views.project_terminate, name="project-terminate"),
    path("<int:pk>/beneficiaries/add/", views.count_add, name="count-add"),
    path("<int:pk>/beneficiaries/<int:count_pk>/correct/", views.count_correct, name="count-correct"),
]

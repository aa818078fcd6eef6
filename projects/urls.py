"""Addresses of the project pages."""

from django.urls import path

from projects.views import counts, projects

app_name = "projects"
urlpatterns = [
    path("", projects.ProjectList.as_view(), name="project-list"),
    path("add/", projects.project_add, name="project-add"),
    path("<int:pk>/", projects.ProjectDetail.as_view(), name="project-detail"),
    path("<int:pk>/edit/", projects.project_edit, name="project-edit"),
    path("<int:pk>/approve/", projects.project_approve, name="project-approve"),
    path("<int:pk>/start/", projects.project_start, name="project-start"),
    path("<int:pk>/complete/", projects.project_complete, name="project-complete"),
    path("<int:pk>/close/", projects.project_close, name="project-close"),
    path("<int:pk>/suspend/", projects.project_suspend, name="project-suspend"),
    path("<int:pk>/resume/", projects.project_resume, name="project-resume"),
    path("<int:pk>/terminate/", projects.project_terminate, name="project-terminate"),
    path("<int:pk>/beneficiaries/add/", counts.count_add, name="count-add"),
    path("<int:pk>/beneficiaries/<int:count_pk>/correct/", counts.count_correct, name="count-correct"),
]

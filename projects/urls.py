"""Addresses of the pages of this floor."""

from django.urls import path

from projects.views import campaigns, counts, metrics, projects, reported

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
    path("campaigns/", campaigns.CampaignList.as_view(), name="campaign-list"),
    path("campaigns/add/", campaigns.campaign_add, name="campaign-add"),
    path("campaigns/<int:pk>/", campaigns.CampaignDetail.as_view(), name="campaign-detail"),
    path("campaigns/<int:pk>/edit/", campaigns.campaign_edit, name="campaign-edit"),
    path("campaigns/<int:pk>/start/", campaigns.campaign_start, name="campaign-start"),
    path("campaigns/<int:pk>/end/", campaigns.campaign_end, name="campaign-end"),
    path("campaigns/<int:pk>/actions/add/", campaigns.action_add, name="action-add"),
    path("campaigns/<int:pk>/actions/<int:action_pk>/edit/", campaigns.action_edit, name="action-edit"),
    path("campaigns/<int:pk>/actions/<int:action_pk>/metrics/add/", campaigns.metric_add, name="metric-add"),
    path("campaigns/<int:pk>/metrics/<int:metric_pk>/edit/", campaigns.metric_edit, name="metric-edit"),
    path("metrics/<int:metric_pk>/values/add/", metrics.value_add, name="value-add"),
    path("metric-values/", metrics.MetricValueList.as_view(), name="value-list"),
    path("metric-values/<int:pk>/", metrics.MetricValueDetail.as_view(), name="value-detail"),
    path("metric-values/<int:pk>/verify/", metrics.value_verify, name="value-verify"),
    path("metric-values/<int:pk>/reject/", metrics.value_reject, name="value-reject"),
    path("metric-values/<int:pk>/strike/", metrics.value_strike, name="value-strike"),
    path("reported-figures/", reported.FigureList.as_view(), name="figure-list"),
    path("reported-figures/add/", reported.figure_add, name="figure-add"),
    path("reported-figures/publish/", reported.figures_publish, name="figures-publish"),
    path("reported-figures/<int:pk>/", reported.FigureDetail.as_view(), name="figure-detail"),
    path("reported-figures/<int:pk>/edit/", reported.figure_edit, name="figure-edit"),
    path("reported-figures/<int:pk>/publish/", reported.figure_publish, name="figure-publish"),
    path("reported-figures/<int:pk>/withdraw/", reported.figure_withdraw, name="figure-withdraw"),
]

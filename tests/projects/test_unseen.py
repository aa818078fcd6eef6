"""What a person may not see is not named on the pages of what the person may see, nor offered in forms."""

import datetime
from decimal import Decimal

import pytest
from django.test import Client

from projects import services
from projects.models import BeneficiaryCount, Campaign, MetricValue, Project, ReportedFigure

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 3, 1)


def started(campaign: Campaign, by, *, begin: bool = True):
    """A metric in the campaign, which then begins."""
    action = services.add_action(campaign=campaign, values={"name": "光明行", "form": "health"}, by=by)
    words = {"name": "手术例数", "unit": "例", "subject": "thing", "measure": "", "adds": "sum", "allows_over": True}
    metric = services.add_metric(action=action, values=words, by=by)
    if begin:
        services.start_campaign(campaign=campaign, by=by)
    metric.action.campaign.refresh_from_db()
    return metric


@pytest.fixture
def campaign(regions, officer) -> Campaign:
    values = {"name": "城口专项行动", "region": regions["500229"], "starts_on": DAY}
    return services.create_campaign(values=values, by=officer)


@pytest.fixture
def hidden(make_project, make_count) -> BeneficiaryCount:
    """A count of a project that is not public, and one of a public project with the same people."""
    draft = make_project(places=("500237",), name="未公开的项目")
    first = make_count(draft, region="500237", stage="expected", measure="persons", status="entered", value=4321)
    public = make_project("active")
    make_count(public, stage="expected", measure="persons", status="entered", overlap="same_as", same_as=first)
    return first


def test_a_public_page_does_not_name_the_unseen_project_of_the_same_people(hidden, page, member):
    public = Project.objects.get(status="active")
    address = f"/projects/{public.pk}/"
    assert hidden.project.reference in page(member).get(address).text
    text = page().get(address).text
    assert hidden.project.reference not in text and "4,321" not in text


def test_the_form_of_a_count_offers_only_counts_of_projects_the_person_sees(hidden, page, member, officer):
    public = Project.objects.get(status="active")
    address = f"/projects/{public.pk}/beneficiaries/add/?stage=expected"
    assert hidden.project.reference in page(member).get(address).text
    assert hidden.project.reference not in page(officer).get(address).text


def test_over_rest_an_unseen_count_cannot_be_named_as_that_of_the_same_people(hidden, officer):
    public = Project.objects.get(status="active")
    client = Client()
    client.force_login(officer)
    body = {"stage": "expected", "region": "500229", "measure": "persons", "group": "women", "value": 5}
    body |= {"qualifier": "exact", "overlap": "same_as", "same_as": hidden.pk, "as_of": "2026-03-01"}
    answer = client.post(f"/api/v1/projects/{public.pk}/beneficiaries/", body, content_type="application/json")
    assert answer.status_code == 400 and "same_as" in answer.json()["errors"]


def test_a_verified_value_does_not_name_the_project_nobody_may_see(
    campaign, make_project, organization, regions, member, officer, page
):
    metric = started(campaign, officer)
    values = {"stage": "achieved", "region": regions["500229"], "organization": organization, "value": Decimal(5)}
    values |= {"period_from": DAY, "period_to": DAY, "basis": "登记", "project": make_project(name="未公开的项目")}
    value = services.enter_value(metric=metric, values=values, by=member)
    services.verify_value(value=value, by=officer)
    address = f"/projects/metric-values/{MetricValue.objects.get().pk}/"
    assert "未公开的项目" not in page().get(address).text
    assert "未公开的项目" in page(member).get(address).text


def test_metrics_of_the_draft_campaign_of_another_region_are_neither_offered_nor_taken_nor_shown(
    campaign, officer, outsider, second_officer, regions, page
):
    metric = started(campaign, officer, begin=False)
    assert "城口专项行动" in page(officer).get("/projects/reported-figures/add/").text
    assert "城口专项行动" not in page(outsider).get("/projects/reported-figures/add/").text
    body = {"number": "W-1", "topic": "光明行", "indicator": "手术例数", "subject": "thing", "value": "5", "unit": "例"}
    body |= {"region": "500237", "period_to": "2026-03-01", "source": "简报", "metric": metric.pk}
    client = Client()
    client.force_login(outsider)
    answer = client.post("/api/v1/reported-figures/", body, content_type="application/json")
    assert answer.status_code == 400 and "metric" in answer.json()["errors"]
    values = {**body, "region": regions["500229"], "period_to": DAY, "value": Decimal(5), "metric": metric}
    figure = services.enter_figure(values=values, places=[], by=officer)
    services.publish_figure(figure=figure, by=second_officer)
    address = f"/projects/reported-figures/{figure.pk}/"
    assert "城口专项行动" not in page().get(address).text
    assert "城口专项行动" in page(officer).get(address).text


def test_a_filter_that_cannot_be_read_publishes_nothing(officer, second_officer, regions, page):
    values = {"number": "W-1", "topic": "光明行", "indicator": "手术例数", "subject": "thing", "value": Decimal(5)}
    values |= {"unit": "例", "region": regions["500229"], "period_to": DAY, "source": "简报"}
    services.enter_figure(values=values, places=[], by=officer)
    page(second_officer).post("/projects/reported-figures/publish/?status=entered&region=nowhere")
    assert ReportedFigure.objects.get().status == "entered"
    page(second_officer).post("/projects/reported-figures/publish/?status=entered&region=500229")
    assert ReportedFigure.objects.get().status == "published"

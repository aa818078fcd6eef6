"""Pages and REST of the verification of beneficiary counts and of what they say about other counts."""

import datetime

from django.urls import reverse
from rest_framework.test import APIClient

from projects.models import BeneficiaryCount, Project
from stats.selectors import beneficiary_figures

YEAR = datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)


def url(name, *args):
    return reverse(f"projects:{name}", args=args)


def figures(region, stage="achieved"):
    return [(total.measure, total.total) for total in beneficiary_figures(region, *YEAR, stage).total]


def test_a_count_enters_the_figures_when_an_officer_verifies_it(
    make_project, make_count, regions, page, member, officer
):
    project = make_project(Project.Status.ACTIVE)
    count = make_count(project, measure="persons", status="entered")
    make_count(project, 900, measure="persons", stage="expected", status="entered")
    assert figures(regions["500229"]) == []
    shown = page(officer).get(url("project-detail", project.pk)).text
    assert "Counts awaiting verification, in no total: 1" in shown
    assert url("count-verify", project.pk, count.pk) in shown
    assert url("count-verify", project.pk, count.pk) not in page(member).get(url("project-detail", project.pk)).text
    assert page(member).post(url("count-verify", project.pk, count.pk)).status_code == 403
    page(officer).post(url("count-verify", project.pk, count.pk), {"version": 1})
    assert figures(regions["500229"]) == [("persons", 300)]
    assert figures(regions["500229"], "expected") == [("persons", 900)]
    answer = page(member).post(url("count-strike", project.pk, count.pk), {"reason": "签到表有误"}, follow=True)
    assert "struck out" in answer.text
    assert figures(regions["500229"]) == []


def test_a_stale_page_verifies_nothing(make_project, make_count, page, officer):
    count = make_count(make_project(Project.Status.ACTIVE), status="entered", version=2)
    answer = page(officer).post(url("count-verify", count.project_id, count.pk), {"version": 1}, follow=True)
    assert "Somebody changed this record" in answer.text
    assert BeneficiaryCount.objects.get().status == "entered"


def test_a_member_says_whose_people_a_count_holds(make_project, make_count, page, member):
    first = make_count(make_project(Project.Status.ACTIVE), measure="persons")
    project = make_project(Project.Status.ACTIVE)
    sent = {"stage": "achieved", "region": "500229", "measure": "persons", "qualifier": "exact", "value": "280"}
    sent |= {"as_of": "2026-06-30", "overlap": "same_as", "scope": "第二期"}
    answer = page(member).post(url("count-add", project.pk), sent)
    assert answer.status_code == 400
    assert "Name the count that has the same people" in answer.text
    answer = page(member).post(url("count-add", project.pk), sent | {"same_as": first.pk}, follow=True)
    assert "The same people as:" in answer.text
    assert first.project.reference in answer.text
    assert "第二期" in answer.text


def test_counts_are_verified_and_struck_out_over_rest(make_project, make_count, member, officer):
    count = make_count(make_project(Project.Status.ACTIVE), status="entered")
    at = reverse("api:projects-verify-count", args=[count.project_id, count.pk])
    client = APIClient()
    client.force_authenticate(member)
    assert client.post(at, {}, headers={"if-match": '"1"'}).status_code == 403
    client.force_authenticate(officer)
    assert client.post(at, {}, headers={"if-match": '"7"'}).status_code == 412
    assert client.post(at, {}, headers={"if-match": '"1"'}).data["status"] == "verified"
    strike = reverse("api:projects-strike-count", args=[count.project_id, count.pk])
    assert client.post(strike, {"reason": "录错"}).data["status"] == "struck"
    assert client.post(strike, {"reason": "录错"}).status_code == 409

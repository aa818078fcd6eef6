"""A project's plan and the pages around it: budget lines, milestones, claims that become projects, sections."""

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from core.errors import Refused
from demands.models import Claim
from projects import services
from projects.models import BudgetLine, Milestone, Project
from tests.house.cast import Cast, claim

pytestmark = pytest.mark.django_db
Status = Project.Status
DAY = datetime.date(2026, 6, 30)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def agreed(request) -> Claim:
    """A claim of the member's organization whose agreement is signed."""
    made = claim(Cast(request.getfixturevalue))
    Claim.objects.filter(pk=made.pk).update(status=Claim.Status.AGREED)
    made.refresh_from_db()
    return made


def url(name: str, *args) -> str:
    return reverse(f"projects:{name}", args=args)


def code_of(call, **arguments) -> str:
    with pytest.raises(Refused) as refused:
        call(**arguments)
    return refused.value.code


def form_of(page, member, **change) -> dict:
    form = {"name": "光明行", "form": "health", "regions": "500229", "funding": "own", "starts_on": "2026-03-01"}
    own = page(member).get(url("project-add")).context["form"]["lead"].value()
    return form | {"lead": str(getattr(own, "pk", own))} | change


def test_the_page_says_by_how_much_budget_lines_differ_from_the_budget(page, member):
    sent = form_of(
        page, member, budget="5000", budget_lines="药品 3,000\n交通：1500.50元", milestones="2026-06-30 开诊"
    )
    assert page(member).post(url("project-add"), sent).status_code == 302
    project = Project.objects.get()
    assert [(line.item, line.amount) for line in project.budget_lines.all()] == [
        ("药品", Decimal(3000)),
        ("交通", Decimal("1500.50")),
    ]
    shown = page(member).get(url("project-detail", project.pk))
    assert shown.context["lines"]["differs"] == Decimal("499.50")
    assert "more than these lines" in shown.text
    services.edit_project(project=project, values={"budget": Decimal("4500.50")}, version=project.version, by=member)
    assert "more than these lines" not in page(member).get(url("project-detail", project.pk)).text


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("budget_lines", "药品"),
        ("budget_lines", "药品 0"),
        ("budget_lines", "药品 1.234"),
        ("milestones", "开诊"),
        ("milestones", "2026-13-01 开诊"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_kept(page, member, field, text):
    answer = page(member).post(url("project-add"), form_of(page, member, **{field: f"{text}"}))
    assert answer.status_code == 400
    assert text in str(answer.context["form"].errors[field])
    assert answer.context["form"][field].value() == text


def test_a_milestone_is_reached_once_and_then_stays(make_project, member, page):
    project = make_project(Status.ACTIVE)
    Milestone.objects.create(project=project, title="开诊", due_on=DAY)
    milestone = project.milestones.get()
    address = url("milestone-done", project.pk, milestone.pk)
    assert page(member).post(address, {"done_on": "2999-01-01"}).status_code == 400
    assert page(member).post(address, {"done_on": "2026-06-29"}).status_code == 302
    milestone.refresh_from_db()
    assert milestone.done_on == datetime.date(2026, 6, 29)
    assert page(member).post(address, {"done_on": "2026-06-29"}).status_code == 400
    project.refresh_from_db()
    edit = {"project": project, "values": {}, "version": project.version, "by": member}
    assert code_of(services.edit_project, milestones=[], **edit) == "milestone_done"
    kept = [Milestone(title="开诊", due_on=DAY), Milestone(title="随访", due_on=DAY)]
    services.edit_project(milestones=kept, **edit)
    assert project.milestones.get(title="开诊").done_on == datetime.date(2026, 6, 29)


def test_a_budget_line_of_nothing_is_refused(make_project, member):
    project = make_project()
    line = BudgetLine(item="药品", amount=Decimal(0))
    edit = {"project": project, "values": {}, "version": project.version, "by": member}
    assert code_of(services.edit_project, budget_lines=[line], **edit) == "budget_line_not_positive"


def test_an_agreed_claim_becomes_a_project_once(agreed, page, member, second_member):
    address = url("project-from-claim", agreed.pk)
    shown = page(member).get(reverse("demands:claim-detail", args=[agreed.pk])).text
    assert f'action="{address}"' in shown
    assert page(second_member).post(address).status_code == 404
    assert page(member).post(address).status_code == 302
    project = Project.objects.get()
    assert (project.claim, project.lead, project.name) == (agreed, agreed.organization, agreed.demand.title)
    assert [region.pk for region in project.regions.all()] == [agreed.demand.village_id]
    assert project.budget == (sum(line.amount for line in project.budget_lines.all()) or None)
    assert code_of(services.project_from_claim, claim=agreed, by=member) == "claim_has_project"
    assert project.name in page(member).get(reverse("demands:claim-detail", args=[agreed.pk])).text


def test_over_rest_an_agreed_claim_becomes_one_project_however_often_it_is_sent(agreed, page, member, second_member):
    address, body = "/api/v1/projects/from-claim/", {"claim": agreed.pk}
    assert page(second_member).post(address, body, content_type="application/json").status_code == 400
    for _time in range(2):
        answer = page(member).post(
            address, body, content_type="application/json", headers={"Idempotency-Key": "claim-1"}
        )
        assert (answer.status_code, answer.json()["name"]) == (201, agreed.demand.title)
    assert page(member).post(address, body, content_type="application/json").json()["code"] == "claim_has_project"
    assert Project.objects.get().claim == agreed


def test_by_no_door_does_a_second_project_carry_out_a_claim(agreed, page, member, values, regions, officer):
    first = services.project_from_claim(claim=agreed, by=member)
    own = {**values, "lead": agreed.organization}
    place = [regions[first.regions.get().short_code]]
    twice = {"values": {**own, "claim": agreed}, "regions": place, "by": member}
    assert code_of(services.create_project, **twice) == "claim_has_project"
    other = services.create_project(values=own, regions=place, by=member)
    edit = {"project": other, "values": {"claim": agreed}, "version": other.version, "by": member}
    assert code_of(services.edit_project, **edit) == "claim_has_project"
    answer = page(member).post(url("project-add"), form_of(page, member, claim=agreed.reference))
    assert (answer.status_code, Project.objects.filter(claim=agreed).count()) == (400, 1)
    body = {"name": "x", "form": "health", "lead": agreed.organization_id, "regions": [place[0].short_code]}
    body |= {"funding": "own", "starts_on": "2026-03-01", "claim": agreed.pk}
    answer = page(member).post("/api/v1/projects/", body, content_type="application/json")
    assert answer.status_code in (400, 409)
    with pytest.raises(IntegrityError, match="project_of_claim_once"), transaction.atomic():
        Project.objects.filter(pk=other.pk).update(claim=agreed)
    # What keeps its claim is still edited, and a terminated project sets the claim free.
    services.edit_project(project=first, values={"claim": agreed, "name": "改名"}, version=first.version, by=member)
    services.terminate_project(project=first, by=member, reason="撤回", rest="无剩余")
    assert services.project_from_claim(claim=agreed, by=member).claim == agreed


def test_a_claim_without_agreement_becomes_no_project(agreed, member):
    Claim.objects.filter(pk=agreed.pk).update(status=Claim.Status.APPROVED)
    assert code_of(services.project_from_claim, claim=agreed, by=member) == "claim_not_agreed"


def test_pages_of_villages_and_organizations_show_what_is_public(
    make_project, regions, organization, member, officer, page
):
    project = make_project(Status.ACTIVE, name="公开的项目")
    make_project(name="草稿的项目")
    values = {
        "title": "进村义诊",
        "kind": "clinic",
        "organization": organization,
        "starts_on": datetime.date(2026, 3, 2),
    }
    values |= {"region": regions["500229201200"], "project": project}
    waiting = services.record_activity(values=values, by=member)
    village, county = (reverse("regions:region-detail", args=[code]) for code in ("500229201200", "500229"))
    own = reverse("organizations:organization-detail", args=[organization.pk])
    assert "进村义诊" not in page(officer).get(village).text
    services.verify_activity(activity=waiting, by=officer)
    for address in (village, county, own):
        assert "进村义诊" in page().get(address).text
    for address in (county, own):
        text = page().get(address).text
        assert "公开的项目" in text
        assert "草稿的项目" not in text


def test_a_place_of_activities_cannot_leave_the_project(make_project, regions, organization, member, officer):
    project = make_project(Status.ACTIVE)
    values = {"title": "义诊", "kind": "clinic", "organization": organization, "starts_on": datetime.date(2026, 3, 2)}
    services.record_activity(values=values | {"region": regions["500229201200"], "project": project}, by=member)
    project.refresh_from_db()
    edit = {"project": project, "values": {}, "version": project.version, "by": officer}
    assert code_of(services.edit_project, regions=[regions["500237"]], **edit) == "region_has_activities"

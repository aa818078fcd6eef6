"""Who hears of what happens to projects, and what stands in the work queue: each thing once."""

import datetime
from decimal import Decimal

import pytest

from accounts.models import Post
from notices import services as inbox
from notices.models import Notice
from projects import services
from projects.models import Project
from projects.selectors import work
from tests.house.campaigns import active_campaign
from tests.house.cast import Cast
from tests.projects.test_activity_files import clinic, course, load, rows

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 3, 2)


@pytest.fixture
def told():
    """What a person was told since the last look, after the outbox was looked through twice."""
    seen: set[int] = set()

    def told(user) -> list[str]:
        for _time in range(2):
            inbox.take_all_events()
        fresh = Notice.objects.filter(person=user, shown=True).exclude(pk__in=seen).order_by("pk")
        found = [(notice.pk, notice.kind) for notice in fresh]
        seen.update(pk for pk, _kind in found)
        return [kind for _pk, kind in found]

    return told


@pytest.fixture
def queue():
    """{kind of thing: how many} in somebody's work queue."""
    return lambda user: {part.key: part.total for part in work.waiting_for(user)}


def test_a_project_is_told_to_its_county_and_each_decision_to_its_lead(
    make_project, told, queue, member, officer, second_officer, outsider, second_member
):
    project = make_project()
    assert told(officer) == told(member) == [] and queue(officer) == {}
    services.submit_project(project=project, by=member)
    assert told(officer) == told(second_officer) == ["project_submitted"]
    assert queue(officer) == {"projects": 1} and queue(outsider) == {}
    services.return_project(project=project, by=officer, reason="预算不清")
    assert told(member) == ["project_returned"] and queue(officer) == {}
    assert Notice.objects.get(kind="project_returned").note == "预算不清"
    services.submit_project(project=project, by=member)
    services.approve_project(project=project, by=officer)
    assert told(officer) == ["project_submitted"] and told(member) == ["project_approved"]
    services.start_project(project=project, by=member)
    assert told(member) == told(officer) == []
    services.suspend_project(project=project, by=officer, reason="暴雨", rest="无")
    services.resume_project(project=project, by=officer)
    assert told(member) == ["project_suspended", "project_resumed"]
    services.complete_project(project=project, by=member)
    assert told(officer) == ["project_completed"] and queue(officer) == {"completed-projects": 1}
    services.verify_project(project=project, by=second_officer)
    assert told(member) == ["project_verified"] and queue(officer) == {}
    assert told(outsider) == told(second_member) == []


def test_the_list_behind_a_part_of_the_queue_is_of_the_same_region(make_project, member, officer, client, regions):
    project = make_project()
    services.submit_project(project=project, by=member)
    [part] = work.waiting_for(officer)
    assert part.query == "status=submitted&region=500229"
    client.force_login(officer)
    shown = client.get("/projects/?" + part.query).context
    assert list(shown["object_list"]) == [project] and shown["total"] == part.total
    above = type(officer).objects.create_superuser(username="root")
    Post.objects.create(user=above, kind=Post.Kind.STAFF, region=regions["500229"])
    assert work.waiting_for(above)[0].query == "status=submitted"
    regions["500229"].valid_to = datetime.date(2020, 1, 1)
    regions["500229"].save()
    officer = type(officer).objects.get(pk=officer.pk)
    assert work.waiting_for(officer)[0].query == "status=submitted"


def test_a_terminated_project_is_told_with_its_reason_and_without_names(make_project, told, member, officer):
    project = make_project(Project.Status.ACTIVE)
    told(member)
    services.terminate_project(project=project, by=officer, reason="资金断了", rest="退回")
    assert told(member) == ["project_terminated"]
    notice = Notice.objects.get(kind="project_terminated")
    assert notice.note == "资金断了" and "资金断了" not in notice.text
    assert set(notice.facts) == {"reference", "title", "organization"}


def test_staff_who_act_for_the_lead_are_not_asked_to_decide(make_project, make_user, regions, organization, told):
    both = make_user("both", region=regions["500229"], organization=organization)
    other = make_user("other", region=regions["500229"])
    project = make_project(by=other)
    services.submit_project(project=project, by=other)
    assert told(both) == []


def test_an_activity_is_told_once_to_the_county_and_once_to_its_people(
    told, queue, organization, regions, member, officer, outsider
):
    facts = {"title": "义诊", "kind": "clinic", "organization": organization, "starts_on": DAY}
    activity = services.record_activity(values=facts | {"region": regions["500229201200"]}, by=member)
    assert told(officer) == ["activity_entered"] and queue(officer) == {"activities": 1}
    services.return_activity(activity=activity, by=officer, reason="人数不对")
    assert told(member) == ["activity_returned"] and queue(officer) == {}
    services.edit_activity(activity=activity, values={"volunteers": 3}, version=activity.version, by=member)
    assert told(officer) == ["activity_entered"]
    services.verify_activity(activity=activity, by=officer)
    assert told(member) == ["activity_verified"]
    services.strike_activity(activity=activity, by=officer, reason="重复")
    assert told(member) == ["activity_struck"]
    assert told(outsider) == told(officer) == []


def test_a_file_of_activities_is_one_notice_and_all_of_them_wait(told, queue, organization, regions, member, officer):
    load(rows(clinic(organization), course(organization), clinic(organization, number="A-3")), member)
    assert told(officer) == ["activity_entered"]
    assert queue(officer) == {"activities": 3}


def test_an_achieved_count_waits_for_a_second_person_and_an_expected_one_for_nobody(
    make_project, told, queue, regions, member, officer
):
    project = make_project(Project.Status.ACTIVE)
    told(officer)
    values = {"region": regions["500229"], "measure": "persons", "value": 300, "as_of": DAY}
    services.add_count(project=project, values=values | {"stage": "expected"}, by=member)
    assert told(officer) == [] and queue(officer) == {}
    count = services.add_count(project=project, values=values | {"stage": "achieved"}, by=member)
    assert told(officer) == ["count_entered"] and queue(officer) == {"counts": 1}
    assert Notice.objects.get(kind="count_entered", person=officer).target == project.pk
    services.verify_count(count=count, by=officer)
    assert told(officer) == [] and queue(officer) == {}
    services.correct_count(count=count, values={"value": 310}, reason="补录", version=count.version, by=member)
    assert told(officer) == ["count_entered"]


def test_a_value_of_a_campaign_is_told_to_staff_and_the_answer_to_the_organization(
    request, told, queue, organization, regions, member, officer
):
    metric = active_campaign(Cast(request.getfixturevalue)).actions.get().metrics.first()
    told(officer), told(member)
    values = {"region": regions["500229"], "organization": organization, "value": Decimal(5), "basis": "台账"}
    first, second = (
        services.enter_value(metric=metric, values=values | {"period_from": day, "period_to": day}, by=member)
        for day in (DAY, DAY + datetime.timedelta(days=1))
    )
    assert told(officer) == ["value_entered"] * 2 and queue(officer) == {"values": 2}
    services.verify_value(value=first, by=officer)
    services.reject_value(value=second, by=officer, reason="无依据")
    services.strike_value(value=first, by=officer, reason="重复")
    assert told(member) == ["value_verified", "value_rejected", "value_struck"] and queue(officer) == {}


def test_the_work_queue_leads_to_what_waits(make_project, page, member, officer, reporter, monkeypatch):
    project = make_project(Project.Status.SUBMITTED)
    shown = page(officer).get("/work/").text
    assert f'href="/projects/{project.pk}/"' in shown and "?status=submitted" not in shown
    monkeypatch.setattr(work, "SHOWN", 0)
    assert 'href="/projects/?status=submitted&amp;region=500229"' in page(officer).get("/work/").text
    assert f'href="/projects/{project.pk}/"' not in page(reporter).get("/work/").text

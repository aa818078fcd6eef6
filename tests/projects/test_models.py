"""What the tables of projects refuse, and who sees which rows."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from projects.models import BeneficiaryCount, Project, ProjectRegion

Status = Project.Status


def refused_by(constraint: str):
    return pytest.raises(IntegrityError, match=constraint)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"status": "unknown"}, "project_status_known"),
        ({"funding": "stolen"}, "project_funding_known"),
        ({"budget": -1}, "project_budget_not_negative"),
        ({"ends_on": datetime.date(2026, 2, 28)}, "project_dates_in_order"),
    ],
)
def test_the_database_refuses_an_impossible_project(make_project, fields, constraint):
    project = make_project()
    with refused_by(constraint), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(**fields)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"value": 0}, "beneficiary_value_positive"),
        ({"value": -5}, "beneficiary_value_positive"),
        ({"stage": "hoped"}, "beneficiary_stage_known"),
        ({"measure": "heads"}, "beneficiary_measure_known"),
        ({"qualifier": "maybe"}, "beneficiary_qualifier_known"),
    ],
)
def test_the_database_refuses_an_impossible_count(make_project, make_count, fields, constraint):
    count = make_count(make_project(Status.ACTIVE))
    with refused_by(constraint), transaction.atomic():
        BeneficiaryCount.objects.filter(pk=count.pk).update(**fields)


def test_a_project_has_one_count_per_stage_region_measure_and_group(make_project, make_count):
    project = make_project(Status.ACTIVE)
    make_count(project)
    make_count(project, stage="expected")
    make_count(project, group="women")
    make_count(project, measure="persons")
    with refused_by("beneficiary_count_once"), transaction.atomic():
        make_count(project)


def test_a_region_stands_once_in_a_project(make_project, regions):
    project = make_project()
    with refused_by("project_region_once"), transaction.atomic():
        ProjectRegion.objects.create(project=project, region=regions["500229"])


def test_every_status_has_its_row_of_steps_and_the_steps_lead_to_known_states():
    assert set(Project.TRANSITIONS) == set(Status)
    assert set().union(*Project.TRANSITIONS.values()) <= set(Status)


@pytest.mark.parametrize("status", Status)
def test_who_sees_a_project_in_each_status(
    make_project, regions, make_user, member, second_member, officer, outsider, reporter, status
):
    project = make_project(status)
    giver = make_user("giver", region=regions["371300"])
    root = make_user("root")
    root.is_superuser = True
    public = status in (Status.ACTIVE, Status.COMPLETED, Status.VERIFIED, Status.CLOSED)

    def sees(user) -> bool:
        return Project.objects.visible_to(user).filter(pk=project.pk).exists()

    for stranger in (AnonymousUser(), second_member, outsider, reporter):
        assert sees(stranger) is public
    for own in (member, officer, giver, root):
        assert sees(own)


@pytest.mark.parametrize("status", Status)
def test_only_achieved_counts_of_projects_under_way_or_done_are_counted(make_project, make_count, status):
    project = make_project(status)
    make_count(project)
    make_count(project, stage="expected")
    counted = list(BeneficiaryCount.objects.counted().values_list("stage", flat=True))
    assert counted == (
        ["achieved"] if status in (Status.ACTIVE, Status.COMPLETED, Status.VERIFIED, Status.CLOSED) else []
    )
    assert Project.objects.counted().exists() is bool(counted)


def test_counts_are_seen_with_their_project(make_project, make_count, member, second_member):
    make_count(make_project(Status.DRAFT))
    assert BeneficiaryCount.objects.visible_to(member).for_list().count() == 1
    assert not BeneficiaryCount.objects.visible_to(second_member).exists()


def test_a_project_covers_its_regions_and_what_lies_below(make_project):
    project = make_project()
    assert project.covers("500229000000")
    assert project.covers("500229201200")
    assert not project.covers("500237000000")
    assert not project.covers("500000000000")


def test_rows_name_themselves(make_project, make_count):
    project = make_project(Status.ACTIVE)
    assert str(project) == "光明行·城口站"
    assert str(project.project_regions.get()) == "城口县"
    assert "300" in str(make_count(project))

"""Every step of a project from every state, and what is refused."""

import datetime

import pytest
from django.db import transaction

from core.errors import Refused
from core.models import StatusChange
from core.states import Stale, WrongState
from demands.models import Claim, Demand
from organizations.models import Organization
from projects import services
from projects.models import BeneficiaryCount, BudgetLine, Milestone, Project

Status = Project.Status
STEPS = {
    "submit": {Status.DRAFT: Status.SUBMITTED},
    "return": {Status.SUBMITTED: Status.DRAFT, Status.COMPLETED: Status.ACTIVE},
    "approve": {Status.SUBMITTED: Status.APPROVED},
    "start": {Status.APPROVED: Status.ACTIVE},
    "complete": {Status.ACTIVE: Status.COMPLETED},
    "verify": {Status.COMPLETED: Status.VERIFIED},
    "close": {Status.VERIFIED: Status.CLOSED},
    "suspend": {Status.ACTIVE: Status.SUSPENDED},
    "resume": {Status.SUSPENDED: Status.ACTIVE},
    "terminate": {
        status: Status.TERMINATED
        for status in (Status.DRAFT, Status.SUBMITTED, Status.APPROVED, Status.ACTIVE, Status.SUSPENDED)
    },
}


def take(step: str, project, by):
    extra = {"reason": "暴雨"} if step in ("suspend", "terminate", "return") else {}
    extra |= {"rest": "退回捐赠人"} if step in ("suspend", "terminate") else {}
    return getattr(services, f"{step}_project")(project=project, by=by, **extra)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("step", STEPS)
def test_each_step_leads_where_the_table_says_and_nowhere_else(make_project, second_officer, step, status):
    project = make_project(status)
    before = StatusChange.objects.of(project).count()
    if status in STEPS[step]:
        take(step, project, second_officer)
        project.refresh_from_db()
        assert project.status == STEPS[step][status]
        assert StatusChange.objects.of(project).count() == before + 1
        assert StatusChange.objects.of(project).first().by == second_officer
    else:
        with pytest.raises(WrongState):
            take(step, project, second_officer)
        project.refresh_from_db()
        assert project.status == status
        assert StatusChange.objects.of(project).count() == before


def test_a_new_project_has_a_reference_number_and_opens_its_history(make_project, member, second_organization):
    project = make_project(partners=[second_organization])
    assert project.reference.startswith("XM-")
    assert (project.status, project.created_by) == (Status.DRAFT, member)
    assert list(project.partners.all()) == [second_organization]
    assert [region.short_code for region in project.regions.all()] == ["500229"]
    assert StatusChange.objects.of(project).get().new == Status.DRAFT


def refusal_of(call, **arguments) -> str:
    with pytest.raises(Refused) as caught:
        call(**arguments)
    return caught.value.code


def test_a_project_needs_a_region_an_active_lead_and_other_partners(values, regions, member, organization):
    def create(**change):
        arguments = {"values": values, "regions": [regions["500229"]], "by": member} | change
        return refusal_of(services.create_project, **arguments)

    assert create(regions=[]) == "no_region"
    assert create(partners=[organization]) == "partner_is_lead"
    Organization.objects.filter(pk=organization.pk).update(status="revoked")
    organization.refresh_from_db()
    assert create() == "lead_not_active"
    assert not Project.objects.exists()


@pytest.fixture
def foreign_claim(regions, second_organization):
    demand = Demand.objects.create(
        reference="XQ-T", village=regions["500229201200"], form="relief", title="棉被", story="冬天冷"
    )
    return Claim.objects.create(reference="RL-T", demand=demand, organization=second_organization, status="approved")


def test_a_project_carries_out_a_claim_of_its_lead_only(values, regions, member, foreign_claim):
    arguments = {"values": values | {"claim": foreign_claim}, "regions": [regions["500229"]], "by": member}
    assert refusal_of(services.create_project, **arguments) == "claim_of_another"
    values["lead"] = foreign_claim.organization
    project = services.create_project(values=values | {"claim": foreign_claim}, regions=[regions["500229"]], by=member)
    assert project.claim == foreign_claim


def test_whoever_wrote_on_a_draft_or_takes_part_does_not_approve_it(
    make_project, officer, second_officer, member, second_member, second_organization
):
    own = services.submit_project(project=make_project(by=officer), by=officer)
    assert refusal_of(services.approve_project, project=own, by=officer) == "second_person"
    other = services.submit_project(project=make_project(partners=[second_organization]), by=member)
    for person in (member, second_member):
        assert refusal_of(services.approve_project, project=other, by=person) == "second_person"
    project = make_project()
    services.edit_project(project=project, values={"name": "改名"}, version=project.version, by=officer)
    services.submit_project(project=project, by=member)
    assert refusal_of(services.approve_project, project=project, by=officer) == "second_person"
    services.approve_project(project=project, by=second_officer)
    assert project.status == Status.APPROVED


def test_whoever_reported_completion_or_takes_part_does_not_verify(make_project, officer, second_officer, member):
    project = make_project(Status.ACTIVE)
    services.complete_project(project=project, by=officer)
    for person in (officer, member):
        assert refusal_of(services.verify_project, project=project, by=person) == "second_person"
    services.verify_project(project=project, by=second_officer)


def test_a_lead_that_was_revoked_meanwhile_stops_approval_and_beginning(make_project, organization, officer):
    draft, approved = make_project(Status.SUBMITTED), make_project(Status.APPROVED)
    Organization.objects.filter(pk=organization.pk).update(status="revoked")
    assert refusal_of(services.approve_project, project=draft, by=officer) == "lead_not_active"
    assert refusal_of(services.start_project, project=approved, by=officer) == "lead_not_active"


@pytest.mark.parametrize("step", ["suspend", "terminate"])
@pytest.mark.parametrize("reason", ["", "  \n"])
def test_suspending_and_terminating_need_a_reason(make_project, officer, step, reason):
    project = make_project(Status.ACTIVE)
    call = getattr(services, f"{step}_project")
    assert refusal_of(call, project=project, by=officer, reason=reason, rest="无") == "reason_missing"
    assert refusal_of(call, project=project, by=officer, reason="暴雨", rest=" ") == "rest_missing"
    call(project=project, by=officer, reason=" 暴雨 ", rest=" 退回 ")
    assert StatusChange.objects.of(project).first().note == "暴雨"
    assert project.rest == "退回"


@pytest.mark.parametrize("status", Status)
def test_a_project_is_edited_until_it_is_completed(make_project, officer, status):
    project = make_project(status)
    arguments = {"project": project, "values": {"name": "新名"}, "version": project.version, "by": officer}
    if status in Project.EDITABLE:
        assert services.edit_project(**arguments) == {"name": ["光明行·城口站", "新名"]}
    else:
        assert refusal_of(services.edit_project, **arguments) == "wrong_state"


def test_an_edit_writes_down_plain_fields_regions_and_partners(make_project, regions, member, second_organization):
    project = make_project()
    services.edit_project(
        project=project,
        values={"budget": None, "ends_on": None},
        regions=[regions["500229"], regions["500237"]],
        partners=[second_organization],
        version=1,
        by=member,
    )
    change = StatusChange.objects.of(project).first()
    assert change.changes == {
        "ends_on": ["2026-10-31", None],
        "regions": ["城口县 (500229000000)", "城口县 (500229000000)、巫山县 (500237000000)"],
        "partners": ["", f"兰陵县慈善总会 ({second_organization.pk})"],
    }
    project.refresh_from_db()
    assert project.version == 2
    assert project.regions.count() == 2


def test_what_everybody_reads_of_a_project_holds_no_personal_data(make_project, member):
    project = make_project()
    for name in ("name", "summary"):
        with pytest.raises(Refused) as refused:
            services.edit_project(
                project=project, values={name: "联系人13812345678"}, version=project.version, by=member
            )
        assert refused.value.code == "personal_data"
        with pytest.raises(Refused):
            make_project(**{name: "联系人13812345678"})
    for part in (
        {"budget_lines": [BudgetLine(item="联系人13812345678", amount=1)]},
        {"milestones": [Milestone(title="联系人13812345678", due_on=datetime.date(2026, 6, 1))]},
    ):
        with pytest.raises(Refused) as refused:
            services.edit_project(project=project, values={}, version=project.version, by=member, **part)
        assert refused.value.code == "personal_data"
    assert Project.objects.get() == project


def test_an_edit_of_an_older_version_is_refused_and_changes_nothing(make_project, regions, member):
    project = make_project()
    services.edit_project(project=project, values={"name": "甲"}, version=1, by=member)
    with pytest.raises(Stale):
        services.edit_project(project=project, values={"name": "乙"}, regions=[regions["500237"]], version=1, by=member)
    project.refresh_from_db()
    assert project.name == "甲"
    assert project.covers("500229000000")


def test_an_edit_without_change_leaves_version_and_history_alone(make_project, member):
    project = make_project()
    assert services.edit_project(project=project, values={"name": project.name}, version=1, by=member) == {}
    assert project.version == 1


def test_a_region_with_counts_cannot_be_taken_away(make_project, make_count, regions, officer):
    project = make_project(Status.ACTIVE)
    make_count(project, region="500229201200")
    arguments = {"project": project, "values": {}, "version": project.version, "by": officer}
    code = refusal_of(services.edit_project, regions=[regions["500237"]], **arguments)
    assert code == "region_has_counts"
    services.edit_project(regions=[regions["500229201"]], **arguments)


def row(regions, **change) -> dict:
    base = {
        "stage": "achieved",
        "region": regions["500229201200"],
        "measure": "persons",
        "group": "",
        "value": 120,
        "qualifier": "exact",
        "basis": "签到表",
        "as_of": datetime.date(2026, 6, 30),
    }
    return base | change


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("stage", ["expected", "achieved"])
def test_counts_are_entered_in_the_states_that_know_them(make_project, regions, member, status, stage):
    project = make_project(status)
    arguments = {"project": project, "values": row(regions, stage=stage), "by": member}
    if status in Project.COUNTABLE[stage]:
        count = services.add_count(**arguments)
        assert StatusChange.objects.of(count).get().by == member
    else:
        assert refusal_of(services.add_count, **arguments) == "wrong_state"
        assert not BeneficiaryCount.objects.exists()


def test_a_count_belongs_to_a_region_of_the_project_and_stands_once(make_project, regions, member):
    project = make_project(Status.ACTIVE)
    outside = row(regions, region=regions["500237"])
    assert refusal_of(services.add_count, project=project, values=outside, by=member) == "region_outside"
    services.add_count(project=project, values=row(regions), by=member)
    assert refusal_of(services.add_count, project=project, values=row(regions), by=member) == "count_exists"


def test_a_correction_keeps_the_number_before_and_the_reason(make_project, regions, member, officer):
    project = make_project(Status.ACTIVE)
    count = services.add_count(project=project, values=row(regions), by=member)
    services.correct_count(count=count, values={"value": 102}, reason="重复登记", version=1, by=officer)
    change = StatusChange.objects.of(count).first()
    assert (change.changes, change.note, change.by) == ({"value": [120, 102]}, "重复登记", officer)
    assert (count.value, count.version) == (102, 2)
    with pytest.raises(Stale):
        services.correct_count(count=count, values={"value": 1}, reason="x", version=1, by=officer)


def test_a_correction_needs_a_reason_an_open_project_and_a_free_place(make_project, regions, member, officer):
    project = make_project(Status.ACTIVE)
    first = services.add_count(project=project, values=row(regions), by=member)
    services.add_count(project=project, values=row(regions, measure="households"), by=member)

    def correct(reason="改", **values):
        return refusal_of(services.correct_count, count=first, values=values, reason=reason, version=1, by=member)

    assert correct(reason=" ", value=1) == "reason_missing"
    assert correct(measure="households") == "count_exists"
    assert correct(region=regions["500237"]) == "region_outside"
    services.complete_project(project=project, by=member)
    services.verify_project(project=project, by=officer)
    assert correct(value=1) == "wrong_state"


def test_a_step_and_a_correction_that_fail_leave_nothing_half_done(make_project, regions, member):
    project = make_project(Status.ACTIVE)
    with pytest.raises(RuntimeError), transaction.atomic():
        services.add_count(project=project, values=row(regions), by=member)
        raise RuntimeError
    assert not BeneficiaryCount.objects.exists()


def test_a_count_is_verified_by_a_second_person_and_a_correction_asks_for_it_again(
    make_project, regions, member, officer, second_officer
):
    count = services.add_count(project=make_project(Status.ACTIVE), values=row(regions), by=member)
    assert refusal_of(services.verify_count, count=count, by=member) == "second_person"
    services.verify_count(count=count, by=officer)
    assert count.status == "verified"
    services.correct_count(count=count, values={"value": 7}, reason="重复", version=count.version, by=second_officer)
    assert (count.status, count.value) == ("entered", 7)
    assert refusal_of(services.verify_count, count=count, by=second_officer) == "second_person"
    services.verify_count(count=count, by=officer)
    assert [change.new for change in StatusChange.objects.of(count)][:2] == ["verified", "entered"]


def test_a_correction_that_changes_nothing_leaves_a_count_verified(make_project, make_count, member):
    count = make_count(make_project(Status.ACTIVE))
    services.correct_count(count=count, values={"value": count.value}, reason="核对", version=1, by=member)
    assert count.status == "verified"


def test_what_is_expected_is_not_verified_and_what_is_struck_out_makes_room(make_project, regions, member, officer):
    project = make_project(Status.ACTIVE)
    expected = services.add_count(project=project, values=row(regions) | {"stage": "expected"}, by=member)
    assert refusal_of(services.verify_count, count=expected, by=officer) == "not_achieved"
    count = services.add_count(project=project, values=row(regions), by=member)
    assert refusal_of(services.strike_count, count=count, by=officer, reason=" ") == "reason_missing"
    services.strike_count(count=count, by=officer, reason="录错项目")
    again = {"count": count, "values": {"value": 1}, "reason": "x", "version": count.version, "by": member}
    assert refusal_of(services.correct_count, **again) == "wrong_state"
    assert services.add_count(project=project, values=row(regions), by=member).status == "entered"


def test_the_same_people_are_named_by_the_first_count_of_the_same_lead_and_kind(
    make_project, make_count, regions, member, second_organization, outsider
):
    project, other = make_project(Status.ACTIVE), make_project(Status.ACTIVE)
    first = make_count(other, measure="persons")

    def add(same_as, **values):
        values = row(regions, measure="persons", overlap="same_as", same_as=same_as, **values)
        return refusal_of(services.add_count, project=project, values=values, by=member)

    foreign = make_count(make_project(Status.ACTIVE, lead=second_organization, by=outsider), measure="persons")
    assert add(None) == "same_as_missing"
    assert add(foreign) == "same_as_other_kind"
    assert add(make_count(other, stage="expected", measure="persons")) == "same_as_other_kind"
    values = row(regions, measure="persons", overlap="same_as", same_as=first)
    copy = services.add_count(project=project, values=values, by=member)
    assert add(copy, group="women") == "same_as_not_original"
    change = {"overlap": "same_as", "same_as": make_count(project, measure="persons", group="elderly")}
    arguments = {"values": change, "reason": "x", "version": first.version, "by": member}
    assert refusal_of(services.correct_count, count=first, **arguments) == "same_as_chain"
    arguments["values"] = {"measure": "households"}
    assert refusal_of(services.correct_count, count=first, **arguments) == "same_as_chain"


def test_a_count_that_waits_is_still_verified_once_the_project_is(make_project, make_count, second_officer):
    count = make_count(make_project(Status.VERIFIED), status="entered")
    assert services.verify_count(count=count, by=second_officer).status == "verified"

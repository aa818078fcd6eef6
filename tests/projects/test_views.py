"""The pages of projects, as people with different parts meet them."""

import io

import openpyxl
import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import translation

from projects import services
from projects.models import BeneficiaryCount, Project

Status = Project.Status


def url(name: str, *args) -> str:
    return reverse(f"projects:{name}", args=args)


def told(answer) -> list[str]:
    with translation.override("en"):
        return [str(message) for message in get_messages(answer.wsgi_request)]


def refused(answer) -> str:
    """What the form says on top, in English."""
    with translation.override("en"):
        (error,) = answer.context["form"].non_field_errors()
        return str(error)


@pytest.fixture
def sent(organization) -> dict:
    """What the form sends for a valid project."""
    return {
        "name": "希望行",
        "lead": str(organization.pk),
        "partners": "",
        "form": "education",
        "regions": "500229 城口县",
        "pairing": "",
        "claim": "",
        "funding": "donation",
        "budget": "300000.50",
        "starts_on": "2026-03-01",
        "ends_on": "2026-12-31",
        "summary": "助学",
    }


COUNT = {
    "stage": "achieved",
    "region": "500229201200",
    "measure": "persons",
    "group": "",
    "qualifier": "over",
    "value": "120",
    "as_of": "2026-06-30",
    "basis": "签到表",
}


def test_the_list_shows_public_projects_to_everybody_and_drafts_to_their_own(make_project, page, member):
    make_project(Status.ACTIVE, name="公开的")
    make_project(name="草稿的")
    public = page().get(url("project-list"))
    assert "公开的" in public.text
    assert "草稿的" not in public.text
    assert "Enter a project" not in public.text
    own = page(member).get(url("project-list"))
    assert "草稿的" in own.text
    assert "Enter a project" in own.text


def test_an_empty_list_says_so(page, db):
    assert "Nothing to show" in page().get(url("project-list")).text


def test_the_list_sorts_and_exports_what_is_filtered(make_project, page):
    make_project(Status.ACTIVE, name="甲", budget=5)
    make_project(Status.ACTIVE, name="=乙", budget=7)
    make_project(Status.ACTIVE, name="丙")
    rows = page().get(url("project-list"), {"sort": "-budget"}).context["object_list"]
    assert [row.name for row in rows] == ["=乙", "甲", "丙"]
    csv = page().get(url("project-list"), {"q": "乙", "format": "csv"})
    lines = b"".join(csv.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "'=乙" in lines[1]
    xlsx = page().get(url("project-list"), {"format": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(xlsx.streaming_content)))
    assert book.worksheets[0].max_row == 4


def test_list_and_page_ask_a_fixed_number_of_queries(
    make_project, make_count, page, second_organization, django_assert_num_queries
):
    for number in range(3):
        project = make_project(
            Status.ACTIVE, name=f"项目{number}", places=["500229", "500237"], partners=[second_organization]
        )
        for code in ("500229", "500237", "500229201200"):
            make_count(project, region=code)
    visitor = page()
    with django_assert_num_queries(6):  # actions and pairs to choose from, total, rows, regions, partners
        visitor.get(url("project-list"))
    # Another test may have asked for the kinds of records already, or not: from here on they are known.
    visitor.get(url("project-detail", project.pk))
    # project, regions, partners, paths, budget, milestones, files, activities, counts, paths, corrections, history
    with django_assert_num_queries(12):
        visitor.get(url("project-detail", project.pk))


def test_a_page_shows_expected_and_achieved_apart_and_hides_notes(make_project, make_count, page, officer):
    project = make_project(Status.ACTIVE, summary="一句话\n第二行")
    make_count(project, 3000, stage="expected", qualifier="over")
    make_count(project, 250, measure="persons")
    services.edit_project(project=project, values={"budget": 10}, version=project.version, by=officer, note="内部")
    public = page().get(url("project-detail", project.pk)).text
    expected, achieved = public.index("Expected beneficiaries"), public.index("Beneficiaries reached")
    assert "more than 3,000" in public[expected:achieved]
    assert "250" in public[achieved:]
    assert "内部" not in public
    assert "重庆市城口县" in public
    assert "内部" in page(officer).get(url("project-detail", project.pk)).text


def test_a_draft_is_not_found_by_strangers(make_project, page, second_member, outsider):
    project = make_project()
    for client in (page(), page(second_member), page(outsider)):
        assert client.get(url("project-detail", project.pk)).status_code == 404
    for name in ("project-edit", "project-suspend", "project-terminate", "count-add"):
        assert page(second_member).get(url(name, project.pk)).status_code == 404
    assert page(second_member).post(url("project-approve", project.pk)).status_code == 404


def test_a_member_enters_a_project(page, member, sent, organization):
    answer = page(member).post(url("project-add"), sent)
    project = Project.objects.get()
    assert answer.url == url("project-detail", project.pk)
    assert (project.lead, project.status, str(project.budget)) == (organization, Status.DRAFT, "300000.50")
    assert [region.short_code for region in project.regions.all()] == ["500229"]


def test_an_officer_enters_a_project_of_any_lead_in_the_own_county(page, officer, sent, second_organization):
    sent |= {"lead": "临沂市慈善总会", "partners": "兰陵县慈善总会\n兰陵县慈善总会"}
    assert page(officer).post(url("project-add"), sent).status_code == 302
    assert list(Project.objects.get().partners.all()) == [second_organization]


def test_the_form_of_a_member_offers_the_own_organizations_only(page, member, sent, second_organization):
    form = page(member).get(url("project-add")).context["form"]
    assert [row.name for row in form.fields["lead"].queryset] == ["临沂市慈善总会"]
    answer = page(member).post(url("project-add"), sent | {"lead": str(second_organization.pk)})
    assert answer.status_code == 400
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    ("change", "field", "english", "chinese"),
    [
        ({"name": ""}, "name", "required", "必填"),
        ({"regions": ""}, "regions", "required", "必填"),
        ({"regions": "123"}, "regions", "123", "123"),
        ({"regions": "500229\n999999"}, "regions", "999999", "999999"),
        ({"budget": "-1"}, "budget", "less than zero", ""),
        ({"budget": "abc"}, "budget", "number", "数字"),
        ({"budget": "1" + "0" * 20}, "budget", "digits", ""),
        ({"starts_on": "2026-13-01"}, "starts_on", "valid date", "有效的日期"),
        ({"ends_on": "2026-02-01"}, "__all__", "end before it begins", ""),
        ({"partners": "不存在的会"}, "partners", "不存在的会", "不存在的会"),
        ({"partners": "临沂市慈善总会"}, "partners", "own partner", ""),
        ({"claim": "RL-2026-000001"}, "claim", "no claim", ""),
        ({"form": "magic"}, "form", "magic", "magic"),
        ({"pairing": "99"}, "pairing", "choice", ""),
    ],
)
def test_bad_input_is_one_sentence_at_the_field_in_both_languages(page, member, sent, change, field, english, chinese):
    for language, word in (("en", english), ("zh-hans", chinese)):
        answer = page(member, language).post(url("project-add"), sent | change)
        assert answer.status_code == 400
        assert list(answer.context["form"].errors) == [field]
        with translation.override(language):
            (error,) = answer.context["form"].errors[field]
            assert word in str(error)
    assert not Project.objects.exists()


def test_an_officer_of_another_county_cannot_enter_a_project_here(page, outsider, sent):
    answer = page(outsider).post(url("project-add"), sent | {"lead": "临沂市慈善总会"})
    assert list(answer.context["form"].errors) == ["lead"]
    assert not Project.objects.exists()


def test_somebody_without_organization_or_post_cannot_open_the_form(page, make_user, reporter):
    assert page(make_user("nobody")).get(url("project-add")).status_code == 403
    assert page(reporter).get(url("project-add")).status_code == 403
    assert page().get(url("project-add")).status_code == 302


def test_a_member_edits_a_draft_and_staff_an_approved_project(make_project, page, member, officer, sent):
    draft, approved = make_project(), make_project(Status.APPROVED)
    assert page(member).post(url("project-edit", draft.pk), sent | {"version": 1}).status_code == 302
    draft.refresh_from_db()
    assert draft.name == "希望行"
    assert page(member).get(url("project-edit", approved.pk)).status_code == 403
    sent |= {"lead": "临沂市慈善总会", "version": approved.version}
    assert page(officer).post(url("project-edit", approved.pk), sent).status_code == 302


def test_the_edit_form_is_filled_and_an_old_version_is_refused(make_project, page, member, sent):
    project = make_project()
    form = page(member).get(url("project-edit", project.pk)).context["form"]
    assert form["regions"].value() == "500229 城口县"
    assert form["version"].value() == 1
    for _twice in range(2):
        answer = page(member).post(url("project-edit", project.pk), sent | {"version": 1})
    assert answer.status_code == 400
    assert "after you opened it" in refused(answer)


def test_the_story_from_draft_to_closed(make_project, page, member, officer, second_officer):
    project = make_project()
    story = [
        (member, "project-submit", Status.SUBMITTED),
        (officer, "project-approve", Status.APPROVED),
        (member, "project-start", Status.ACTIVE),
        (member, "project-complete", Status.COMPLETED),
        (second_officer, "project-verify", Status.VERIFIED),
        (second_officer, "project-close", Status.CLOSED),
    ]
    for person, step, status in story:
        shown = page(person).get(url("project-detail", project.pk)).text
        assert f'action="{url(step, project.pk)}"' in shown
        assert page(person).post(url(step, project.pk)).url == url("project-detail", project.pk)
        project.refresh_from_db()
        assert project.status == status


def test_the_buttons_on_a_page_are_those_that_would_be_allowed(make_project, page, member, officer, second_member):
    project = make_project(Status.ACTIVE)
    assert page(member).get(url("project-detail", project.pk)).context["may"] == {"complete"}
    assert page(officer).get(url("project-detail", project.pk)).context["may"] == {"complete", "suspend", "terminate"}
    assert page(second_member).get(url("project-detail", project.pk)).context["may"] == set()


def test_a_step_in_the_wrong_state_is_told_and_changes_nothing(make_project, page, officer):
    project = make_project(Status.CLOSED)
    answer = page(officer).post(url("project-approve", project.pk))
    assert "not possible while the status is" in told(answer)[0]
    project.refresh_from_db()
    assert project.status == Status.CLOSED


@pytest.mark.parametrize(("step", "status"), [("suspend", Status.SUSPENDED), ("terminate", Status.TERMINATED)])
def test_suspending_and_terminating_ask_for_the_reason(make_project, page, officer, member, step, status):
    project = make_project(Status.ACTIVE)
    address = url(f"project-{step}", project.pk)
    assert page(member).get(address).status_code == 403
    assert page(officer).get(address).status_code == 200
    assert page(officer).post(address, {"reason": " "}).status_code == 400
    assert page(officer).post(address, {"reason": "暴雨"}).status_code == 400
    assert page(officer).post(address, {"reason": "暴雨", "rest": "无剩余"}).status_code == 302
    project.refresh_from_db()
    assert project.status == status
    assert page().get(url("project-detail", project.pk)).status_code == 404
    assert page(officer).get(url("project-detail", project.pk)).status_code == 200


def test_members_of_another_organization_cannot_step_or_count(make_project, make_count, page, second_member):
    project = make_project(Status.ACTIVE)
    count = make_count(project)
    for name in ("project-complete", "project-close", "project-approve", "project-start", "project-resume"):
        assert page(second_member).post(url(name, project.pk)).status_code == 403
        assert page(second_member).get(url(name, project.pk)).status_code == 405
    assert page(second_member).post(url("count-add", project.pk), COUNT).status_code == 403
    assert page(second_member).get(url("count-correct", project.pk, count.pk)).status_code == 403


def test_a_count_that_is_only_verified_is_not_called_corrected(make_project, page, regions, member, officer):
    project = make_project(Status.ACTIVE)
    values = {
        "stage": "achieved",
        "region": regions["500229"],
        "measure": "persons",
        "value": 86,
        "as_of": "2026-06-30",
    }
    services.verify_count(count=services.add_count(project=project, values=values, by=member), by=officer)
    shown = page().get(url("project-detail", project.pk)).text
    assert "86" in shown and "corrected" not in shown


def test_a_member_enters_and_corrects_a_count(make_project, page, member):
    project = make_project(Status.ACTIVE)
    assert page(member).get(url("count-add", project.pk)).context["form"]["region"].value() == "500229000000"
    assert page(member).post(url("count-add", project.pk), COUNT).status_code == 302
    count = BeneficiaryCount.objects.get()
    assert (count.value, count.qualifier, count.region.name) == (120, "over", "四湾村村民委员会")
    change = COUNT | {"value": "102", "reason": "重复登记", "version": 1}
    assert page(member).post(url("count-correct", project.pk, count.pk), change).status_code == 302
    count.refresh_from_db()
    assert count.value == 102
    shown = page(member).get(url("count-correct", project.pk, count.pk)).text
    assert "重复登记" in shown
    assert "corrected" in page().get(url("project-detail", project.pk)).text
    again = page(member).post(url("count-correct", project.pk, count.pk), change)
    assert "after you opened it" in refused(again)


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"value": "0"}, "value", "greater than zero"),
        ({"value": "-1"}, "value", "greater than zero"),
        ({"value": "1" + "0" * 20}, "value", "too large"),
        ({"value": "abc"}, "value", "whole number"),
        ({"value": "1.5"}, "value", "whole number"),
        ({"region": "500237"}, "region", "neither one of the project"),
        ({"region": "000000"}, "region", "000000"),
        ({"as_of": "2999-01-01"}, "as_of", "future"),
        ({"measure": "heads"}, "measure", "heads"),
        ({"stage": "hoped"}, "stage", "hoped"),
    ],
)
def test_a_bad_count_is_one_sentence_and_nothing_is_stored(make_project, page, member, change, field, sentence):
    project = make_project(Status.ACTIVE)
    answer = page(member).post(url("count-add", project.pk), COUNT | change)
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    with translation.override("en"):
        (error,) = answer.context["form"].errors[field]
        assert sentence in str(error)
    assert not BeneficiaryCount.objects.exists()


def test_a_second_count_of_the_same_kind_is_refused_beside_the_form(make_project, page, member):
    project = make_project(Status.ACTIVE)
    page(member).post(url("count-add", project.pk), COUNT)
    answer = page(member).post(url("count-add", project.pk), COUNT)
    assert "already has a count" in refused(answer)
    assert BeneficiaryCount.objects.count() == 1


def test_the_leads_people_do_not_strike_out_counts_of_a_verified_project_and_staff_do(
    make_project, make_count, page, member, officer
):
    project = make_project(Status.VERIFIED)
    address = f"/projects/{project.pk}/beneficiaries/{make_count(project).pk}/strike/"
    assert address not in page(member).get(f"/projects/{project.pk}/").text
    assert page(member).post(address, {"reason": "x"}).status_code == 403
    assert address in page(officer).get(f"/projects/{project.pk}/").text
    assert page(officer).post(address, {"reason": "重复"}).status_code == 302
    assert project.counts.get().status == "struck"


def test_a_count_of_another_project_is_not_found(make_project, make_count, page, member):
    count = make_count(make_project(Status.ACTIVE))
    other = make_project(Status.ACTIVE)
    assert page(member).get(url("count-correct", other.pk, count.pk)).status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_are_valid_in_both_languages(make_project, make_count, page, officer, language):
    project = make_project(Status.ACTIVE)
    count = make_count(project, measure="ambiguous")
    make_count(project, measure="persons", group="women")
    make_count(project, measure="persons", group="elderly")
    client = page(officer, language)
    for address in (
        url("project-list"),
        url("project-add"),
        url("project-detail", project.pk),
        url("project-edit", project.pk),
        url("project-suspend", project.pk),
        url("project-terminate", project.pk),
        url("count-add", project.pk),
        url("count-correct", project.pk, count.pk),
    ):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "style=" not in answer.text
        assert "onclick" not in answer.text

"""Projects over REST: the same rights, rules and sentences as the pages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from projects.models import BeneficiaryCount, Project
from tests.core.test_files import photograph

Status = Project.Status
LIST = "/api/v1/projects/"


@pytest.fixture
def api(db):
    """A REST client, logged in as somebody or nobody, that asks for English sentences."""

    def open_as(user=None) -> APIClient:
        client = APIClient(headers={"Accept-Language": "en"})
        if user is not None:
            client.force_authenticate(user)
        return client

    return open_as


@pytest.fixture
def sent(organization) -> dict:
    return {
        "name": "希望行",
        "lead": organization.pk,
        "form": "education",
        "regions": ["500229", "500229201200"],
        "funding": "donation",
        "budget": "300000.50",
        "starts_on": "2026-03-01",
    }


COUNT = {
    "stage": "achieved",
    "region": "500229201200",
    "measure": "persons",
    "qualifier": "over",
    "value": 120,
    "as_of": "2026-06-30",
}


def at(project, *more) -> str:
    return "/".join([f"{LIST}{project.pk}", *map(str, more), ""])


def problem(answer, status: int, code: str) -> dict:
    assert answer.status_code == status, answer.data
    assert answer["Content-Type"].startswith("application/problem+json")
    assert answer.data["code"] == code
    return answer.data


def test_anybody_reads_public_projects_without_log_in(api, make_project, django_assert_num_queries):
    for number in range(3):
        project = make_project(Status.ACTIVE, name=f"项目{number}", places=["500229", "500237"])
    make_project()
    with django_assert_num_queries(5):  # rows, regions, partners, budget lines, milestones
        answer = api().get(LIST)
    assert answer.data["count"] == 3
    shown = api().get(at(project))
    assert shown["ETag"] == f'"{project.version}"'
    assert shown.data["lead"]["name"] == "临沂市慈善总会"
    assert [region["code"] for region in shown.data["regions"]] == ["500229", "500237"]
    assert "created_by" not in shown.data


def test_filters_are_those_of_the_page_and_strict(api, make_project):
    make_project(Status.ACTIVE, name="甲")
    assert api().get(LIST, {"region": "500229", "year": "2026"}).data["count"] == 1
    assert api().get(LIST, {"region": "500237"}).data["count"] == 0
    errors = problem(api().get(LIST, {"regoin": "500229"}), 400, "bad_input")["errors"]
    assert list(errors) == ["regoin"]
    errors = problem(api().get(LIST, {"region": "999999"}), 400, "bad_input")["errors"]
    assert "999999" in str(errors["region"][0])


def test_a_draft_is_not_found_by_strangers(api, make_project, second_member, member):
    project = make_project()
    problem(api().get(at(project)), 404, "not_found")
    problem(api(second_member).post(at(project, "approve")), 404, "not_found")
    problem(api(second_member).get(at(project, "beneficiaries")), 404, "not_found")
    assert api(member).get(at(project)).status_code == 200
    problem(api().get(f"{LIST}999999/"), 404, "not_found")


def test_a_member_enters_a_project_once_however_often_it_is_sent(api, member, sent):
    client = api(member)
    answers = [client.post(LIST, sent, headers={"Idempotency-Key": "a-1"}) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].data["id"] == answers[1].data["id"]
    project = Project.objects.get()
    assert (project.status, str(project.budget), project.regions.count()) == (Status.DRAFT, "300000.50", 2)


def test_writing_needs_a_log_in_and_a_part_in_the_project(api, sent, outsider, second_member):
    assert api().post(LIST, sent).status_code in (401, 403)
    problem(api(second_member).post(LIST, sent), 403, "not_allowed")
    problem(api(outsider).post(LIST, sent), 403, "not_allowed")
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"name": ""}, "name", "blank"),
        ({"lead": 0}, "lead", "exist"),
        ({"lead": "x"}, "lead", "type"),
        ({"regions": []}, "regions", "empty"),
        ({"regions": ["999999"]}, "regions", "999999"),
        ({"budget": "-1"}, "budget", "0"),
        ({"budget": "abc"}, "budget", "number"),
        ({"budget": "1" + "0" * 20}, "budget", "digits"),
        ({"ends_on": "2026-02-01"}, "non_field_errors", "end before it begins"),
        ({"starts_on": "soon"}, "starts_on", "format"),
        ({"form": "magic"}, "form", "magic"),
        ({"pairing": 77}, "pairing", "exist"),
        ({"claim": 77}, "claim", "exist"),
        ({"status": "closed"}, "status", "no such field"),
    ],
)
def test_bad_input_is_400_by_field_and_nothing_is_stored(api, member, sent, change, field, sentence):
    errors = problem(api(member).post(LIST, sent | change), 400, "bad_input")["errors"]
    assert list(errors) == [field]
    assert sentence in str(errors[field])
    assert not Project.objects.exists()


def test_a_rule_is_409_with_its_code(api, member, sent, organization):
    problem(api(member).post(LIST, sent | {"partners": [organization.pk]}), 409, "partner_is_lead")


def test_a_change_says_which_version_it_changes(api, make_project, member):
    project, client = make_project(), api(member)
    problem(client.patch(at(project), {"name": "乙"}), 428, "version_required")
    changed = client.patch(at(project), {"name": "乙", "regions": ["500237"]}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.data["name"], changed["ETag"]) == (200, "乙", '"2"')
    assert [region["code"] for region in changed.data["regions"]] == ["500237"]
    problem(client.patch(at(project), {"name": "丙"}, headers={"If-Match": '"1"'}), 412, "stale")


def test_a_change_keeps_the_rules_of_the_whole_record(api, make_project, member, second_organization):
    project, client = make_project(), api(member)
    headers = {"If-Match": '"1"'}
    problem(client.patch(at(project), {"ends_on": "2026-01-01"}, headers=headers), 400, "bad_input")
    problem(client.patch(at(project), {"lead": second_organization.pk}, headers=headers), 403, "not_allowed")
    project.refresh_from_db()
    assert project.version == 1


def test_a_member_cannot_change_what_is_approved(api, make_project, member, officer):
    project = make_project(Status.APPROVED)
    headers = {"If-Match": f'"{project.version}"'}
    problem(api(member).patch(at(project), {"name": "乙"}, headers=headers), 403, "not_allowed")
    assert api(officer).patch(at(project), {"name": "乙"}, headers=headers).status_code == 200


def test_the_story_from_draft_to_closed(api, make_project, member, officer):
    project = make_project()
    story = [
        (member, "submit", {}),
        (officer, "approve", {"note": "同意"}),
        (member, "start", {}),
        (officer, "suspend", {"reason": "暴雨", "rest": "无剩余"}),
        (officer, "resume", {}),
        (member, "complete", {}),
        (officer, "verify", {}),
        (officer, "close", {}),
    ]
    states = [api(person).post(at(project, step), words).data["status"] for person, step, words in story]
    wanted = ["submitted", "approved", "active", "suspended", "active", "completed", "verified", "closed"]
    assert states == wanted
    assert problem(api(officer).post(at(project, "approve")), 409, "wrong_state")["status"] == 409


def test_steps_ask_who_for_what_and_for_the_second_person(api, make_project, member, officer, second_member, outsider):
    draft, active = make_project(by=officer), make_project(Status.ACTIVE)
    problem(api(member).post(at(draft, "approve")), 403, "not_allowed")
    assert api(officer).post(at(draft, "submit")).status_code == 200
    problem(api(officer).post(at(draft, "approve")), 409, "second_person")
    problem(api(member).post(at(active, "suspend"), {"reason": "x"}), 403, "not_allowed")
    problem(api(second_member).post(at(active, "complete")), 403, "not_allowed")
    problem(api(outsider).post(at(active, "terminate"), {"reason": "x"}), 403, "not_allowed")
    errors = problem(api(officer).post(at(active, "terminate")), 400, "bad_input")["errors"]
    assert list(errors) == ["reason", "rest"]
    errors = problem(api(member).post(at(active, "complete"), {"reason": "x"}), 400, "bad_input")["errors"]
    assert list(errors) == ["reason"]
    assert api(officer).post(at(active, "terminate"), {"reason": "暴雨", "rest": "无"}).data["status"] == "terminated"


def test_counts_are_read_entered_and_corrected(api, make_project, member, officer):
    project = make_project(Status.ACTIVE)
    entered = api(member).post(at(project, "beneficiaries"), COUNT, headers={"Idempotency-Key": "c-1"})
    assert entered.status_code == 201
    (row,) = api().get(at(project, "beneficiaries")).data
    assert (row["value"], row["qualifier"], row["region"]["name"]) == (120, "over", "四湾村村民委员会")
    one = at(project, "beneficiaries", row["id"])
    problem(api(officer).patch(one, {"value": 102, "reason": "重复"}), 428, "version_required")
    headers = {"If-Match": '"1"'}
    problem(api(officer).patch(one, {"value": 102}, headers=headers), 409, "reason_missing")
    problem(api(officer).patch(one, {"value": 0, "reason": "重复"}, headers=headers), 400, "bad_input")
    problem(api(officer).patch(one, {"stage": "expected", "reason": "x"}, headers=headers), 400, "bad_input")
    done = api(officer).patch(one, {"value": 102, "reason": "重复"}, headers=headers)
    assert (done.status_code, done.data["value"], done["ETag"]) == (200, 102, '"2"')
    problem(api(officer).patch(one, {"value": 1, "reason": "重复"}, headers=headers), 412, "stale")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": 0}, "value"),
        ({"value": -1}, "value"),
        ({"value": 10**20}, "value"),
        ({"value": "abc"}, "value"),
        ({"region": "500237"}, "region"),
        ({"region": "1"}, "region"),
        ({"as_of": "2999-01-01"}, "as_of"),
        ({"measure": "heads"}, "measure"),
        ({"project": 1}, "project"),
    ],
)
def test_a_bad_count_is_400_by_field(api, make_project, member, change, field):
    project = make_project(Status.ACTIVE)
    errors = problem(api(member).post(at(project, "beneficiaries"), COUNT | change), 400, "bad_input")["errors"]
    assert list(errors) == [field]
    assert not BeneficiaryCount.objects.exists()


def test_counts_ask_who_and_when(api, make_project, make_count, member, second_member):
    active, approved = make_project(Status.ACTIVE), make_project(Status.APPROVED)
    problem(api(second_member).post(at(active, "beneficiaries"), COUNT), 403, "not_allowed")
    problem(api(member).post(at(approved, "beneficiaries"), COUNT), 409, "wrong_state")
    count = make_count(active)
    problem(api(member).patch(at(approved, "beneficiaries", count.pk), {"value": 1}), 404, "not_found")
    api(member).post(at(active, "beneficiaries"), COUNT)
    problem(api(member).post(at(active, "beneficiaries"), COUNT), 409, "count_exists")


@pytest.mark.parametrize("name", ["regions", "partners"])
def test_more_regions_or_partners_than_any_project_has_are_not_even_looked_up(
    api, sent, member, name, django_assert_max_num_queries
):
    with django_assert_max_num_queries(20):
        answer = api(member).post(LIST, {**sent, name: ["500229"] * 5000})
    assert name in problem(answer, 400, "bad_input")["errors"]


def test_documents_and_photos_of_a_project_over_rest(make_project, member, officer, second_member):
    """What pages can: add, read, take away; the public sees cleaned photos of a public project and no papers."""
    project = make_project("active")
    address = f"/api/v1/projects/{project.pk}/files/"
    own, other, public = APIClient(), APIClient(), APIClient()
    own.force_authenticate(member)
    other.force_authenticate(second_member)
    photo = SimpleUploadedFile("现场.jpg", photograph(), "image/jpeg")
    paper = SimpleUploadedFile("协议.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n", "application/pdf")
    sent = [own.post(address, {"file": file}, format="multipart") for file in (photo, paper)]
    assert [answer.status_code for answer in sent] == [201, 201], [answer.content for answer in sent]
    assert {row["kind"] for row in own.get(address).json()} == {"jpg", "pdf"}
    assert [row["kind"] for row in public.get(address).json()] == ["jpg"]
    assert public.get(public.get(address).json()[0]["url"]).status_code == 200
    assert other.post(address, {"file": photo}, format="multipart").status_code == 403
    for client, status in ((public, 401), (other, 404), (own, 204)):
        assert client.delete(f"{address}{sent[1].json()['id']}/").status_code == status
    assert [row["name"] for row in own.get(address).json()] == ["现场.jpg"]


def test_budget_lines_and_milestones_are_written_and_read_over_rest(make_project, member):
    project = make_project()
    client = APIClient()
    client.force_authenticate(member)
    sent = {
        "budget_lines": [{"item": "药品", "amount": "3000.00"}, {"item": "交通", "amount": "1500.00"}],
        "milestones": [{"title": "开诊", "due_on": "2026-06-30"}],
    }
    address = f"/api/v1/projects/{project.pk}/"
    assert client.patch(address, sent, format="json").status_code == 428
    answer = client.patch(address, sent, format="json", headers={"If-Match": f'"{project.version}"'})
    assert answer.status_code == 200, answer.content
    body = client.get(address).json()
    assert body["budget_lines"] == sent["budget_lines"]
    assert [(row["title"], row["due_on"], row["done_on"]) for row in body["milestones"]] == [
        ("开诊", "2026-06-30", None)
    ]

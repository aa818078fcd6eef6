"""Activities: what was done, verified by a second person, with photos that do not say where they were taken."""

import datetime
import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from PIL import Image
from rest_framework.test import APIClient

from core.errors import Refused
from core.files import FileRefused
from projects import services
from projects.models import Activity, Project, ProjectFile
from tests.core.test_files import photograph

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 3, 2)
Status = Activity.Status


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def facts(organization, regions) -> dict:
    return {
        "title": "义诊",
        "kind": "clinic",
        "organization": organization,
        "region": regions["500229201200"],
        "starts_on": DAY,
        "volunteers": 12,
    }


@pytest.fixture
def record(facts, member):
    """Record an activity by the organization's manager."""
    return lambda by=None, **fields: services.record_activity(values=facts | fields, by=by or member)


@pytest.fixture
def sent(organization) -> dict:
    """What the form sends."""
    return {
        "project": "",
        "organization": str(organization.pk),
        "title": "义诊进村",
        "kind": "clinic",
        "starts_on": "2026-03-02",
        "region": "500229201200",
        "place": "村委会",
        "sessions": "2",
        "volunteers": "12",
        "social_workers": "0",
    }


def url(name: str, *args) -> str:
    return reverse(f"projects:{name}", args=args)


def code_of(call, **arguments) -> str:
    with pytest.raises(Refused) as refused:
        call(**arguments)
    return refused.value.code


def test_an_activity_is_public_and_counted_only_once_a_second_person_has_verified_it(record, member, officer, page):
    activity = record()
    assert page().get(url("activity-detail", activity.pk)).status_code == 404
    assert page(member).get(url("activity-detail", activity.pk)).status_code == 200
    assert not Activity.objects.counted().exists()
    services.verify_activity(activity=activity, by=officer)
    assert Activity.objects.counted().get() == activity
    assert "义诊" in page().get(url("activity-list")).text


def test_neither_who_entered_it_nor_who_belongs_to_the_organization_verifies(record, officer, member, second_officer):
    by_officer = record(by=officer)
    assert code_of(services.verify_activity, activity=by_officer, by=officer) == "second_person"
    assert code_of(services.verify_activity, activity=by_officer, by=member) == "second_person"
    services.verify_activity(activity=by_officer, by=second_officer)


def test_a_returned_activity_waits_again_after_its_correction_and_the_same_officer_verifies(record, member, officer):
    activity = record()
    assert code_of(services.return_activity, activity=activity, by=officer, reason=" ") == "reason_missing"
    services.return_activity(activity=activity, by=officer, reason="地点不清")
    assert code_of(services.verify_activity, activity=activity, by=officer) == "wrong_state"
    services.edit_activity(activity=activity, values={"place": "小学"}, version=activity.version, by=member)
    assert activity.status == Status.ENTERED
    services.verify_activity(activity=activity, by=officer)
    edit = {"activity": activity, "values": {"place": "别处"}, "version": activity.version, "by": member}
    assert code_of(services.edit_activity, **edit) == "wrong_state"


def test_what_changed_after_it_was_looked_at_is_not_verified(record, member, officer, page):
    activity = record()
    seen = activity.version
    services.edit_activity(activity=activity, values={"volunteers": 900}, version=seen, by=member)
    address = f"/projects/activities/{activity.pk}/verify/"
    assert (
        f'name="version" value="{activity.version}"' in page(officer).get(f"/projects/activities/{activity.pk}/").text
    )
    page(officer).post(address, {"version": seen})
    activity.refresh_from_db()
    assert activity.status == "entered"
    client = page(officer)
    rest = f"/api/v1/activities/{activity.pk}/verify/"
    assert client.post(rest, headers={"If-Match": str(seen)}, content_type="application/json").status_code == 412
    assert client.post(rest, headers={"If-Match": "x"}, content_type="application/json").status_code == 428
    page(officer).post(address, {"version": activity.version})
    activity.refresh_from_db()
    assert activity.status == "verified"


def test_a_struck_activity_leaves_pages_and_figures_but_not_the_history(record, officer, page):
    activity = services.verify_activity(activity=record(), by=officer)
    services.strike_activity(activity=activity, by=officer, reason="重复")
    assert not Activity.objects.counted().exists()
    assert page().get(url("activity-detail", activity.pk)).status_code == 404
    assert "重复" in page(officer).get(url("activity-detail", activity.pk)).text
    assert "义诊" not in page(officer).get(url("activity-list")).text
    assert "义诊" in page(officer).get(url("activity-list"), {"status": "struck"}).text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"starts_on": datetime.date(2999, 1, 1)}, "still to come"),
        ({"ends_on": datetime.date(2026, 3, 1)}, "cannot end before"),
        ({"hours": 6}, "training only"),
        ({"sessions": 0}, "at least one session"),
    ],
)
def test_what_cannot_be_is_refused(record, fields, words):
    with pytest.raises(Refused, match=words) as refused:
        record(**fields)
    assert refused.value.code == "activity_invalid"


def test_the_database_keeps_training_figures_with_training(record):
    activity = record(kind="training", days=3, hours="12.5", certificates=40)
    with pytest.raises(IntegrityError), transaction.atomic():
        Activity.objects.filter(pk=activity.pk).update(kind="visit")


def test_an_activity_of_a_project_needs_its_organizations_places_and_begun_work(
    record, make_project, regions, second_organization, officer
):
    draft, active = make_project(), make_project(Project.Status.ACTIVE)
    assert code_of(record, project=draft) == "wrong_state"
    assert record(project=active).project == active
    with pytest.raises(Refused, match="neither leads"):
        record(project=active, organization=second_organization, by=officer)
    with pytest.raises(Refused, match="neither one of the project's regions"):
        record(project=active, region=regions["500237"])


def test_an_organization_that_is_not_active_records_nothing(record, organization):
    type(organization).objects.filter(pk=organization.pk).update(status="revoked")
    organization.refresh_from_db()
    assert code_of(record, organization=organization) == "lead_not_active"


def test_photos_are_shown_without_the_place_and_only_once_verified(record, member, officer, page):
    activity = record()
    kept = services.attach_file(record=activity, name="照片.jpg", content=photograph(), by=member)
    assert kept.located
    paper = services.attach_file(record=activity, name="签到.txt", content="签到\n".encode(), by=member)
    address = url("file-download", kept.pk)
    assert page().get(address).status_code == 404
    services.verify_activity(activity=activity, by=officer)
    answer = page().get(address)
    with Image.open(io.BytesIO(b"".join(answer.streaming_content))) as shown:
        assert not shown.getexif()
    assert page().get(address, {"original": 1}).status_code == 404
    assert page().get(url("file-download", paper.pk)).status_code == 404
    assert page(officer).get(url("file-download", paper.pk)).status_code == 200
    with pytest.raises(Refused):
        services.remove_file(file=kept, by=member)


def test_the_same_file_is_not_taken_twice_and_a_removed_one_leaves_the_disk(
    record, member, django_capture_on_commit_callbacks
):
    activity = record()
    kept = services.attach_file(record=activity, name="a.jpg", content=photograph(), by=member)
    with pytest.raises(FileRefused):
        services.attach_file(record=activity, name="b.jpg", content=photograph(), by=member)
    storage, name = kept.copy.storage, kept.copy.name
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_file(file=kept, by=member)
    assert not storage.exists(name)
    assert not ProjectFile.objects.exists()


def test_a_file_belongs_to_one_record(record, make_project, member):
    kept = services.attach_file(record=record(), name="a.txt", content=b"a\n", by=member)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProjectFile.objects.filter(pk=kept.pk).update(project=make_project())


def test_an_organization_records_with_photos_in_one_form(page, member, sent):
    photo = SimpleUploadedFile("a.jpg", photograph(), "image/jpeg")
    answer = page(member).post(url("activity-add"), sent | {"photos": [photo]}, follow=True)
    activity = Activity.objects.get()
    assert (activity.status, activity.sessions, activity.social_workers, activity.staff) == ("entered", 2, 0, None)
    assert activity.files.get().is_picture
    assert answer.redirect_chain[-1][0] == url("activity-detail", activity.pk)


def test_a_damaged_photo_is_told_and_nothing_else_is_lost(page, member, sent):
    photos = [SimpleUploadedFile("x.jpg", b"no picture"), SimpleUploadedFile("a.jpg", photograph())]
    answer = page(member).post(url("activity-add"), sent | {"photos": photos}, follow=True)
    activity = Activity.objects.get()
    assert activity.files.get().name == "a.jpg"
    assert answer.redirect_chain[-1][0] == url("activity-files", activity.pk)
    assert "x.jpg" in answer.text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"region": "999999"}, "region"),
        ({"starts_on": "2999-01-01"}, "starts_on"),
        ({"days": "2"}, "days"),
        ({"project": "XM-2026-999999"}, "project"),
        ({"volunteers": "-1"}, "volunteers"),
        ({"ends_on": "2026-03-01"}, "__all__"),
    ],
)
def test_the_form_says_what_is_wrong_beside_the_field_and_keeps_what_was_typed(page, member, sent, change, field):
    answer = page(member).post(url("activity-add"), sent | change)
    assert answer.status_code == 400
    assert field in answer.context["form"].errors
    assert "村委会" in answer.text
    assert not Activity.objects.exists()


def test_nobody_records_for_an_organization_and_region_of_others(page, outsider, sent, second_member, organization):
    answer = page(outsider).post(url("activity-add"), sent | {"organization": organization.name})
    assert answer.status_code == 400
    assert "your own organization or of your own region" in answer.text
    assert page(second_member).post(url("activity-add"), sent).status_code == 400


def test_an_address_with_a_project_fills_in_the_form(page, member, make_project):
    project = make_project(Project.Status.ACTIVE)
    form = page(member).get(url("activity-add"), {"project": project.reference}).context["form"]
    assert form["project"].value() == project.reference
    assert form["region"].value() == "500229000000"


def test_an_older_form_does_not_overwrite_a_newer_state(page, member, sent, record):
    activity = record()
    services.edit_activity(activity=activity, values={"place": "小学"}, version=1, by=member)
    answer = page(member).post(url("activity-edit", activity.pk), sent | {"version": "1"})
    assert answer.status_code == 400
    activity.refresh_from_db()
    assert activity.place == "小学"
    assert page(member).post(url("activity-edit", activity.pk), sent | {"version": "2"}).status_code == 302


def test_the_list_finds_by_kind_region_organization_year_and_project(record, officer, page, make_project, organization):
    project = make_project(Project.Status.ACTIVE)
    services.verify_activity(activity=record(project=project), by=officer)
    services.verify_activity(
        activity=record(title="培训", kind="training", days=1, starts_on=datetime.date(2025, 5, 1)), by=officer
    )
    found = {"q": "义", "kind": "clinic", "region": "500229201", "year": 2026, "project": project.reference}
    for name, value in found.items():
        text = page().get(url("activity-list"), {name: value, "organization": organization.name}).text
        assert "义诊</a>" in text
        assert ("培训</a>" in text) is (name == "region")


def test_a_repeated_request_enters_one_activity(organization, member, regions):
    client = APIClient()
    client.force_authenticate(member)
    body = {"title": "义诊", "kind": "clinic", "organization": organization.pk, "region": "500229201200"}
    body["starts_on"] = "2026-03-02"
    address = reverse("api:activities-list")
    answers = [client.post(address, body, format="json", HTTP_IDEMPOTENCY_KEY="a") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].data["reference"] == answers[1].data["reference"] == Activity.objects.get().reference
    wrong = client.post(address, body | {"starts_on": "2999-01-01"}, format="json", HTTP_IDEMPOTENCY_KEY="b")
    assert wrong.status_code == 400


def test_over_rest_an_officer_verifies_and_others_do_not(record, member, officer):
    activity = record()
    client = APIClient()
    client.force_authenticate(member)
    assert client.post(reverse("api:activities-verify", args=[activity.pk])).status_code == 403
    client.force_authenticate(officer)
    assert client.post(reverse("api:activities-verify", args=[activity.pk])).data["status"] == "verified"
    again = client.post(reverse("api:activities-verify", args=[activity.pk]))
    assert again.status_code == 409


def test_cleaning_a_model_names_the_field(facts):
    activity = Activity(**facts | {"starts_on": datetime.date(2999, 1, 1)})
    with pytest.raises(ValidationError) as error:
        activity.clean()
    assert list(error.value.message_dict) == ["starts_on"]


def test_personal_data_never_becomes_public_with_an_activity(record, member, sent, client):
    for name in ("title", "place", "summary"):
        with pytest.raises(Refused, match="Personal data would become public"):
            record(**{name: "联系人13812345678"})
    client.force_login(member)
    answer = client.post(
        url("activity-add"), {**sent, "summary": "联系人13812345678"}, headers={"accept-language": "en"}
    )
    assert list(answer.context["form"].errors) == ["summary"]
    assert not Activity.objects.exists()

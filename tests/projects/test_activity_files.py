"""Files of activities: the same file twice changes nothing, a verified activity stays, a file is taken back."""

import csv
import io

import pytest
from django.test import Client

from exchange import services as exchange
from exchange.imports import IMPORTERS
from exchange.models import Batch
from organizations.models import AssistanceForm
from organizations.sheets import FORMS
from projects import services
from projects.models import Activity
from projects.sheets import activity_sheet

pytestmark = pytest.mark.django_db
HEAD = "活动编号,活动名称,活动类型,组织,项目编号,地区代码,开始日期,结束日期,"
HEAD += "场次,志愿者人数,党员人数,培训天数,培训学时,发放证书数\n"
NUMBERS = ("volunteers", "party_members", "days", "hours", "certificates")
Status = Activity.Status


def rows(*lines: str) -> bytes:
    return (HEAD + "".join(f"{line}\n" for line in lines)).encode()


def clinic(organization, *, number: str = "A-1", volunteers: str = "12", project: str = "") -> str:
    return f"{number},义诊进村,义诊,{organization.name},{project},500229201200,2026-03-02,,2,{volunteers},3,,,"


def course(organization) -> str:
    return f"A-2,种植培训,培训,{organization.name},,500229,2026-03-02,2026-03-04,1,0,,3,18.5,145"


def sent(content: bytes, by) -> Batch:
    batch = exchange.upload_batch(sheet="activities", file_name="a.csv", content=content, by=by)
    exchange.run_batch(batch_id=batch.pk)
    batch.refresh_from_db()
    return batch


def load(content: bytes, by) -> Batch:
    batch = sent(content, by)
    assert batch.status == Batch.Status.CHECKED, batch.problems
    if batch.counts["new"] or batch.counts["changed"]:
        exchange.run_batch(batch_id=exchange.confirm_batch(batch=batch, by=by).pk)
        batch.refresh_from_db()
        assert batch.status == Batch.Status.STORED
    return batch


def take_back(batch: Batch, by) -> Batch:
    exchange.undo_batch(batch=batch, by=by, reason="试用")
    exchange.run_batch(batch_id=batch.pk)
    batch.refresh_from_db()
    return batch


def refused_rows(content: bytes, by) -> dict[int, str]:
    """{row: key of the column} of a file that is refused."""
    batch = sent(content, by)
    assert batch.status == Batch.Status.REFUSED
    return {entry["row"]: entry["key"] for entry in batch.problems}


def test_a_file_enters_activities_with_their_people_and_training(member, organization, regions):
    load(rows(clinic(organization), course(organization)), member)
    assert list(Activity.objects.order_by("import_key").values_list(*NUMBERS)) == [
        (12, 3, None, None, None),
        (0, None, 3, 18.5, 145),
    ]
    assert set(Activity.objects.values_list("status", "sessions")) == {("entered", 2), ("entered", 1)}


def test_the_same_file_twice_changes_nothing(member, organization, regions):
    content = rows(clinic(organization), course(organization))
    load(content, member)
    before = list(Activity.objects.order_by("pk").values())
    assert load(content, member).counts["unchanged"] == 2
    assert list(Activity.objects.order_by("pk").values()) == before


def test_a_corrected_row_changes_what_nobody_has_verified_and_undo_puts_it_back(member, organization, regions):
    load(rows(clinic(organization)), member)
    batch = load(rows(clinic(organization, volunteers="15"), course(organization)), member)
    assert (batch.counts["new"], batch.counts["changed"]) == (1, 1)
    assert Activity.objects.get(import_key="A-1").volunteers == 15
    take_back(batch, member)
    assert Activity.objects.get().volunteers == 12


def test_a_returned_activity_waits_again_after_its_file_and_is_returned_again_without_it(
    member, officer, organization, regions
):
    load(rows(clinic(organization)), member)
    services.return_activity(activity=Activity.objects.get(), by=officer, reason="人数不对")
    batch = load(rows(clinic(organization, volunteers="15")), member)
    assert Activity.objects.get().status == Status.ENTERED
    take_back(batch, member)
    assert Activity.objects.values_list("status", "volunteers").get() == (Status.RETURNED, 12)


def test_a_verified_activity_is_never_changed_nor_taken_back_by_a_file(member, officer, organization, regions):
    batch = load(rows(clinic(organization)), member)
    services.verify_activity(activity=Activity.objects.get(), by=officer)
    assert load(rows(clinic(organization)), member).counts["unchanged"] == 1
    assert refused_rows(rows(clinic(organization, volunteers="15")), member) == {2: "number"}
    assert take_back(batch, member).status == Batch.Status.STORED
    assert Activity.objects.get().volunteers == 12


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_export_of_the_list_uploaded_again_changes_nothing(
    member, organization, regions, make_project, form, language
):
    project = make_project("active")
    load(rows(clinic(organization, project=project.reference), course(organization)), member)
    Activity.objects.update(summary="第一行\n第二行，共１２人")
    client = Client()
    client.force_login(member)
    client.cookies["django_language"] = language
    answer = client.get(f"/projects/activities/?format={form}")
    content = b"".join(answer.streaming_content)
    name = f"activities.{form}"
    batch = exchange.upload_batch(sheet="activities", file_name=name, content=content, by=member)
    exchange.run_batch(batch_id=batch.pk)
    batch.refresh_from_db()
    assert not batch.problems and batch.counts["unchanged"] == 2


def test_a_project_is_named_by_its_number_or_by_a_name_no_other_has(member, organization, regions, make_project):
    project = make_project("active")
    load(rows(clinic(organization, project=project.name)), member)
    assert Activity.objects.get().project == project
    make_project("active")
    again = clinic(organization, project=project.name).replace("A-1", "A-9")
    assert refused_rows(rows(again), member) == {2: "project"}


def test_an_export_does_not_name_a_project_its_reader_may_not_see(member, officer, organization, regions, make_project):
    project = make_project("active")
    load(rows(clinic(organization, project=project.reference)), member)
    services.verify_activity(activity=Activity.objects.get(), by=officer)
    services.suspend_project(project=project, by=officer, reason="暴雨", rest="无")
    public, own = Client(), Client()
    own.force_login(member)
    for client, seen in ((public, False), (own, True)):
        text = b"".join(client.get("/projects/activities/?format=csv").streaming_content).decode("utf-8-sig")
        row = next(csv.DictReader(io.StringIO(text)))
        assert (project.reference in row.values(), project.name in row.values()) == (seen, seen)


def test_every_wrong_row_is_named_and_nothing_is_stored(member, organization, regions, make_project):
    draft = make_project()
    other = f"A-1,某地,服务,{organization.name},{draft.reference},500229,2026-03-02,,,,,,,"
    lines = (
        clinic(organization),
        clinic(organization),
        other.replace("A-1", "A-3"),
        f"A-4,培训以外,服务,{organization.name},,500229,2026-03-02,,,,,3,,",
        f"A-5,还没发生,服务,{organization.name},,500229,2199-03-02,,,,,,,",
        f"HD-2026-999999,没有的编号,服务,{organization.name},,500229,2026-03-02,,,,,,,",
        f"A-6,先后颠倒,服务,{organization.name},,500229,2026-03-02,2026-03-01,,,,,,",
        f"A-7,没有的项目,服务,{organization.name},XM-1999-000001,500229,2026-03-02,,,,,,,",
        f"A-8,人数写错,服务,{organization.name},,500229,2026-03-02,,,十二,,,,",
    )
    found = refused_rows(rows(*lines), member)
    assert found == {
        3: "number",
        4: "project",
        5: "kind",
        6: "starts_on",
        7: "number",
        8: "kind",
        9: "project",
        10: "volunteers",
    }
    assert not Activity.objects.exists()


def test_nobody_enters_activities_of_another_organization_by_a_file(
    second_member, outsider, officer, organization, regions
):
    for somebody in (second_member, outsider):
        assert refused_rows(rows(clinic(organization)), somebody) == {2: "region"}
    load(rows(clinic(organization)), officer)
    assert Activity.objects.get().created_by == officer


def test_all_sheets_know_the_same_words_of_the_assistance_forms():
    columns = [
        column
        for importer in IMPORTERS.values()
        for column in importer.sheet(None).columns
        if {choice.value for choice in column.choices} == set(AssistanceForm.values)
    ]
    assert len(columns) >= 3
    assert all(column.choices == FORMS for column in columns)


def test_the_template_has_every_fact_of_an_activity():
    keys = {column.key for column in activity_sheet().columns}
    assert set(Activity.FIELDS) <= keys

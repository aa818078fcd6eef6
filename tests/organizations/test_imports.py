"""Files of organizations: what a row may say, what happens between check and storing, and the way out and back in."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from core.models import StatusChange
from exchange import services, sheets
from exchange.models import Batch
from organizations.models import Organization
from organizations.services import merge_organizations
from organizations.sheets import ORGANIZATION_SHEET

pytestmark = pytest.mark.django_db
CODE, OTHER_CODE = "51500242MJP0000568", "52370600MJE000064H"
GOOD = {"name": "城口县养老协会", "kind": "社会团体", "uscc": CODE, "level": "县级", "region": "500229"}
DETAILS = {
    "authority": "城口县民政局",
    "supervising_unit": "城口县卫生健康委员会",
    "legal_representative": "王某",
    "founded_on": "2012年3月1日",
    "focus": "养老服务；困难救助",
    "is_industry_association": "否",
    "is_hub": "是",
    "party_branches": "1",
    "party_members": "0",
}


def upload(by, content: bytes, name: str = "x.xlsx") -> Batch:
    batch = services.upload_batch(sheet="organizations", file_name=name, content=content, by=by)
    services.run_batch(batch_id=batch.pk)
    batch.refresh_from_db()
    return batch


def stored(by, content: bytes) -> Batch:
    batch = upload(by, content)
    assert batch.status == "checked", batch.problems
    return store(batch, by)


def store(batch: Batch, by) -> Batch:
    services.confirm_batch(batch=batch, by=by)
    services.run_batch(batch_id=batch.pk)
    batch.refresh_from_db()
    return batch


def book(*rows: dict) -> bytes:
    return sheets.write(ORGANIZATION_SHEET, [{**GOOD, **row} for row in rows])


def staged() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM organizations_staged")
        return cursor.fetchone()[0]


def test_what_is_known_beyond_the_name_is_stored_and_an_empty_cell_leaves_it(officer):
    stored(officer, book(DETAILS))
    made = Organization.objects.get()
    assert (made.authority, made.legal_representative, str(made.founded_on)) == ("城口县民政局", "王某", "2012-03-01")
    assert (made.focus, made.is_hub, made.party_branches, made.party_members) == (["elderly", "relief"], True, 1, 0)
    assert stored(officer, book({})).counts["unchanged"] == 1
    batch = stored(officer, book({"party_members": "12", "focus": "文化"}))
    made.refresh_from_db()
    assert (batch.counts["changed"], made.party_members, made.focus, made.is_hub) == (1, 12, ["culture"], True)


def test_an_authority_on_the_register_is_known_by_name(officer, make_organization):
    unit = make_organization("城口县民政局", kind="government", region="500229")
    stored(officer, book(DETAILS))
    made = Organization.objects.get(uscc=CODE)
    assert (made.authority, made.authority_organization) == ("", unit)


def test_a_code_of_a_merged_organization_is_refused_with_its_successor(officer):
    stored(
        officer, book({"synthetic": "是"}, {"name": "城口县养老服务中心", "uscc": OTHER_CODE, "kind": "社会服务机构"})
    )
    duplicate, into = Organization.objects.get(uscc=CODE), Organization.objects.get(uscc=OTHER_CODE)
    merge_organizations(duplicate=duplicate, into=into, reason="重复", by=officer)
    batch = upload(officer, book({}))
    assert batch.status == "refused"
    assert (batch.problems[0]["row"], batch.problems[0]["key"]) == (2, "uscc")
    assert all(f"城口县养老服务中心 · {OTHER_CODE}" in words[1] for words in batch.problems[0]["words"].values())


def test_checked_rows_wait_for_the_storing_and_are_gone_afterwards(officer):
    batch = upload(officer, book({}))
    assert (staged(), Organization.objects.count()) == (1, 0)
    store(batch, officer)
    assert (staged(), Organization.objects.count()) == (0, 1)
    change = StatusChange.objects.of(Organization.objects.get()).get()
    assert (change.old, change.new, change.by, change.role) == ("", "active", officer, officer.role_label)


def test_rows_lost_in_a_crash_are_read_from_the_file_again(officer):
    batch = upload(officer, book({}))
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE organizations_staged")
    assert store(batch, officer).status == "stored"
    assert Organization.objects.count() == 1


def test_what_was_registered_since_the_check_is_not_entered_twice(officer):
    first, second = upload(officer, book({})), upload(officer, book({}))
    store(first, officer)
    assert store(second, officer).counts["unchanged"] == 1
    assert Organization.objects.count() == 1


def test_an_organization_edited_since_the_check_is_compared_anew(officer):
    stored(officer, book({}))
    batch = upload(officer, book({"name": "城口县养老协会总会"}))
    stored(officer, book({"party_members": "3"}))
    store(batch, officer)
    made = Organization.objects.get()
    assert (made.name, made.party_members) == ("城口县养老协会总会", 3)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_an_export_is_taken_back_in_and_changes_nothing_until_it_is_edited(client, officer, language, form):
    stored(officer, book(DETAILS, {"name": "=城口县茶协", "uscc": OTHER_CODE}))
    client.force_login(officer)
    client.cookies["django_language"] = language
    content = b"".join(client.get(f"/organizations/?format={form}&region=500229").streaming_content)
    batch = upload(officer, content, f"export.{form}")
    assert (batch.status, batch.counts.get("unchanged")) == ("checked", 2), batch.problems
    if form == "csv":
        edited = content.replace("城口县养老协会".encode(), "城口县敬老协会".encode())
        assert store(upload(officer, edited, "x.csv"), officer).counts["changed"] == 1
        assert Organization.objects.get(uscc=CODE).name == "城口县敬老协会"


def test_the_worker_tells_the_page_how_far_it_is(client, officer):
    client.force_login(officer)
    file = SimpleUploadedFile("x.xlsx", book({}))
    client.post("/uploads/organizations/add/", {"file": file})
    batch = Batch.objects.get()
    Batch.objects.update(status="checking", rows_done=40, rows_total=100)
    text = client.get(f"/uploads/{batch.pk}/").content.decode()
    assert 'value="40" max="100"' in text

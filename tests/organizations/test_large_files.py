"""Many organizations at once: a second process and a thread help, and nothing depends on them."""

import pytest
from django.db import IntegrityError, connection

from core.models import StatusChange
from exchange import services
from exchange.models import Batch
from exchange.services import running
from organizations.copying import Helper, copied_new
from organizations.imports import laying, storing
from organizations.models import Organization
from organizations.search import search_keys
from tests.organizations.test_imports import book, stored

COLUMNS = {
    "number": [1, 2, 3],
    "name": ["城口县养老协会", "重庆市（2021）ABC中心", "“引”\\号"],
    "uscc": ["51500242MJP0000568", None, None],
    "focus": [[], ["elderly"], ["elderly", "other"]],
    "is_hub": [True, False, None],
}
ROWS = [{"name": f"城口县第{n}社区协会", "kind": "社区社会组织", "uscc": ""} for n in range(10)]


@pytest.fixture
def as_large(monkeypatch):
    """Every file is taken for a large one: laid in pieces of four rows, stored in parts of four."""
    monkeypatch.setattr(laying, "LARGE", 0)
    monkeypatch.setattr(running, "ROWS_AT_ONCE", 4)
    monkeypatch.setattr(storing, "ROWS_AT_ONCE", 4)


def words_of(organization: Organization) -> str:
    """The search vector as the database writes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsvector::text", [search_keys(organization.name, organization.uscc)[2]])
        return cursor.fetchone()[0]


def lying(batch: Batch) -> int:
    """How many rows of a file lie ready. The table is no model's, so that tests do not empty it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM organizations_staged WHERE batch_id = %s", [batch.pk])
        return cursor.fetchone()[0]


def test_the_second_process_makes_the_same_text_and_if_it_dies_it_is_made_here():
    expected = copied_new(COLUMNS)
    assert expected.decode().count("\n") == 3
    helper = Helper()
    try:
        for _question in range(2):
            helper.ask(COLUMNS)
            assert helper.answer() == expected
        helper._process.kill()
        helper._process.wait()
        helper.ask(COLUMNS)
        assert helper.answer() == expected
    finally:
        helper.close()


@pytest.mark.django_db(transaction=True)
def test_a_large_file_is_laid_ready_by_its_helpers_and_stored_whole(officer, as_large):
    batch = stored(officer, book(*ROWS))
    assert (batch.status, batch.counts["new"]) == ("stored", 10)
    for organization in Organization.objects.filter(name__startswith="城口县第"):
        assert organization.pinyin == search_keys(organization.name, None)[0]
        assert organization.search == words_of(organization)
        assert [change.new for change in StatusChange.objects.of(organization)] == ["active"]
    assert [found.name for found in Organization.objects.matching("第7社区")] == ["城口县第7社区协会"]
    assert lying(batch) == 0


@pytest.mark.django_db
def test_inside_a_transaction_the_rows_are_laid_by_its_own_connection(officer, as_large):
    batch = stored(officer, book(*ROWS))
    assert (batch.status, Organization.objects.filter(name__startswith="城口县第").count()) == ("stored", 10)


@pytest.mark.django_db(transaction=True)
def test_rows_are_stored_in_parts_of_their_regions_and_none_is_left_out(regions, officer, as_large, monkeypatch):
    sizes = []
    real = storing.states.begin_staged

    def begin_staged(*given, **named):
        keys = real(*given, **named)
        sizes.append(len(keys))
        return keys

    monkeypatch.setattr(storing.states, "begin_staged", begin_staged)
    codes = ["500229", "500229201", "500229201200", "500229100001"]
    rows = [{**ROWS[n], "region": codes[n % len(codes)]} for n in range(10)]
    batch = stored(officer, book(*rows))
    assert batch.status == "stored", batch.problems
    assert len(sizes) > 1 and sum(sizes) == 10
    made = Organization.objects.filter(name__startswith="城口县第").order_by("pk")
    assert [(row.name, row.region.short_code) for row in made] == [(row["name"], row["region"]) for row in rows]


@pytest.mark.django_db
def test_the_page_sees_how_far_the_storing_is_whatever_the_rows_do(officer, monkeypatch):
    monkeypatch.setattr(storing, "ROWS_AT_ONCE", 4)
    monkeypatch.setattr(storing, "CHANGES_AT_ONCE", 2)
    told: list[list[int]] = []
    real = storing.OrganizationRun.store_staged

    def store_staged(self, batch_id, tell):
        told.append([])
        return real(self, batch_id, lambda done: (told[-1].append(done), tell(done)))

    monkeypatch.setattr(storing.OrganizationRun, "store_staged", store_staged)
    stored(officer, book(*ROWS[:7]))
    changed = [{**row, "legal_representative": "王某"} for row in ROWS[:5]]
    batch = stored(officer, book(*changed, *ROWS[5:]))
    assert [batch.counts[kind] for kind in ("new", "changed", "unchanged")] == [3, 5, 2]
    assert told == [[7], [5, 7, 9, 10]]
    assert Organization.objects.filter(legal_representative="王某").count() == 5


@pytest.mark.django_db
def test_new_rows_are_never_left_out_silently(officer):
    batch = services.upload_batch(sheet="organizations", file_name="x.xlsx", content=book(*ROWS), by=officer)
    services.run_batch(batch_id=batch.pk)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE organizations_staged SET region_id = NULL WHERE number = 3")
    batch.refresh_from_db()
    services.confirm_batch(batch=batch, by=officer)
    with pytest.raises(RuntimeError, match="10 new rows lie ready, 9 were entered"):
        services.run_batch(batch_id=batch.pk)
    assert Organization.objects.count() == 0


@pytest.mark.django_db
def test_where_no_second_process_can_be_started_the_worker_does_its_part(officer, as_large, monkeypatch):
    def none_left(*given, **named):
        raise BlockingIOError

    monkeypatch.setattr("organizations.copying.subprocess.Popen", none_left)
    assert stored(officer, book(*ROWS)).counts["new"] == 10


@pytest.mark.django_db(transaction=True)
def test_a_large_file_with_an_error_leaves_nothing_behind(officer, as_large):
    batch = services.upload_batch(
        sheet="organizations", file_name="x.xlsx", content=book(*ROWS, {**ROWS[0], "kind": "什么"}), by=officer
    )
    services.run_batch(batch_id=batch.pk)
    assert Batch.objects.get().status == "refused"
    assert lying(batch) == 0


@pytest.mark.django_db(transaction=True)
def test_what_goes_wrong_in_the_thread_ends_the_check_and_the_next_run_repeats_it(officer, as_large, monkeypatch):
    real = laying._copy

    def broken(sql: str, text: bytes) -> None:
        raise IntegrityError

    monkeypatch.setattr(laying, "_copy", broken)
    batch = services.upload_batch(sheet="organizations", file_name="x.xlsx", content=book(*ROWS), by=officer)
    with pytest.raises(IntegrityError):
        services.run_batch(batch_id=batch.pk)
    assert Batch.objects.get().status == "checking"
    monkeypatch.setattr(laying, "_copy", real)
    services.run_batch(batch_id=batch.pk)
    assert (Batch.objects.get().status, lying(batch)) == ("checked", 10)
    services.discard_batch(batch=Batch.objects.get(), by=officer)
    assert lying(batch) == 0

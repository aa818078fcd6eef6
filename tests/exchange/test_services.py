"""The worker's part: delivered several times, killed halfway, tried in vain."""

import datetime

import pytest
from django.db import connection
from django.utils import timezone

from core.errors import Refused
from core.models import StatusChange
from exchange import services
from exchange.models import Batch
from exchange.tasks import clear_leftovers, finish_batches
from organizations import imports
from organizations import services as services_of_organizations
from organizations.models import Organization
from tests.exchange.corpus import HEADINGS, book, row


class Killed(BaseException):
    """What the end of a process looks like from inside."""


def upload(officer, *lines) -> Batch:
    content = book(HEADINGS, *(lines or [row(1), row(2)]))
    return services.upload_batch(sheet="organizations", file_name="x.xlsx", content=content, by=officer)


def now(batch: Batch) -> str:
    batch.refresh_from_db()
    return batch.status


@pytest.mark.django_db
def test_three_deliveries_of_each_step_store_the_rows_once(officer):
    batch = upload(officer)
    for _delivery in range(3):
        services.run_batch(batch_id=batch.pk)
    services.confirm_batch(batch=batch, by=officer)
    for _delivery in range(3):
        services.run_batch(batch_id=batch.pk)
    assert (now(batch), Organization.objects.count()) == ("stored", 2)
    assert [c.new for c in StatusChange.objects.of(batch)] == ["stored", "storing", "checked", "checking", "uploaded"]


@pytest.mark.django_db(transaction=True)
def test_killed_halfway_nothing_is_stored_and_the_next_run_finishes_it(officer, monkeypatch):
    batch = upload(officer)
    services.run_batch(batch_id=batch.pk)
    services.confirm_batch(batch=batch, by=officer)
    real = imports.OrganizationRun.store_staged

    def killed(self, *given):
        real(self, *given)
        raise Killed

    monkeypatch.setattr(imports.OrganizationRun, "store_staged", killed)
    with pytest.raises(Killed):
        services.run_batch(batch_id=batch.pk)
    assert (now(batch), Organization.objects.count()) == ("storing", 0)
    monkeypatch.setattr(imports.OrganizationRun, "store_staged", real)
    assert finish_batches() == 1
    assert (now(batch), Organization.objects.count()) == ("stored", 2)
    assert (batch.rows_done, batch.rows_total) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_a_file_at_which_another_worker_is_busy_is_left_alone(officer):
    batch = upload(officer)
    apart = connection.copy()
    try:
        with apart.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(4001, %s)", [batch.pk])
            services.run_batch(batch_id=batch.pk)
            assert now(batch) == "uploaded"
            cursor.execute("SELECT pg_advisory_unlock(4001, %s)", [batch.pk])
    finally:
        apart.close()
    services.run_batch(batch_id=batch.pk)
    assert now(batch) == "checked"


@pytest.mark.django_db
def test_a_file_that_ends_its_worker_three_times_is_given_up(officer, monkeypatch):
    batch = upload(officer)

    def broken(self, rows):
        raise RuntimeError

    monkeypatch.setattr(imports.OrganizationRun, "check", broken)
    for _attempt in range(3):
        with pytest.raises(RuntimeError):
            services.run_batch(batch_id=batch.pk)
    services.run_batch(batch_id=batch.pk)
    assert now(batch) == "refused"


@pytest.mark.django_db
def test_a_person_who_has_left_stores_nothing_more(officer):
    batch = upload(officer)
    services.run_batch(batch_id=batch.pk)
    services.confirm_batch(batch=batch, by=officer)
    officer.is_active = False
    officer.save()
    services.run_batch(batch_id=batch.pk)
    assert (now(batch), Organization.objects.count()) == ("refused", 0)


@pytest.mark.django_db
def test_signs_that_copying_knows_are_stored_as_they_were_written(officer):
    name = r"甲\N乙\t丙 \\."
    batch = upload(officer, row(1, name=name))
    services.run_batch(batch_id=batch.pk)
    services.confirm_batch(batch=batch, by=officer)
    services.run_batch(batch_id=batch.pk)
    assert Organization.objects.get().name == name


def stored(officer, *lines) -> Batch:
    batch = upload(officer, *lines)
    services.run_batch(batch_id=batch.pk)
    services.confirm_batch(batch=batch, by=officer)
    services.run_batch(batch_id=batch.pk)
    assert now(batch) == "stored"
    return batch


def staged() -> set[int]:
    return set(imports.OrganizationRun(None).staged())


@pytest.mark.django_db
def test_a_file_is_taken_back_by_the_worker_with_a_history_row_for_each_record(officer, second_officer):
    batch = stored(officer)
    keys = set(Organization.objects.values_list("pk", flat=True))
    services.undo_batch(batch=batch, reason="传错了", by=second_officer)
    assert (now(batch), batch.is_running, Organization.objects.count()) == ("undoing", True, 2)
    with pytest.raises(Refused):
        services.undo_batch(batch=batch, reason="again", by=officer)
    assert finish_batches() == 1
    assert (now(batch), Organization.objects.count()) == ("undone", 0)
    removed = StatusChange.objects.filter(new="removed")
    assert {(c.object_id, c.old, c.note, c.by) for c in removed} == {
        (key, "active", "传错了", second_officer) for key in keys
    }


@pytest.mark.django_db
def test_what_has_changed_since_is_said_and_everything_stays(officer):
    batch = stored(officer)
    edited = Organization.objects.order_by("pk").first()
    services_of_organizations.edit_organization(
        organization=edited, values={"legal_representative": "新"}, version=edited.version, by=officer
    )
    services.undo_batch(batch=batch, reason="传错了", by=officer)
    services.run_batch(batch_id=batch.pk)
    assert (now(batch), Organization.objects.count()) == ("stored", 2)
    assert [edited.name in sentence for sentence in batch.needed["en"]] == [True]
    assert batch.needed["zh-hans"]


@pytest.mark.django_db
def test_taking_back_is_given_up_after_three_attempts_and_everything_stays(officer, monkeypatch):
    batch = stored(officer)
    services.undo_batch(batch=batch, reason="传错了", by=officer)
    Batch.objects.filter(pk=batch.pk).update(attempts=3)
    services.run_batch(batch_id=batch.pk)
    assert (now(batch), Organization.objects.count()) == ("stored", 2)
    assert batch.needed


@pytest.mark.django_db
def test_a_discarded_file_leaves_nothing_ready(officer):
    batch = upload(officer)
    services.run_batch(batch_id=batch.pk)
    assert staged() == {batch.pk}
    services.discard_batch(batch=batch, by=officer)
    assert staged() == set()


@pytest.mark.django_db
def test_rows_nobody_confirms_are_cleared_and_the_file_can_still_be_stored(officer):
    forgotten, fresh = upload(officer), upload(officer, row(3))
    for batch in (forgotten, fresh):
        services.run_batch(batch_id=batch.pk)
    long_ago = timezone.now() - datetime.timedelta(days=3)
    Batch.objects.filter(pk=forgotten.pk).update(updated_at=long_ago)
    assert clear_leftovers() == 1
    assert staged() == {fresh.pk}
    services.confirm_batch(batch=forgotten, by=officer)
    services.run_batch(batch_id=forgotten.pk)
    assert (now(forgotten), Organization.objects.count()) == ("stored", 2)
    assert clear_leftovers() == 0

"""The worker's part: delivered several times, killed halfway, tried in vain."""

import pytest
from django.db import connection

from core.models import StatusChange
from exchange import services
from exchange.models import Batch
from exchange.tasks import finish_batches
from organizations import imports
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

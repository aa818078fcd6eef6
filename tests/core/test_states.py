"""Records change in one way only: locked, by a step of their table, and written down."""

import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from core import states
from core.context import set_request_id
from core.models import StatusChange
from organizations.models import Organization

Status = Organization.Status


@pytest.fixture
def draft(regions) -> Organization:
    """An organization whose history has only its beginning."""
    organization = Organization(name="城口县慈善会", region=regions["500229"], kind="federation", level="county")
    return states.begin(organization, by=None)


def history(obj) -> list[StatusChange]:
    return list(StatusChange.objects.of(obj))


def test_a_beginning_is_written_down_with_person_role_and_request(officer, regions):
    set_request_id("request-1")
    organization = Organization(name="x", region=regions["500229"], kind="federation", level="county")
    try:
        states.begin(organization, by=officer, note="by letter")
    finally:
        set_request_id("")
    (row,) = history(organization)
    assert (row.old, row.new, row.by, row.note, row.request_id) == ("", "draft", officer, "by letter", "request-1")
    assert "城口县" in row.role
    assert organization.created_by == officer


def test_a_step_of_the_table_is_taken_and_written_down(draft, officer):
    states.move(draft, Status.ACTIVE, by=officer, note="papers seen", level="city")
    fresh = Organization.objects.get(pk=draft.pk)
    assert (fresh.status, fresh.version, fresh.level) == ("active", 2, "city")
    newest = history(draft)[0]
    assert (newest.old, newest.new, newest.by, newest.note) == ("draft", "active", officer, "papers seen")


@pytest.mark.parametrize("start", Status)
@pytest.mark.parametrize("end", Status)
def test_exactly_the_steps_of_the_table_are_possible(draft, start, end):
    # A merged organization names its successor.
    fields = {"successor": draft} if end == Status.MERGED else {}
    successor = draft if start == Status.MERGED else None
    Organization.objects.filter(pk=draft.pk).update(status=start, successor=successor)
    rows = len(history(draft))
    if end in Organization.TRANSITIONS[start]:
        states.move(draft, end, by=None, **fields)
        assert Organization.objects.get(pk=draft.pk).status == end
        assert len(history(draft)) == rows + 1
        return
    with pytest.raises(states.WrongState) as refusal:
        states.move(draft, end, by=None)
    assert (refusal.value.code, refusal.value.facts) == ("wrong_state", {"status": start})
    fresh = Organization.objects.get(pk=draft.pk)
    assert (fresh.status, fresh.version, len(history(draft))) == (start, 1, rows)


def test_a_step_is_judged_by_the_stored_status_not_by_the_object_in_hand(draft):
    stale = Organization.objects.get(pk=draft.pk)
    states.move(draft, Status.ACTIVE, by=None)
    with pytest.raises(states.WrongState):
        states.move(stale, Status.ACTIVE, by=None)


def test_an_edit_keeps_before_and_after_of_what_changed_only(draft, officer, regions):
    values = {"name": "城口县慈善总会", "region": regions["500237"], "level": "county"}
    changes = states.record(draft, values, by=officer, note="renamed", version=1)
    assert changes == {"name": ["城口县慈善会", "城口县慈善总会"], "region": ["城口县", "巫山县"]}
    newest = history(draft)[0]
    assert (newest.old, newest.new, newest.changes, newest.note) == ("draft", "draft", changes, "renamed")
    assert Organization.objects.get(pk=draft.pk).version == 2


def test_an_edit_that_changes_nothing_leaves_no_trace(draft):
    assert states.record(draft, {"name": draft.name}, by=None) == {}
    assert (len(history(draft)), Organization.objects.get(pk=draft.pk).version) == (1, 1)


def test_changes_of_belonging_rows_are_written_with_the_record(draft):
    parts = {"items": [["60"], ["80"]], "same": [[1], [1]]}
    assert states.record(draft, {}, by=None, parts=parts) == {"items": [["60"], ["80"]]}
    assert Organization.objects.get(pk=draft.pk).version == 2


def test_amounts_are_kept_exactly_in_the_history():
    assert states._plain(Decimal("1234567890123456.78")) == "1234567890123456.78"


def test_an_edit_of_an_older_version_is_refused(draft):
    states.record(draft, {"name": "first"}, by=None, version=1)
    with pytest.raises(states.Stale) as refusal:
        states.record(draft, {"name": "second"}, by=None, version=1)
    assert refusal.value.code == "stale"
    assert Organization.objects.get(pk=draft.pk).name == "first"


def test_a_status_cannot_be_edited(draft):
    with pytest.raises(ValueError, match=r"states\.move"):
        states.record(draft, {"status": "active"}, by=None)


@pytest.mark.django_db(transaction=True)
def test_nothing_changes_outside_a_transaction(draft_committed):
    for change in [
        lambda: states.begin(Organization(name="y"), by=None),
        lambda: states.lock(draft_committed),
        lambda: states.move(draft_committed, Status.ACTIVE, by=None),
        lambda: states.record(draft_committed, {"name": "y"}, by=None),
    ]:
        with pytest.raises(RuntimeError, match="inside a transaction"):
            change()


@pytest.mark.django_db(transaction=True)
def test_of_eight_people_taking_the_same_step_one_does(draft_committed):
    outcomes = []
    start = threading.Barrier(8)

    def take():
        try:
            start.wait()
            with transaction.atomic():
                states.move(Organization.objects.get(pk=draft_committed.pk), Status.ACTIVE, by=None)
            outcomes.append("moved")
        except states.WrongState:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["moved"] + ["refused"] * 7
    assert [row.new for row in history(draft_committed)] == ["active", "draft"]


@pytest.fixture
def draft_committed(transactional_db, regions) -> Organization:
    with transaction.atomic():
        organization = Organization(name="z", region=regions["500229"], kind="federation", level="county")
        return states.begin(organization, by=None)


@pytest.mark.parametrize(
    "attack",
    [
        lambda rows: rows.delete(),
        lambda rows: rows.update(note="never happened"),
        lambda rows: rows.update(by=None, at="2020-01-01T00:00:00Z"),
        lambda rows: rows.update(changes={"name": ["a", "b"]}),
    ],
)
def test_the_history_only_grows(draft, attack):
    with pytest.raises(IntegrityError, match="never"), transaction.atomic():
        attack(StatusChange.objects.of(draft).order_by())
    assert len(history(draft)) == 1


def test_that_a_notice_was_made_may_be_noted(draft):
    rows = StatusChange.objects.of(draft).order_by()
    assert rows.unnoticed().count() == 1
    rows.update(noticed_at="2026-01-01T00:00:00Z")
    assert rows.unnoticed().count() == 0

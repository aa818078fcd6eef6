"""From the outbox to the inbox: who is told, once, whatever happens to the worker."""

import datetime
from types import SimpleNamespace

import pytest
from django.db import connections, transaction
from django.utils import timezone

from core import states
from core.models import StatusChange
from demands import services as demands
from notices import kinds, services, tasks
from notices.models import Notice
from organizations import services as organizations
from tests.house import deliveries

Later = datetime.timedelta


def test_staff_of_the_county_are_told_of_a_demand_and_its_author_of_the_decision(
    submit, told, officer, second_officer, outsider, reporter
):
    demand = submit()
    assert told(officer) == told(second_officer) == ["demand_submitted"]
    assert told(outsider) == told(reporter) == []
    demands.return_with_reasons(demand=demand, reason="数量不清", by=officer)
    assert told(reporter) == ["demand_returned"]
    assert Notice.objects.get(kind="demand_returned").note == "数量不清"
    demands.submit(demand=demand, by=reporter)
    demands.publish(demand=demand, by=officer)
    assert told(reporter) == ["demand_returned", "demand_published"]
    assert told(officer) == ["demand_submitted", "demand_submitted"]


def test_nobody_is_told_of_their_own_act_and_the_next_level_hears_what_the_only_officer_did(
    regions, make_user, told, officer
):
    """A demand the county's only officer hands in has to be reviewed by somebody else."""
    province = make_user("province", region=regions["500000"])
    values = {"village": regions["500229201200"], "form": "relief", "title": "过冬棉被"}
    item = {"kind": "goods", "what": "棉被", "unit": "条", "quantity": 1}
    made = demands.create_demand(values=values, items=[item], by=officer)
    demands.attach_evidence(record=made, name="村民会议记录.txt", content=b"a", by=officer)
    demands.submit(demand=made, by=officer)
    assert told(officer) == []
    assert told(province) == ["demand_submitted"]


def test_a_township_with_a_checker_hears_first_and_the_county_when_it_is_checked(
    regions, make_user, submit, told, officer
):
    checker = make_user("checker", kind="checker", region=regions["500229201"])
    demand = submit()
    assert told(checker) == ["demand_submitted"]
    assert told(officer) == []
    with transaction.atomic():
        states.move(demand, "checked", by=checker)
    assert told(officer) == ["demand_checked"]


def test_claims_are_told_to_staff_and_decisions_to_the_organization(claim, told, officer, member, second_member):
    assert "claim_submitted" in told(officer)
    demands.approve_claim(claim=claim, by=officer)
    assert told(member) == ["claim_approved"]
    assert told(second_member) == []
    notice = Notice.objects.get(person=member)
    assert notice.target == claim.pk
    assert notice.facts["organization"] == "临沂市慈善总会"


def test_a_delivery_is_told_to_the_village_and_what_it_found_to_the_organization(
    claim, told, officer, second_officer, member, reporter
):
    cast = SimpleNamespace(officer=officer, member=member, reporter=reporter)
    deliveries.inspected(cast, claim)
    assert told(reporter) == ["demand_published", "delivery_handed_over"]
    assert told(member) == ["claim_approved", "delivery_inspected"]
    notice = Notice.objects.get(kind="delivery_handed_over")
    assert notice.facts["organization"] == "临沂市慈善总会"
    assert notice.facts["reference"].startswith("JF-")
    claim.refresh_from_db()
    demands.verify_claim(claim=claim, by=second_officer, note="抽查无误")
    assert told(member)[-1] == "claim_verified"


def test_invitations_are_told_to_the_organization_and_the_answer_to_who_invited(
    published, organization, told, officer, second_officer, member, second_member
):
    invitation = demands.invite_organization(demand=published, organization=organization, by=officer)
    assert told(member) == ["demand_invitation"]
    assert told(second_member) == []
    demands.decline_invitation(invitation=invitation, reason="额度已满", by=member)
    assert told(officer)[-1] == "demand_invitation_declined"
    assert "demand_invitation_declined" not in told(second_officer)
    assert Notice.objects.get(kind="demand_invitation_declined").note == "额度已满"


def test_a_demand_that_opens_again_after_a_claim_is_given_back_is_not_told_as_published(
    claim, told, reporter, member, published
):
    demands.withdraw_claim(claim=claim, reason="另有安排", by=member)
    published.refresh_from_db()
    assert published.status == "published"
    assert told(reporter) == ["demand_published"]


def test_applicants_and_invited_people_are_told(regions, make_user, told, officer, member, reporter, organization):
    values = {"name": "助学会", "kind": "other_social", "level": "county", "region": regions["500229"]}
    request = organizations.request_registration(values=values, by=reporter)
    assert told(officer) == ["registration_submitted"]
    organizations.return_registration(request=request, reason="名称不全", by=officer)
    assert told(reporter) == ["registration_returned"]
    organizations.invite_member(organization=organization, user=reporter, role="operator", by=member)
    assert told(reporter) == ["registration_returned", "member_invited"]
    organizations.ask_to_join(organization=organization, by=make_user("somebody"))
    assert told(member) == ["member_asks"]


def test_the_task_delivered_three_times_tells_once(submit, officer, mailed):
    submit()
    assert [tasks.take_events(), tasks.take_events(), tasks.take_events()] == [2, 0, 0]
    assert Notice.objects.filter(person=officer).count() == 1
    assert Notice.objects.get(person=officer).mail.state == "queued"


def test_a_worker_that_dies_before_its_commit_leaves_nothing_and_the_next_one_tells(submit, officer):
    submit()

    class Killed(BaseException):
        pass

    with pytest.raises(Killed), transaction.atomic():
        assert services.take_events() == 2
        assert Notice.objects.exists()
        raise Killed
    assert not Notice.objects.exists()
    assert services.take_events() == 2
    assert Notice.objects.filter(person=officer).count() == 1


def test_the_table_itself_refuses_a_second_notice_of_an_event(submit, officer):
    """Even if a mark on the outbox were lost."""
    submit()
    services.take_events()
    StatusChange.objects.update(noticed_at=None)
    services.take_events()
    notice = Notice.objects.get(person=officer)
    notice.pk = None
    with pytest.raises(Exception, match="notice_once_per_event"), transaction.atomic():
        notice.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_is_not_missed(submit, published, officer, reporter):
    """Its number is lower than those of events that were told before it was there."""
    services.take_all_events()
    Notice.objects.all().delete()
    late = connections.create_connection("default")
    try:
        with late.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(
                "INSERT INTO core_statuschange "
                "(content_type_id, object_id, old, new, role, at, note, changes, request_id) "
                "SELECT content_type_id, object_id, 'draft', 'submitted', '', now(), 'late', '{}', '' "
                "FROM core_statuschange WHERE new = 'published' RETURNING id"
            )
            number = cursor.fetchone()[0]
            submit("饮水设备")
            assert services.take_all_events() == 2
            assert StatusChange.objects.order_by("-pk")[0].pk > number
            told = Notice.objects.filter(person=officer, kind="demand_submitted")
            assert [row.facts["title"] for row in told] == ["饮水设备"]
            cursor.execute("COMMIT")
        assert services.take_all_events() == 1
        assert [row.facts["title"] for row in told.order_by("pk")] == ["饮水设备", "过冬棉被"]
    finally:
        late.close()


@pytest.mark.django_db(transaction=True)
def test_a_second_worker_skips_what_the_first_one_has_taken(submit, officer):
    submit()
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT id FROM core_statuschange WHERE noticed_at IS NULL FOR NO KEY UPDATE")
            assert services.take_events() == 0
            cursor.execute("ROLLBACK")
        assert services.take_events() == 2
    finally:
        other.close()


def test_kinds_of_records_nobody_is_told_of_stay_untouched(organization, officer):
    """A register of a million organizations costs the inbox nothing."""
    services.take_all_events()
    assert StatusChange.objects.of(organization).filter(noticed_at=None).count() == 2


def test_old_news_is_no_news(submit, officer):
    submit()
    assert services.take_events(now=timezone.now() + Later(days=15)) == 2
    assert not Notice.objects.exists()


def test_a_rule_that_breaks_is_logged_and_holds_nothing_up(submit, officer, monkeypatch, caplog):
    broken = kinds.Rule(
        kind=kinds.Kind(key="broken", label="", text="", page=""),
        model="demands.Demand",
        applies=lambda change: True,
        people=lambda record, change: [1 / 0],
        facts=lambda record: {},
    )
    monkeypatch.setitem(kinds.RULES, "demands.demand", [broken, *kinds.RULES["demands.demand"]])
    submit()
    assert services.take_events() == 2
    assert Notice.objects.filter(person=officer).count() == 1
    assert "the notice broken of change" in caplog.text


def test_a_hold_is_reminded_of_seven_days_and_one_day_before_its_end(claim, member, officer):
    now = timezone.now()
    kind = {"person": member, "kind": "claim_ends"}

    def told(day: datetime.datetime) -> int:
        services.remind(now=day)
        services.remind(now=day)
        return Notice.objects.filter(**kind).count()

    claim.expires_at = now + Later(days=14)
    claim.save(update_fields=["expires_at"])
    assert told(now) == 0
    assert told(now + Later(days=7, minutes=1)) == 1
    assert told(now + Later(days=12)) == 1
    assert told(now + Later(days=13, minutes=1)) == 2
    assert told(now + Later(days=14, minutes=1)) == 2
    # Extended: a new end, a new reminder.
    claim.expires_at = now + Later(days=24)
    claim.save(update_fields=["expires_at"])
    assert told(now + Later(days=17, minutes=1)) == 3


def test_a_claim_given_back_is_not_reminded_of(claim, member):
    claim.expires_at = timezone.now() + Later(hours=20)
    claim.save(update_fields=["expires_at"])
    demands.withdraw_claim(claim=claim, reason="另有安排", by=member)
    assert services.remind() == 0


def test_a_person_who_declines_a_kind_is_not_told_and_one_who_left_neither(submit, officer, second_officer, told):
    services.choose(email="", language="en", declined=["demand_submitted/portal"], by=officer)
    second_officer.is_active = False
    second_officer.save()
    submit()
    assert told(officer) == told(second_officer) == []
    assert not Notice.objects.exists()


def test_every_kind_has_a_page_and_a_text_that_its_facts_fill(submit, claim, told, officer, member, reporter):
    from django.urls import reverse

    for kind in kinds.KINDS.values():
        assert reverse(kind.page, args=[1])
        assert str(kind.label)
    told(officer)
    for notice in Notice.objects.all():
        assert "--" not in notice.text

"""E-mails of notices: sent once, tried again, never to an address nobody confirmed."""

import datetime
import re
import smtplib
import threading

import pytest
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.utils import timezone

from core.errors import Refused
from notices import services, tasks
from notices.models import Choices, Mail, Notice


class Away(EmailBackend):
    def send_messages(self, messages):
        raise smtplib.SMTPServerDisconnected("away")


class Refusing(EmailBackend):
    def send_messages(self, messages):
        raise smtplib.SMTPRecipientsRefused({})


@pytest.fixture
def queued(submit, mailed) -> Mail:
    submit()
    services.take_all_events()
    return Mail.objects.get()


def test_a_mail_is_sent_once_however_often_the_task_runs(queued):
    assert [tasks.send_mails(), tasks.send_mails(), tasks.send_mails()] == [1, 0, 0]
    [message] = outbox.outbox
    assert message.to == ["officer@example.org"]
    queued.refresh_from_db()
    assert (queued.state, queued.attempts) == ("sent", 1)


def test_a_mail_is_in_the_chosen_language_and_names_nobody_but_its_reader(queued, reporter, settings):
    settings.PORTAL_ADDRESS = "https://portal.example.org"
    services.send_mails()
    [message] = outbox.outbox
    assert "A demand waits for review" in message.subject
    assert "officer, good day." in message.body
    assert "过冬棉被" in message.body
    assert "reporter" not in message.body.replace("officer", "")
    assert f"https://portal.example.org/notices/{queued.notice_id}/" in message.body
    assert message.extra_headers["Message-ID"] == f"<notice-{queued.notice_id}@portal.example.org>"


def test_a_reason_somebody_wrote_is_not_in_the_mail(submit, officer, reporter):
    from demands import services as demands

    Choices.objects.create(user=reporter, email="r@example.org", confirmed_at=timezone.now())
    demands.return_with_reasons(demand=submit(), reason="张三的电话不对", by=officer)
    services.take_all_events()
    services.send_mails()
    [message] = outbox.outbox
    assert "张三" not in message.body + message.subject


def test_a_server_that_is_away_is_tried_again_later_and_given_up_in_the_end(queued, settings):
    settings.EMAIL_BACKEND = "tests.notices.test_mails.Away"
    now = timezone.now()
    assert services.send_mails() == 0
    queued.refresh_from_db()
    assert (queued.state, queued.error) == ("queued", "SMTPServerDisconnected")
    assert now + datetime.timedelta(seconds=50) < queued.due_at < now + datetime.timedelta(seconds=70)
    for _attempt in range(5):
        Mail.objects.update(due_at=now)
        services.send_mails()
    queued.refresh_from_db()
    assert (queued.state, queued.attempts) == ("failed", 6)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert services.send_mails(now=now + datetime.timedelta(days=9)) == 0


def test_a_refused_address_is_not_tried_again(queued, settings):
    settings.EMAIL_BACKEND = "tests.notices.test_mails.Refusing"
    services.send_mails()
    queued.refresh_from_db()
    assert (queued.state, queued.attempts) == ("failed", 1)


def test_an_address_no_mail_can_be_written_to_keeps_no_other_mail_back(queued, mailed, submit):
    Choices.objects.filter(pk=mailed.pk).update(email=f"a@{'é' * 60}.com")
    services.send_mails()
    queued.refresh_from_db()
    assert (queued.state, queued.attempts) == ("failed", 1)
    Choices.objects.filter(pk=mailed.pk).update(email="officer@example.org")
    submit("棉鞋")
    services.take_all_events()
    assert services.send_mails() == 1


def test_a_sender_that_dies_is_followed_by_another_after_its_lease(queued, monkeypatch):
    """And the mail carries the same Message-ID, should the first one have reached the server."""

    class Killed(BaseException):
        pass

    def die(*args, **kwargs):
        raise Killed

    now = timezone.now()
    with monkeypatch.context() as patched:
        patched.setattr("notices.services.mails._close", die)
        with pytest.raises(Killed):
            services.send_mails(now=now)
    queued.refresh_from_db()
    assert queued.state == "sending"
    assert services.send_mails(now=now + Mail.LEASE / 2) == 0
    assert services.send_mails(now=now + Mail.LEASE) == 1
    first, second = outbox.outbox
    assert first.extra_headers == second.extra_headers


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_each_mail_once(submit, mailed):
    for number in range(6):
        submit(f"需求{number}")
    services.take_all_events()
    begin = threading.Barrier(3)

    def send() -> None:
        begin.wait()
        try:
            services.send_mails()
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [message.extra_headers["Message-ID"] for message in outbox.outbox]
    assert len(numbers) == len(set(numbers)) == 6


def test_an_address_counts_only_after_its_owner_opened_the_link(submit, officer):
    services.choose(email="new@example.org", language="en", declined=[], by=officer)
    submit()
    services.take_all_events()
    services.send_mails()
    [message] = outbox.outbox
    assert message.subject.endswith("Confirm your e-mail address")
    token = re.search(r"/notices/address/([^/]+)/", message.body)[1]
    with pytest.raises(Refused):
        services.confirm_address(token=token + "x")
    assert services.confirm_address(token=token).takes_mail
    # Changing the address makes the old link worthless.
    services.choose(email="other@example.org", language="en", declined=[], by=officer)
    with pytest.raises(Refused) as refused:
        services.confirm_address(token=token)
    assert refused.value.code == "link_outdated"


def test_nobody_makes_the_portal_write_to_many_strangers(officer):
    for number in range(5):
        services.choose(email=f"a{number}@example.org", language="en", declined=[], by=officer)
    with pytest.raises(Refused) as refused:
        services.choose(email="a6@example.org", language="en", declined=[], by=officer)
    assert refused.value.code == "too_many_addresses"


def test_by_mail_only_leaves_the_inbox_empty(submit, mailed, officer):
    mailed.declined = ["demand_submitted/portal"]
    mailed.save()
    submit()
    services.take_all_events()
    assert not Notice.objects.visible_to(officer).exists()
    services.send_mails()
    assert "/demands/" in outbox.outbox[0].body

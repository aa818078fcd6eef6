"""E-mails of notices: each one marked before it is sent, so that a second sender leaves it alone."""

import datetime
import smtplib
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from notices.kinds import ADDRESS
from notices.models import Choices, Mail, Notice

SALT = "notices.address"


def send_mails(*, limit: int = 100, now: datetime.datetime | None = None, by=None) -> int:
    """Send up to `limit` e-mails that are due; return how many were handed over.

    SMTP cannot take part in a transaction, so the promise is "at least once", and as near to once as it gets: the
    mail is marked with a lease and committed before the server is spoken to, and marked sent right after. Only a
    sender that dies between the server's yes and that mark leaves a mail that is sent again after the lease; it then
    carries the same Message-ID, by which mailboxes tell a repetition.
    """
    sent = 0
    for _attempt in range(limit):
        mail = _lease(now or timezone.now())
        if mail is None:
            break
        sent += _send(mail)
    return sent


@transaction.atomic
def _lease(now: datetime.datetime) -> Mail | None:
    rows = Mail.objects.due(now).select_for_update(skip_locked=True, of=("self",))
    mail = rows.select_related("notice__person").first()
    if mail is not None:
        mail.state, mail.attempts, mail.due_at = Mail.State.SENDING, mail.attempts + 1, now + Mail.LEASE
        mail.save(update_fields=["state", "attempts", "due_at"])
    return mail


def _send(mail: Mail) -> int:
    """Hand one leased mail to the server; 1 when it took it."""
    choices = Choices.objects.filter(user=mail.notice.person).first()
    asked = mail.notice.kind == ADDRESS.key
    if choices is None or not (choices.takes_mail or (asked and choices.email)):
        return _close(mail, Mail.State.FAILED, error="no confirmed address")
    try:
        message_of(mail.notice, choices).send()
    except smtplib.SMTPRecipientsRefused:
        return _close(mail, Mail.State.FAILED, error="the server refused the address")
    except ValueError as error:
        # The address or a heading cannot be written as a mail: for example a domain too long in the letters of DNS.
        return _close(mail, Mail.State.FAILED, error=type(error).__name__)
    except (smtplib.SMTPException, OSError) as error:
        return _try_later(mail, type(error).__name__)
    return _close(mail, Mail.State.SENT)


def _try_later(mail: Mail, error: str) -> int:
    if mail.attempts > len(Mail.PAUSES):
        return _close(mail, Mail.State.FAILED, error=error)
    pause = Mail.PAUSES[mail.attempts - 1]
    return _close(mail, Mail.State.QUEUED, error=error, due_at=timezone.now() + pause)


def _close(mail: Mail, state: str, **values) -> int:
    """Write the outcome, unless the lease has run out and another sender has taken the mail since."""
    mine = Mail.objects.filter(pk=mail.pk, state=Mail.State.SENDING, attempts=mail.attempts)
    sent = state == Mail.State.SENT
    mine.update(state=state, sent_at=timezone.now() if sent else None, **values)
    return int(sent)


def message_of(notice: Notice, choices: Choices) -> EmailMessage:
    """The e-mail of a notice, in the language the person chose. It names no person but the addressee."""
    with translation.override(choices.language):
        lines = [
            _("%(name)s, good day.") % {"name": notice.person},
            "",
            notice.text,
            _link(notice, choices),
            "",
            _("You choose which notices are sent to you:") + " " + _absolute(reverse("notices:choices")),
        ]
        return EmailMessage(
            subject=f"{_('Rural Revitalization Assistance Portal')}: {notice.label}",
            body="\n".join(lines) + "\n",
            to=[choices.email],
            headers={
                "Message-ID": f"<notice-{notice.pk}@{urlsplit(settings.PORTAL_ADDRESS).hostname}>",
                "Auto-Submitted": "auto-generated",
            },
        )


def _link(notice: Notice, choices: Choices) -> str:
    """Where the mail leads: through the notice, so that opening it marks it read; or to confirm the address."""
    if notice.kind == ADDRESS.key:
        token = signing.dumps({"user": choices.user_id, "email": choices.email}, salt=SALT)
        return _absolute(reverse("notices:address-confirm", args=[token]))
    if notice.shown:
        return _absolute(reverse("notices:notice-open", args=[notice.pk]))
    kind = notice.known_kind
    return _absolute(reverse(kind.page, args=[notice.target])) if kind else _absolute("/")


def _absolute(path: str) -> str:
    return settings.PORTAL_ADDRESS.rstrip("/") + path

"""What people do with their notices: read them, choose what they are told, confirm an address."""

import datetime

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Refused
from notices.kinds import ADDRESS
from notices.models import Choices, Mail, Notice
from notices.services.mails import SALT

# Addresses a person may enter in a day, so that nobody makes the portal write to strangers.
MOST_ADDRESSES = 5
CONFIRM_WITHIN = datetime.timedelta(days=3)


def mark_read(*, notice: Notice, by: User) -> None:
    """Note that its reader has read a notice; a second time changes nothing."""
    Notice.objects.visible_to(by).unread().filter(pk=notice.pk).update(read_at=timezone.now())
    notice.refresh_from_db(fields=["read_at"])


def mark_all_read(*, notices: QuerySet, by: User) -> int:
    """Mark the person's own among these notices as read; return how many were unread."""
    mine = Notice.objects.visible_to(by).unread().filter(pk__in=notices.values("pk"))
    return mine.update(read_at=timezone.now())


@transaction.atomic
def choose(*, email: str, language: str, declined: list[str], by: User) -> Choices:
    """Store what a person wants to be told and how. A new address has to be confirmed by the mail sent to it.

    Raises `Refused` (`too_many_addresses`) beyond five new addresses a day.
    """
    choices, _is_new = Choices.objects.select_for_update(no_key=True).get_or_create(user=by)
    is_new_address = email != choices.email
    if is_new_address:
        choices.confirmed_at = None
    choices.email, choices.language, choices.declined = email, language, sorted(declined)
    choices.save()
    if email and is_new_address:
        _ask_to_confirm(choices)
    return choices


def _ask_to_confirm(choices: Choices) -> None:
    now = timezone.now()
    asked = Notice.objects.filter(person=choices.user, kind=ADDRESS.key)
    if asked.filter(created_at__gt=now - datetime.timedelta(days=1)).count() >= MOST_ADDRESSES:
        raise Refused(
            _("You have entered %(n)s addresses today. Try again tomorrow.") % {"n": MOST_ADDRESSES},
            code="too_many_addresses",
        )
    notice = Notice.objects.create(
        person=choices.user,
        kind=ADDRESS.key,
        occasion=now.isoformat(),
        target=choices.user_id,
        shown=False,
    )
    Mail.objects.create(notice=notice)


@transaction.atomic
def confirm_address(*, token: str, by: User | None = None) -> Choices:
    """Take the link of the mail as proof that the address is the person's own. Works without a log-in.

    Raises `Refused` (`link_outdated`) for a link that is forged, too old, or of an address given up since.
    """
    outdated = Refused(
        _("This link is no longer valid. Enter the address again to get a new one."), code="link_outdated"
    )
    try:
        content = signing.loads(token, salt=SALT, max_age=CONFIRM_WITHIN)
    except signing.BadSignature as error:
        raise outdated from error
    rows = Choices.objects.select_for_update(no_key=True)
    choices = rows.filter(user_id=content["user"], email=content["email"]).first()
    if choices is None:
        raise outdated
    choices.confirmed_at = choices.confirmed_at or timezone.now()
    choices.save(update_fields=["confirmed_at"])
    return choices

"""Logging in."""

import datetime

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def wait_sentence(wait: datetime.timedelta) -> str:
    """What somebody reads who has failed too often; rounded up to whole minutes."""
    minutes = -int(-wait.total_seconds() // 60)
    return _(
        "Too many failed log-ins for this account from this address. Minutes to wait before trying again: %(n)d."
    ) % {"n": minutes}


class LogInForm(AuthenticationForm):
    """User name and password. An unknown name and a wrong password get the same answer.

    During a wait the password is not even looked at, so that guessing on is pointless.
    """

    error_messages = {
        "invalid_login": _("The user name or the password is wrong. Both are case-sensitive."),
        "inactive": _("The user name or the password is wrong. Both are case-sensitive."),
    }

    def __init__(self, *args, wait: datetime.timedelta, **kwargs):
        super().__init__(*args, **kwargs)
        self.wait = wait

    def clean(self):
        if self.wait:
            raise ValidationError(wait_sentence(self.wait), code="wait")
        return super().clean()

"""Name and password for REST scripts, with the same patience as the log-in page."""

from rest_framework import exceptions

from accounts import services
from accounts.forms import wait_sentence
from accounts.models import LoginFailure
from core import rest
from core.context import source_of

# portal.api mounts these; people have no REST endpoints.
routes: list[tuple] = []
paths: list = []


class BasicAuthentication(rest.BasicAuthentication):
    """Name and password in every request; after five failures 429 until the wait is over."""

    def authenticate_credentials(self, userid, password, request=None):
        attempt = {"account": userid, "source": source_of(request)}
        wait = LoginFailure.objects.wait(**attempt)
        if wait:
            raise exceptions.Throttled(wait.total_seconds(), wait_sentence(wait))
        try:
            if "\0" in userid:  # no text of the database can be this
                raise exceptions.AuthenticationFailed()
            return super().authenticate_credentials(userid, password, request)
        except exceptions.AuthenticationFailed:
            services.note_failure(**attempt)
            raise

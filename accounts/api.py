"""Who a script is: an API key, or name and password with the same patience as the log-in page."""

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import authentication, exceptions

from accounts import services
from accounts.forms import wait_sentence
from accounts.models import ApiKey, LoginFailure
from core import rest
from core.context import source_of
from core.statements import Question

# portal.api mounts these; people have no REST endpoints.
routes: list[tuple] = []
paths: list = []

# Wrong keys are counted under a name that no account can have.
KEYS = "\0key"
# Asked by every request with a key.
USABLE = Question(
    lambda digest, day: ApiKey.objects.usable(day).select_related("user").filter(digest=digest), "$digest"
)


def throttled(wait) -> exceptions.Throttled:
    return exceptions.Throttled(wait.total_seconds(), wait_sentence(wait))


class KeyAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <key>` (or `Key <key>`): one query finds the key and its person.

    A right key is always let in; from the sixth wrong one on, an address gets 429 instead of 401 until the wait is
    over. `request.auth` is the `ApiKey`.
    """

    words = (b"bearer", b"key")

    def authenticate(self, request):
        parts = authentication.get_authorization_header(request).split()
        if not parts or parts[0].lower() not in self.words:
            return None
        digest = ApiKey.digest_of(parts[1].decode("latin-1")) if len(parts) == 2 else ""
        found = USABLE.rows(digest, variant=(timezone.localdate(),))
        if not found:
            self.refuse(request)
        (key,) = found
        services.note_key_used(key=key)
        return key.user, key

    def authenticate_header(self, request) -> str:
        return "Bearer"

    @staticmethod
    def refuse(request) -> None:
        source = source_of(request)
        wait = LoginFailure.objects.wait(KEYS, source) or services.note_failure(account=KEYS, source=source)
        if wait:
            raise throttled(wait)
        raise exceptions.AuthenticationFailed(
            _("This API key is wrong, revoked or past its last day. Make a new one on the page “API keys”.")
        )


class BasicAuthentication(rest.BasicAuthentication):
    """Name and password in every request; after five failures 429 until the wait is over."""

    def authenticate_credentials(self, userid, password, request=None):
        attempt = {"account": userid, "source": source_of(request)}
        wait = LoginFailure.objects.wait(**attempt)
        if wait:
            raise throttled(wait)
        try:
            if "\0" in userid:  # no text of the database can be this
                raise exceptions.AuthenticationFailed()
            found = super().authenticate_credentials(userid, password, request)
        except exceptions.AuthenticationFailed:
            wait = services.note_failure(**attempt)
            if wait:
                raise throttled(wait) from None
            raise
        wait = services.note_success(**attempt)
        if wait:
            raise throttled(wait)
        return found

"""What all REST endpoints share: errors as RFC 9457 problem details, paging, strict filters, repeat-safe writes."""

import hashlib
import json

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import authentication, exceptions, pagination, parsers, response, serializers

from core.errors import Refused
from core.models import KeptAnswer
from core.states import sent_version

PROBLEM = "application/problem+json"
TITLES = {
    400: "Bad input",
    401: "Not logged in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Format not available",
    409: "Refused",
    412: "Changed meanwhile",
    415: "Media type not supported",
    422: "Key used for another request",
    428: "Version required",
    429: "Too many requests",
}


class BasicAuthentication(authentication.BasicAuthentication):
    """Name and password over HTTPS for scripts; browsers use the session."""

    www_authenticate_realm = "portal"


class StrictJSONParser(parsers.JSONParser):
    """JSON as the records can hold it: not nested without end, and no half characters (lone surrogates)."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            data = super().parse(stream, media_type, parser_context)
            json.dumps(data, ensure_ascii=False).encode()
        except RecursionError as error:
            raise exceptions.ParseError(_("The JSON is nested too deeply.")) from error
        except UnicodeEncodeError as error:
            raise exceptions.ParseError(_("The JSON has text that is not valid Unicode.")) from error
        return data


class Pages(pagination.PageNumberPagination):
    """Pages of 50 by default, at most 500, with the total and links to the neighbours."""

    page_size = 50
    max_page_size = 500
    page_size_query_param = "page_size"


class StrictFilterBackend(DjangoFilterBackend):
    """Filters from the list's FilterSet; an unknown parameter is an error, not silently everything."""

    ALWAYS = {"page", "page_size", "format"}

    def filter_queryset(self, request, queryset, view):
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            # The library would run "%" on sentences that quote what was sent.
            errors = {name: [str(message) for message in found] for name, found in filterset.errors.items()}
            raise exceptions.ValidationError(errors)
        return filterset.qs

    def get_filterset(self, request, queryset, view):
        filterset = super().get_filterset(request, queryset, view)
        if filterset is not None:
            allowed = parameters(filterset.form) | self.ALWAYS | set(getattr(view, "extra_parameters", ()))
            unknown = [name for name in request.query_params if name not in allowed]
            if unknown:
                raise exceptions.ValidationError({name: [_("There is no such filter.")] for name in unknown})
        return filterset


def parameters(form) -> set[str]:
    """The names a filter form reads from a query; a range has one for each end, such as amount_min."""
    names = set()
    for name, field in form.fields.items():
        endings = getattr(field.widget, "suffixes", [None])
        names |= {f"{name}_{ending}" if ending else name for ending in endings}
    return names


class StrictSerializer(serializers.Serializer):
    """A serializer that answers 400 for a field it does not know, instead of dropping it."""

    def to_internal_value(self, data):
        if isinstance(data, dict):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                raise serializers.ValidationError({name: [_("There is no such field.")] for name in unknown})
        return super().to_internal_value(data)


class ShortList(serializers.ListField):
    """A list whose length, if limited, is checked before its entries are looked up."""

    def to_internal_value(self, data):
        if isinstance(data, list) and self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return super().to_internal_value(data)


def problem(exc, context) -> response.Response | None:
    """DRF exception handler: every error leaves as application/problem+json with a stable `code`."""
    if isinstance(exc, Refused):
        status = 412 if exc.code == "stale" else 409
        # "status" of a problem document is the HTTP one; that of the record gets a name of its own.
        facts = {"record_status" if name == "status" else name: value for name, value in exc.facts.items()}
        return _answer(status, exc.code, str(exc.message), extra=facts)
    if isinstance(exc, Http404):
        return _answer(404, "not_found", _("There is nothing here that you may see."))
    if isinstance(exc, PermissionDenied | exceptions.PermissionDenied):
        return _answer(403, "not_allowed", str(exc) or _("Your role does not allow this."))
    if isinstance(exc, exceptions.ValidationError):
        return _answer(400, "bad_input", _("Some values are not valid."), extra={"errors": exc.detail})
    if isinstance(exc, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        # DRF would say 403, because its session log-in, asked first, has no challenge to offer.
        answer = _answer(401, exc.default_code, str(exc.detail))
        answer["WWW-Authenticate"] = f'Basic realm="{BasicAuthentication.www_authenticate_realm}", charset="UTF-8"'
        return answer
    if isinstance(exc, exceptions.APIException):
        answer = _answer(exc.status_code, exc.default_code, str(exc.detail))
        wait = getattr(exc, "wait", None)
        if wait:
            answer["Retry-After"] = str(int(wait) + 1)
        return answer
    return None


def problem_body(status: int, code: str, detail: str, *, extra: dict | None = None) -> dict:
    """A problem document (RFC 9457); `extra` adds members that cannot replace the usual ones."""
    return {
        **(extra or {}),
        "type": f"urn:portal:problem:{code}",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "code": code,
        "detail": detail,
    }


def _answer(status: int, code: str, detail: str, *, extra: dict | None = None) -> response.Response:
    answer = response.Response(problem_body(status, code, detail, extra=extra), status=status)
    # Set as the whole header: the JSON renderer would otherwise announce application/json.
    answer.content_type = PROBLEM
    return answer


class RepeatSafe:
    """View mixin: a POST with an `Idempotency-Key` has one effect, however often it is sent.

    The answer is stored in the same transaction as the effect. The same key with another body is 422; while the
    first one is still running the second waits for it, because both write the same unique row.
    Wrap the work of an action in `self.once(request, work)`; `work()` returns (status, body).
    """

    key_required = False

    def once(self, request, work) -> response.Response:
        key = request.headers.get("Idempotency-Key", "")
        if len(key) > 200:
            raise exceptions.ValidationError({"Idempotency-Key": [_("At most 200 characters.")]})
        if not key:
            if self.key_required:
                raise exceptions.ValidationError({"Idempotency-Key": [_("Send this header with a fresh value.")]})
            status, body = work()
            return response.Response(body, status=status)
        fingerprint = hashlib.sha256(json.dumps(request.data, sort_keys=True, default=str).encode()).hexdigest()
        scope = {"user": request.user, "route": request.path[:200], "key": key}
        kept = KeptAnswer.objects.filter(**scope).first()
        if kept is None:
            try:
                with transaction.atomic():
                    kept = KeptAnswer.objects.create(**scope, fingerprint=fingerprint)
                    kept.status, kept.body = work()
                    kept.body = json.loads(json.dumps(kept.body, default=str))
                    kept.save(update_fields=["status", "body"])
                    return response.Response(kept.body, status=kept.status)
            except IntegrityError as error:
                if "kept_answer_once" not in str(error):
                    raise
                kept = KeptAnswer.objects.get(**scope)
        if kept.fingerprint != fingerprint:
            return _answer(422, "key_reused", _("This Idempotency-Key was used for another request."))
        return response.Response(kept.body, status=kept.status, headers={"Idempotency-Replayed": "true"})


def required_version(request) -> int:
    """The version in `If-Match`; a write without it is answered 428."""
    version = sent_version(request.headers.get("If-Match", "").strip('W/" '))
    if version is None:
        raise VersionRequired()
    return version


class VersionRequired(exceptions.APIException):
    """A change over REST must say which version it changes."""

    status_code = 428
    default_code = "version_required"
    default_detail = gettext_lazy("Send the version you are changing in the If-Match header.")

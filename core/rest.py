"""What all REST endpoints share: errors as RFC 9457 problem details, paging, strict filters, repeat-safe writes."""

import hashlib
import json
from functools import partial

import orjson
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import authentication, exceptions, pagination, parsers, renderers, response, serializers

from core import keyset
from core.errors import Refused
from core.models import KeptAnswer
from core.statements import Among, Statement
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


class JSONRenderer(renderers.JSONRenderer):
    """The same JSON as the framework's renderer writes, in a tenth of its time.

    What the fast encoder does not take (indented answers, numbers beyond 64 bits) is left to the framework.
    """

    options = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_NON_STR_KEYS
    default = staticmethod(renderers.JSONRenderer.encoder_class().default)

    def render(self, data, accepted_media_type=None, renderer_context=None):
        if data is None or self.get_indent(accepted_media_type, renderer_context or {}):
            # What the database has written (core.rowjson) is known to the fast encoder only.
            data = data and orjson.loads(orjson.dumps(data, default=self.default, option=self.options))
            return super().render(data, accepted_media_type, renderer_context)
        try:
            found = orjson.dumps(data, default=self.default, option=self.options)
        except orjson.JSONEncodeError:
            return super().render(data, accepted_media_type, renderer_context)
        # Both would end a line inside a script.
        return found.replace(b"\xe2\x80\xa8", rb"\u2028").replace(b"\xe2\x80\xa9", rb"\u2029")


class Pages(pagination.BasePagination):
    """Pages of 50 by default, at most 500, with links to the neighbours; any page costs what the first does.

    `sort` takes the keys of the view's `sorts`, "-key" for the other way round; without them the order is the view's
    own. `count` is known for nothing while all results are on one page; otherwise it is counted when asked for.
    """

    page_size, max_page_size = 50, 500
    # No answer counts further.
    most_counted = 100_000

    def paginate_queryset(self, queryset, request, view=None):
        cursor = request.query_params.get("cursor", "")
        order, size = self.order(queryset, request, view), self.size(request)
        try:
            if isinstance(queryset, Statement):
                self.page = queryset.page(order, cursor=cursor, size=size)
            else:
                page = queryset.page if isinstance(queryset, Among) else partial(keyset.page, queryset)
                self.page = page(order, cursor=cursor, size=size, is_narrow=self.is_narrow(request, view))
        except keyset.BrokenCursor as error:
            message = _("This cursor does not belong to this list in this order. Begin again without it.")
            raise exceptions.ValidationError({"cursor": [message]}) from error
        self.request = request
        self.count, self.more_than = None, None
        is_asked = self.asked_to_count(request)
        if not cursor and self.page.next is None:
            self.count = len(self.page.rows)
        elif is_asked:
            rows = queryset.queryset if isinstance(queryset, Statement | Among) else queryset
            self.count, self.more_than = bounded_count(rows, self.most_counted)
        return self.page.rows

    @staticmethod
    def is_narrow(request, view) -> bool:
        """Whether a list that says `is_large` is filtered; its FilterSet narrows nothing by itself."""
        plain = StrictFilterBackend.ALWAYS | {"sort"}
        return getattr(view, "is_large", False) and any(name not in plain for name in request.query_params)

    def size(self, request) -> int:
        sent = request.query_params.get("page_size", str(self.page_size))
        if not (sent.isascii() and sent.isdigit() and len(sent) < 6 and 1 <= int(sent) <= self.max_page_size):
            message = _("A page has from 1 to %(n)d results.") % {"n": self.max_page_size}
            raise exceptions.ValidationError({"page_size": [message]})
        return int(sent)

    @staticmethod
    def order(queryset, request, view) -> tuple[str, ...]:
        """The order asked for, or the one the view gives its rows."""
        sorts = getattr(view, "sorts", None) or {}
        wanted = request.query_params.get("sort", "")
        if not sorts:
            return queryset.query.order_by
        wanted = wanted or next(iter(sorts))
        names = sorts.get(wanted.removeprefix("-"))
        if names is None:
            message = _("There is no such order. Choose one of: %(keys)s") % {"keys": ", ".join(sorts)}
            raise exceptions.ValidationError({"sort": [message]})
        if not wanted.startswith("-"):
            return tuple(names)
        return tuple(name.removeprefix("-") if name.startswith("-") else f"-{name}" for name in names)

    @staticmethod
    def asked_to_count(request) -> bool:
        sent = request.query_params.get("count", "false")
        if sent not in ("true", "false"):
            raise exceptions.ValidationError({"count": [_("Send true or false.")]})
        return sent == "true"

    def link(self, cursor: str | None) -> str | None:
        """The address of another page, with the filters and the order of this one."""
        if cursor is None:
            return None
        query = self.request.query_params.copy()
        query["cursor"] = cursor
        return f"{self.request.build_absolute_uri(self.request.path)}?{query.urlencode()}"

    def get_paginated_response(self, data):
        return response.Response(
            {
                "count": self.count,
                "more_than": self.more_than,
                "next": self.link(self.page.next),
                "previous": self.link(self.page.previous),
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema):
        page = {"type": "string", "nullable": True, "format": "uri"}
        number = {"type": "integer", "nullable": True, "example": 123}
        return {
            "type": "object",
            "required": ["count", "more_than", "next", "previous", "results"],
            "properties": {
                "count": {
                    **number,
                    "description": "How many results there are, if one page holds all or `count=true` was sent.",
                },
                "more_than": {**number, "description": "Sent `count=true`: there are more results than this."},
                "next": {**page, "example": "https://example.org/api/v1/list/?cursor=W10"},
                "previous": page,
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view):
        sorts = [key for name in getattr(view, "sorts", None) or {} for key in (name, f"-{name}")]
        size = {"type": "integer", "minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        found = [
            ("cursor", {"type": "string"}, "Where the page begins: taken from `next` or `previous`, never made."),
            ("page_size", size, "How many results a page has."),
            ("count", {"type": "boolean", "default": False}, "Count the results, however many pages they fill."),
        ]
        if sorts:
            found.append(("sort", {"type": "string", "enum": sorts}, "The order; with a minus the other way round."))
        return [
            {"name": name, "in": "query", "required": False, "schema": schema, "description": text}
            for name, schema, text in found
        ]


def bounded_count(queryset, most: int) -> tuple[int | None, int | None]:
    """How many rows there are, or None and the number that was passed: counting a million rows costs too much."""
    found = queryset.order_by()[: most + 1].count()
    return (found, None) if found <= most else (None, most)


class StrictFilterBackend(DjangoFilterBackend):
    """Filters from the list's FilterSet; an unknown parameter is an error, not silently everything."""

    ALWAYS = {"cursor", "page_size", "count", "format"}

    def filter_queryset(self, request, queryset, view):
        if getattr(view, "is_large", False) and not Pages.is_narrow(request, view):
            # Nothing is asked for: the form of all filters would take as long as the rows.
            return queryset
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
            if getattr(view, "sorts", None):
                allowed.add("sort")
            unknown = {name: [self.unknown(name)] for name in request.query_params if name not in allowed}
            if unknown:
                raise exceptions.ValidationError(unknown)
        return filterset

    @staticmethod
    def unknown(name: str) -> str:
        if name == "page":
            return _("Pages have no numbers. Follow the addresses in `next` and `previous`.")
        return _("There is no such filter.")


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


def named_version(request) -> int | None:
    """The version in `If-Match` where a write may name one: what somebody looked at before deciding on it."""
    header = request.headers.get("If-Match", "")
    return required_version(request) if header else None


class VersionRequired(exceptions.APIException):
    """A change over REST must say which version it changes."""

    status_code = 428
    default_code = "version_required"
    default_detail = gettext_lazy("Send the version you are changing in the If-Match header.")

"""What every request carries: its id for logs and audit, and the operator's footer for templates."""

from contextvars import ContextVar

from django.conf import settings

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The id of the request being answered, or empty outside of one."""
    return _request_id.get()


def set_request_id(value: str) -> None:
    _request_id.set(value)


def operator(request) -> dict:
    """Footer fields of the operating authority; blank ones are hidden by the template."""
    return {"operator": settings.OPERATOR}


def source_of(request) -> str:
    """The network address a request comes from; behind our own proxy, the last address the proxy added."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.SECURE_PROXY_SSL_HEADER and forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()
    return request.META.get("REMOTE_ADDR", "")

"""Thin layers around each request: an id, the language, and no caching of personal pages."""

import uuid

from django.conf import settings
from django.utils import translation

from core.context import set_request_id


class RequestIdMiddleware:
    """Give each request an id that its audit records, its answer and its log lines share."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = str(uuid.uuid4())
        set_request_id(request.id)
        try:
            response = self.get_response(request)
        finally:
            set_request_id("")
        response["X-Request-ID"] = request.id
        return response


class LanguageMiddleware:
    """Chinese unless the reader chose otherwise: the cookie for pages, `Accept-Language` for the API.

    Browsers in county offices often announce English without anybody having chosen it, so pages ignore the header.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        language = self._language(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or language)
        translation.activate(settings.LANGUAGE_CODE)
        return response

    def _language(self, request) -> str:
        known = dict(settings.LANGUAGES)
        cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if cookie in known:
            return cookie
        if request.path.startswith("/api/") and request.headers.get("Accept-Language"):
            return translation.get_language_from_request(request)
        return settings.LANGUAGE_CODE


class NoStoreMiddleware:
    """Pages of a logged-in person are not kept by browsers or proxies."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response

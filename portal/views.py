"""Pages that show several apps, and the error pages."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core import rest
from portal import selectors


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/home.html", {"home": selectors.home(request.user)})


@login_required
def work_queue(request: HttpRequest) -> HttpResponse:
    if not request.user.has_work_queue:
        raise PermissionDenied(_("The work queue is for civil-affairs staff, township checkers and village reporters."))
    return render(request, "portal/work_queue.html", {"queue": selectors.work_queue(request.user)})


def bad_request(request: HttpRequest, exception=None) -> HttpResponse:
    if for_a_script(request):
        return problem(400, "bad_request", _("The request could not be understood."))
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception=None) -> HttpResponse:
    if for_a_script(request):
        return problem(403, "not_allowed", str(exception or "") or _("Your role does not allow this."))
    return render(request, "errors/403.html", {"reason": str(exception or "")}, status=403)


def not_found(request: HttpRequest, exception=None) -> HttpResponse:
    if for_a_script(request):
        return problem(
            404, "not_found", _("There is nothing at this address. /api/docs/ lists the addresses there are.")
        )
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Says nothing of what went wrong; the id leads the operator to it in the log."""
    request_id = getattr(request, "id", "")
    if for_a_script(request):
        detail = _("Something went wrong on our side. Tell the operator the request id.")
        return problem(500, "server_error", detail, request_id=request_id)
    return render(request, "errors/500.html", {"request_id": request_id}, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if for_a_script(request):
        return problem(403, "csrf", _("A request with a session needs the CSRF token. Use an API key instead."))
    return render(request, "errors/csrf.html", status=403)


def for_a_script(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def problem(status: int, code: str, detail: str, **extra: str) -> JsonResponse:
    """An error outside of any endpoint, in the shape of those inside."""
    body = rest.problem_body(status, code, detail, extra=extra)
    return JsonResponse(body, status=status, content_type=rest.PROBLEM, json_dumps_params={"ensure_ascii": False})

"""What the pages of this floor share."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from projects.models import Project


def sent(request: HttpRequest):
    """What a form is bound to: also an empty POST is an attempt."""
    return request.POST if request.method == "POST" else None


def project_or_404(request: HttpRequest, pk: int) -> Project:
    """The project if this person may see it; 404 otherwise."""
    return get_object_or_404(Project.objects.visible_to(request.user).for_list(), pk=pk)


def insist(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied(_("Only the lead organization and staff of the project's region may do this."))

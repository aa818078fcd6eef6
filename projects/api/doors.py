"""What the view sets of this floor have in common: who may read and write, and what was sent."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from rest_framework import viewsets
from rest_framework.permissions import AllowAny, IsAuthenticated


class Reading(viewsets.ReadOnlyModelViewSet):
    """Reading needs no log-in, writing does."""

    lookup_value_regex = "[0-9]+"

    def get_permissions(self):
        public = self.request is not None and self.request.method in ("GET", "HEAD", "OPTIONS")
        return [AllowAny()] if public else [IsAuthenticated()]


def insist(allowed: bool, why: str = "") -> None:
    """403 for everybody but those responsible, saying who they are."""
    if not allowed:
        raise PermissionDenied(why or _("Only those responsible for the region or the organization may do this."))


def read(serializer) -> dict:
    """What was sent, or 400 with what is wrong by field."""
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)

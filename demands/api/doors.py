"""What every endpoint of this app asks first: is the input right, may the person."""

from django.core.exceptions import PermissionDenied
from rest_framework.request import Request


def checked(serializer_class, request: Request, **context):
    """The serializer of what was sent, checked; bad input leaves as 400."""
    serializer = serializer_class(data=request.data, context={"request": request, **context})
    serializer.is_valid(raise_exception=True)
    return serializer


def insist(allowed: bool) -> None:
    """403 unless the person may."""
    if not allowed:
        raise PermissionDenied

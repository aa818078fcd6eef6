"""What every endpoint of this app does first: check the input, ask whether the person may, keep answers of repeats."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from rest_framework import mixins, response, serializers, viewsets
from rest_framework.permissions import AllowAny, IsAuthenticated

from core import rest
from pairings import permissions
from pairings.models import Pairing, Side


def insist(allowed: bool) -> None:
    """403 unless the person may."""
    if not allowed:
        raise PermissionDenied


def side_for(user, pairing: Pairing, wanted: str | None) -> Side:
    """The side the person speaks for: the only one, or the one that was named."""
    sides = permissions.sides_of(user, pairing)
    insist(bool(sides))
    if wanted:
        insist(wanted in sides)
        return Side(wanted)
    if len(sides) > 1:
        raise serializers.ValidationError({"side": [_("You speak for both sides. Name one.")]})
    return sides[0]


class PublicReads(rest.RepeatSafe, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Rows of one model: read by everybody who may see them, written by those who speak for them."""

    model: Any
    order: tuple[str, ...] = ("-pk",)
    lookup_value_regex = r"[0-9]{1,18}"

    def get_queryset(self):
        return self.model.objects.visible_to(self.request.user).for_list().order_by(*self.order)

    def get_permissions(self):
        return [AllowAny() if self.action in ("list", "retrieve") else IsAuthenticated()]

    def checked(self, serializer_class: type, *, partial: bool = False) -> dict[str, Any]:
        """What was sent; bad input leaves as 400."""
        serializer = serializer_class(data=self.request.data, partial=partial, context={"request": self.request})
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def done(self, work: Callable[[], Any], status: int = 200) -> response.Response:
        """Do it once, and answer with the row as it is then."""

        def run():
            row = self.model.objects.for_list().get(pk=work().pk)
            return status, dict(self.get_serializer(row).data)

        return self.once(self.request, run)

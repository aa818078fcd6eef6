from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from demands import permissions, services
from demands.api.doors import KEY, checked, insist
from demands.api.serializers import ClaimSerializer, OptionalReasonWrite, ReasonWrite
from demands.api.verification import Fulfilment
from demands.filters import ClaimFilter
from demands.models import Claim


class ClaimViewSet(Fulfilment, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Claims of one's organization, or on demands of the places one is responsible for."""

    serializer_class = ClaimSerializer
    filterset_class = ClaimFilter
    lookup_value_regex = "[0-9]+"
    queryset = Claim.objects.none()

    def get_queryset(self):
        return Claim.objects.visible_to(self.request.user).for_list().order_by("-pk")

    def _step(self, request: Request, act) -> Response:
        def work():
            claim = act()
            return status.HTTP_200_OK, ClaimSerializer(Claim.objects.for_list().get(pk=claim.pk)).data

        return self.once(request, work)

    @extend_schema(request=None, responses=ClaimSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk=None) -> Response:
        """Approve a submitted claim; the organization must still be eligible."""
        claim = self.get_object()
        insist(permissions.can_decide(request.user, claim))
        return self._step(request, lambda: services.approve_claim(claim=claim, by=request.user))

    @extend_schema(request=ReasonWrite, responses=ClaimSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk=None) -> Response:
        """Reject a submitted claim; its quantities are free at once."""
        claim = self.get_object()
        insist(permissions.can_decide(request.user, claim))
        reason = checked(ReasonWrite, request).validated_data["reason"]
        return self._step(request, lambda: services.reject_claim(claim=claim, reason=reason, by=request.user))

    @extend_schema(request=OptionalReasonWrite, responses=ClaimSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk=None) -> Response:
        """Take one's own organization's claim back; its quantities are free at once."""
        claim = self.get_object()
        insist(permissions.can_withdraw_claim(request.user, claim))
        reason = checked(OptionalReasonWrite, request).validated_data["reason"]
        return self._step(request, lambda: services.withdraw_claim(claim=claim, reason=reason, by=request.user))

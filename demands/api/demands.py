from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from core.rest import RepeatSafe, required_version
from demands import permissions, services
from demands.api.doors import KEY, VERSION, checked, insist
from demands.api.serializers import (
    ClaimSerializer,
    ClaimWrite,
    DemandDetailSerializer,
    DemandSerializer,
    DemandWrite,
    OptionalReasonWrite,
    ReasonWrite,
)
from demands.filters import DemandFilter
from demands.models import Claim, Demand
from organizations.permissions import acts_for


class DemandViewSet(RepeatSafe, ReadOnlyModelViewSet):
    """Demands of villages. Published ones are public; drafts are seen by the village and its officers."""

    serializer_class = DemandSerializer
    filterset_class = DemandFilter
    lookup_value_regex = "[0-9]+"
    queryset = Demand.objects.none()

    def get_queryset(self):
        rows = Demand.objects.visible_to(self.request.user).for_list()
        return rows.prefetch_related("beneficiaries").order_by("-pk")

    def get_permissions(self):
        return [AllowAny() if self.action in ("list", "retrieve") else IsAuthenticated()]

    def get_serializer_class(self):
        return DemandDetailSerializer if self.action == "retrieve" else DemandSerializer

    def _seen(self, pk) -> Demand:
        return get_object_or_404(Demand.objects.visible_to(self.request.user), pk=pk)

    def _body(self, demand: Demand) -> dict:
        fresh = self.get_queryset().get(pk=demand.pk)
        return DemandDetailSerializer(fresh, context=self.get_serializer_context()).data

    @extend_schema(request=DemandWrite, responses={201: DemandDetailSerializer}, parameters=[KEY])
    def create(self, request: Request) -> Response:
        """Write a draft for a village one is responsible for."""
        insist(permissions.can_draft(request.user))
        sent = checked(DemandWrite, request)
        insist(permissions.can_draft_in(request.user, sent.validated_data["village"].code))

        def work():
            return status.HTTP_201_CREATED, self._body(services.create_demand(**sent.arguments(), by=request.user))

        return self.once(request, work)

    @extend_schema(request=DemandWrite, responses=DemandDetailSerializer, parameters=[VERSION])
    def update(self, request: Request, pk=None) -> Response:
        """Replace a draft or a returned demand."""
        demand = self._seen(pk)
        insist(permissions.can_edit(request.user, demand))
        version = required_version(request)
        sent = checked(DemandWrite, request)
        insist(permissions.can_draft_in(request.user, sent.validated_data["village"].code))
        services.edit_demand(demand=demand, **sent.arguments(), version=version, by=request.user)
        return Response(self._body(demand))

    @extend_schema(request=ClaimWrite, responses={201: ClaimSerializer}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def claim(self, request: Request, pk=None) -> Response:
        """Claim quantities for an organization; 409 `not_enough` lists what is left of each short item."""
        demand = self._seen(pk)
        insist(permissions.can_claim(request.user))
        sent = checked(ClaimWrite, request, demand=demand).validated_data
        insist(acts_for(request.user, sent["organization"]))

        def work():
            claim = services.claim_demand(demand=demand, **sent, by=request.user)
            return status.HTTP_201_CREATED, ClaimSerializer(Claim.objects.for_list().get(pk=claim.pk)).data

        return self.once(request, work)

    @extend_schema(request=None, responses=DemandDetailSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk=None) -> Response:
        """Hand a draft in for review."""
        demand = self._seen(pk)
        insist(permissions.can_edit(request.user, demand))
        return self._step(request, lambda: services.submit(demand=demand, by=request.user))

    @extend_schema(request=None, responses=DemandDetailSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk=None) -> Response:
        """Publish a submitted demand; refused to whoever wrote or submitted it."""
        demand = self._seen(pk)
        insist(permissions.can_publish(request.user, demand))
        return self._step(request, lambda: services.publish(demand=demand, by=request.user))

    @extend_schema(request=ReasonWrite, responses=DemandDetailSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request: Request, pk=None) -> Response:
        """Return a submitted demand for correction."""
        demand = self._seen(pk)
        insist(permissions.can_return(request.user, demand))
        reason = checked(ReasonWrite, request).validated_data["reason"]
        return self._step(request, lambda: services.return_with_reasons(demand=demand, reason=reason, by=request.user))

    @extend_schema(request=ReasonWrite, responses=DemandDetailSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk=None) -> Response:
        """Reject a submitted demand for good."""
        demand = self._seen(pk)
        insist(permissions.can_publish(request.user, demand))
        reason = checked(ReasonWrite, request).validated_data["reason"]
        return self._step(request, lambda: services.reject(demand=demand, reason=reason, by=request.user))

    @extend_schema(request=OptionalReasonWrite, responses=DemandDetailSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk=None) -> Response:
        """Take a demand back; 409 `live_claims` while organizations have claims on it."""
        demand = self._seen(pk)
        insist(permissions.can_withdraw(request.user, demand))
        reason = checked(OptionalReasonWrite, request).validated_data["reason"]
        return self._step(request, lambda: services.withdraw_demand(demand=demand, reason=reason, by=request.user))

    def _step(self, request: Request, act) -> Response:
        return self.once(request, lambda: (status.HTTP_200_OK, self._body(act())))

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import SAFE_METHODS, AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from core.headers import KEY, VERSION
from core.rest import RepeatSafe, required_version
from demands import permissions, selectors, services
from demands.api.doors import checked, insist
from demands.api.evidence import EvidenceActions
from demands.api.review import ReviewActions
from demands.api.serializers import (
    ClaimSerializer,
    ClaimWrite,
    DemandDetailSerializer,
    DemandSerializer,
    DemandWrite,
)
from demands.filters import DemandFilter
from demands.models import Claim, Demand
from organizations.models import Organization


class DemandViewSet(ReviewActions, EvidenceActions, RepeatSafe, ReadOnlyModelViewSet):
    """Demands of villages. Published ones are public; drafts are seen by the village and its officers."""

    serializer_class = DemandSerializer
    filterset_class = DemandFilter
    lookup_value_regex = "[0-9]+"
    queryset = Demand.objects.none()

    def get_queryset(self):
        rows = Demand.objects.visible_to(self.request.user).for_list()
        return rows.prefetch_related("beneficiaries").order_by("-pk")

    def get_permissions(self):
        reads = self.action in ("list", "retrieve", "files") and self.request.method in SAFE_METHODS
        return [AllowAny() if reads else IsAuthenticated()]

    def get_serializer_class(self):
        return DemandDetailSerializer if self.action == "retrieve" else DemandSerializer

    def seen(self, pk) -> Demand:
        return get_object_or_404(Demand.objects.visible_to(self.request.user), pk=pk)

    def body(self, demand: Demand) -> dict:
        fresh = self.get_queryset().get(pk=demand.pk)
        return DemandDetailSerializer(fresh, context=self.get_serializer_context()).data

    @extend_schema(request=DemandWrite, responses={201: DemandDetailSerializer}, parameters=[KEY])
    def create(self, request: Request) -> Response:
        """Write a draft for a village one is responsible for."""
        insist(permissions.can_draft(request.user))
        sent = checked(DemandWrite, request)
        insist(permissions.can_draft_in(request.user, sent.validated_data["village"].code))

        def work():
            return status.HTTP_201_CREATED, self.body(services.create_demand(**sent.arguments(), by=request.user))

        return self.once(request, work)

    @extend_schema(request=DemandWrite, responses=DemandDetailSerializer, parameters=[VERSION])
    def update(self, request: Request, pk=None) -> Response:
        """Replace a draft or a returned demand."""
        demand = self.seen(pk)
        insist(permissions.can_edit(request.user, demand))
        version = required_version(request)
        sent = checked(DemandWrite, request)
        insist(permissions.can_draft_in(request.user, sent.validated_data["village"].code))
        services.edit_demand(demand=demand, **sent.arguments(), version=version, by=request.user)
        return Response(self.body(demand))

    def to_claim(self, pk) -> Demand:
        """The demand as `seen` finds it, with its items and what the answer says of its place in one query."""
        return selectors.public_with_items(pk) or self.seen(pk)

    def own_organizations(self) -> list[Organization]:
        return selectors.own_organizations(self.request.user)

    def claimed(self, **values) -> Claim:
        return services.claim_demand(**values)

    @extend_schema(request=ClaimWrite, responses={201: ClaimSerializer}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def claim(self, request: Request, pk=None) -> Response:
        """Claim quantities for an organization; 409 `not_enough` lists what is left of each short item."""
        demand = self.to_claim(pk)
        own = self.own_organizations()
        insist(permissions.can_claim(request.user, own))
        sent = checked(ClaimWrite, request, demand=demand, own=own).validated_data
        insist(sent["organization"] in own)

        def work():
            return status.HTTP_201_CREATED, ClaimSerializer(self.claimed(demand=demand, **sent, by=request.user)).data

        return self.once(request, work)

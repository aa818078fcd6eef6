from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from core.headers import KEY
from core.rest import RepeatSafe, StrictSerializer
from demands import permissions, services
from demands.api.doors import checked, insist
from demands.filters import QueueFilter
from demands.models import Demand, DemandItem, WaitingPlace
from organizations.models import Organization
from organizations.permissions import acts_for


class WaitingPlaceSerializer(serializers.ModelSerializer):
    """An organization that hears of it when something of a claimed demand is free again."""

    demand_reference = serializers.CharField(source="demand.reference")
    organization_name = serializers.CharField(source="organization.name")

    class Meta:
        model = WaitingPlace
        fields = [
            "id",
            "demand",
            "demand_reference",
            "item",
            "organization",
            "organization_name",
            "status",
            "version",
            "created_at",
            "updated_at",
        ]


class WaitingPlaceWrite(StrictSerializer):
    demand = serializers.PrimaryKeyRelatedField(queryset=Demand.objects.none())
    organization = serializers.PrimaryKeyRelatedField(queryset=Organization.objects.none())
    item = serializers.PrimaryKeyRelatedField(
        queryset=DemandItem.objects.none(),
        required=False,
        allow_null=True,
        default=None,
        help_text="empty: any of them",
    )

    def get_fields(self):
        fields = super().get_fields()
        if "request" in self.context:
            user = self.context["request"].user
            fields["demand"].queryset = Demand.objects.visible_to(user)
            fields["organization"].queryset = Organization.objects.visible_to(user)
            fields["item"].queryset = DemandItem.objects.filter(demand__in=Demand.objects.visible_to(user))
        return fields


class WaitingPlaceViewSet(RepeatSafe, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Who waits for demands of which everything is claimed. Waiting reserves nothing."""

    serializer_class = WaitingPlaceSerializer
    filterset_class = QueueFilter
    lookup_value_regex = "[0-9]+"
    queryset = WaitingPlace.objects.none()

    def get_queryset(self):
        return WaitingPlace.objects.visible_to(self.request.user).for_list().order_by("-pk")

    @extend_schema(request=WaitingPlaceWrite, responses={201: WaitingPlaceSerializer}, parameters=[KEY])
    def create(self, request: Request) -> Response:
        """Wait for a demand or one of its items; 409 `free` when it can be claimed right away."""
        insist(permissions.can_claim(request.user))
        sent = checked(WaitingPlaceWrite, request).validated_data
        insist(acts_for(request.user, sent["organization"]))

        def work():
            place = services.join_queue(**sent, by=request.user)
            return status.HTTP_201_CREATED, WaitingPlaceSerializer(place).data

        return self.once(request, work)

    @extend_schema(request=None, responses=WaitingPlaceSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, pk=None) -> Response:
        """Stop waiting."""
        place = self.get_object()
        insist(permissions.can_leave_queue(request.user, place))

        def work():
            return status.HTTP_200_OK, WaitingPlaceSerializer(services.leave_queue(place=place, by=request.user)).data

        return self.once(request, work)

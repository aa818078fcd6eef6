from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import SAFE_METHODS, AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from core.headers import KEY
from core.rest import RepeatSafe
from demands import permissions, services
from demands.api.doors import checked, insist
from demands.api.evidence import EvidenceActions
from demands.api.serializers import DemandListSerializer, DemandListWrite
from demands.filters import DemandListFilter
from demands.models import DemandList


class DoneSerializer(serializers.Serializer):
    """How many demands it was done with, and one sentence for each other one."""

    done = serializers.IntegerField()
    refused = serializers.ListField(child=serializers.CharField())


class DemandListViewSet(EvidenceActions, RepeatSafe, ReadOnlyModelViewSet):
    """The batches in which counties and townships publish demands."""

    serializer_class = DemandListSerializer
    filterset_class = DemandListFilter
    lookup_value_regex = "[0-9]+"
    queryset = DemandList.objects.none()

    def get_queryset(self):
        return DemandList.objects.visible_to(self.request.user).order_by("-pk")

    def seen(self, pk) -> DemandList:
        return self.get_object()

    def get_permissions(self):
        reads = self.action in ("list", "retrieve", "files") and self.request.method in SAFE_METHODS
        return [AllowAny() if reads else IsAuthenticated()]

    @extend_schema(request=DemandListWrite, responses={201: DemandListSerializer}, parameters=[KEY])
    def create(self, request: Request) -> Response:
        """Open a list in draft for a region one is responsible for."""
        insist(permissions.can_open_lists(request.user))
        sent = checked(DemandListWrite, request).validated_data
        insist(permissions.can_open_list(request.user, sent["region"].code))

        def work():
            row = services.create_list(**sent, by=request.user)
            return status.HTTP_201_CREATED, DemandListSerializer(row).data

        return self.once(request, work)

    @extend_schema(request=None, responses=DemandListSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk=None) -> Response:
        """Make the list public; its demands are reviewed one by one."""
        row = self.get_object()
        insist(permissions.can_publish_list(request.user, row))

        def work():
            services.publish_list(demand_list=row, by=request.user)
            return status.HTTP_200_OK, DemandListSerializer(row).data

        return self.once(request, work)

    @extend_schema(request=None, responses=DoneSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk=None) -> Response:
        """Hand in all drafts of the list; what has to be seen to first is named and left as it is."""
        row = self.get_object()
        insist(permissions.can_edit_list(request.user, row))
        return self._all(request, lambda: services.submit_list(demand_list=row, by=request.user))

    @extend_schema(request=None, responses=DoneSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="publish-demands", url_name="publish-demands")
    def publish_demands(self, request: Request, pk=None) -> Response:
        """Publish all demands of the list that are in review, by the same rules as one by one."""
        row = self.get_object()
        insist(permissions.can_publish_list(request.user, row))
        return self._all(request, lambda: services.publish_demands_of(demand_list=row, by=request.user))

    def _all(self, request: Request, act) -> Response:
        def work():
            done, refused = act()
            return status.HTTP_200_OK, {"done": done, "refused": refused}

        return self.once(request, work)

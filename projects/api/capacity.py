"""REST: capacity records, and their counts with reported figures beside them."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from core.rest import RepeatSafe, StrictSerializer, required_version
from projects import permissions, selectors, services
from projects.api.consumption import _party
from projects.api.doors import Reading, insist, read
from projects.api.figures import FigureOut
from projects.api.serializers import NothingIn, PartyOut, ReasonIn, RegionCode, RegionOut, check_model
from projects.filters import CapacityFilter
from projects.models import CapacityRecord


class CapacityOut(serializers.ModelSerializer):
    region = RegionOut()
    organization = PartyOut(allow_null=True)

    class Meta:
        model = CapacityRecord
        fields = ["id", "reference", "version", *CapacityRecord.FIELDS, "status"]
        read_only_fields = fields


class CapacityIn(StrictSerializer, serializers.ModelSerializer):
    """What is sent to enter a capacity record."""

    region = RegionCode()
    organization = _party()

    class Meta:
        model = CapacityRecord
        fields = list(CapacityRecord.FIELDS)

    def validate(self, attrs):
        check_model(CapacityRecord(), attrs)
        return attrs


class ClosingIn(StrictSerializer):
    """The day from which a station, fund or organization is not there any more."""

    closed_on = serializers.DateField()


class CountsIn(StrictSerializer):
    """Which region (none: the country) and day the counts are of."""

    region = RegionCode(required=False)
    on = serializers.DateField(required=False)


class KindCountOut(serializers.Serializer):
    """A count from records and, never added to it, the figures sources reported."""

    kind = serializers.CharField()
    from_records = serializers.IntegerField(source="count")
    reported = FigureOut(many=True)


class PlaceCountsOut(serializers.Serializer):
    region = RegionOut(allow_null=True)
    whole = serializers.BooleanField(help_text="The region asked for; it holds the others.")
    kinds = KindCountOut(many=True)


@extend_schema_view(
    list=extend_schema(summary="Capacity records", auth=[{}]),
    retrieve=extend_schema(summary="One capacity record", auth=[{}]),
)
class CapacityViewSet(RepeatSafe, Reading):
    """Social-work stations, community charity funds, filed organizations, training courses and contests."""

    queryset = CapacityRecord.objects.none()
    serializer_class = CapacityOut
    filterset_class = CapacityFilter

    def get_queryset(self):
        return CapacityRecord.objects.visible_to(self.request.user).for_list().order_by("-opened_on", "-pk")

    @extend_schema(request=CapacityIn, responses={201: CapacityOut}, summary="Enter a capacity record")
    def create(self, request):
        sent = read(CapacityIn(data=request.data, context=self.get_serializer_context()))
        insist(permissions.can_enter_capacity(request.user, sent["region"].code, sent.get("organization")))
        return self.once(
            request, lambda: (201, CapacityOut(services.enter_capacity(values=sent, by=request.user)).data)
        )

    @extend_schema(
        parameters=[CountsIn],
        responses=PlaceCountsOut(many=True),
        summary="Counts by kind and region, with reported figures beside them",
        auth=[{}],
    )
    @action(detail=False, pagination_class=None, filterset_class=None)
    def counts(self, request):
        asked = read(CountsIn(data=request.query_params.dict()))
        on = asked.get("on") or timezone.localdate()
        places = selectors.capacity_counts(request.user, region=asked.get("region"), on=on)
        return Response(PlaceCountsOut(places, many=True).data)

    @extend_schema(request=NothingIn, responses=CapacityOut, summary="Verify a record (a second person)")
    @action(detail=True, methods=["post"])
    def verify(self, request, pk=None):
        return self._step(request, services.verify_capacity, NothingIn)

    @extend_schema(request=ClosingIn, responses=CapacityOut, summary="Enter the last day (If-Match)")
    @action(detail=True, methods=["post"])
    def close(self, request, pk=None):
        record = self._verified()
        version = required_version(request)
        values = read(ClosingIn(data=request.data))
        services.close_capacity(record=record, values=values, version=version, by=request.user)
        return Response(CapacityOut(record).data)

    @extend_schema(request=ReasonIn, responses=CapacityOut, summary="Strike out a wrong record")
    @action(detail=True, methods=["post"])
    def strike(self, request, pk=None):
        return self._step(request, services.strike_capacity, ReasonIn)

    def _step(self, request, service, serializer) -> Response:
        record = self._verified()
        service(record=record, by=request.user, **read(serializer(data=request.data)))
        return Response(CapacityOut(record).data)

    def _verified(self) -> CapacityRecord:
        """The record for staff of its region: 404 when invisible, 403 when not theirs."""
        record = self.get_object()
        insist(permissions.can_verify_capacity(self.request.user, record))
        return record

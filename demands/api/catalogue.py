"""The catalogue over REST: usual prices, and things that are not accepted."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from core.headers import KEY
from core.rest import RepeatSafe, StrictSerializer
from demands import permissions, services
from demands.api.doors import checked, insist
from demands.api.serializers import resolved
from demands.filters import NotAcceptedFilter, PriceBandFilter
from demands.models import NotAccepted, PriceBand

_SHARED = ["name", "keywords", "valid_from", "valid_to", "source"]


class PriceBandSerializer(serializers.ModelSerializer):
    """What one unit usually costs in yuan; without a region it holds everywhere."""

    region = serializers.CharField(source="region_id", allow_null=True, help_text="code of 12 digits")

    class Meta:
        model = PriceBand
        fields = ["id", "region", *_SHARED, "unit", "low", "high", "version"]


class NotAcceptedSerializer(serializers.ModelSerializer):
    """A thing villages are not sent; without a region it holds everywhere."""

    region = serializers.CharField(source="region_id", allow_null=True, help_text="code of 12 digits")

    class Meta:
        model = NotAccepted
        fields = ["id", "region", *_SHARED, "reason", "version"]


class _EntryWrite(StrictSerializer):
    region = serializers.CharField(required=False, allow_null=True, default=None, help_text="code of 6 to 12 digits")
    name = serializers.CharField(max_length=60)
    keywords = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True, default=None)
    source = serializers.CharField(max_length=200)

    def validate_region(self, value: str | None):
        return resolved(value) if value else None


class PriceBandWrite(_EntryWrite):
    unit = serializers.CharField(max_length=20)
    low = serializers.DecimalField(max_digits=18, decimal_places=2, min_value=0)
    high = serializers.DecimalField(max_digits=18, decimal_places=2, min_value=0)


class NotAcceptedWrite(_EntryWrite):
    reason = serializers.CharField(max_length=200)


class EndWrite(StrictSerializer):
    on = serializers.DateField(required=False, help_text="last day; today if left out")


class _EntryViewSet(RepeatSafe, ReadOnlyModelViewSet):
    """Entries are added and ended, never rewritten: demands were held against them."""

    lookup_value_regex = "[0-9]+"
    model: type[PriceBand] | type[NotAccepted] = PriceBand
    write_class: type[StrictSerializer] = PriceBandWrite

    def get_queryset(self):
        return self.model.objects.visible_to(self.request.user).for_list().order_by("name", "pk")

    def get_permissions(self):
        return [AllowAny() if self.action in ("list", "retrieve") else IsAuthenticated()]

    def _create(self, request: Request) -> Response:
        insist(permissions.can_keep_catalogue(request.user))
        sent = checked(self.write_class, request).validated_data
        insist(permissions.can_keep_catalogue_in(request.user, sent["region"]))

        def work():
            entry = services.add_entry(entry=self.model(**sent), by=request.user)
            return status.HTTP_201_CREATED, self.get_serializer_class()(entry).data

        return self.once(request, work)

    def _end(self, request: Request) -> Response:
        entry = self.get_object()
        insist(permissions.can_keep_catalogue_in(request.user, entry.region))
        on = checked(EndWrite, request).validated_data.get("on") or timezone.localdate()

        def work():
            services.end_entry(entry=entry, on=on, by=request.user)
            return status.HTTP_200_OK, self.get_serializer_class()(entry).data

        return self.once(request, work)


class PriceBandViewSet(_EntryViewSet):
    """What things usually cost."""

    queryset = PriceBand.objects.none()
    model, write_class = PriceBand, PriceBandWrite
    serializer_class = PriceBandSerializer
    filterset_class = PriceBandFilter

    @extend_schema(request=PriceBandWrite, responses={201: PriceBandSerializer}, parameters=[KEY])
    def create(self, request: Request) -> Response:
        """Add a usual price for a region one is responsible for."""
        return self._create(request)

    @extend_schema(request=EndWrite, responses=PriceBandSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk=None) -> Response:
        """Let it hold until a day and no longer."""
        return self._end(request)


class NotAcceptedViewSet(_EntryViewSet):
    """What is not sent to villages."""

    queryset = NotAccepted.objects.none()
    model, write_class = NotAccepted, NotAcceptedWrite
    serializer_class = NotAcceptedSerializer
    filterset_class = NotAcceptedFilter

    @extend_schema(request=NotAcceptedWrite, responses={201: NotAcceptedSerializer}, parameters=[KEY])
    def create(self, request: Request) -> Response:
        """Add a thing that is not accepted in a region one is responsible for."""
        return self._create(request)

    @extend_schema(request=EndWrite, responses=NotAcceptedSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk=None) -> Response:
        """Let it hold until a day and no longer."""
        return self._end(request)

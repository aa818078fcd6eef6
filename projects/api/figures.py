"""REST: figures as sources reported them."""

from functools import partial

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from core.headers import SEEN, VERSION
from core.rest import RepeatSafe, ShortList, StrictSerializer, named_version, required_version
from projects import permissions, services
from projects.api.doors import Reading, insist, read
from projects.api.serializers import NothingIn, ReasonIn, RegionCode, RegionOut, check_model
from projects.filters import ReportedFigureFilter
from projects.forms import MOST_ENTRIES
from projects.models import Campaign, Metric, ReportedFigure


class FigureOut(serializers.ModelSerializer):
    """A figure as its source printed it; `value` is null where the source gives no usable number."""

    region = RegionOut()
    places = RegionOut(many=True)

    class Meta:
        model = ReportedFigure
        fields = ["id", "version", *ReportedFigure.FIELDS, "places", "status"]
        read_only_fields = fields


class FigureIn(StrictSerializer, serializers.ModelSerializer):
    """What is sent to enter a reported figure."""

    region = RegionCode()
    places = ShortList(child=RegionCode(), required=False, max_length=MOST_ENTRIES)
    metric = serializers.PrimaryKeyRelatedField(queryset=Metric.objects.none(), required=False, allow_null=True)

    class Meta:
        model = ReportedFigure
        fields = [*ReportedFigure.FIELDS, "places"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None:
            campaigns = Campaign.objects.visible_to(request.user)
            self.fields["metric"].queryset = Metric.objects.filter(action__campaign__in=campaigns)

    def validate(self, attrs):
        figure = ReportedFigure.objects.get(pk=self.instance.pk) if self.instance else ReportedFigure()
        check_model(figure, {name: value for name, value in attrs.items() if name != "places"})
        return attrs


@extend_schema_view(
    list=extend_schema(summary="Reported figures", auth=[{}]),
    retrieve=extend_schema(summary="One reported figure", auth=[{}]),
)
class ReportedFigureViewSet(RepeatSafe, Reading):
    """Figures as sources printed them. They are never added to each other or to figures from records."""

    queryset = ReportedFigure.objects.none()
    serializer_class = FigureOut
    filterset_class = ReportedFigureFilter

    def get_queryset(self):
        return ReportedFigure.objects.visible_to(self.request.user).for_list().order_by("number", "pk")

    @extend_schema(request=FigureIn, responses={201: FigureOut}, summary="Enter a reported figure")
    def create(self, request):
        sent = read(FigureIn(data=request.data, context=self.get_serializer_context()))
        insist(permissions.can_keep_figure(request.user, sent["region"].code))

        def work():
            places = sent.pop("places", [])
            return 201, FigureOut(services.enter_figure(values=sent, places=places, by=request.user)).data

        return self.once(request, work)

    @extend_schema(
        request=FigureIn, responses=FigureOut, parameters=[VERSION], summary="Change a figure that is not published"
    )
    def partial_update(self, request, pk=None):
        figure = self.get_object()
        insist(permissions.can_keep_figure(request.user, figure.region_id))
        version = required_version(request)
        context = self.get_serializer_context()
        sent = read(FigureIn(self.get_object(), data=request.data, partial=True, context=context))
        insist(permissions.can_keep_figure(request.user, sent.get("region", figure.region).code))
        places = sent.pop("places", None)
        services.edit_figure(figure=figure, values=sent, places=places, version=version, by=request.user)
        return Response(FigureOut(figure).data)

    @extend_schema(
        request=NothingIn, responses=FigureOut, parameters=[SEEN], summary="Publish a figure (a second person)"
    )
    @action(detail=True, methods=["post"])
    def publish(self, request, pk=None):
        return self._step(request, partial(services.publish_figure, version=named_version(request)), NothingIn)

    @extend_schema(request=ReasonIn, responses=FigureOut, summary="Withdraw a figure")
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk=None):
        return self._step(request, services.withdraw_figure, ReasonIn)

    def _step(self, request, service, serializer) -> Response:
        figure = self.get_object()
        insist(permissions.can_keep_figure(request.user, figure.region_id))
        service(figure=figure, by=request.user, **read(serializer(data=request.data)))
        return Response(FigureOut(figure).data)

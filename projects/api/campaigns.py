"""REST: campaigns with their totals, values of metrics, and reported figures."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response

from core.rest import RepeatSafe, ShortList, StrictSerializer, named_version, required_version
from organizations.models import Organization
from projects import permissions, selectors, services
from projects.api.serializers import (
    IF_MATCH,
    IF_SEEN,
    SUM_DIGITS,
    NothingIn,
    ReasonIn,
    RegionCode,
    RegionOut,
    check_model,
)
from projects.filters import CampaignFilter, MetricValueFilter, ReportedFigureFilter
from projects.forms import MOST_ENTRIES
from projects.models import Campaign, CampaignAction, Metric, MetricValue, Project, ReportedFigure


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


class MetricOut(serializers.ModelSerializer):
    class Meta:
        model = Metric
        fields = ["id", *Metric.FIELDS]
        read_only_fields = fields


class TotalOut(serializers.Serializer):
    """Verified, achieved values together. `total` is null where people or things may stand in several values."""

    total = serializers.DecimalField(SUM_DIGITS, 3, allow_null=True)
    at_least = serializers.DecimalField(SUM_DIGITS, 3, allow_null=True)
    at_most = serializers.DecimalField(SUM_DIGITS, 3, allow_null=True)
    qualifier = serializers.CharField()
    values = serializers.SerializerMethodField(help_text="Reference numbers of the values that went in.")

    def get_values(self, total: selectors.MetricTotal) -> list[str]:
        return [part.reference for part in total.parts]


class LineOut(serializers.Serializer):
    """A metric: what records say, and what sources reported. The two are never added."""

    metric = MetricOut()
    from_records = TotalOut(source="total")
    reported = FigureOut(many=True)


class ActionOut(serializers.ModelSerializer):
    class Meta:
        model = CampaignAction
        fields = ["id", *CampaignAction.FIELDS]
        read_only_fields = fields


class CampaignOut(serializers.ModelSerializer):
    region = RegionOut()
    actions = ActionOut(many=True)

    class Meta:
        model = Campaign
        fields = ["id", "reference", "version", *Campaign.FIELDS, "status", "actions"]
        read_only_fields = fields


class ActionLinesOut(ActionOut):
    """An action with a line for each of its metrics."""

    metrics = serializers.SerializerMethodField()

    class Meta(ActionOut.Meta):
        fields = [*ActionOut.Meta.fields, "metrics"]
        read_only_fields = fields

    @extend_schema_field(LineOut(many=True))
    def get_metrics(self, action: CampaignAction) -> list:
        return LineOut(self.context["lines"][action.pk], many=True).data


class CampaignFullOut(CampaignOut):
    """One campaign with all its metrics, their totals and the reported figures beside them."""

    actions = ActionLinesOut(many=True)


class ValueOut(serializers.ModelSerializer):
    """A value of a metric."""

    region = RegionOut()
    unit = serializers.CharField(source="metric.unit")

    class Meta:
        model = MetricValue
        fields = ["id", "reference", "version", *MetricValue.FIELDS, "unit", "basis", "status"]
        read_only_fields = fields


class ValueIn(StrictSerializer, serializers.ModelSerializer):
    """What is sent to enter a value of a metric."""

    metric = serializers.PrimaryKeyRelatedField(queryset=Metric.objects.none())
    region = RegionCode()
    organization = serializers.PrimaryKeyRelatedField(
        queryset=Organization.objects.filter(status=Organization.Status.ACTIVE), required=False, allow_null=True
    )
    project = serializers.PrimaryKeyRelatedField(queryset=Project.objects.none(), required=False, allow_null=True)

    class Meta:
        model = MetricValue
        fields = [*MetricValue.FIELDS, "basis"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None:
            campaigns = Campaign.objects.visible_to(request.user)
            self.fields["metric"].queryset = Metric.objects.filter(action__campaign__in=campaigns).select_related(
                "action__campaign__region"
            )
            self.fields["project"].queryset = Project.objects.visible_to(request.user)

    def validate(self, attrs):
        check_model(MetricValue(), attrs)
        return attrs


class _Reading(viewsets.ReadOnlyModelViewSet):
    """Reading needs no log-in, writing does."""

    lookup_value_regex = "[0-9]+"

    def get_permissions(self):
        public = self.request is not None and self.request.method in ("GET", "HEAD", "OPTIONS")
        return [AllowAny()] if public else [IsAuthenticated()]


def _insist(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied(_("Only those responsible for the region or the organization may do this."))


def _read(serializer) -> dict:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


@extend_schema_view(list=extend_schema(summary="Campaigns", auth=[{}]))
class CampaignViewSet(_Reading):
    """Campaigns; one campaign comes with what each of its actions counts."""

    queryset = Campaign.objects.none()
    serializer_class = CampaignOut
    filterset_class = CampaignFilter

    def get_queryset(self):
        return Campaign.objects.visible_to(self.request.user).for_list().order_by("-starts_on", "-pk")

    @extend_schema(responses=CampaignFullOut, summary="One campaign with its figures", auth=[{}])
    def retrieve(self, request, *args, **kwargs):
        campaign = self.get_object()
        lines = {row.pk: found for row, found in selectors.action_lines(campaign, request.user)}
        return Response(CampaignFullOut(campaign, context={"lines": lines}).data)


@extend_schema_view(
    list=extend_schema(summary="Values of metrics", auth=[{}]),
    retrieve=extend_schema(summary="One value of a metric", auth=[{}]),
)
class MetricValueViewSet(RepeatSafe, _Reading):
    """Values of the metrics of campaigns. Only verified, achieved ones are in totals."""

    queryset = MetricValue.objects.none()
    serializer_class = ValueOut
    filterset_class = MetricValueFilter

    def get_queryset(self):
        return MetricValue.objects.visible_to(self.request.user).for_list().order_by("-period_to", "-pk")

    @extend_schema(request=ValueIn, responses={201: ValueOut}, summary="Enter a value of a metric")
    def create(self, request):
        sent = _read(ValueIn(data=request.data, context=self.get_serializer_context()))
        code = sent["region"].code
        _insist(permissions.can_enter_value_for(request.user, code, sent.get("organization")))

        def work():
            metric = sent.pop("metric")
            return 201, ValueOut(services.enter_value(metric=metric, values=sent, by=request.user)).data

        return self.once(request, work)

    @extend_schema(request=NothingIn, responses=ValueOut, summary="Verify a value (a second person)")
    @action(detail=True, methods=["post"])
    def verify(self, request, pk=None):
        return self._step(request, services.verify_value, NothingIn)

    @extend_schema(request=ReasonIn, responses=ValueOut, summary="Reject a value")
    @action(detail=True, methods=["post"])
    def reject(self, request, pk=None):
        return self._step(request, services.reject_value, ReasonIn)

    @extend_schema(request=ReasonIn, responses=ValueOut, summary="Strike out a wrong value")
    @action(detail=True, methods=["post"])
    def strike(self, request, pk=None):
        return self._step(request, services.strike_value, ReasonIn)

    def _step(self, request, service, serializer) -> Response:
        value = self.get_object()
        _insist(permissions.can_verify_value(request.user, value))
        service(value=value, by=request.user, **_read(serializer(data=request.data)))
        return Response(ValueOut(value).data)


@extend_schema_view(
    list=extend_schema(summary="Reported figures", auth=[{}]),
    retrieve=extend_schema(summary="One reported figure", auth=[{}]),
)
class ReportedFigureViewSet(RepeatSafe, _Reading):
    """Figures as sources printed them. They are never added to each other or to figures from records."""

    queryset = ReportedFigure.objects.none()
    serializer_class = FigureOut
    filterset_class = ReportedFigureFilter

    def get_queryset(self):
        return ReportedFigure.objects.visible_to(self.request.user).for_list().order_by("number", "pk")

    @extend_schema(request=FigureIn, responses={201: FigureOut}, summary="Enter a reported figure")
    def create(self, request):
        sent = _read(FigureIn(data=request.data, context=self.get_serializer_context()))
        _insist(permissions.can_keep_figure(request.user, sent["region"].code))

        def work():
            places = sent.pop("places", [])
            return 201, FigureOut(services.enter_figure(values=sent, places=places, by=request.user)).data

        return self.once(request, work)

    @extend_schema(
        request=FigureIn, responses=FigureOut, parameters=[IF_MATCH], summary="Change a figure that is not published"
    )
    def partial_update(self, request, pk=None):
        figure = self.get_object()
        _insist(permissions.can_keep_figure(request.user, figure.region_id))
        version = required_version(request)
        context = self.get_serializer_context()
        sent = _read(FigureIn(self.get_object(), data=request.data, partial=True, context=context))
        _insist(permissions.can_keep_figure(request.user, sent.get("region", figure.region).code))
        places = sent.pop("places", None)
        services.edit_figure(figure=figure, values=sent, places=places, version=version, by=request.user)
        return Response(FigureOut(figure).data)

    @extend_schema(
        request=NothingIn, responses=FigureOut, parameters=[IF_SEEN], summary="Publish a figure (a second person)"
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
        _insist(permissions.can_keep_figure(request.user, figure.region_id))
        service(figure=figure, by=request.user, **_read(serializer(data=request.data)))
        return Response(FigureOut(figure).data)

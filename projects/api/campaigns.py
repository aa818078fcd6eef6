"""REST: campaigns with their actions, metrics and totals, and values of metrics."""

import copy

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from core.headers import VERSION
from core.rest import RepeatSafe, StrictSerializer, required_version
from organizations.models import Organization
from projects import permissions, selectors, services
from projects.api.doors import Reading, insist, read
from projects.api.figures import FigureOut
from projects.api.serializers import SUM_DIGITS, NothingIn, ReasonIn, RegionCode, RegionOut, check_model
from projects.filters import CampaignFilter, MetricValueFilter
from projects.models import Campaign, CampaignAction, Metric, MetricValue, Project


class MetricOut(serializers.ModelSerializer):
    class Meta:
        model = Metric
        fields = ["id", "version", *Metric.FIELDS]
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
        fields = ["id", "version", *CampaignAction.FIELDS]
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


class CampaignIn(StrictSerializer, serializers.ModelSerializer):
    """What is sent to open a campaign."""

    region = RegionCode()

    class Meta:
        model = Campaign
        fields = Campaign.FIELDS
        # That there is only one of a name is the service's.
        validators: list = []

    def validate(self, attrs):
        check_model(copy.copy(self.instance) if self.instance else Campaign(), attrs, once="name")
        return attrs


class ActionIn(StrictSerializer, serializers.ModelSerializer):
    """What is sent to add an action; a standard is an amount and what it is given for."""

    class Meta:
        model = CampaignAction
        fields = CampaignAction.FIELDS

    def validate(self, attrs):
        check_model(copy.copy(self.instance) if self.instance else CampaignAction(), attrs, once="campaign")
        return attrs


class MetricIn(StrictSerializer, serializers.ModelSerializer):
    """What is sent to add a metric: its unit, whom it counts, how its values add up."""

    class Meta:
        model = Metric
        fields = Metric.FIELDS

    def validate(self, attrs):
        check_model(copy.copy(self.instance) if self.instance else Metric(), attrs, once="action")
        return attrs


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


_ACTION = OpenApiParameter("action_pk", int, OpenApiParameter.PATH, description="The key of the action.")
_METRIC = OpenApiParameter("metric_pk", int, OpenApiParameter.PATH, description="The key of the metric.")


@extend_schema_view(list=extend_schema(summary="Campaigns", auth=[{}]))
class CampaignViewSet(RepeatSafe, Reading):
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

    @extend_schema(request=CampaignIn, responses={201: CampaignOut}, summary="Open a campaign as a draft")
    def create(self, request):
        sent = read(CampaignIn(data=request.data))
        insist(permissions.can_run_campaign(request.user, sent["region"].code))

        def work():
            return 201, CampaignOut(services.create_campaign(values=sent, by=request.user)).data

        return self.once(request, work)

    @extend_schema(request=CampaignIn, responses=CampaignOut, parameters=[VERSION], summary="Change a campaign")
    def partial_update(self, request, pk=None):
        campaign = self._run()
        version = required_version(request)
        sent = read(CampaignIn(campaign, data=request.data, partial=True))
        insist(permissions.can_run_campaign(request.user, sent.get("region", campaign.region).code))
        services.edit_campaign(campaign=campaign, values=sent, version=version, by=request.user)
        return Response(CampaignOut(campaign).data)

    @extend_schema(request=NothingIn, responses=CampaignOut, summary="Begin a campaign: it becomes public")
    @action(detail=True, methods=["post"])
    def start(self, request, pk=None):
        return self._step(request, services.start_campaign)

    @extend_schema(request=NothingIn, responses=CampaignOut, summary="End a campaign")
    @action(detail=True, methods=["post"])
    def end(self, request, pk=None):
        return self._step(request, services.end_campaign)

    @extend_schema(request=ActionIn, responses={201: ActionOut}, summary="Add an action")
    @action(detail=True, methods=["post"])
    def actions(self, request, pk=None):
        campaign, sent = self._run(), read(ActionIn(data=request.data))

        def work():
            return 201, ActionOut(services.add_action(campaign=campaign, values=sent, by=request.user)).data

        return self.once(request, work)

    @extend_schema(request=ActionIn, responses=ActionOut, parameters=[_ACTION, VERSION], summary="Change an action")
    @action(detail=True, methods=["patch"], url_path="actions/(?P<action_pk>[0-9]{1,18})", url_name="action")
    def change_action(self, request, pk=None, action_pk=None):
        changed = self._action(action_pk)
        version = required_version(request)
        sent = read(ActionIn(changed, data=request.data, partial=True))
        services.edit_action(action=changed, values=sent, version=version, by=request.user)
        return Response(ActionOut(changed).data)

    @extend_schema(request=MetricIn, responses={201: MetricOut}, parameters=[_ACTION], summary="Add a metric")
    @action(detail=True, methods=["post"], url_path="actions/(?P<action_pk>[0-9]{1,18})/metrics")
    def metrics(self, request, pk=None, action_pk=None):
        its_action, sent = self._action(action_pk), read(MetricIn(data=request.data))

        def work():
            return 201, MetricOut(services.add_metric(action=its_action, values=sent, by=request.user)).data

        return self.once(request, work)

    @extend_schema(request=MetricIn, responses=MetricOut, parameters=[_METRIC, VERSION], summary="Change a metric")
    @action(detail=True, methods=["patch"], url_path="metrics/(?P<metric_pk>[0-9]{1,18})", url_name="metric")
    def change_metric(self, request, pk=None, metric_pk=None):
        metrics = Metric.objects.filter(action__campaign=self._run()).select_related("action__campaign")
        metric = get_object_or_404(metrics, pk=metric_pk)
        version = required_version(request)
        sent = read(MetricIn(metric, data=request.data, partial=True))
        services.edit_metric(metric=metric, values=sent, version=version, by=request.user)
        return Response(MetricOut(metric).data)

    def _run(self) -> Campaign:
        """The campaign, for staff of its region."""
        campaign = self.get_object()
        insist(permissions.can_run_campaign(self.request.user, campaign.region_id))
        return campaign

    def _action(self, pk: str) -> CampaignAction:
        return get_object_or_404(self._run().actions.select_related("campaign"), pk=pk)

    def _step(self, request, service) -> Response:
        campaign = self._run()
        read(NothingIn(data=request.data))
        return Response(CampaignOut(service(campaign=campaign, by=request.user)).data)


@extend_schema_view(
    list=extend_schema(summary="Values of metrics", auth=[{}]),
    retrieve=extend_schema(summary="One value of a metric", auth=[{}]),
)
class MetricValueViewSet(RepeatSafe, Reading):
    """Values of the metrics of campaigns. Only verified, achieved ones are in totals."""

    queryset = MetricValue.objects.none()
    serializer_class = ValueOut
    filterset_class = MetricValueFilter

    def get_queryset(self):
        return MetricValue.objects.visible_to(self.request.user).for_list().order_by("-period_to", "-pk")

    @extend_schema(request=ValueIn, responses={201: ValueOut}, summary="Enter a value of a metric")
    def create(self, request):
        sent = read(ValueIn(data=request.data, context=self.get_serializer_context()))
        code = sent["region"].code
        insist(permissions.can_enter_value_for(request.user, code, sent.get("organization")))

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
        insist(permissions.can_verify_value(request.user, value))
        service(value=value, by=request.user, **read(serializer(data=request.data)))
        return Response(ValueOut(value).data)

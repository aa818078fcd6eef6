"""REST: activities, their steps and their files."""

from functools import partial

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from core.headers import SEEN, VERSION
from core.rest import RepeatSafe, StrictSerializer, named_version, required_version
from organizations.models import Organization
from projects import permissions, services
from projects.api.doors import Reading, insist, read
from projects.api.files import WithFiles
from projects.api.serializers import NothingIn, PartyOut, ReasonIn, RegionCode, RegionOut, check_model
from projects.filters import ActivityFilter
from projects.models import Activity, Project


class ActivityOut(serializers.ModelSerializer):
    """An activity; numbers of people are null where nobody counted."""

    organization = PartyOut()
    region = RegionOut()

    class Meta:
        model = Activity
        fields = ["id", "reference", "version", *Activity.FIELDS, "status"]
        read_only_fields = fields


class ActivityIn(StrictSerializer, serializers.ModelSerializer):
    """What is sent to enter or change an activity."""

    organization = serializers.PrimaryKeyRelatedField(
        queryset=Organization.objects.filter(status=Organization.Status.ACTIVE)
    )
    region = RegionCode()
    project = serializers.PrimaryKeyRelatedField(queryset=Project.objects.none(), required=False, allow_null=True)

    class Meta:
        model = Activity
        fields = list(Activity.FIELDS)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None:
            self.fields["project"].queryset = Project.objects.visible_to(request.user)

    def validate(self, attrs):
        activity = Activity.objects.get(pk=self.instance.pk) if self.instance else Activity()
        check_model(activity, attrs)
        return attrs


@extend_schema_view(
    list=extend_schema(summary="Activities", auth=[{}]),
    retrieve=extend_schema(summary="One activity", auth=[{}]),
)
class ActivityViewSet(WithFiles, RepeatSafe, Reading):
    """Activities. Reading verified ones needs no log-in; the version for `If-Match` is also the ETag."""

    queryset = Activity.objects.none()
    serializer_class = ActivityOut
    filterset_class = ActivityFilter

    def get_queryset(self):
        return Activity.objects.visible_to(self.request.user).for_list().order_by("-starts_on", "-pk")

    def retrieve(self, request, *args, **kwargs):
        return self._answer(self.get_object())

    @extend_schema(request=ActivityIn, responses={201: ActivityOut}, summary="Enter an activity")
    def create(self, request):
        sent = read(ActivityIn(data=request.data, context=self.get_serializer_context()))
        _insist(permissions.can_record_activity(request.user, sent["organization"], sent["region"].code))
        return self.once(
            request, lambda: (201, ActivityOut(services.record_activity(values=sent, by=request.user)).data)
        )

    @extend_schema(request=ActivityIn, responses=ActivityOut, parameters=[VERSION], summary="Change an activity")
    def partial_update(self, request, pk=None):
        activity = self.get_object()
        _insist(permissions.can_edit_activity(request.user, activity))
        version = required_version(request)
        context = self.get_serializer_context()
        sent = read(ActivityIn(activity, data=request.data, partial=True, context=context))
        organization = sent.get("organization", activity.organization)
        code = sent["region"].code if "region" in sent else activity.region_id
        _insist(permissions.can_record_activity(request.user, organization, code))
        services.edit_activity(activity=activity, values=sent, version=version, by=request.user)
        return self._answer(self.get_object())

    @extend_schema(
        request=NothingIn,
        responses=ActivityOut,
        parameters=[SEEN],
        summary="Verify an activity (a second person)",
    )
    @action(detail=True, methods=["post"])
    def verify(self, request, pk=None):
        return self._step(request, partial(services.verify_activity, version=named_version(request)), NothingIn)

    @extend_schema(request=ReasonIn, responses=ActivityOut, summary="Return an activity for correction")
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def give_back(self, request, pk=None):
        return self._step(request, services.return_activity, ReasonIn)

    @extend_schema(request=ReasonIn, responses=ActivityOut, summary="Strike out a wrong activity")
    @action(detail=True, methods=["post"])
    def strike(self, request, pk=None):
        return self._step(request, services.strike_activity, ReasonIn)

    def may_keep_files(self, record):
        return permissions.can_edit_activity(self.request.user, record)

    def _step(self, request, service, serializer) -> Response:
        activity = self.get_object()
        _insist(permissions.can_verify_activity(request.user, activity))
        service(activity=activity, by=request.user, **read(serializer(data=request.data)))
        return self._answer(activity)

    def _answer(self, activity: Activity) -> Response:
        return Response(ActivityOut(activity).data, headers={"ETag": f'"{activity.version}"'})


def _insist(allowed: bool) -> None:
    insist(allowed, _("Only the organization and staff of the region may do this."))

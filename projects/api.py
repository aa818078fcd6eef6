"""REST: projects, their steps, and their beneficiary counts."""

import copy

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as InvalidModel
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response

from core.errors import Refused
from core.rest import RepeatSafe, ShortList, StrictSerializer, required_version
from demands.models import Claim
from organizations.models import Organization
from pairings.models import Pairing
from projects import permissions, services
from projects.filters import ProjectFilter
from projects.forms import MOST_ENTRIES
from projects.models import BeneficiaryCount, Project
from regions import selectors as regions
from regions.models import Region

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The version that is changed."
)


class RegionCode(serializers.CharField):
    """A region as its code of 6, 9 or 12 digits."""

    def to_internal_value(self, data) -> Region:
        try:
            return regions.resolve(super().to_internal_value(data))
        except Refused as refusal:
            raise serializers.ValidationError(str(refusal.message)) from refusal

    def to_representation(self, value) -> str:
        return value.short_code


class RegionOut(serializers.ModelSerializer):
    code = serializers.CharField(source="short_code", read_only=True)

    class Meta:
        model = Region
        fields = ["code", "name", "level"]
        ref_name = "ProjectRegion"


class PartyOut(serializers.ModelSerializer):
    class Meta:
        model = Organization
        fields = ["id", "name", "uscc"]
        ref_name = "ProjectParty"


class ProjectOut(serializers.ModelSerializer):
    """A project as everybody who may see it gets it; amounts in yuan."""

    lead = PartyOut()
    partners = PartyOut(many=True)
    regions = RegionOut(many=True)

    class Meta:
        model = Project
        fields = [
            "id",
            "reference",
            "version",
            "name",
            "status",
            "lead",
            "partners",
            "form",
            "regions",
            "pairing",
            "claim",
            "funding",
            "budget",
            "starts_on",
            "ends_on",
            "summary",
        ]
        read_only_fields = fields


class ProjectIn(StrictSerializer, serializers.ModelSerializer):
    """What is sent to enter or change a project."""

    lead = serializers.PrimaryKeyRelatedField(queryset=Organization.objects.filter(status=Organization.Status.ACTIVE))
    partners = ShortList(
        child=serializers.PrimaryKeyRelatedField(
            queryset=Organization.objects.filter(status=Organization.Status.ACTIVE)
        ),
        required=False,
        max_length=MOST_ENTRIES,
    )
    regions = ShortList(child=RegionCode(), allow_empty=False, max_length=MOST_ENTRIES)
    pairing = serializers.PrimaryKeyRelatedField(queryset=Pairing.objects.none(), required=False, allow_null=True)
    claim = serializers.PrimaryKeyRelatedField(queryset=Claim.objects.none(), required=False, allow_null=True)

    class Meta:
        model = Project
        fields = [
            "name",
            "lead",
            "partners",
            "form",
            "regions",
            "pairing",
            "claim",
            "funding",
            "budget",
            "starts_on",
            "ends_on",
            "summary",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None:
            approved = Claim.objects.filter(status__in=Claim.CONFIRMED)
            self.fields["pairing"].queryset = Pairing.objects.visible_to(request.user)
            self.fields["claim"].queryset = approved & Claim.objects.visible_to(request.user)

    def validate(self, attrs):
        values = {name: value for name, value in attrs.items() if name not in ("regions", "partners")}
        _check_model(copy.copy(self.instance) if self.instance else Project(), values)
        return attrs


class CountOut(serializers.ModelSerializer):
    region = RegionOut()

    class Meta:
        model = BeneficiaryCount
        fields = ["id", "version", *BeneficiaryCount.FIELDS]
        read_only_fields = fields


class CountIn(StrictSerializer, serializers.ModelSerializer):
    """A beneficiary count; `region` is one of the project's regions or a place below it."""

    region = RegionCode()

    class Meta:
        model = BeneficiaryCount
        fields = list(BeneficiaryCount.FIELDS)

    def validate(self, attrs):
        count = copy.copy(self.instance) if self.instance else BeneficiaryCount(project=self.context["project"])
        _check_model(count, attrs)
        return attrs


class CorrectionIn(CountIn):
    """The correction of a count; its stage stays."""

    reason = serializers.CharField(max_length=500)

    class Meta(CountIn.Meta):
        fields = [*(name for name in BeneficiaryCount.FIELDS if name != "stage"), "reason"]

    def validate(self, attrs):
        super().validate({name: value for name, value in attrs.items() if name != "reason"})
        return attrs


class ReasonIn(StrictSerializer):
    reason = serializers.CharField(max_length=500)


class NoteIn(StrictSerializer):
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class NothingIn(StrictSerializer):
    """A step that needs no words."""


def _check_model(obj, values: dict) -> None:
    """The model's own rules, so that the API and the form give the same sentences."""
    for name, value in values.items():
        setattr(obj, name, value)
    try:
        obj.clean()
        obj.validate_constraints(exclude=["reference", "status", "project"])
    except InvalidModel as error:
        found = {("non_field_errors" if name == "__all__" else name): m for name, m in error.message_dict.items()}
        raise serializers.ValidationError(found) from error


@extend_schema_view(
    list=extend_schema(summary="Projects", auth=[{}]),
    retrieve=extend_schema(summary="One project", auth=[{}]),
)
class ProjectViewSet(RepeatSafe, viewsets.ReadOnlyModelViewSet):
    """Projects. Reading those under way or done needs no log-in; the version for `If-Match` is also the ETag."""

    queryset = Project.objects.none()
    serializer_class = ProjectOut
    filterset_class = ProjectFilter
    lookup_value_regex = "[0-9]+"

    def get_queryset(self):
        return Project.objects.visible_to(self.request.user).for_list().order_by("-starts_on", "-pk")

    def get_permissions(self):
        public = self.request is not None and self.request.method in ("GET", "HEAD", "OPTIONS")
        return [AllowAny()] if public else [IsAuthenticated()]

    def retrieve(self, request, *args, **kwargs):
        return self._answer(self.get_object())

    @extend_schema(request=ProjectIn, responses={201: ProjectOut}, summary="Enter a project as a draft")
    def create(self, request):
        sent = self._read(ProjectIn(data=request.data, context=self.get_serializer_context()))
        self._insist(permissions.can_enter(request.user, sent["lead"], sent["regions"]))

        def work():
            project = services.create_project(
                regions=sent.pop("regions"), partners=sent.pop("partners", ()), values=sent, by=request.user
            )
            return 201, ProjectOut(project).data

        return self.once(request, work)

    @extend_schema(request=ProjectIn, responses=ProjectOut, parameters=[IF_MATCH], summary="Change a project")
    def partial_update(self, request, pk=None):
        project = self.get_object()
        self._insist(permissions.can_edit(request.user, project))
        version = required_version(request)
        context = self.get_serializer_context()
        sent = self._read(ProjectIn(project, data=request.data, partial=True, context=context))
        if "lead" in sent or "regions" in sent:
            places = sent.get("regions", project.regions.all())
            self._insist(permissions.can_enter(request.user, sent.get("lead", project.lead), places))
        services.edit_project(
            project=project,
            regions=sent.pop("regions", None),
            partners=sent.pop("partners", None),
            values=sent,
            version=version,
            by=request.user,
        )
        return self._answer(self.get_object())

    @extend_schema(request=NoteIn, responses=ProjectOut, summary="Approve a draft (a second person of the region)")
    @action(detail=True, methods=["post"])
    def approve(self, request, pk=None):
        return self._step(request, permissions.can_approve, services.approve_project, NoteIn)

    @extend_schema(request=NothingIn, responses=ProjectOut, summary="The work begins")
    @action(detail=True, methods=["post"])
    def start(self, request, pk=None):
        return self._step(request, permissions.can_run, services.start_project, NothingIn)

    @extend_schema(request=NothingIn, responses=ProjectOut, summary="The work is done")
    @action(detail=True, methods=["post"])
    def complete(self, request, pk=None):
        return self._step(request, permissions.can_run, services.complete_project, NothingIn)

    @extend_schema(request=NoteIn, responses=ProjectOut, summary="Close a completed project (a second person)")
    @action(detail=True, methods=["post"])
    def close(self, request, pk=None):
        return self._step(request, permissions.can_close, services.close_project, NoteIn)

    @extend_schema(request=ReasonIn, responses=ProjectOut, summary="Suspend a project")
    @action(detail=True, methods=["post"])
    def suspend(self, request, pk=None):
        return self._step(request, permissions.can_stop, services.suspend_project, ReasonIn)

    @extend_schema(request=NothingIn, responses=ProjectOut, summary="Go on with a suspended project")
    @action(detail=True, methods=["post"])
    def resume(self, request, pk=None):
        return self._step(request, permissions.can_stop, services.resume_project, NothingIn)

    @extend_schema(request=ReasonIn, responses=ProjectOut, summary="End a project before its completion")
    @action(detail=True, methods=["post"])
    def terminate(self, request, pk=None):
        return self._step(request, permissions.can_stop, services.terminate_project, ReasonIn)

    @extend_schema(
        methods=["GET"], responses=CountOut(many=True), filters=False, auth=[{}], summary="Beneficiary counts"
    )
    @extend_schema(methods=["POST"], request=CountIn, responses={201: CountOut}, summary="Enter a beneficiary count")
    @action(detail=True, methods=["get", "post"], filterset_class=None, pagination_class=None)
    def beneficiaries(self, request, pk=None):
        project = self.get_object()
        if request.method == "GET":
            rows = project.counts.select_related("region").order_by("stage", "measure", "region", "group")
            return Response(CountOut(rows, many=True).data)
        self._insist(permissions.can_count(request.user, project))
        sent = self._read(CountIn(data=request.data, context={**self.get_serializer_context(), "project": project}))

        def work():
            return 201, CountOut(services.add_count(project=project, values=sent, by=request.user)).data

        return self.once(request, work)

    @extend_schema(
        request=CorrectionIn,
        responses=CountOut,
        parameters=[IF_MATCH, OpenApiParameter("count_pk", int, OpenApiParameter.PATH)],
        summary="Correct a beneficiary count",
    )
    @action(detail=True, methods=["patch"], url_path="beneficiaries/(?P<count_pk>[0-9]+)", filterset_class=None)
    def correct(self, request, pk=None, count_pk=None):
        project = self.get_object()
        count = get_object_or_404(project.counts.select_related("region", "project"), pk=count_pk)
        self._insist(permissions.can_count(request.user, project))
        version = required_version(request)
        sent = self._read(CorrectionIn(count, data=request.data, partial=True, context=self.get_serializer_context()))
        services.correct_count(
            count=count, reason=sent.pop("reason", ""), values=sent, version=version, by=request.user
        )
        return Response(CountOut(count).data, headers={"ETag": f'"{count.version}"'})

    def _step(self, request, allowed, service, serializer) -> Response:
        project = self.get_object()
        self._insist(allowed(request.user, project))
        sent = self._read(serializer(data=request.data))
        service(project=project, by=request.user, **sent)
        return self._answer(project)

    def _answer(self, project: Project) -> Response:
        return Response(ProjectOut(project).data, headers={"ETag": f'"{project.version}"'})

    def _read(self, serializer) -> dict:
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def _insist(self, allowed: bool) -> None:
        if not allowed:
            raise PermissionDenied(_("Only the lead organization and staff of the project's region may do this."))


routes = [("projects", ProjectViewSet)]
paths: list = []

"""REST: how many people stood on rosters. Rosters are sent over the page only, so that no client keeps numbers."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from projects import permissions, selectors, services
from projects.api.doors import insist, read
from projects.api.serializers import ReasonIn, RegionCode, RegionOut
from projects.models import Project, Roster


class RosterOut(serializers.ModelSerializer):
    """A roster: how many people, never who."""

    region = RegionOut()
    jurisdiction = RegionOut()

    class Meta:
        model = Roster
        fields = [
            "id",
            "reference",
            "version",
            "project",
            "region",
            "jurisdiction",
            "key_id",
            "period_from",
            "period_to",
            "rows",
            "persons",
            "status",
            "created_at",
        ]
        read_only_fields = fields


class DistinctLineOut(serializers.Serializer):
    jurisdiction = RegionOut()
    key_id = serializers.CharField()
    rosters = serializers.IntegerField()
    persons = serializers.IntegerField()


class DistinctOut(serializers.Serializer):
    """Distinct persons. `total` is null where several jurisdictions or keys meet: the bounds then hold."""

    total = serializers.IntegerField(allow_null=True)
    at_least = serializers.IntegerField()
    at_most = serializers.IntegerField()
    lines = DistinctLineOut(many=True)


class _RosterView(APIView):
    """404 unless rosters are switched on."""

    permission_classes = [IsAuthenticated]

    def initial(self, request, *args, **kwargs):
        if not settings.ROSTERS_ENABLED:
            raise Http404
        super().initial(request, *args, **kwargs)

    def insist(self, allowed: bool) -> None:
        insist(allowed, _("Only the lead organization and staff of the project's region may do this."))


class ProjectRosters(_RosterView):
    """The rosters of one project."""

    @extend_schema(operation_id="project_rosters", responses=RosterOut(many=True), summary="Rosters of a project")
    def get(self, request, pk: int):
        project = get_object_or_404(Project.objects.visible_to(request.user).for_list(), pk=pk)
        self.insist(permissions.can_see_rosters(request.user, project))
        rosters = Roster.objects.visible_to(request.user).filter(project=project).for_list()
        return Response(RosterOut(rosters.order_by("-pk"), many=True).data)


class RosterFigures(_RosterView):
    """Distinct persons across organizations and projects."""

    @extend_schema(
        operation_id="roster_figures",
        responses=DistinctOut,
        parameters=[OpenApiParameter("region", str, description="Code of a region; empty for all one may count.")],
        summary="Distinct persons of rosters",
    )
    def get(self, request):
        self.insist(permissions.can_see_roster_figures(request.user))
        rosters = Roster.objects.visible_to(request.user)
        if code := request.query_params.get("region"):
            rosters = rosters.inside(RegionCode().run_validation(code))
        return Response(DistinctOut(selectors.distinct_persons(rosters)).data)


class RosterErasure(_RosterView):
    """Erases the digests of a roster."""

    @extend_schema(
        operation_id="roster_erase", request=ReasonIn, responses=RosterOut, summary="Erase the digests of a roster"
    )
    def post(self, request, pk: int):
        rosters = Roster.objects.visible_to(request.user).for_list().select_related("project__lead")
        roster = get_object_or_404(rosters, pk=pk)
        self.insist(permissions.can_erase_roster(request.user, roster))
        services.erase_roster(roster=roster, by=request.user, **read(ReasonIn(data=request.data)))
        return Response(RosterOut(roster).data)


urls = [
    path("projects/<int:pk>/rosters/", ProjectRosters.as_view(), name="project-rosters"),
    path("rosters/figures/", RosterFigures.as_view(), name="roster-figures"),
    path("rosters/<int:pk>/erase/", RosterErasure.as_view(), name="roster-erase"),
]

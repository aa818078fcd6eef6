"""REST: projects, their steps, and their beneficiary counts."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.response import Response

from core.headers import VERSION
from core.rest import RepeatSafe, required_version
from projects import permissions, services
from projects.api.doors import Reading, insist, read
from projects.api.files import WithFiles
from projects.api.serializers import (
    PARTS,
    CorrectionIn,
    CountIn,
    CountOut,
    DoneIn,
    FromClaimIn,
    NoteIn,
    NothingIn,
    ProjectIn,
    ProjectOut,
    ReasonIn,
    StopIn,
)
from projects.filters import ProjectFilter
from projects.models import BeneficiaryCount, Project


@extend_schema_view(
    list=extend_schema(summary="Projects", auth=[{}]),
    retrieve=extend_schema(summary="One project", auth=[{}]),
)
class ProjectViewSet(WithFiles, RepeatSafe, Reading):
    """Projects. Reading those under way or done needs no log-in; the version for `If-Match` is also the ETag."""

    queryset = Project.objects.none()
    serializer_class = ProjectOut
    filterset_class = ProjectFilter

    def get_queryset(self):
        rows = Project.objects.visible_to(self.request.user).for_list().order_by("-starts_on", "-pk")
        return rows.prefetch_related("budget_lines", "milestones")

    def retrieve(self, request, *args, **kwargs):
        return self._answer(self.get_object())

    @extend_schema(request=ProjectIn, responses={201: ProjectOut}, summary="Enter a project as a draft")
    def create(self, request):
        sent = read(ProjectIn(data=request.data, context=self.get_serializer_context()))
        _insist(permissions.can_enter(request.user, sent["lead"], sent["regions"]))

        def work():
            parts = {name: sent.pop(name) for name in PARTS if name in sent}
            project = services.create_project(values=sent, **parts, by=request.user)
            return 201, ProjectOut(project).data

        return self.once(request, work)

    @extend_schema(
        request=FromClaimIn,
        responses={201: ProjectOut},
        summary="Make a draft project of a claim whose agreement is signed, filled in from it",
    )
    @action(detail=False, methods=["post"], url_path="from-claim", filterset_class=None)
    def from_claim(self, request):
        sent = read(FromClaimIn(data=request.data, context=self.get_serializer_context()))
        _insist(permissions.can_make_project(request.user, sent["claim"]))

        def work():
            return 201, ProjectOut(services.project_from_claim(claim=sent["claim"], by=request.user)).data

        return self.once(request, work)

    @extend_schema(request=ProjectIn, responses=ProjectOut, parameters=[VERSION], summary="Change a project")
    def partial_update(self, request, pk=None):
        project = self.get_object()
        _insist(permissions.can_edit(request.user, project))
        version = required_version(request)
        context = self.get_serializer_context()
        sent = read(ProjectIn(project, data=request.data, partial=True, context=context))
        if "lead" in sent or "regions" in sent:
            places = sent.get("regions", project.regions.all())
            _insist(permissions.can_enter(request.user, sent.get("lead", project.lead), places))
        parts = {name: sent.pop(name) for name in PARTS if name in sent}
        services.edit_project(project=project, values=sent, **parts, version=version, by=request.user)
        return self._answer(self.get_object())

    @extend_schema(request=NoteIn, responses=ProjectOut, summary="Submit a draft for approval")
    @action(detail=True, methods=["post"])
    def submit(self, request, pk=None):
        return self._step(request, permissions.can_submit, services.submit_project, NoteIn)

    @extend_schema(request=ReasonIn, responses=ProjectOut, summary="Give back what was submitted or completed")
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def give_back(self, request, pk=None):
        return self._step(request, permissions.can_approve, services.return_project, ReasonIn)

    @extend_schema(request=NoteIn, responses=ProjectOut, summary="Verify a completed project (a second person)")
    @action(detail=True, methods=["post"])
    def verify(self, request, pk=None):
        return self._step(request, permissions.can_approve, services.verify_project, NoteIn)

    @extend_schema(request=DoneIn, responses=ProjectOut, summary="A milestone is reached")
    @action(detail=True, methods=["post"])
    def milestones(self, request, pk=None):
        project = self.get_object()
        _insist(permissions.can_run(request.user, project))
        sent = read(DoneIn(data=request.data))
        milestone = get_object_or_404(project.milestones.select_related("project"), pk=sent["milestone"])
        services.reach_milestone(milestone=milestone, done_on=sent["done_on"], by=request.user)
        return self._answer(self.get_object())

    @extend_schema(request=NoteIn, responses=ProjectOut, summary="Approve what was submitted (a second person)")
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

    @extend_schema(request=NoteIn, responses=ProjectOut, summary="Close a verified project")
    @action(detail=True, methods=["post"])
    def close(self, request, pk=None):
        return self._step(request, permissions.can_close, services.close_project, NoteIn)

    @extend_schema(request=StopIn, responses=ProjectOut, summary="Suspend a project")
    @action(detail=True, methods=["post"])
    def suspend(self, request, pk=None):
        return self._step(request, permissions.can_stop, services.suspend_project, StopIn)

    @extend_schema(request=NothingIn, responses=ProjectOut, summary="Go on with a suspended project")
    @action(detail=True, methods=["post"])
    def resume(self, request, pk=None):
        return self._step(request, permissions.can_stop, services.resume_project, NothingIn)

    @extend_schema(request=StopIn, responses=ProjectOut, summary="End a project before its completion")
    @action(detail=True, methods=["post"])
    def terminate(self, request, pk=None):
        return self._step(request, permissions.can_stop, services.terminate_project, StopIn)

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
        _insist(permissions.can_count(request.user, project))
        sent = read(CountIn(data=request.data, context={**self.get_serializer_context(), "project": project}))

        def work():
            return 201, CountOut(services.add_count(project=project, values=sent, by=request.user)).data

        return self.once(request, work)

    @extend_schema(
        request=CorrectionIn,
        responses=CountOut,
        parameters=[VERSION, OpenApiParameter("count_pk", int, OpenApiParameter.PATH)],
        summary="Correct a beneficiary count",
    )
    @action(detail=True, methods=["patch"], url_path="beneficiaries/(?P<count_pk>[0-9]+)", filterset_class=None)
    def correct(self, request, pk=None, count_pk=None):
        project, count = self._count(count_pk)
        _insist(permissions.can_count(request.user, project))
        version = required_version(request)
        context = {**self.get_serializer_context(), "project": project}
        sent = read(CorrectionIn(count, data=request.data, partial=True, context=context))
        services.correct_count(
            count=count, reason=sent.pop("reason", ""), values=sent, version=version, by=request.user
        )
        return self._counted(count)

    @extend_schema(
        request=NothingIn,
        responses=CountOut,
        parameters=[VERSION, OpenApiParameter("count_pk", int, OpenApiParameter.PATH)],
        summary="Verify an achieved beneficiary count (a second person)",
    )
    @action(detail=True, methods=["post"], url_path="beneficiaries/(?P<count_pk>[0-9]+)/verify", filterset_class=None)
    def verify_count(self, request, pk=None, count_pk=None):
        project, count = self._count(count_pk)
        _insist(permissions.can_verify_count(request.user, project))
        version = required_version(request)
        read(NothingIn(data=request.data))
        return self._counted(services.verify_count(count=count, version=version, by=request.user))

    @extend_schema(
        request=ReasonIn,
        responses=CountOut,
        parameters=[OpenApiParameter("count_pk", int, OpenApiParameter.PATH)],
        summary="Strike out a beneficiary count",
    )
    @action(detail=True, methods=["post"], url_path="beneficiaries/(?P<count_pk>[0-9]+)/strike", filterset_class=None)
    def strike_count(self, request, pk=None, count_pk=None):
        project, count = self._count(count_pk)
        _insist(permissions.can_strike_count(request.user, count))
        sent = read(ReasonIn(data=request.data))
        return self._counted(services.strike_count(count=count, by=request.user, **sent))

    def may_keep_files(self, record):
        return permissions.can_run(self.request.user, record)

    def _count(self, count_pk: str) -> tuple[Project, BeneficiaryCount]:
        project = self.get_object()
        return project, get_object_or_404(project.counts.select_related("region", "project"), pk=count_pk)

    def _counted(self, count: BeneficiaryCount) -> Response:
        return Response(CountOut(count).data, headers={"ETag": f'"{count.version}"'})

    def _step(self, request, allowed, service, serializer) -> Response:
        project = self.get_object()
        _insist(allowed(request.user, project))
        sent = read(serializer(data=request.data))
        service(project=project, by=request.user, **sent)
        return self._answer(project)

    def _answer(self, project: Project) -> Response:
        return Response(ProjectOut(project).data, headers={"ETag": f'"{project.version}"'})


def _insist(allowed: bool) -> None:
    insist(allowed, _("Only the lead organization and staff of the project's region may do this."))

"""A claim filled in step by step over REST, as on the pages, and the files that show a qualification."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from core import files
from core.exports import file_answer
from core.headers import KEY, VERSION
from core.rest import RepeatSafe, StrictJSONParser, StrictSerializer, required_version
from demands import permissions, selectors, services
from demands.api.doors import checked, insist
from demands.api.serializers import MOST_ITEMS, ClaimSerializer, LineWrite
from demands.filters import DraftFilter
from demands.models import Claim, ClaimDraft, ClaimFile, Demand, plain_quantity
from organizations.models import Organization
from organizations.permissions import acts_for

CONTENT = {(200, "application/octet-stream"): OpenApiTypes.BINARY}
UPLOAD = {"multipart/form-data": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}}

FILE_PATH = "files/(?P<file_pk>[0-9]{1,18})"
FILE = OpenApiParameter("file_pk", int, OpenApiParameter.PATH, description="id of the file")


def downloaded(file: ClaimFile):
    return file_answer(file.file, name=file.name, content_type=files.TYPES[file.kind], sha256=file.sha256)


class ClaimFileSerializer(serializers.ModelSerializer):
    """A file of a claim; `content` under its address downloads it."""

    class Meta:
        model = ClaimFile
        fields = ["id", "name", "kind", "size", "sha256", "created_at"]


class ClaimFileWrite(StrictSerializer):
    file = serializers.FileField(allow_empty_file=True)


class ChosenLine(serializers.Serializer):
    item = serializers.IntegerField(help_text="id of the demand's item")
    quantity = serializers.CharField(help_text="as it was typed")


class DraftSerializer(serializers.ModelSerializer):
    """A claim somebody is filling in. It holds nothing before it is submitted."""

    demand_reference = serializers.CharField(source="demand.reference")
    organization_name = serializers.CharField(source="organization.name")
    lines = serializers.SerializerMethodField(help_text="quantities as they were typed; judged when submitting")

    class Meta:
        model = ClaimDraft
        fields = [
            "id",
            "demand",
            "demand_reference",
            "organization",
            "organization_name",
            "acknowledged_at",
            "lines",
            "plan",
            "deliver_from",
            "deliver_by",
            "contact",
            "qualified_at",
            "version",
            "created_at",
            "updated_at",
        ]

    @extend_schema_field(ChosenLine(many=True))
    def get_lines(self, draft: ClaimDraft) -> list[dict[str, Any]]:
        return [{"item": int(key), "quantity": text} for key, text in draft.quantities.items()]


class TaskSerializer(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(["not_started", "done", "not_yet", "problem"])


class DraftDetailSerializer(DraftSerializer):
    """One begun claim with its tasks and files."""

    tasks = serializers.SerializerMethodField()
    files = ClaimFileSerializer(many=True)

    class Meta(DraftSerializer.Meta):
        fields = [*DraftSerializer.Meta.fields, "tasks", "files"]

    @extend_schema_field(TaskSerializer(many=True))
    def get_tasks(self, draft: ClaimDraft) -> list[dict[str, Any]]:
        return list(TaskSerializer(selectors.draft_tasks(draft), many=True).data)


class DraftBegin(StrictSerializer):
    demand = serializers.PrimaryKeyRelatedField(queryset=Demand.objects.none())
    organization = serializers.PrimaryKeyRelatedField(queryset=Organization.objects.none())

    def get_fields(self):
        fields = super().get_fields()
        if "request" in self.context:
            user = self.context["request"].user
            fields["demand"].queryset = Demand.objects.visible_to(user)
            fields["organization"].queryset = Organization.objects.visible_to(user)
        return fields


class DraftWrite(StrictSerializer):
    """What is filled in; what is left out stays as it is. The two confirmations are given once and not taken back."""

    acknowledged = serializers.BooleanField(required=False, help_text="true: the terms of a claim have been read")
    lines = LineWrite(many=True, required=False, max_length=MOST_ITEMS)
    plan = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    deliver_from = serializers.DateField(required=False, allow_null=True)
    deliver_by = serializers.DateField(required=False, allow_null=True)
    contact = serializers.CharField(max_length=200, required=False, allow_blank=True)
    qualified = serializers.BooleanField(required=False, help_text="true: all files there are to attach are attached")

    def validate_lines(self, rows: list[dict]) -> dict[str, str]:
        items = set(self.context["draft"].demand.items.values_list("pk", flat=True))
        unknown = [row["item"] for row in rows if row["item"] not in items]
        if unknown:
            words = {"number": unknown[0]}
            raise serializers.ValidationError(_("This demand has no item with the number %(number)s.") % words)
        if len({row["item"] for row in rows}) < len(rows):
            raise serializers.ValidationError(_("Each item can be claimed only once in a claim."))
        return {str(row["item"]): plain_quantity(row["quantity"]) for row in rows}


class DraftViewSet(RepeatSafe, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """The claims one has begun oneself: filled in over several requests, or in turns with the pages."""

    filterset_class = DraftFilter
    parser_classes = [StrictJSONParser]
    lookup_value_regex = "[0-9]{1,18}"
    queryset = ClaimDraft.objects.none()

    def get_queryset(self):
        rows = ClaimDraft.objects.visible_to(self.request.user).for_list().order_by("-pk")
        return rows if self.action == "list" else rows.prefetch_related("files", "demand__items")

    def get_serializer_class(self):
        return DraftSerializer if self.action == "list" else DraftDetailSerializer

    def _body(self, draft: ClaimDraft) -> dict:
        rows = ClaimDraft.objects.for_list().prefetch_related("files", "demand__items")
        return DraftDetailSerializer(rows.get(pk=draft.pk)).data

    @extend_schema(request=DraftBegin, responses={201: DraftDetailSerializer}, parameters=[KEY])
    def create(self, request: Request) -> Response:
        """Begin a claim, or take up the one begun for this organization and demand."""
        insist(permissions.can_claim(request.user))
        sent = checked(DraftBegin, request).validated_data
        insist(acts_for(request.user, sent["organization"]))
        return self.once(request, lambda: (201, self._body(services.start_draft(**sent, by=request.user))))

    @extend_schema(request=DraftWrite, responses=DraftDetailSerializer, parameters=[VERSION])
    def partial_update(self, request: Request, pk=None) -> Response:
        """Fill in one or several of the tasks."""
        draft = self.get_object()
        version = required_version(request)
        sent = dict(checked(DraftWrite, request, draft=draft).validated_data)
        services.fill_in(draft=draft, values=sent, version=version, by=request.user)
        return Response(self._body(draft))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk=None) -> Response:
        """Throw a begun claim away with its files. Nothing had been held."""
        services.discard_draft(draft=self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={201: ClaimSerializer}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk=None) -> Response:
        """Make a claim of it; 409 `incomplete` names the open tasks, `not_enough` what is left of each short item."""

        def work():
            draft = get_object_or_404(self.get_queryset(), pk=pk)
            claim = services.submit_draft(draft=draft, by=request.user)
            return status.HTTP_201_CREATED, ClaimSerializer(Claim.objects.for_list().get(pk=claim.pk)).data

        return self.once(request, work)

    @extend_schema(methods=["get"], responses=ClaimFileSerializer(many=True))
    @extend_schema(methods=["post"], request=UPLOAD, responses={201: ClaimFileSerializer})
    @action(
        detail=True,
        methods=["get", "post"],
        pagination_class=None,
        filterset_class=None,
        parser_classes=[StrictJSONParser, MultiPartParser],
    )
    def files(self, request: Request, pk=None) -> Response:
        """The files attached so far; POST attaches one, as multipart/form-data. The same file is not taken twice."""
        draft = self.get_object()
        if request.method == "GET":
            return Response(ClaimFileSerializer(draft.files.all(), many=True).data)
        sent = checked(ClaimFileWrite, request).validated_data["file"]
        made = services.attach_to_draft(
            draft=draft, name=sent.name or "", content=sent.read(files.MAX_BYTES + 1), by=request.user
        )
        return Response(ClaimFileSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None}, parameters=[FILE])
    @action(detail=True, methods=["delete"], url_path=FILE_PATH, url_name="file")
    def remove_file(self, request: Request, pk=None, file_pk=None) -> Response:
        """Take a file away."""
        services.remove_from_draft(attached=get_object_or_404(self.get_object().files, pk=file_pk), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses=CONTENT, parameters=[FILE])
    @action(detail=True, url_path=f"{FILE_PATH}/content", url_name="file-content")
    def file_content(self, request: Request, pk=None, file_pk=None):
        """The file itself, always as a download."""
        return downloaded(get_object_or_404(self.get_object().files, pk=file_pk))


class ClaimFiles:
    """The files of a submitted claim, which stay with it; a part of the claims' addresses."""

    get_object: Any

    @extend_schema(responses=ClaimFileSerializer(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def files(self, request: Request, pk=None) -> Response:
        """The files that show the organization's qualification."""
        return Response(ClaimFileSerializer(self.get_object().files.all(), many=True).data)

    @extend_schema(responses=CONTENT, parameters=[FILE])
    @action(detail=True, url_path=f"{FILE_PATH}/content", url_name="file-content")
    def file_content(self, request: Request, pk=None, file_pk=None):
        """The file itself, always as a download."""
        return downloaded(get_object_or_404(self.get_object().files, pk=file_pk))

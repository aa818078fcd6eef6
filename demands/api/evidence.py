"""Evidence over REST: the attached files of a demand or a list."""

from typing import Any

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import parsers, serializers, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from core.files import MAX_BYTES
from core.rest import StrictJSONParser, StrictSerializer
from demands import permissions, services
from demands.api.doors import checked, insist
from demands.models import Demand, DemandList, Evidence

FILE = OpenApiParameter("file_pk", int, OpenApiParameter.PATH, description="id of the file")


class FindingSerializer(serializers.Serializer):
    """Personal data found in a file: of what kind, and a masked sample."""

    what = serializers.CharField()
    sample = serializers.CharField()


class EvidenceSerializer(serializers.ModelSerializer):
    """An attached file; `findings` are the personal data found in it, masked."""

    url = serializers.SerializerMethodField(help_text="where to download it")
    findings = FindingSerializer(many=True, read_only=True)

    class Meta:
        model = Evidence
        fields = ["id", "name", "kind", "size", "sha256", "public", "findings", "url", "created_at"]

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, evidence: Evidence) -> str:
        return self.context["request"].build_absolute_uri(reverse("demands:evidence-download", args=[evidence.pk]))


class EvidenceUpload(StrictSerializer):
    """A file as multipart/form-data; `public` ones are shown with the published demand."""

    file = serializers.FileField(allow_empty_file=True)
    public = serializers.BooleanField(default=False)


class EvidenceActions:
    """Listing and attaching files of one record."""

    parser_classes = [StrictJSONParser, parsers.MultiPartParser]
    seen: Any
    get_serializer_context: Any

    @extend_schema(methods=["get"], responses=EvidenceSerializer(many=True))
    @extend_schema(
        methods=["post"], request={"multipart/form-data": EvidenceUpload}, responses={201: EvidenceSerializer}
    )
    @action(detail=True, methods=["get", "post"], url_path="evidence", pagination_class=None, filterset_class=None)
    def files(self, request: Request, pk=None) -> Response:
        """The attached files the reader may see; POST attaches one to a draft, a returned demand or a list."""
        record = self.seen(pk)
        if request.method == "GET":
            rows = record.evidence.visible_to(request.user)
            return Response(EvidenceSerializer(rows, many=True, context=self.get_serializer_context()).data)
        insist(_may_edit(request, record))
        sent = checked(EvidenceUpload, request).validated_data
        content = sent["file"].read(MAX_BYTES + 1)
        made = services.attach_evidence(
            record=record, name=sent["file"].name or "", content=content, public=sent["public"], by=request.user
        )
        context = self.get_serializer_context()
        return Response(EvidenceSerializer(made, context=context).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None}, parameters=[FILE])
    @action(
        detail=True,
        methods=["delete"],
        url_path="evidence/(?P<file_pk>[0-9]{1,18})",
        url_name="evidence-file",
        pagination_class=None,
        filterset_class=None,
    )
    def remove_evidence(self, request: Request, pk=None, file_pk=None) -> Response:
        """Take a file away; 409 `no_evidence` for the last one of a list on which demands rest."""
        record = self.seen(pk)
        insist(_may_edit(request, record))
        services.remove_evidence(evidence=get_object_or_404(record.evidence, pk=file_pk), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _may_edit(request: Request, record: Demand | DemandList) -> bool:
    edits = permissions.can_edit_list if isinstance(record, DemandList) else permissions.can_edit
    return edits(request.user, record)

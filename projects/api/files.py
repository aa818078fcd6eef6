"""REST: photos and papers of a project or an activity."""

from abc import ABC, abstractmethod
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from core import files
from core.rest import StrictJSONParser, StrictSerializer
from projects import services
from projects.api.doors import insist, read
from projects.models import Activity, Project, ProjectFile


class ProjectFileOut(serializers.ModelSerializer):
    """A photo or paper; `url` gives the cleaned copy of a picture. `size` in bytes."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = ProjectFile
        fields = ["id", "name", "kind", "size", "sha256", "taken_on", "url"]
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.STR)
    def get_url(self, file: ProjectFile) -> str:
        return reverse("projects:file-download", args=[file.pk])


class ProjectFileIn(StrictSerializer):
    """A photo (JPEG or PNG) or a paper, as multipart/form-data."""

    file = serializers.FileField(allow_empty_file=True)


class WithFiles(ABC):
    """The files of a view set's records: those everybody may read, sending one, taking one away."""

    request: Any
    get_object: Any

    @abstractmethod
    def may_keep_files(self, record: Activity | Project) -> bool:
        """Whether the person may send and take away files of this record."""

    @extend_schema(
        methods=["GET"], responses=ProjectFileOut(many=True), filters=False, auth=[{}], summary="Photos and papers"
    )
    @extend_schema(
        methods=["POST"],
        request={"multipart/form-data": ProjectFileIn},
        responses={201: ProjectFileOut},
        summary="Add a photo or paper; the same file is not taken twice",
    )
    @action(
        detail=True,
        methods=["get", "post"],
        filterset_class=None,
        pagination_class=None,
        parser_classes=[StrictJSONParser, MultiPartParser],
    )
    def files(self, request, pk=None):
        record = self.get_object()
        if request.method == "GET":
            return Response(ProjectFileOut(self._files(record), many=True).data)
        self._insist_on_keeper(record)
        upload = read(ProjectFileIn(data=request.data))["file"]
        kept = services.attach_file(
            record=record, name=upload.name or "", content=upload.read(files.MAX_BYTES + 1), by=request.user
        )
        return Response(ProjectFileOut(kept).data, status=201)

    @extend_schema(
        responses={204: None},
        parameters=[OpenApiParameter("file_pk", int, OpenApiParameter.PATH)],
        summary="Take a photo or paper away; the history keeps its name",
    )
    @action(
        detail=True,
        methods=["delete"],
        url_path="files/(?P<file_pk>[0-9]+)",
        url_name="file",
        filterset_class=None,
        pagination_class=None,
    )
    def remove_file(self, request, pk=None, file_pk=None):
        record = self.get_object()
        file = get_object_or_404(self._files(record), pk=file_pk)
        self._insist_on_keeper(record)
        services.remove_file(file=file, by=request.user)
        return Response(status=204)

    def _files(self, record: Activity | Project):
        rows = ProjectFile.objects.visible_to(self.request.user).select_related("activity", "project")
        return rows.filter(**{"activity" if isinstance(record, Activity) else "project": record})

    def _insist_on_keeper(self, record: Activity | Project) -> None:
        insist(self.may_keep_files(record), _("Only the organization and staff of the region may do this."))

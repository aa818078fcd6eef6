"""REST: documents and the steps of their life."""

import copy

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as InvalidModel
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response

from core import files
from core.errors import Refused
from core.exports import file_answer
from core.headers import VERSION
from core.rest import RepeatSafe, StrictJSONParser, StrictSerializer, required_version
from core.texts import line
from organizations.models import Organization
from publications import permissions, services
from publications.filters import DocumentFilter
from publications.models import Attachment, Document
from regions import selectors as regions
from regions.models import Region


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
        ref_name = "DocumentRegion"


class DocumentOut(serializers.ModelSerializer):
    """A document in a list; `issuer` is the number of the registered organization, if it is one."""

    region = RegionOut()
    replaced_by = serializers.SlugRelatedField(slug_field="reference", read_only=True)

    class Meta:
        model = Document
        fields = [
            "id",
            "reference",
            "version",
            "kind",
            "number",
            "title",
            "issuer",
            "issuer_name",
            "issued_on",
            "year",
            "region",
            "status",
            "published_at",
            "public_note",
            "replaced_by",
        ]
        read_only_fields = fields


class AttachmentOut(serializers.ModelSerializer):
    """An attached file; `size` in bytes."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = Attachment
        fields = ["id", "name", "kind", "size", "sha256", "url"]
        read_only_fields = fields

    def get_url(self, attachment: Attachment) -> str:
        return reverse("publications:file-download", args=[attachment.document_id, attachment.pk])


class DocumentFullOut(DocumentOut):
    """One document with its text (safe HTML) and files; both empty for the public once it is withdrawn."""

    attachments = AttachmentOut(many=True)

    class Meta(DocumentOut.Meta):
        fields = [*DocumentOut.Meta.fields, "body", "source_url", "attachments"]
        read_only_fields = fields

    def to_representation(self, instance):
        data = super().to_representation(instance)
        if not permissions.can_read(self.context["request"].user, instance):
            data |= {"body": "", "source_url": "", "attachments": []}
        return data


class DocumentIn(StrictSerializer, serializers.ModelSerializer):
    """What is sent to enter or change a document: `issuer` (a registered organization) or `issuer_name`."""

    issuer = serializers.PrimaryKeyRelatedField(
        queryset=Organization.objects.exclude(status=Organization.Status.DRAFT), required=False, allow_null=True
    )
    issuer_name = serializers.CharField(max_length=120, required=False)
    region = RegionCode()

    class Meta:
        model = Document
        fields = list(Document.FIELDS)
        # The table's own rules give the sentences, in validate().
        validators: list = []

    def validate_title(self, value: str) -> str:
        if not line(value):
            raise serializers.ValidationError(_("This field may not be blank."))
        return value

    def validate(self, attrs):
        known = self.instance
        if not (attrs.get("issuer") or attrs.get("issuer_name") or (known and known.issuer_name)):
            raise serializers.ValidationError({"issuer_name": [_("Say who issued the document.")]})
        document = copy.copy(known) if known else Document()
        for name, value in services.clean_values(values=attrs, issuer=document.issuer).items():
            setattr(document, name, value)
        try:
            document.clean_fields(exclude=["reference", "year"])
            document.clean()
        except InvalidModel as error:
            raise serializers.ValidationError(error.message_dict) from error
        return attrs


class DocumentReturnIn(StrictSerializer):
    reason = serializers.CharField(max_length=500)


class DocumentWithdrawIn(StrictSerializer):
    note = serializers.CharField(max_length=500)


class ReplacementIn(StrictSerializer):
    """The reference number of the newer, published document."""

    replacement = serializers.SlugRelatedField(slug_field="reference", queryset=Document.objects.published())


class FileIn(StrictSerializer):
    """One file, as multipart/form-data: PDF, Word, Excel, picture, CSV or text, up to 20 MB."""

    file = serializers.FileField(allow_empty_file=True)


class NothingIn(StrictSerializer):
    """A step that needs no words."""


@extend_schema_view(
    list=extend_schema(summary="Documents", auth=[{}]),
    retrieve=extend_schema(summary="One document with its text", responses=DocumentFullOut, auth=[{}]),
)
class DocumentViewSet(RepeatSafe, viewsets.ReadOnlyModelViewSet):
    """Policies, plans, notices, calls and typical practice. Reading what is published needs no log-in."""

    queryset = Document.objects.none()
    serializer_class = DocumentOut
    filterset_class = DocumentFilter
    lookup_value_regex = "[0-9]+"

    def get_queryset(self):
        rows = Document.objects.visible_to(self.request.user)
        rows = rows.for_list() if self.action == "list" else rows.for_page()
        return rows.order_by("-year", "-issued_on", "-pk")

    def get_permissions(self):
        public = self.request is not None and self.request.method in ("GET", "HEAD", "OPTIONS")
        return [AllowAny()] if public else [IsAuthenticated()]

    def retrieve(self, request, *args, **kwargs):
        return self._answer(self.get_object())

    @extend_schema(request=DocumentIn, responses={201: DocumentFullOut}, summary="Enter a document as a draft")
    def create(self, request):
        self._insist(permissions.can_add(request.user))
        sent = self._read(DocumentIn(data=request.data))
        self._insist(permissions.can_add_in(request.user, sent["region"].code))

        def work():
            return 201, self._data(services.create_document(values=sent, by=request.user))

        return self.once(request, work)

    @extend_schema(
        request=DocumentIn, responses=DocumentFullOut, parameters=[VERSION], summary="Change a draft or returned one"
    )
    def partial_update(self, request, pk=None):
        document = self.get_object()
        self._insist(permissions.can_manage(request.user, document))
        version = required_version(request)
        sent = self._read(DocumentIn(document, data=request.data, partial=True))
        if "issuer_name" in sent and "issuer" not in sent:
            sent["issuer"] = None
        if "region" in sent:
            self._insist(permissions.can_add_in(request.user, sent["region"].code))
        services.edit_document(document=document, values=sent, version=version, by=request.user)
        return self._answer(self.get_object())

    @extend_schema(request=NothingIn, responses=DocumentFullOut, summary="Hand a draft to a second person")
    @action(detail=True, methods=["post"])
    def submit(self, request, pk=None):
        return self._step(request, services.submit_document, NothingIn)

    @extend_schema(request=NothingIn, responses=DocumentFullOut, summary="Publish (a second person of the region)")
    @action(detail=True, methods=["post"])
    def publish(self, request, pk=None):
        return self._step(request, services.publish_document, NothingIn)

    @extend_schema(request=DocumentReturnIn, responses=DocumentFullOut, summary="Return for correction")
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request, pk=None):
        return self._step(request, services.return_document, DocumentReturnIn)

    @extend_schema(
        request=DocumentWithdrawIn, responses=DocumentFullOut, summary="Withdraw, with a note for the public"
    )
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk=None):
        return self._step(request, services.withdraw_document, DocumentWithdrawIn)

    @extend_schema(request=ReplacementIn, responses=DocumentFullOut, summary="Name the document that replaces it")
    @action(detail=True, methods=["post"])
    def replace(self, request, pk=None):
        return self._step(request, services.replace_document, ReplacementIn)

    @extend_schema(responses=AttachmentOut(many=True), auth=[{}], summary="The files of a document")
    @action(
        detail=True,
        pagination_class=None,
        filterset_class=None,
        parser_classes=[StrictJSONParser, MultiPartParser],
        url_path="files",
        url_name="files",
    )
    def attachments(self, request, pk=None):
        document = self.get_object()
        rows = Attachment.objects.visible_to(request.user).filter(document=document).order_by("pk")
        return Response(AttachmentOut(rows, many=True).data)

    @extend_schema(
        request={"multipart/form-data": FileIn}, responses={201: AttachmentOut}, summary="Attach a file to a draft"
    )
    @attachments.mapping.post
    def attach(self, request, pk=None):
        document = self.get_object()
        self._insist(permissions.can_manage(request.user, document))
        file = self._read(FileIn(data=request.data))["file"]
        # One byte more than allowed is enough to refuse it.
        content = file.read(files.MAX_BYTES + 1)
        made = services.attach_file(document=document, name=file.name or "", content=content, by=request.user)
        return Response(AttachmentOut(made).data, status=201)

    def _step(self, request, service, serializer) -> Response:
        document = self.get_object()
        self._insist(permissions.can_manage(request.user, document))
        sent = self._read(serializer(data=request.data))

        def work():
            service(document=document, by=request.user, **sent)
            return 200, self._data(document)

        return self.once(request, work)

    def _data(self, document: Document) -> dict:
        return DocumentFullOut(document, context=self.get_serializer_context()).data

    def _answer(self, document: Document) -> Response:
        return Response(self._data(document), headers={"ETag": f'"{document.version}"'})

    def _read(self, serializer) -> dict:
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def _insist(self, allowed: bool) -> None:
        if not allowed:
            raise PermissionDenied(_("Only civil-affairs staff of the document's region may do this."))


class FileViewSet(viewsets.GenericViewSet):
    """The files of a document, seen with it; those of a withdrawn one only by its author and staff."""

    queryset = Attachment.objects.none()
    serializer_class = AttachmentOut
    filterset_class = None
    lookup_value_regex = "[0-9]{1,18}"

    def get_permissions(self):
        public = self.request is not None and self.request.method in ("GET", "HEAD", "OPTIONS")
        return [AllowAny()] if public else [IsAuthenticated()]

    @extend_schema(responses=AttachmentOut, auth=[{}], summary="One file")
    def retrieve(self, request, document_pk=None, pk=None):
        return Response(AttachmentOut(self.file()).data)

    @extend_schema(responses={204: None}, summary="Take a file away from a draft")
    def destroy(self, request, document_pk=None, pk=None):
        file = self.file()
        if not permissions.can_manage(request.user, file.document):
            raise PermissionDenied(_("Only civil-affairs staff of the document's region may do this."))
        services.remove_file(attachment=file, by=request.user)
        return Response(status=204)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}, auth=[{}], summary="Download")
    @action(detail=True)
    def content(self, request, document_pk=None, pk=None):
        """The file itself, always as a download."""
        file = self.file()
        kind = files.TYPES[file.kind]
        return file_answer(file.file, name=file.name, content_type=kind, sha256=file.sha256)

    def file(self) -> Attachment:
        rows = Attachment.objects.visible_to(self.request.user).select_related("document__region")
        return get_object_or_404(rows, document=self.kwargs["document_pk"], pk=self.kwargs["pk"])


routes = [
    ("publications", DocumentViewSet),
    (r"publications/(?P<document_pk>[0-9]{1,18})/files", FileViewSet, "publication-files"),
]
paths: list = []

"""REST access to uploads: send a workbook, ask how far it is, store it, take it back."""

from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, parsers, response, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated

from core import rest
from exchange import imports, permissions, services, tasks
from exchange.filters import BatchFilter
from exchange.imports import IMPORTERS
from exchange.models import Batch
from exchange.sheets.budget import MAX_FILE


class ProblemOutput(serializers.Serializer):
    """One error of a file; `row` 0 is the file as a whole."""

    sheet = serializers.CharField()
    row = serializers.IntegerField()
    column = serializers.CharField()
    value = serializers.CharField()
    reason = serializers.CharField()
    remedy = serializers.CharField()


class BatchOutput(serializers.ModelSerializer):
    """An uploaded file: `counts` of a checked one says what storing it would do, of a stored one what it did."""

    counts = serializers.DictField(child=serializers.IntegerField())
    progress = serializers.SerializerMethodField(help_text="Rows done, of all rows.")
    needed = serializers.SerializerMethodField(help_text="What depends on a file that could not be taken back.")

    class Meta:
        model = Batch
        fields = ["id", "sheet", "file_name", "status", "progress", "counts", "needed", "created_at", "updated_at"]

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_progress(self, batch: Batch) -> list[int]:
        return [batch.rows_done, batch.rows_total]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_needed(self, batch: Batch) -> list[str]:
        return imports.needed_of(batch)


class UploadInput(rest.StrictSerializer):
    """A workbook (.xlsx or .csv) for one of the sheets, as multipart/form-data."""

    sheet = serializers.ChoiceField([])
    file = serializers.FileField(allow_empty_file=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sheet"].choices = sorted(IMPORTERS)


class UndoInput(rest.StrictSerializer):
    """Why the rows of a file are taken back."""

    reason = serializers.CharField(max_length=500)


@extend_schema_view(list=extend_schema(summary="The files you have uploaded"))
class BatchViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Uploaded workbooks. Send one, ask for it until it is checked, look at `counts` and `problems`, then store it."""

    serializer_class = BatchOutput
    filterset_class = BatchFilter
    permission_classes = [IsAuthenticated]
    parser_classes = [rest.StrictJSONParser, parsers.MultiPartParser]
    lookup_value_regex = r"[0-9]{1,18}"

    def get_queryset(self):
        return Batch.objects.visible_to(self.request.user).for_list().order_by("-pk")

    @extend_schema(request={"multipart/form-data": UploadInput}, responses={202: BatchOutput})
    def create(self, request):
        if not any(permissions.can_upload(request.user, importer) for importer in IMPORTERS.values()):
            raise PermissionDenied
        data = UploadInput(data=request.data)
        data.is_valid(raise_exception=True)
        sheet, file = data.validated_data["sheet"], data.validated_data["file"]
        if not permissions.can_upload(request.user, IMPORTERS[sheet]):
            raise PermissionDenied
        content = file.read(MAX_FILE + 1)
        batch = services.upload_batch(sheet=sheet, file_name=file.name or "", content=content, by=request.user)
        tasks.wake(batch.pk)
        return response.Response(BatchOutput(batch).data, status=202)

    @extend_schema(responses=ProblemOutput(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def problems(self, request, pk=None):
        """Every error of a refused file, in the language of the request."""
        return response.Response(ProblemOutput(imports.problems_of(self.mine()), many=True).data)

    @extend_schema(request=None, responses={202: BatchOutput})
    @action(detail=True, methods=["post"])
    def store(self, request, pk=None):
        batch = services.confirm_batch(batch=self.mine(), by=request.user)
        tasks.wake(batch.pk)
        return response.Response(BatchOutput(batch).data, status=202)

    @extend_schema(request=None, responses=BatchOutput)
    @action(detail=True, methods=["post"])
    def discard(self, request, pk=None):
        return response.Response(BatchOutput(services.discard_batch(batch=self.mine(), by=request.user)).data)

    @extend_schema(request=UndoInput, responses={202: BatchOutput})
    @action(detail=True, methods=["post"])
    def undo(self, request, pk=None):
        """Begin to take back what a file stored: its status becomes `undone`, or `stored` again with `needed`."""
        batch = self.mine()
        data = UndoInput(data=request.data)
        data.is_valid(raise_exception=True)
        undone = services.undo_batch(batch=batch, reason=data.validated_data["reason"], by=request.user)
        tasks.wake(batch.pk)
        return response.Response(BatchOutput(undone).data, status=202)

    def mine(self) -> Batch:
        """The file, for whoever may act on it."""
        batch = self.get_object()
        if not permissions.can_act_on(self.request.user, batch, IMPORTERS.get(batch.sheet)):
            raise PermissionDenied
        return batch


routes = [("uploads", BatchViewSet)]
paths: list = []

"""One's own notices over REST, and what one wants to be told."""

from django.conf import settings
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView
from rest_framework.viewsets import ReadOnlyModelViewSet

from core.rest import StrictSerializer
from notices import kinds, selectors, services
from notices.filters import NoticeFilter
from notices.models import Channel, Choices, Notice


class NoticeSerializer(serializers.ModelSerializer):
    """A notice; `text` is in the language of the request, `facts` are what it was made from."""

    label = serializers.CharField(help_text="the kind in words")
    text = serializers.CharField()
    facts = serializers.DictField(child=serializers.CharField())
    page = serializers.SerializerMethodField(help_text="address of the record's page")

    class Meta:
        model = Notice
        fields = ["id", "kind", "label", "text", "note", "facts", "target", "page", "created_at", "read_at"]

    @extend_schema_field(OpenApiTypes.URI)
    def get_page(self, notice: Notice) -> str | None:
        kind = notice.known_kind
        return reverse(kind.page, args=[notice.target], request=self.context.get("request")) if kind else None


class MarkedSerializer(serializers.Serializer):
    marked = serializers.IntegerField(help_text="how many notices were unread before")


class NoticeViewSet(ReadOnlyModelViewSet):
    """Your own notices, newest first."""

    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter
    permission_classes = [IsAuthenticated]
    lookup_value_regex = "[0-9]{1,18}"
    queryset = Notice.objects.none()

    def get_queryset(self):
        return Notice.objects.visible_to(self.request.user).order_by("-pk")

    @extend_schema(request=None, responses=NoticeSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk=None) -> Response:
        """Mark one notice as read; a repetition changes nothing."""
        notice = self.get_object()
        services.mark_read(notice=notice, by=request.user)
        return Response(self.get_serializer(notice).data)

    @extend_schema(request=None, responses=MarkedSerializer)
    @action(detail=False, methods=["post"], url_path="read-all", url_name="read-all")
    def read_all(self, request: Request) -> Response:
        """Mark every notice the filters of the query leave as read."""
        rows = self.filter_queryset(self.get_queryset())
        return Response({"marked": services.mark_all_read(notices=rows, by=request.user)})


class ChoicesSerializer(serializers.ModelSerializer):
    """What you chose. `declined` lists what you do not want as kind/channel, `available` what there is."""

    email = serializers.EmailField(allow_blank=True)
    declined = serializers.ListField(child=serializers.CharField())
    confirmed = serializers.BooleanField(source="takes_mail")
    available = serializers.SerializerMethodField()

    class Meta:
        model = Choices
        fields = ["email", "confirmed", "language", "declined", "available"]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_available(self, choices: Choices) -> list[str]:
        return _available()


class ChoicesWrite(StrictSerializer):
    email = serializers.EmailField(allow_blank=True)
    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    declined = serializers.ListField(child=serializers.ChoiceField(choices=[]), allow_empty=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["declined"].child.choices = _available()


def _available() -> list[str]:
    return [f"{kind}/{channel.value}" for kind in kinds.KINDS for channel in Channel]


class NoticeChoices(APIView):
    """Which notices you get, and how."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=ChoicesSerializer)
    def get(self, request: Request) -> Response:
        """Your choices."""
        return Response(ChoicesSerializer(selectors.choices_of(request.user)).data)

    @extend_schema(request=ChoicesWrite, responses=ChoicesSerializer)
    def put(self, request: Request) -> Response:
        """Replace your choices; a new address gets a mail with a link to confirm it."""
        sent = ChoicesWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        return Response(ChoicesSerializer(services.choose(**sent.validated_data, by=request.user)).data)


routes = [("notices", NoticeViewSet)]
paths = [path("notice-choices/", NoticeChoices.as_view(), name="notice-choices")]

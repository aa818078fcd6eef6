from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from core.headers import KEY, VERSION
from core.rest import RepeatSafe, ShortList, StrictJSONParser, StrictSerializer, required_version
from demands import permissions, services
from demands.api.doors import checked, insist
from demands.api.evidence import FILE
from demands.api.serializers import OptionalReasonWrite, QuantityField, ReasonWrite
from demands.filters import DeliveryFilter
from demands.models import AcceptanceEntry, Claim, Delivery, DeliveryFile, DeliveryLine
from demands.models.deliveries import MOST_BYTES


class DeliveryLineSerializer(serializers.ModelSerializer):
    item = serializers.IntegerField(source="line.item_id", help_text="id of the demand's item")
    what = serializers.CharField(source="line.item.what")
    unit = serializers.CharField(source="line.item.unit")
    open = serializers.DecimalField(
        max_digits=18, decimal_places=3, help_text="what the village has not entered anything about yet"
    )

    class Meta:
        model = DeliveryLine
        fields = ["id", "item", "what", "unit", "quantity", "accepted", "substituted", "short", "returned", "open"]


class DeliveryFileSerializer(serializers.ModelSerializer):
    """A photo or receipt; `url` gives the cleaned copy of a picture. `size` in bytes."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = DeliveryFile
        fields = ["id", "purpose", "name", "kind", "size", "sha256", "taken_on", "url"]

    @extend_schema_field(OpenApiTypes.STR)
    def get_url(self, file: DeliveryFile) -> str:
        return reverse("demands:delivery-file", args=[file.delivery_id, file.pk])


class EntrySerializer(serializers.ModelSerializer):
    """What the village entered; an entry with `reverses` takes that one back."""

    class Meta:
        model = AcceptanceEntry
        fields = ["id", "line", "outcome", "quantity", "instead", "reason", "reverses", "created_at"]


class DeliverySerializer(serializers.ModelSerializer):
    claim_reference = serializers.CharField(source="claim.reference")
    demand_reference = serializers.CharField(source="claim.demand.reference")
    village = serializers.CharField(source="claim.demand.village_id", help_text="code of 12 digits")
    organization = serializers.IntegerField(source="claim.organization_id")
    organization_name = serializers.CharField(source="claim.organization.name")
    lines = DeliveryLineSerializer(many=True)
    files = DeliveryFileSerializer(many=True)

    class Meta:
        model = Delivery
        fields = [
            "id",
            "reference",
            "claim",
            "claim_reference",
            "demand_reference",
            "village",
            "organization",
            "organization_name",
            "delivered_on",
            "note",
            "lines",
            "files",
            "status",
            "handed_over_at",
            "version",
            "created_at",
            "updated_at",
        ]


class DeliveredLine(StrictSerializer):
    item = serializers.IntegerField(help_text="id of the demand's item")
    quantity = QuantityField()


class DeliveryChange(StrictSerializer):
    """A delivery that is being prepared; `context["claim"]` says of which claim."""

    delivered_on = serializers.DateField()
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    lines = DeliveredLine(many=True, allow_empty=False, max_length=100)

    def arguments(self, claim: Claim) -> dict:
        """What the services take; 400 for an item that is not claimed."""
        values = dict(self.validated_data)
        values.pop("claim", None)
        lines = {line.item_id: line for line in claim.lines.select_related("item")}
        unknown = [row["item"] for row in values["lines"] if row["item"] not in lines]
        if unknown:
            words = _("This claim has no item with the number %(number)s.") % {"number": unknown[0]}
            raise serializers.ValidationError({"lines": [words]})
        values["lines"] = [(lines[row["item"]], row["quantity"]) for row in values["lines"]]
        return values


class DeliveryWrite(DeliveryChange):
    """A new delivery of a claim of one's organization."""

    claim = serializers.PrimaryKeyRelatedField(queryset=Claim.objects.none())

    def get_fields(self):
        fields = super().get_fields()
        if "request" in self.context:
            fields["claim"].queryset = Claim.objects.visible_to(self.context["request"].user)
        return fields


class FileWrite(StrictSerializer):
    """A photo (JPEG or PNG) or the signed receipt (also PDF), as multipart/form-data."""

    purpose = serializers.ChoiceField(DeliveryFile.Purpose.choices)
    file = serializers.FileField(allow_empty_file=True)


class FindingWrite(StrictSerializer):
    line = serializers.IntegerField(help_text="id of the delivery's line")
    outcome = serializers.ChoiceField(AcceptanceEntry.Outcome.choices)
    quantity = QuantityField()
    instead = serializers.CharField(
        max_length=120, required=False, allow_blank=True, default="", help_text="what came instead, if substituted"
    )
    reason = serializers.CharField(
        max_length=500, required=False, allow_blank=True, default="", help_text="needed if returned"
    )


class InspectionWrite(StrictSerializer):
    findings = ShortList(child=FindingWrite(), allow_empty=False, max_length=400)


class ReversalWrite(ReasonWrite):
    entry = serializers.IntegerField(help_text="id of the entry to take back")


class DeliveryViewSet(RepeatSafe, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Deliveries of one's organization, or to villages of the places one has a post in."""

    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilter
    parser_classes = [StrictJSONParser]
    lookup_value_regex = "[0-9]{1,18}"
    queryset = Delivery.objects.none()

    def get_queryset(self):
        return Delivery.objects.visible_to(self.request.user).for_list().order_by("-pk")

    def _body(self, delivery: Delivery) -> dict:
        return DeliverySerializer(Delivery.objects.for_list().get(pk=delivery.pk)).data

    def _step(self, request: Request, act) -> Response:
        return self.once(request, lambda: (status.HTTP_200_OK, self._body(act())))

    @extend_schema(request=DeliveryWrite, responses={201: DeliverySerializer}, parameters=[KEY])
    def create(self, request: Request) -> Response:
        """Prepare a delivery; add photos or the receipt, then hand it over."""
        sent = checked(DeliveryWrite, request)
        claim = sent.validated_data["claim"]
        insist(permissions.can_deliver(request.user, claim))
        values = sent.arguments(claim)

        def work():
            return status.HTTP_201_CREATED, self._body(
                services.prepare_delivery(claim=claim, **values, by=request.user)
            )

        return self.once(request, work)

    @extend_schema(request=DeliveryChange, responses=DeliverySerializer, parameters=[VERSION])
    def update(self, request: Request, pk=None) -> Response:
        """Change a delivery that is not handed over yet."""
        delivery = self.get_object()
        insist(permissions.can_deliver(request.user, delivery.claim))
        version = required_version(request)
        values = checked(DeliveryChange, request).arguments(delivery.claim)
        services.edit_delivery(delivery=delivery, **values, version=version, by=request.user)
        return Response(self._body(delivery))

    @extend_schema(request={"multipart/form-data": FileWrite}, responses={201: DeliveryFileSerializer})
    @action(detail=True, methods=["post"], parser_classes=[StrictJSONParser, MultiPartParser])
    def files(self, request: Request, pk=None) -> Response:
        """Add a photo or the signed receipt; the same file is not taken twice."""
        delivery = self.get_object()
        insist(permissions.can_deliver(request.user, delivery.claim))
        sent = checked(FileWrite, request).validated_data
        file = services.attach_file(
            delivery=delivery,
            purpose=sent["purpose"],
            name=sent["file"].name or "",
            content=sent["file"].read(MOST_BYTES + 1),
            by=request.user,
        )
        return Response(DeliveryFileSerializer(file).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None}, parameters=[FILE])
    @action(detail=True, methods=["delete"], url_path="files/(?P<file_pk>[0-9]{1,18})", url_name="file")
    def remove_file(self, request: Request, pk=None, file_pk=None) -> Response:
        """Take a photo or the receipt away before the delivery is handed over."""
        delivery = self.get_object()
        insist(permissions.can_deliver(request.user, delivery.claim))
        file = get_object_or_404(delivery.files.select_related("delivery"), pk=file_pk)
        services.remove_file(file=file, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses=DeliverySerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="hand-over", url_name="hand-over")
    def hand_over(self, request: Request, pk=None) -> Response:
        """Report the delivery to the village; 409 `no_evidence` without a file, `more_than_claimed` for too much."""
        delivery = self.get_object()
        insist(permissions.can_deliver(request.user, delivery.claim))
        return self._step(request, lambda: services.hand_over(delivery=delivery, by=request.user))

    @extend_schema(request=OptionalReasonWrite, responses=DeliverySerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk=None) -> Response:
        """Take a delivery back that was entered by mistake; with a reason once it is handed over."""
        delivery = self.get_object()
        insist(permissions.can_deliver(request.user, delivery.claim))
        reason = checked(OptionalReasonWrite, request).validated_data["reason"]
        return self._step(
            request, lambda: services.withdraw_delivery(delivery=delivery, reason=reason, by=request.user)
        )

    @extend_schema(responses=EntrySerializer(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def entries(self, request: Request, pk=None) -> Response:
        """All entries of the village in their order, those taken back as well."""
        rows = AcceptanceEntry.objects.visible_to(request.user).filter(line__delivery=self.get_object())
        return Response(EntrySerializer(rows.order_by("pk"), many=True).data)

    @extend_schema(request=InspectionWrite, responses=DeliverySerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def inspect(self, request: Request, pk=None) -> Response:
        """Enter what the village found, line by line, in one or several requests."""
        delivery = self.get_object()
        insist(permissions.can_inspect(request.user, delivery.claim))
        findings = checked(InspectionWrite, request).validated_data["findings"]
        lines = {line.pk: line for line in delivery.lines.select_related("line__item")}
        for finding in findings:
            if finding["line"] not in lines:
                words = _("This delivery has no line with the number %(number)s.") % {"number": finding["line"]}
                raise serializers.ValidationError({"findings": [words]})
        rows = [{**finding, "line": lines[finding["line"]]} for finding in findings]

        def work():
            services.inspect_delivery(delivery=delivery, findings=rows, by=request.user)
            return status.HTTP_200_OK, self._body(delivery)

        return self.once(request, work)

    @extend_schema(request=ReversalWrite, responses=DeliverySerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def reverse(self, request: Request, pk=None) -> Response:
        """Take an entry of the village back by a second one."""
        delivery = self.get_object()
        insist(permissions.can_inspect(request.user, delivery.claim))
        sent = checked(ReversalWrite, request).validated_data
        entry = AcceptanceEntry.objects.filter(line__delivery=delivery, pk=sent["entry"]).first()
        if entry is None:
            raise serializers.ValidationError({"entry": [_("This delivery has no such entry.")]})

        def work():
            services.reverse_entry(entry=entry, reason=sent["reason"], by=request.user)
            return status.HTTP_200_OK, self._body(delivery)

        return self.once(request, work)

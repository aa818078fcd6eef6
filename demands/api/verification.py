from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from core.exports import file_answer
from core.headers import KEY
from core.rest import RepeatSafe, StrictJSONParser, StrictSerializer
from demands import permissions, selectors, services
from demands.api.doors import checked, insist
from demands.api.serializers import ClaimSerializer, ReasonWrite
from demands.filters import SpotCheckFilter
from demands.models import Claim, ClaimAgreement, Rating, SpotCheck, Verification
from demands.models.deliveries import MOST_BYTES


class AgreementSerializer(serializers.ModelSerializer):
    class Meta:
        model = ClaimAgreement
        fields = ["id", "claim", "number", "signed_on", "name", "kind", "size", "sha256", "created_at"]


class AgreementWrite(StrictSerializer):
    """The agreement signed on a claim, with its paper (PDF, JPEG or PNG), as multipart/form-data."""

    number = serializers.CharField(max_length=60)
    signed_on = serializers.DateField()
    file = serializers.FileField(allow_empty_file=True)


class CheckSerializer(serializers.Serializer):
    """One automatic check of a claim."""

    code = serializers.CharField()
    passed = serializers.BooleanField()
    text = serializers.CharField()


class VerificationSerializer(serializers.ModelSerializer):
    class Meta:
        model = Verification
        fields = ["id", "claim", "outcome", "note", "checks", "created_at"]


class NoteWrite(StrictSerializer):
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class RatingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Rating
        fields = ["id", "claim", "side", "score", "comment", "created_at"]


class RatingWrite(StrictSerializer):
    """From 1 (poor) to 5 (very good); the side is that of the person."""

    score = serializers.IntegerField(min_value=1, max_value=5)
    comment = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class SpotCheckSerializer(serializers.ModelSerializer):
    claim_reference = serializers.CharField(source="claim.reference")
    village = serializers.CharField(source="claim.demand.village_id", help_text="code of 12 digits")
    organization = serializers.IntegerField(source="claim.organization_id")

    class Meta:
        model = SpotCheck
        fields = [
            "id",
            "claim",
            "claim_reference",
            "village",
            "organization",
            "origin",
            "reason",
            "status",
            "checked_on",
            "finding",
            "version",
            "created_at",
        ]


class SpotCheckWrite(StrictSerializer):
    outcome = serializers.ChoiceField(["confirmed", "discrepancy"])
    checked_on = serializers.DateField()
    finding = serializers.CharField(max_length=1000)


class Fulfilment(RepeatSafe):
    """What is done with a claim after its approval; a part of the claims' addresses."""

    _step: Any
    get_object: Any
    request: Any

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, url_path="agreement/content", url_name="agreement-content")
    def agreement_content(self, request: Request, pk=None):
        """The signed paper, always as a download."""
        paper = self._agreement()
        return file_answer(paper.file, name=paper.name, content_type=paper.content_type, sha256=paper.sha256)

    def _agreement(self) -> ClaimAgreement:
        return get_object_or_404(ClaimAgreement.objects.visible_to(self.request.user), claim=self.get_object())

    @extend_schema(methods=["get"], responses=AgreementSerializer)
    @extend_schema(
        methods=["post"], request={"multipart/form-data": AgreementWrite}, responses={201: AgreementSerializer}
    )
    @action(detail=True, methods=["get", "post"], parser_classes=[StrictJSONParser, MultiPartParser])
    def agreement(self, request: Request, pk=None) -> Response:
        """The agreement on the claim; POST enters the one that was signed, and deliveries follow."""
        if request.method == "GET":
            return Response(AgreementSerializer(self._agreement()).data)
        claim = self.get_object()
        insist(permissions.can_sign(request.user, claim))
        sent = checked(AgreementWrite, request).validated_data
        file = sent.pop("file")
        made = services.sign_agreement(
            claim=claim, **sent, name=file.name or "", content=file.read(MOST_BYTES + 1), by=request.user
        )
        return Response(AgreementSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ReasonWrite, responses=ClaimSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="end-rest", url_name="end-rest")
    def end_rest(self, request: Request, pk=None) -> Response:
        """Deliver no more: what is owed is free at once, what has arrived goes on; withdrawn if that is nothing."""
        claim = self.get_object()
        insist(permissions.can_end(request.user, claim))
        reason = checked(ReasonWrite, request).validated_data["reason"]
        return self._step(request, lambda: services.end_rest(claim=claim, reason=reason, by=request.user))

    @extend_schema(responses=CheckSerializer(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def checks(self, request: Request, pk=None) -> Response:
        """What the portal checks by itself before a claim is verified; for the staff responsible."""
        claim = self.get_object()
        insist(permissions.can_verify(request.user, claim))
        return Response(CheckSerializer(selectors.checks_of(claim), many=True).data)

    @extend_schema(request=NoteWrite, responses={201: VerificationSerializer}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, pk=None) -> Response:
        """Verify an accepted claim; with a note where a check is not in order (409 `no_reason`)."""
        claim = self._verifiable(request)
        note = checked(NoteWrite, request).validated_data["note"]
        return self._made(
            request, VerificationSerializer, lambda: services.verify_claim(claim=claim, note=note, by=request.user)
        )

    @extend_schema(request=ReasonWrite, responses={201: VerificationSerializer}, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="send-back", url_name="send-back")
    def send_back(self, request: Request, pk=None) -> Response:
        """Send an accepted claim back to the village."""
        claim = self._verifiable(request)
        reason = checked(ReasonWrite, request).validated_data["reason"]
        return self._made(
            request, VerificationSerializer, lambda: services.send_back(claim=claim, reason=reason, by=request.user)
        )

    @extend_schema(request=ReasonWrite, responses={200: CheckSerializer(many=True)}, parameters=[KEY])
    @action(detail=True, methods=["post"], pagination_class=None, filterset_class=None)
    def confirm(self, request: Request, pk=None) -> Response:
        """The village stands by its entries of a claim that was sent back. Answers with the automatic checks."""
        claim = self.get_object()
        insist(permissions.can_inspect(request.user, claim))
        note = checked(ReasonWrite, request).validated_data["reason"]

        def work():
            services.confirm_acceptance(claim=claim, note=note, by=request.user)
            return status.HTTP_200_OK, CheckSerializer(selectors.checks_of(claim), many=True).data

        return self.once(request, work)

    @extend_schema(request=ReasonWrite, responses={201: SpotCheckSerializer}, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="spot-check", url_name="spot-check")
    def spot_check(self, request: Request, pk=None) -> Response:
        """Have somebody look at the claim on the spot."""
        claim = self._verifiable(request)
        reason = checked(ReasonWrite, request).validated_data["reason"]
        return self._made(
            request,
            SpotCheckSerializer,
            lambda: services.order_spot_check(claim=claim, reason=reason, by=request.user),
        )

    @extend_schema(request=RatingWrite, responses={201: RatingSerializer}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def rate(self, request: Request, pk=None) -> Response:
        """Rate a verified claim, once for each side."""
        claim = self.get_object()
        side = permissions.rates_for(request.user, claim)
        insist(side != "")
        sent = checked(RatingWrite, request).validated_data
        return self._made(
            request,
            RatingSerializer,
            lambda: services.rate_claim(claim=claim, side=side, **sent, by=request.user),
        )

    def _verifiable(self, request: Request) -> Claim:
        claim = self.get_object()
        insist(permissions.can_verify(request.user, claim))
        return claim

    def _made(self, request: Request, serializer, act) -> Response:
        return self.once(request, lambda: (status.HTTP_201_CREATED, serializer(act()).data))


class SpotCheckViewSet(RepeatSafe, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Spot checks in the places one has a post in; organizations see those of their claims once they are over."""

    serializer_class = SpotCheckSerializer
    filterset_class = SpotCheckFilter
    lookup_value_regex = "[0-9]{1,18}"
    queryset = SpotCheck.objects.none()

    def get_queryset(self):
        return SpotCheck.objects.visible_to(self.request.user).for_list().order_by("-pk")

    @extend_schema(request=SpotCheckWrite, responses=SpotCheckSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, pk=None) -> Response:
        """Enter what was found; a discrepancy sends an accepted claim back to the village."""
        spot_check = self.get_object()
        insist(permissions.can_verify(request.user, spot_check.claim))
        sent = checked(SpotCheckWrite, request).validated_data
        confirmed = sent.pop("outcome") == SpotCheck.Status.CONFIRMED

        def work():
            services.finish_spot_check(spot_check=spot_check, confirmed=confirmed, **sent, by=request.user)
            return status.HTTP_200_OK, SpotCheckSerializer(self.get_queryset().get(pk=spot_check.pk)).data

        return self.once(request, work)

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from core.headers import KEY, SEEN
from core.rest import StrictSerializer, named_version
from demands import permissions, services
from demands.api.doors import checked, insist
from demands.api.drafts import ClaimFiles
from demands.api.serializers import ClaimSerializer, OptionalReasonWrite, ReasonWrite
from demands.api.verification import Fulfilment
from demands.filters import ClaimFilter
from demands.models import Claim


class ApprovedLine(StrictSerializer):
    item = serializers.IntegerField(help_text="id of the demand's item")
    quantity = serializers.DecimalField(
        max_digits=18, decimal_places=3, min_value=0, help_text="at most what was asked for; 0 takes the item out"
    )


class ApproveWrite(StrictSerializer):
    """What is approved; items that are left out are approved as asked for. A note is needed where it is less."""

    lines = ApprovedLine(many=True, required=False, default=[])
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class ClaimViewSet(Fulfilment, ClaimFiles, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Claims of one's organization, or on demands of the places one is responsible for."""

    serializer_class = ClaimSerializer
    filterset_class = ClaimFilter
    lookup_value_regex = "[0-9]+"
    queryset = Claim.objects.none()

    def get_queryset(self):
        return Claim.objects.visible_to(self.request.user).for_list().order_by("-pk")

    def _step(self, request: Request, act) -> Response:
        def work():
            claim = act()
            return status.HTTP_200_OK, ClaimSerializer(Claim.objects.for_list().get(pk=claim.pk)).data

        return self.once(request, work)

    @extend_schema(request=ApproveWrite, responses=ClaimSerializer, parameters=[KEY, SEEN])
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk=None) -> Response:
        """Approve a submitted claim, or a part of it; the organization must still be eligible."""
        claim = self.get_object()
        insist(permissions.can_decide(request.user, claim))
        sent = checked(ApproveWrite, request).validated_data
        lines = {line["item"]: line["quantity"] for line in sent["lines"]}
        facts = {"quantities": lines, "note": sent["note"], "version": named_version(request)}
        return self._step(request, lambda: services.approve_claim(claim=claim, **facts, by=request.user))

    @extend_schema(request=ReasonWrite, responses=ClaimSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def extend(self, request: Request, pk=None) -> Response:
        """Give the hold of a claim more time; 409 `too_often` after the last time."""
        claim = self.get_object()
        insist(permissions.can_extend(request.user, claim))
        reason = checked(ReasonWrite, request).validated_data["reason"]
        return self._step(request, lambda: services.extend_claim(claim=claim, reason=reason, by=request.user))

    @extend_schema(request=ReasonWrite, responses=ClaimSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk=None) -> Response:
        """Reject a submitted claim; its quantities are free at once."""
        claim = self.get_object()
        insist(permissions.can_decide(request.user, claim))
        reason = checked(ReasonWrite, request).validated_data["reason"]
        return self._step(request, lambda: services.reject_claim(claim=claim, reason=reason, by=request.user))

    @extend_schema(request=OptionalReasonWrite, responses=ClaimSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk=None) -> Response:
        """Take one's own organization's claim back; its quantities are free at once."""
        claim = self.get_object()
        insist(permissions.can_withdraw_claim(request.user, claim))
        reason = checked(OptionalReasonWrite, request).validated_data["reason"]
        return self._step(request, lambda: services.withdraw_claim(claim=claim, reason=reason, by=request.user))

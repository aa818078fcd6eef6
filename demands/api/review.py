"""The steps of a demand's life over REST."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.headers import KEY, SEEN, VERSION
from core.rest import StrictSerializer, named_version, required_version
from demands import permissions, selectors, services
from demands.api.doors import checked, insist
from demands.api.serializers import DemandDetailSerializer, OptionalReasonWrite, QuantityField, ReasonWrite
from demands.models import Demand


class SubmitWrite(StrictSerializer):
    not_a_duplicate = serializers.CharField(
        max_length=500,
        required=False,
        allow_blank=True,
        default="",
        help_text="why it is another need, where it looks like a demand of the same village",
    )


class ReviewWrite(StrictSerializer):
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    looked_at_files = serializers.BooleanField(
        default=False, help_text="the reviewer has looked at the pictures and PDF files"
    )


class QuantityWrite(StrictSerializer):
    """What is needed of one item from now on."""

    item = serializers.IntegerField(help_text="id of the demand's item")
    quantity = QuantityField()
    reason = serializers.CharField(max_length=500)


class LikeSerializer(serializers.ModelSerializer):
    """A demand of the same village that looks like this one."""

    class Meta:
        model = Demand
        fields = ["id", "reference", "title", "status"]


class ReviewActions:
    """Handing in, both levels of review, and what follows after publication."""

    seen: Any
    body: Any
    once: Any

    def _step(self, request: Request, may, act) -> Response:
        """Do `act(demand)` once for a person who `may`."""
        demand = self.seen(self.kwargs["pk"])
        insist(may(request.user, demand))
        return self.once(request, lambda: (status.HTTP_200_OK, self.body(act(demand))))

    @extend_schema(request=SubmitWrite, responses=DemandDetailSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk=None) -> Response:
        """Hand a draft in for review; 409 `duplicate` lists demands it looks like, `no_evidence` asks for a file."""
        sent = checked(SubmitWrite, request).validated_data
        return self._step(
            request, permissions.can_edit, lambda demand: services.submit(demand=demand, **sent, by=request.user)
        )

    @extend_schema(request=ReviewWrite, responses=DemandDetailSerializer, parameters=[KEY, SEEN])
    @action(detail=True, methods=["post"])
    def check(self, request: Request, pk=None) -> Response:
        """Confirm a demand for the township; refused to whoever wrote or submitted it."""
        sent = {**checked(ReviewWrite, request).validated_data, "version": named_version(request)}
        return self._step(
            request, permissions.can_check, lambda demand: services.check_demand(demand=demand, **sent, by=request.user)
        )

    @extend_schema(request=ReviewWrite, responses=DemandDetailSerializer, parameters=[KEY, SEEN])
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk=None) -> Response:
        """Publish a reviewed demand; refused to whoever wrote, submitted or checked it."""
        sent = {**checked(ReviewWrite, request).validated_data, "version": named_version(request)}
        return self._step(
            request, permissions.can_publish, lambda demand: services.publish(demand=demand, **sent, by=request.user)
        )

    @extend_schema(request=ReasonWrite, responses=DemandDetailSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request: Request, pk=None) -> Response:
        """Return a demand in review for correction."""
        return self._with_reason(request, permissions.can_return, services.return_with_reasons)

    @extend_schema(request=ReasonWrite, responses=DemandDetailSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk=None) -> Response:
        """Reject a demand in review for good."""
        return self._with_reason(request, permissions.can_publish, services.reject)

    @extend_schema(request=OptionalReasonWrite, responses=DemandDetailSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk=None) -> Response:
        """Take a demand back, a public one with a reason; 409 `live_claims` while organizations have claims on it."""
        return self._with_reason(request, permissions.can_withdraw, services.withdraw_demand, OptionalReasonWrite)

    @extend_schema(request=ReasonWrite, responses=DemandDetailSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def suspend(self, request: Request, pk=None) -> Response:
        """Take an open demand out of claiming for a while."""
        return self._with_reason(request, permissions.can_manage, services.suspend_demand)

    @extend_schema(request=None, responses=DemandDetailSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk=None) -> Response:
        """Open a suspended demand again."""
        return self._step(
            request, permissions.can_manage, lambda demand: services.resume_demand(demand=demand, by=request.user)
        )

    @extend_schema(request=OptionalReasonWrite, responses=DemandDetailSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk=None) -> Response:
        """End a demand for good; one that is still open only with a reason."""
        return self._with_reason(request, permissions.can_manage, services.close_demand, OptionalReasonWrite)

    @extend_schema(request=QuantityWrite, responses=DemandDetailSerializer, parameters=[KEY, VERSION])
    @action(detail=True, methods=["post"])
    def quantities(self, request: Request, pk=None) -> Response:
        """Raise or lower what is needed of an item of a published demand; 409 `below_claimed` says what is claimed."""
        demand = self.seen(pk)
        insist(permissions.can_publish(request.user, demand))
        version = required_version(request)
        sent = checked(QuantityWrite, request).validated_data
        item = demand.items.select_related("demand").filter(pk=sent["item"]).first()
        if item is None:
            words = _("This demand has no item with the number %(number)s.") % {"number": sent["item"]}
            raise serializers.ValidationError({"item": [words]})

        def act(demand: Demand) -> Demand:
            values = {"quantity": sent["quantity"], "note": sent["reason"], "version": version}
            services.change_quantity(item=item, **values, by=request.user)
            return demand

        return self._step(request, permissions.can_publish, act)

    @extend_schema(responses=LikeSerializer(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def duplicates(self, request: Request, pk=None) -> Response:
        """Demands of the same village that look like this one."""
        demand = self.seen(pk)
        insist(permissions.can_edit(request.user, demand))
        return Response(LikeSerializer(selectors.duplicates_of(demand), many=True).data)

    def _with_reason(self, request: Request, may, service, serializer_class=ReasonWrite) -> Response:
        def act(demand: Demand) -> Demand:
            reason = checked(serializer_class, request).validated_data["reason"]
            return service(demand=demand, reason=reason, by=request.user)

        return self._step(request, may, act)

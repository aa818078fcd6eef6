"""Supply offers, invitations and the measured success of docking over REST."""

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from core.errors import Refused
from core.headers import KEY, VERSION
from core.rest import RepeatSafe, ShortList, StrictSerializer, required_version
from demands import permissions, selectors, services
from demands.api.doors import checked, insist
from demands.api.serializers import QuantityField, ReasonWrite
from demands.filters import InvitationFilter, OfferFilter
from demands.forms import DockingForm
from demands.models import Demand, DemandItem, Invitation, SupplyOffer
from organizations.models import AssistanceForm, Organization
from regions import selectors as regions
from regions.models import Region


class OfferSerializer(serializers.ModelSerializer):
    """What an organization can give; no regions: everywhere."""

    organization_name = serializers.CharField(source="organization.name")
    regions = serializers.SlugRelatedField("code", many=True, read_only=True, help_text="codes of 12 digits")

    class Meta:
        model = SupplyOffer
        fields = [
            "id",
            "reference",
            "organization",
            "organization_name",
            "form",
            "kind",
            "what",
            "unit",
            "quantity",
            "description",
            "regions",
            "paired_only",
            "valid_until",
            "status",
            "version",
            "created_at",
            "updated_at",
        ]


class OfferChange(StrictSerializer):
    form = serializers.ChoiceField(choices=AssistanceForm.choices)
    kind = serializers.ChoiceField(choices=DemandItem.Kind.choices)
    what = serializers.CharField(max_length=120)
    unit = serializers.CharField(max_length=20)
    quantity = QuantityField()
    description = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    regions = ShortList(child=serializers.CharField(), max_length=20, required=False, default=list)
    paired_only = serializers.BooleanField(required=False, default=False)
    valid_until = serializers.DateField(required=False, allow_null=True, default=None)

    def validate_regions(self, codes: list[str]) -> list[Region]:
        try:
            return list({place.code: place for place in map(regions.resolve_text, codes)}.values())
        except Refused as refused:
            raise serializers.ValidationError(str(refused)) from refused

    def arguments(self) -> dict:
        """What the services take."""
        plain = ("form", "kind", "what", "unit", "quantity", "description", "paired_only", "valid_until")
        data = self.validated_data
        return {"values": {name: data[name] for name in plain}, "regions": data["regions"]}


class OfferWrite(OfferChange):
    organization = serializers.IntegerField(min_value=1, max_value=2**63 - 1)

    def validate_organization(self, key: int) -> Organization:
        organization = Organization.objects.of(self.context["request"].user).filter(pk=key).first()
        if organization is None:
            raise serializers.ValidationError(_("You do not act for this organization."))
        return organization


class FitSerializer(serializers.Serializer):
    """A suggestion and what speaks for it, in the language of the request."""

    organization = serializers.IntegerField(source="organization.pk")
    organization_name = serializers.CharField(source="organization.name")
    demand = serializers.IntegerField(source="demand.pk")
    demand_reference = serializers.CharField(source="demand.reference")
    offer = serializers.SerializerMethodField()
    score = serializers.IntegerField(help_text="points of the documented rule; only their order has a meaning")
    reasons = serializers.ListField(child=serializers.CharField())

    @extend_schema_field(OpenApiTypes.INT)
    def get_offer(self, suggestion: selectors.Suggestion) -> int | None:
        return suggestion.offer.pk if suggestion.offer else None


class OfferViewSet(RepeatSafe, ReadOnlyModelViewSet):
    """What organizations can give. Open offers are public."""

    serializer_class = OfferSerializer
    filterset_class = OfferFilter
    lookup_value_regex = "[0-9]{1,18}"
    queryset = SupplyOffer.objects.none()

    def get_queryset(self):
        return SupplyOffer.objects.visible_to(self.request.user).for_list().order_by("-pk")

    def get_permissions(self):
        return [AllowAny() if self.action in ("list", "retrieve", "fits") else IsAuthenticated()]

    def _body(self, offer: SupplyOffer) -> dict:
        return OfferSerializer(SupplyOffer.objects.for_list().get(pk=offer.pk)).data

    def _mine(self) -> SupplyOffer:
        offer = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        insist(permissions.can_change_offer(self.request.user, offer))
        return offer

    @extend_schema(request=OfferWrite, responses={201: OfferSerializer}, parameters=[KEY])
    def create(self, request: Request) -> Response:
        """Write a draft for an organization one acts for."""
        insist(permissions.can_offer(request.user))
        sent = checked(OfferWrite, request)
        organization = sent.validated_data["organization"]

        def work():
            offer = services.create_offer(organization=organization, **sent.arguments(), by=request.user)
            return status.HTTP_201_CREATED, self._body(offer)

        return self.once(request, work)

    @extend_schema(request=OfferChange, responses=OfferSerializer, parameters=[VERSION])
    def update(self, request: Request, pk=None) -> Response:
        """Replace what is offered."""
        offer = self._mine()
        version = required_version(request)
        sent = checked(OfferChange, request)
        services.edit_offer(offer=offer, **sent.arguments(), version=version, by=request.user)
        return Response(self._body(offer))

    @extend_schema(request=None, responses=OfferSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def open(self, request: Request, pk=None) -> Response:
        """Make a draft or paused offer public."""
        return self._step(services.open_offer)

    @extend_schema(request=None, responses=OfferSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk=None) -> Response:
        """Take it out of the lists for a while."""
        return self._step(services.pause_offer)

    @extend_schema(request=None, responses=OfferSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk=None) -> Response:
        """End it for good."""
        return self._step(services.close_offer)

    @extend_schema(responses=FitSerializer(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def fits(self, request: Request, pk=None) -> Response:
        """The demands that fit this offer best, with reasons; none unless it is open and has not run out."""
        offer = self.get_object()
        fits = offer.status == SupplyOffer.Status.OPEN and not offer.is_over()
        return Response(FitSerializer(selectors.demands_for(offer) if fits else [], many=True).data)

    def _step(self, service) -> Response:
        offer = self._mine()
        return self.once(self.request, lambda: (200, self._body(service(offer=offer, by=self.request.user))))


class DemandMatches(APIView):
    """Whom staff could invite to a demand."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=FitSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """Organizations with reasons, for staff responsible for the village."""
        demand = get_object_or_404(Demand.objects.visible_to(request.user).for_list(), pk=pk)
        insist(permissions.can_invite(request.user, demand))
        return Response(FitSerializer(selectors.organizations_for(demand), many=True).data)


class InvitationSerializer(serializers.ModelSerializer):
    demand_reference = serializers.CharField(source="demand.reference")
    organization_name = serializers.CharField(source="organization.name")

    class Meta:
        model = Invitation
        fields = [
            "id",
            "demand",
            "demand_reference",
            "organization",
            "organization_name",
            "offer",
            "message",
            "expires_on",
            "answer",
            "status",
            "version",
            "created_at",
            "updated_at",
        ]


class InvitationWrite(StrictSerializer):
    demand = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    organization = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    offer = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False, allow_null=True, default=None)
    message = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    expires_on = serializers.DateField(required=False, allow_null=True, default=None)

    def _found(self, model, key: int):
        row = model.objects.visible_to(self.context["request"].user).filter(pk=key).first()
        if row is None:
            raise serializers.ValidationError(_("There is nothing here that you may see."))
        return row

    def validate_demand(self, key: int) -> Demand:
        return self._found(Demand, key)

    def validate_organization(self, key: int) -> Organization:
        return self._found(Organization, key)

    def validate_offer(self, key: int | None) -> SupplyOffer | None:
        return None if key is None else self._found(SupplyOffer, key)


class InvitationViewSet(RepeatSafe, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Invitations of staff to look at a demand: never an assignment."""

    serializer_class = InvitationSerializer
    filterset_class = InvitationFilter
    lookup_value_regex = "[0-9]{1,18}"
    queryset = Invitation.objects.none()

    def get_queryset(self):
        return Invitation.objects.visible_to(self.request.user).for_list().order_by("-pk")

    @extend_schema(request=InvitationWrite, responses={201: InvitationSerializer}, parameters=[KEY])
    def create(self, request: Request) -> Response:
        """Invite an organization to a demand of a place one is responsible for."""
        insist(request.user.is_officer)
        sent = checked(InvitationWrite, request).validated_data
        insist(permissions.can_invite(request.user, sent["demand"]))

        def work():
            made = services.invite_organization(**sent, by=request.user)
            return status.HTTP_201_CREATED, InvitationSerializer(made).data

        return self.once(request, work)

    @extend_schema(request=None, responses=InvitationSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk=None) -> Response:
        """Say yes; the claim is a request of its own."""
        invitation = self._asked()
        return self._done(request, lambda: services.accept_invitation(invitation=invitation, by=request.user))

    @extend_schema(request=ReasonWrite, responses=InvitationSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk=None) -> Response:
        """Say no, with a reason."""
        invitation = self._asked()
        reason = checked(ReasonWrite, request).validated_data["reason"]
        act = services.decline_invitation
        return self._done(request, lambda: act(invitation=invitation, reason=reason, by=request.user))

    @extend_schema(request=None, responses=InvitationSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk=None) -> Response:
        """Take an unanswered invitation back."""
        invitation = self.get_object()
        insist(permissions.can_invite(request.user, invitation.demand))
        return self._done(request, lambda: services.withdraw_invitation(invitation=invitation, by=request.user))

    def _asked(self) -> Invitation:
        invitation = self.get_object()
        insist(permissions.can_answer(self.request.user, invitation))
        return invitation

    def _done(self, request: Request, act) -> Response:
        return self.once(request, lambda: (200, InvitationSerializer(act()).data))


class DockingLine(serializers.Serializer):
    key = serializers.CharField(help_text="code of the region or assistance form")
    name = serializers.CharField()
    published = serializers.IntegerField()
    claimed = serializers.IntegerField()
    verified = serializers.IntegerField()
    claimed_share = serializers.DecimalField(5, 1, allow_null=True, help_text="percent of the published")
    verified_share = serializers.DecimalField(5, 1, allow_null=True, help_text="percent of the published")
    days_to_claim = serializers.DecimalField(9, 1, allow_null=True, help_text="median, published to first claim")
    days_to_verify = serializers.DecimalField(9, 1, allow_null=True, help_text="median, first claim to verification")
    days_in_all = serializers.DecimalField(9, 1, allow_null=True, help_text="median, published to verification")


class DefinitionSerializer(serializers.Serializer):
    figure = serializers.CharField()
    definition = serializers.CharField()


class DockingOutput(serializers.Serializer):
    since = serializers.DateField()
    until = serializers.DateField()
    as_of = serializers.DateTimeField()
    total = DockingLine()
    by_form = DockingLine(many=True)
    by_place = DockingLine(many=True)
    definitions = DefinitionSerializer(many=True)


class DockingView(APIView):
    """How well demands and organizations come together."""

    permission_classes = [AllowAny]

    @extend_schema(
        responses=DockingOutput,
        parameters=[
            OpenApiParameter("region", str, description="code, path or name; without it the nation"),
            OpenApiParameter("form", str, enum=AssistanceForm.values),
            OpenApiParameter("since", OpenApiTypes.DATE, description="first day of publication; a year before until"),
            OpenApiParameter("until", OpenApiTypes.DATE, description="last day of publication; today"),
        ],
    )
    def get(self, request: Request) -> Response:
        """Published, claimed and verified demands of a period with the median days between, and their definitions."""
        unknown = set(request.query_params) - {"region", "form", "since", "until", "format"}
        if unknown:
            raise serializers.ValidationError({name: [_("There is no such filter.")] for name in unknown})
        form = DockingForm(request.query_params)
        if not form.is_valid():
            raise serializers.ValidationError({name: list(map(str, found)) for name, found in form.errors.items()})
        asked = form.cleaned_data
        answer = selectors.docking(asked["region"], since=asked["since"], until=asked["until"], form=asked["form"])
        words = [{"figure": figure, "definition": text} for figure, text in selectors.definitions()]
        body = {**vars(answer), "since": asked["since"], "until": asked["until"], "definitions": words}
        return Response(DockingOutput(body).data)

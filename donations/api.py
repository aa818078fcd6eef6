"""Gifts over REST: public reading of received gifts with consent; entry and steps for those who may take them."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, response, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny, IsAuthenticated

from core import rest
from core.errors import Refused
from donations import permissions, selectors, services
from donations.filters import DonationFilter
from donations.models import Donation, DonationDonor, Lot
from organizations import uscc
from organizations.models import Organization
from pairings.models import Pairing
from regions.models import Region
from regions.selectors import resolve

MONEY = {"max_digits": 18, "decimal_places": 2}


class GiftParty(serializers.ModelSerializer):
    """An organization inside a gift."""

    class Meta:
        model = Organization
        fields = ["id", "name", "uscc"]


class GiftRegion(serializers.ModelSerializer):
    """A region inside a gift."""

    class Meta:
        model = Region
        fields = ["code", "name", "level"]


class DonorOutput(serializers.Serializer):
    """A donor: a registered organization, or a name; neither for an anonymous one. Names need consent."""

    organization = GiftParty(allow_null=True)
    name = serializers.CharField()
    share = serializers.DecimalField(**MONEY, allow_null=True)


class LotOutput(serializers.ModelSerializer):
    """A lot; `amount` is yuan and null for goods without a reliable value."""

    class Meta:
        model = Lot
        fields = ["form", "what", "quantity", "unit", "amount", "basis"]


class ReversalOutput(serializers.Serializer):
    """The correction of a mistaken gift. The reason is told only to those concerned."""

    replaced_by = serializers.CharField(allow_null=True)
    reason = serializers.CharField(allow_null=True)


class DonationOutput(serializers.ModelSerializer):
    """One gift. `value` is the yuan of all lots, goods at value included."""

    donors = serializers.SerializerMethodField()
    lots = LotOutput(many=True)
    regions = serializers.SerializerMethodField()
    recipient = GiftParty(allow_null=True)
    pairing = serializers.CharField(source="pairing.reference", default=None, allow_null=True)
    value = serializers.SerializerMethodField()
    reversal = serializers.SerializerMethodField()

    class Meta:
        model = Donation
        fields = [
            "id",
            "reference",
            "status",
            "channel",
            "relief",
            "donors",
            "recipient",
            "regions",
            "pairing",
            "value",
            "lots",
            "purpose",
            "pledged_on",
            "received_on",
            "source",
            "consent_to_publish",
            "reversal",
            "version",
            "created_at",
            "updated_at",
        ]

    @extend_schema_field(DonorOutput(many=True))
    def get_donors(self, donation: Donation) -> list[dict[str, Any]]:
        if not selectors.names_shown(donation, self.context["request"].user):
            return []
        return DonorOutput(donation.donors.all(), many=True).data

    @extend_schema_field(GiftRegion(many=True))
    def get_regions(self, donation: Donation) -> list[dict[str, Any]]:
        return GiftRegion([entry.region for entry in donation.donation_regions.all()], many=True).data

    @extend_schema_field(serializers.DecimalField(**MONEY, allow_null=True))
    def get_value(self, donation: Donation) -> str | None:
        value = selectors.value_of(donation)
        return None if value is None else f"{value:.2f}"

    @extend_schema_field(ReversalOutput(allow_null=True))
    def get_reversal(self, donation: Donation) -> dict[str, Any] | None:
        reversal = getattr(donation, "reversal", None)
        if reversal is None:
            return None
        known = self.context["request"].user.is_authenticated
        replaced_by = reversal.replaced_by.reference if reversal.replaced_by else None
        return {"replaced_by": replaced_by, "reason": reversal.reason if known else None}


class DonorInput(rest.StrictSerializer):
    """Exactly one of: `uscc` of a registered organization, a `name` (of one, or a free one), `anonymous`."""

    uscc = serializers.CharField(required=False, max_length=40)
    name = serializers.CharField(required=False, max_length=120)
    anonymous = serializers.BooleanField(required=False, default=False)
    share = serializers.DecimalField(**MONEY, required=False, allow_null=True, default=None)

    def validate_uscc(self, value: str) -> Organization:
        return _registered(value)

    def validate(self, data: dict) -> DonationDonor:
        if [bool(data.get("uscc")), bool(data.get("name")), data["anonymous"]].count(True) != 1:
            raise serializers.ValidationError(_("Give exactly one of: uscc, name, anonymous."))
        try:
            donor = selectors.named_donor(data["name"]) if data.get("name") else DonationDonor()
        except Refused as refused:
            raise serializers.ValidationError({"name": [str(refused)]}) from refused
        return DonationDonor(organization=data.get("uscc") or donor.organization, name=donor.name, share=data["share"])


class LotInput(rest.StrictSerializer):
    """A lot. Cash needs an amount; goods without a reliable value have no amount and the basis "none"."""

    form = serializers.ChoiceField(Lot.Form.choices)
    what = serializers.CharField(required=False, allow_blank=True, max_length=120)
    quantity = serializers.DecimalField(max_digits=18, decimal_places=3, required=False, allow_null=True)
    unit = serializers.CharField(required=False, allow_blank=True, max_length=20)
    amount = serializers.DecimalField(**MONEY, required=False, allow_null=True)
    basis = serializers.ChoiceField(Lot.Basis.choices, required=False)

    def validate(self, data: dict) -> Lot:
        return Lot(**data)


class DonationInput(rest.StrictSerializer):
    """A new gift: with a date of receipt it is received, without one it is a pledge.

    `save_anyway` stores a gift although one of the same donors, amount and day is there.
    """

    donors = DonorInput(many=True, allow_empty=False, max_length=50)
    lots = LotInput(many=True, allow_empty=False, max_length=50)
    regions = serializers.ListField(child=serializers.CharField(max_length=12), required=False, max_length=50)
    recipient = serializers.CharField(required=False, allow_null=True, max_length=40, help_text="credit code")
    pairing = serializers.CharField(required=False, allow_null=True, max_length=20, help_text="reference number")
    channel = serializers.ChoiceField(Donation.Channel.choices)
    relief = serializers.ChoiceField(Donation.Relief.choices, required=False)
    pledged_on = serializers.DateField(required=False, allow_null=True)
    received_on = serializers.DateField(required=False, allow_null=True)
    purpose = serializers.CharField(required=False, allow_blank=True, max_length=300)
    source = serializers.CharField(required=False, allow_blank=True, max_length=200)
    consent_to_publish = serializers.BooleanField(required=False)
    save_anyway = serializers.BooleanField(required=False, default=False)

    def validate_regions(self, codes: list[str]) -> list[Region]:
        try:
            return [resolve(code) for code in codes]
        except Refused as refused:
            raise serializers.ValidationError(str(refused)) from refused

    def validate_recipient(self, value: str | None) -> Organization | None:
        return _registered(value) if value else None

    def validate_pairing(self, value: str | None) -> Pairing | None:
        if not value:
            return None
        pairs = Pairing.objects.visible_to(self.context["request"].user).exclude(status=Pairing.Status.DRAFT)
        pairing = pairs.filter(reference=value.upper()).first()
        if pairing is None:
            raise serializers.ValidationError(_("There is no such pair."))
        return pairing


class ReceiveInput(rest.StrictSerializer):
    """When the gift arrived."""

    received_on = serializers.DateField()
    note = serializers.CharField(required=False, allow_blank=True, max_length=500)


class CancelInput(rest.StrictSerializer):
    """Why the pledge is given up."""

    reason = serializers.CharField(max_length=500)


class ReverseInput(CancelInput):
    """Why the gift is taken out of the figures, and the reference number of the right entry."""

    replaced_by = serializers.CharField(required=False, allow_null=True, max_length=20)

    def validate_replaced_by(self, value: str | None) -> Donation | None:
        if not value:
            return None
        rows = Donation.objects.visible_to(self.context["request"].user)
        found = rows.filter(reference=value.upper()).first()
        if found is None:
            message = _("There is no gift with the number %(reference)s.") % {"reference": value}
            raise serializers.ValidationError(message)
        return found


def _registered(text: str) -> Organization:
    """The organization with a credit code; bad input if there is none."""
    rows = Organization.objects.exclude(status=Organization.Status.DRAFT)
    found = rows.select_related("region").filter(uscc=uscc.normalise(text)).first()
    if found is None:
        raise serializers.ValidationError(_("No organization with this unified social credit code is registered."))
    return found


class DonationViewSet(rest.RepeatSafe, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Gifts. Everybody reads received ones with consent; staff and organizations also those that concern them."""

    serializer_class = DonationOutput
    filterset_class = DonationFilter
    lookup_value_regex = r"[0-9]{1,18}"

    def get_permissions(self):
        return [AllowAny()] if self.action in ("list", "retrieve", "metadata") else [IsAuthenticated()]

    def get_queryset(self):
        rows = Donation.objects.visible_to(self.request.user).for_list().select_related("reversal__replaced_by")
        return selectors.with_value(rows).order_by("-received_on", "-pk")

    def retrieve(self, request, *args, **kwargs):
        return self.answer(self.get_object())

    @extend_schema(request=DonationInput, responses={201: DonationOutput})
    def create(self, request):
        if not permissions.can_add(request.user):
            raise PermissionDenied
        parts = self.checked(DonationInput, request)
        parts.setdefault("regions", [])
        refusal = permissions.why_not_record(
            request.user,
            donors=[donor.organization for donor in parts["donors"] if donor.organization],
            regions=parts["regions"],
            recipient=parts.get("recipient"),
            received=bool(parts.get("received_on")),
        )
        if refusal:
            raise PermissionDenied(refusal)
        return self.once(request, lambda: (201, self.body(self.record(parts))))

    def record(self, parts: dict[str, Any]) -> Donation:
        """Store a gift, unless it looks entered already and the caller has not said that it is another."""
        save_anyway = parts.pop("save_anyway")
        day = parts.get("received_on") or parts.get("pledged_on")
        user = self.request.user
        repeats = selectors.likely_repeats(donors=parts["donors"], lots=parts["lots"], day=day, user=user)
        if repeats and not save_anyway:
            raise Refused(
                _("A gift of the same donors, the same amount and the same day is already there."),
                code="likely_repeat",
                references=[gift.reference for gift in repeats],
            )
        donation = self.on_errors(lambda: services.record_donation(**parts, by=user))
        return self.get_queryset().get(pk=donation.pk)

    @extend_schema(request=ReceiveInput, responses=DonationOutput)
    @action(detail=True, methods=["post"])
    def receive(self, request, pk=None):
        return self.step(request, permissions.can_receive, services.receive_donation, ReceiveInput)

    @extend_schema(request=CancelInput, responses=DonationOutput)
    @action(detail=True, methods=["post"])
    def cancel(self, request, pk=None):
        return self.step(request, permissions.can_cancel, services.cancel_donation, CancelInput)

    @extend_schema(request=ReverseInput, responses=DonationOutput)
    @action(detail=True, methods=["post"])
    def reverse(self, request, pk=None):
        return self.step(request, permissions.can_reverse, services.reverse_donation, ReverseInput)

    def step(self, request, allowed, service, serializer_class) -> response.Response:
        """One step of the gift's life, as of the version in `If-Match`."""
        donation = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        if not allowed(request.user, donation):
            raise PermissionDenied
        version = rest.required_version(request)
        values = self.checked(serializer_class, request)
        self.on_errors(lambda: service(donation=donation, by=request.user, version=version, **values))
        return self.answer(get_object_or_404(self.get_queryset(), pk=donation.pk))

    @staticmethod
    def on_errors(work):
        """Run a service; entries that do not fit together are bad input, told by field."""
        try:
            return work()
        except services.BadGift as bad:
            raise serializers.ValidationError(bad.facts["errors"]) from bad

    def checked(self, serializer_class, request) -> dict[str, Any]:
        serializer = serializer_class(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def body(self, donation: Donation) -> dict[str, Any]:
        return dict(DonationOutput(donation, context={"request": self.request}).data)

    def answer(self, donation: Donation) -> response.Response:
        return response.Response(self.body(donation), headers={"ETag": f'"{donation.version}"'})


routes = [("donations", DonationViewSet)]
paths: list = []

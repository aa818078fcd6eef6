"""What demands and claims look like over REST, read and written."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.errors import Refused
from core.rest import StrictSerializer
from demands import permissions, selectors
from demands.models import (
    Claim,
    ClaimLine,
    Demand,
    DemandBeneficiary,
    DemandItem,
    DemandList,
    Measure,
    clean_quantity,
)
from organizations.models import AssistanceForm, Organization
from regions import selectors as regions
from regions.models import Region


class QuantityField(serializers.DecimalField):
    """A quantity with the same sentences for mistakes as the pages have."""

    def __init__(self, **options):
        super().__init__(max_digits=18, decimal_places=3, **options)

    def to_internal_value(self, data):
        try:
            return clean_quantity(data)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages, code=error.code) from error


class ItemSerializer(serializers.ModelSerializer):
    remaining = serializers.DecimalField(max_digits=18, decimal_places=3, read_only=True)

    class Meta:
        model = DemandItem
        fields = [
            "id",
            "kind",
            "what",
            "unit",
            "quantity",
            "unit_price",
            "claimed",
            "remaining",
            "delivered",
            "accepted",
        ]


class BeneficiarySerializer(serializers.ModelSerializer):
    class Meta:
        model = DemandBeneficiary
        fields = ["measure", "value"]


class DemandSerializer(serializers.ModelSerializer):
    """A demand as everybody may see it."""

    village = serializers.CharField(source="village_id", help_text="code of 12 digits")
    place = serializers.CharField(help_text="county, township and village in words")
    list = serializers.CharField(source="list.reference", default=None, help_text="number of the demand list")
    items = ItemSerializer(many=True)
    beneficiaries = BeneficiarySerializer(many=True)
    share_left = serializers.DecimalField(
        max_digits=5, decimal_places=4, help_text="mean share of the items that is left, from 1 to 0"
    )

    class Meta:
        model = Demand
        fields = [
            "id",
            "reference",
            "list",
            "village",
            "place",
            "form",
            "title",
            "story",
            "urgency",
            "valid_until",
            "status",
            "items",
            "beneficiaries",
            "share_left",
            "version",
            "created_at",
            "updated_at",
        ]


class DemandDetailSerializer(DemandSerializer):
    """One demand, with the contact for those who may see it and why the reader cannot claim it."""

    contact = serializers.SerializerMethodField(help_text="null unless the reader may see it")
    why_no_claim = serializers.SerializerMethodField(help_text="empty when the reader can claim this demand now")
    next_step = serializers.SerializerMethodField(help_text="who acts next and by when, in one sentence")

    class Meta(DemandSerializer.Meta):
        fields = [*DemandSerializer.Meta.fields, "published_at", "contact", "why_no_claim", "next_step"]

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_contact(self, demand: Demand) -> str | None:
        user = self.context["request"].user
        return demand.contact if permissions.can_see_contact(user, demand) else None

    @extend_schema_field(OpenApiTypes.STR)
    def get_why_no_claim(self, demand: Demand) -> str:
        return selectors.why_no_claim(self.context["request"].user, demand)

    @extend_schema_field(OpenApiTypes.STR)
    def get_next_step(self, demand: Demand) -> str:
        return str(selectors.next_act(demand))


def resolved(code: str) -> Region:
    """The region of a code as sent; a wrong or outdated one is bad input."""
    try:
        return regions.resolve(code)
    except Refused as refusal:
        raise serializers.ValidationError(str(refusal.message)) from refusal


class ItemWrite(StrictSerializer):
    kind = serializers.ChoiceField(DemandItem.Kind.choices, default=DemandItem.Kind.GOODS)
    what = serializers.CharField(max_length=120)
    unit = serializers.CharField(max_length=20)
    quantity = QuantityField()
    unit_price = serializers.DecimalField(
        max_digits=18, decimal_places=2, min_value=0, required=False, allow_null=True, default=None
    )


class BeneficiaryWrite(StrictSerializer):
    measure = serializers.ChoiceField(Measure.choices)
    value = serializers.IntegerField(min_value=1, max_value=2_000_000_000)


# As many as the page takes.
MOST_ITEMS = 100


class DemandWrite(StrictSerializer):
    """A demand as a reporter writes it."""

    village = serializers.CharField(help_text="code of 9 or 12 digits")
    form = serializers.ChoiceField(AssistanceForm.choices)
    title = serializers.CharField(max_length=120)
    story = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    urgency = serializers.ChoiceField(Demand.Urgency.choices, default=Demand.Urgency.NORMAL)
    valid_until = serializers.DateField(required=False, allow_null=True, default=None)
    list = serializers.SlugRelatedField(
        slug_field="reference", queryset=DemandList.objects.none(), required=False, allow_null=True, default=None
    )
    contact = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    items = ItemWrite(many=True, allow_empty=False, max_length=MOST_ITEMS)
    beneficiaries = BeneficiaryWrite(many=True, required=False, default=[])

    def get_fields(self):
        fields = super().get_fields()
        if "request" in self.context:
            fields["list"].queryset = DemandList.objects.visible_to(self.context["request"].user)
        return fields

    def validate_village(self, value: str):
        return resolved(value)

    def validate_beneficiaries(self, rows: Sequence[dict]) -> dict[str, int]:
        counts = {row["measure"]: row["value"] for row in rows}
        if len(counts) < len(rows):
            raise serializers.ValidationError(_("Each measure can be given only once."))
        return counts

    def arguments(self) -> dict:
        """What the services take."""
        values = dict(self.validated_data)
        items, counts = values.pop("items"), values.pop("beneficiaries") or {}
        return {"values": values, "items": items, "beneficiaries": counts}


class LineWrite(StrictSerializer):
    item = serializers.IntegerField(help_text="id of the demand's item")
    quantity = QuantityField()


class ClaimWrite(StrictSerializer):
    """A claim: how much of which item, for which organization (may be left out by people who act for one only)."""

    organization = serializers.PrimaryKeyRelatedField(queryset=Organization.objects.none(), required=False)
    lines = LineWrite(many=True, allow_empty=False)
    plan = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    deliver_from = serializers.DateField(required=False, allow_null=True, default=None)
    deliver_by = serializers.DateField(required=False, allow_null=True, default=None)
    contact = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")

    def get_fields(self):
        fields = super().get_fields()
        sent = getattr(self, "initial_data", None)
        # Only who names one has it looked for.
        if "request" in self.context and isinstance(sent, dict) and "organization" in sent:
            fields["organization"].queryset = Organization.objects.visible_to(self.context["request"].user)
        return fields

    def validate_lines(self, rows: list[dict]) -> list[tuple]:
        items = {item.pk: item for item in self.context["demand"].items.all()}
        unknown = [row["item"] for row in rows if row["item"] not in items]
        if unknown:
            raise serializers.ValidationError(
                _("This demand has no item with the number %(number)s.") % {"number": unknown[0]}
            )
        if len({row["item"] for row in rows}) < len(rows):
            raise serializers.ValidationError(_("Each item can be claimed only once in a claim."))
        return [(items[row["item"]], row["quantity"]) for row in rows]

    def validate(self, values: dict) -> dict:
        if "organization" not in values:
            own = [one for one in self.context["own"] if one.kind in Organization.SOCIAL]
            if len(own) > 1:
                own = selectors.claiming_organizations(self.context["request"].user)
            if len(own) != 1:
                raise serializers.ValidationError({"organization": [_("Say for which organization you claim.")]})
            values["organization"] = own[0]
        return values


class DemandListSerializer(serializers.ModelSerializer):
    """A demand list; its demands are `/api/v1/demands/?list=` with its number."""

    region = serializers.CharField(source="region_id", help_text="code of 12 digits")

    class Meta:
        model = DemandList
        fields = [
            "id",
            "reference",
            "region",
            "title",
            "source",
            "period_from",
            "period_to",
            "status",
            "version",
            "created_at",
            "updated_at",
        ]


class DemandListWrite(StrictSerializer):
    region = serializers.CharField(help_text="code of 6, 9 or 12 digits")
    title = serializers.CharField(max_length=120)
    source = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    period_from = serializers.DateField(required=False, allow_null=True, default=None)
    period_to = serializers.DateField(required=False, allow_null=True, default=None)

    def validate_region(self, value: str):
        return resolved(value)

    def validate(self, values: dict) -> dict:
        start, end = values["period_from"], values["period_to"]
        if start and end and end < start:
            raise serializers.ValidationError({"period_to": [_("The period cannot end before it begins.")]})
        return values


class ReasonWrite(StrictSerializer):
    reason = serializers.CharField(max_length=500)


class OptionalReasonWrite(StrictSerializer):
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class LineSerializer(serializers.ModelSerializer):
    what = serializers.CharField(source="item.what")
    unit = serializers.CharField(source="item.unit")

    class Meta:
        model = ClaimLine
        fields = ["item", "what", "unit", "quantity", "asked", "given_up", "delivered", "accepted"]


class ClaimSerializer(serializers.ModelSerializer):
    demand_reference = serializers.CharField(source="demand.reference")
    organization_name = serializers.CharField(source="organization.name")
    lines = LineSerializer(many=True)
    next_step = serializers.SerializerMethodField(help_text="who acts next, in one sentence")
    next_by = serializers.SerializerMethodField(help_text="the last day for it, where there is one")

    class Meta:
        model = Claim
        fields = [
            "id",
            "reference",
            "demand",
            "demand_reference",
            "organization",
            "organization_name",
            "lines",
            "plan",
            "deliver_from",
            "deliver_by",
            "contact",
            "status",
            "next_step",
            "next_by",
            "expires_at",
            "extensions",
            "version",
            "created_at",
            "updated_at",
        ]

    @extend_schema_field(OpenApiTypes.STR)
    def get_next_step(self, claim: Claim) -> str:
        return selectors.next_step(claim)

    @extend_schema_field(OpenApiTypes.DATE)
    def get_next_by(self, claim: Claim):
        return selectors.next_by(claim)

"""What REST shows of pairs and takes for them."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from core import rest
from core.errors import Refused
from organizations.models import Organization
from pairings.models import Agreement, Pairing, PairingTarget, Scheme, Side, Team, TeamMember, Visit
from regions.models import Region
from regions.selectors import resolve

_REGISTERED = Organization.objects.exclude(status=Organization.Status.DRAFT)


class SchemeOutput(serializers.ModelSerializer):
    """The programme under which a pair was made; `pairs` counts those in force or ended."""

    pairs = serializers.IntegerField()

    class Meta:
        model = Scheme
        fields = ["id", "name", "kind", "pairs"]


class SchemeBrief(serializers.ModelSerializer):
    """A scheme inside another record."""

    class Meta:
        model = Scheme
        fields = ["id", "name", "kind"]


class SchemeInput(rest.StrictSerializer):
    """A new scheme."""

    name = serializers.CharField(max_length=100)
    kind = serializers.ChoiceField(Scheme.Kind.choices)


class PartyOutput(serializers.Serializer):
    """One side of a pair: a region with its code, or an organization with its id and credit code."""

    type = serializers.ChoiceField(["region", "organization"])
    name = serializers.CharField()
    code = serializers.CharField(required=False)
    id = serializers.IntegerField(required=False)
    uscc = serializers.CharField(required=False, allow_null=True)


def party(one: Region | Organization) -> dict[str, Any]:
    if isinstance(one, Region):
        return {"type": "region", "name": one.name, "code": one.code}
    return {"type": "organization", "name": one.name, "id": one.pk, "uscc": one.uscc}


class PairingOutput(serializers.ModelSerializer):
    """A pair; `parent` is the id of the pair above it."""

    scheme = SchemeBrief()
    giver = serializers.SerializerMethodField()
    receiver = serializers.SerializerMethodField()

    class Meta:
        model = Pairing
        fields = [
            "id",
            "reference",
            "scheme",
            "giver",
            "receiver",
            "parent",
            "valid_from",
            "valid_to",
            "confidence",
            "source",
            "status",
            "version",
        ]

    @extend_schema_field(PartyOutput)
    def get_giver(self, pairing: Pairing) -> dict:
        return party(pairing.giver)

    @extend_schema_field(PartyOutput)
    def get_receiver(self, pairing: Pairing) -> dict:
        return party(pairing.receiver)


class PairingBrief(serializers.ModelSerializer):
    """A pair inside another record."""

    giver = serializers.CharField(read_only=True)
    receiver = serializers.CharField(read_only=True)

    class Meta:
        model = Pairing
        fields = ["id", "reference", "giver", "receiver"]


class PartyInput(rest.StrictSerializer):
    """One side of a new pair: the code of a region, or the id of an organization."""

    region = serializers.CharField(required=False, max_length=12)
    organization = serializers.PrimaryKeyRelatedField(queryset=_REGISTERED, required=False)

    def validate_region(self, code: str) -> Region:
        return region_of(code)

    def validate(self, attrs: dict[str, Any]) -> Region | Organization:  # type: ignore[override]
        if len(attrs) != 1:
            raise serializers.ValidationError(_("Name either a region or an organization."))
        return next(iter(attrs.values()))


def region_of(code: str) -> Region:
    try:
        return resolve(code)
    except Refused as refused:
        raise serializers.ValidationError(str(refused)) from refused


class PairingInput(rest.StrictSerializer):
    """A new pair, kept as a draft until it is put in force."""

    scheme = serializers.PrimaryKeyRelatedField(queryset=Scheme.objects.all())
    giver = PartyInput()
    receiver = PartyInput()
    parent = serializers.PrimaryKeyRelatedField(queryset=Pairing.objects.none(), required=False, allow_null=True)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True)
    confidence = serializers.ChoiceField(Pairing.Confidence.choices, default=Pairing.Confidence.CERTAIN)
    source = serializers.CharField(max_length=200, required=False, allow_blank=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None:
            self.fields["parent"].queryset = Pairing.objects.visible_to(request.user).for_list()


class EndInput(rest.StrictSerializer):
    """The last day and the reason."""

    on = serializers.DateField()
    reason = serializers.CharField(max_length=500)


class ReasonInput(rest.StrictSerializer):
    """Why something is taken back or ended."""

    reason = serializers.CharField(max_length=500)


class OfPairInput(rest.StrictSerializer):
    """Base of what belongs to a pair: the pair, among those the person sees."""

    pairing = serializers.PrimaryKeyRelatedField(queryset=Pairing.objects.none())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None and "pairing" in self.fields:
            self.fields["pairing"].queryset = Pairing.objects.visible_to(request.user).for_list()


class OrganizationBrief(serializers.ModelSerializer):
    """An organization inside another record."""

    class Meta:
        model = Organization
        fields = ["id", "name", "uscc"]


class AgreementOutput(serializers.ModelSerializer):
    """An agreement of a pair; `proposer` entered it, `waiting_side` has not answered yet (empty: nobody's turn)."""

    pairing = PairingBrief()
    parties = OrganizationBrief(many=True)
    waiting_side = serializers.CharField(read_only=True)
    document = serializers.SerializerMethodField()

    class Meta:
        model = Agreement
        fields = [
            "id",
            "reference",
            "pairing",
            *Agreement.TERMS,
            "parties",
            "proposer",
            "waiting_side",
            "other_amount",
            "other_quantity",
            "objection",
            "document",
            "status",
            "version",
        ]

    def get_document(self, agreement: Agreement) -> str | None:
        """Where the signed document is downloaded; null without one."""
        return reverse("pairings:document-download", args=[agreement.pk]) if agreement.file else None


class TermsInput(rest.StrictSerializer):
    """The terms of an agreement; amounts in yuan."""

    title = serializers.CharField(max_length=200)
    number = serializers.CharField(max_length=60, required=False, allow_blank=True)
    signed_on = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True)
    amount = serializers.DecimalField(max_digits=18, decimal_places=2, required=False, allow_null=True)
    quantity = serializers.DecimalField(max_digits=18, decimal_places=3, required=False, allow_null=True)
    unit = serializers.CharField(max_length=20, required=False, allow_blank=True)
    content = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    parties = serializers.PrimaryKeyRelatedField(queryset=_REGISTERED, many=True, required=False)


class AgreementInput(TermsInput, OfPairInput):
    """A new agreement. `side` is needed only of those who speak for both."""

    side = serializers.ChoiceField(Side.choices, required=False)


class ObjectionInput(rest.StrictSerializer):
    """What differs, and the other side's own figures."""

    reason = serializers.CharField(max_length=500)
    amount = serializers.DecimalField(max_digits=18, decimal_places=2, required=False, allow_null=True)
    quantity = serializers.DecimalField(max_digits=18, decimal_places=3, required=False, allow_null=True)


class DocumentInput(rest.StrictSerializer):
    """The signed document of an agreement."""

    file = serializers.FileField(allow_empty_file=True)


class VisitOutput(serializers.ModelSerializer):
    """A visit or joint meeting of the two sides."""

    pairing = PairingBrief()

    class Meta:
        model = Visit
        fields = ["id", "pairing", *Visit.FIELDS, "status", "version"]


class VisitTerms(rest.StrictSerializer):
    """What can be said of a visit."""

    direction = serializers.ChoiceField(Visit.Direction.choices)
    kind = serializers.ChoiceField(Visit.Kind.choices, required=False)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    people = serializers.IntegerField(min_value=1, max_value=1_000_000)
    led_by = serializers.CharField(max_length=120)
    purpose = serializers.CharField(max_length=500)


class VisitInput(VisitTerms, OfPairInput):
    """A visit that has taken place."""


class TargetOutput(serializers.ModelSerializer):
    """A yearly figure as each side states it; `agreed` is null while one is missing or they differ."""

    pairing = PairingBrief()
    agreed = serializers.DecimalField(max_digits=18, decimal_places=2, read_only=True, allow_null=True)
    difference = serializers.DecimalField(max_digits=18, decimal_places=2, read_only=True, allow_null=True)
    missing_side = serializers.CharField(read_only=True)

    class Meta:
        model = PairingTarget
        fields = [
            "id",
            "pairing",
            "year",
            "measure",
            "giver_value",
            "receiver_value",
            "agreed",
            "difference",
            "missing_side",
            "version",
        ]


class TargetInput(OfPairInput):
    """One side's figure. `side` is needed only of those who speak for both."""

    year = serializers.IntegerField(min_value=1996, max_value=2100)
    measure = serializers.ChoiceField(PairingTarget.Measure.choices)
    value = serializers.DecimalField(max_digits=18, decimal_places=2, min_value=0)
    side = serializers.ChoiceField(Side.choices, required=False)


class SideInput(rest.StrictSerializer):
    """For which side somebody confirms who speaks for both."""

    side = serializers.ChoiceField(Side.choices, required=False)


class TeamRegion(serializers.ModelSerializer):
    """The village of a team."""

    class Meta:
        model = Region
        fields = ["code", "name"]


class MemberOutput(serializers.ModelSerializer):
    """An organization in a team; `left_on` is its last day."""

    organization = OrganizationBrief()
    team = serializers.CharField(source="team.reference", read_only=True)

    class Meta:
        model = TeamMember
        fields = ["id", "team", "organization", "is_lead", "joined_on", "left_on", "version"]


class CurrentMember(serializers.ModelSerializer):
    """A present member inside its team."""

    organization = OrganizationBrief()

    class Meta:
        model = TeamMember
        fields = ["id", "organization", "is_lead", "joined_on"]


class TeamOutput(serializers.ModelSerializer):
    """A 1+N team with its village and its present members, the lead unit first."""

    scheme = SchemeBrief()
    village = TeamRegion()
    pairing = serializers.CharField(source="pairing.reference", default=None, allow_null=True)
    members = CurrentMember(source="current_members", many=True, read_only=True)

    class Meta:
        model = Team
        fields = [
            "id",
            "reference",
            "scheme",
            "name",
            "village",
            "pairing",
            "formed_on",
            "dissolved_on",
            "task",
            "source",
            "members",
            "status",
            "version",
        ]


class TeamInput(rest.StrictSerializer):
    """A new team, without members yet."""

    scheme = serializers.PrimaryKeyRelatedField(queryset=Scheme.objects.all())
    name = serializers.CharField(max_length=100)
    village = serializers.CharField(max_length=12, help_text="12-digit code")
    pairing = serializers.PrimaryKeyRelatedField(queryset=Pairing.objects.none(), required=False, allow_null=True)
    formed_on = serializers.DateField()
    task = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    source = serializers.CharField(max_length=200, required=False, allow_blank=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None:
            self.fields["pairing"].queryset = Pairing.objects.visible_to(request.user)

    def validate_village(self, code: str) -> Region:
        return region_of(code)


class MemberInput(rest.StrictSerializer):
    """An organization that joins a team."""

    organization = serializers.PrimaryKeyRelatedField(queryset=_REGISTERED)
    is_lead = serializers.BooleanField(default=False)
    joined_on = serializers.DateField()

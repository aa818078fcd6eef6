"""What REST shows of the register and takes for it."""

from functools import cache

from django.core.exceptions import ValidationError
from django.db.models import Case, F, QuerySet, TextField, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext as _
from rest_framework import serializers

from core import rest, rowjson
from core.errors import Refused
from organizations import permissions, selectors
from organizations.forms import UsccField
from organizations.models import ENTRIES, AssistanceForm, FormerName, Membership, Organization, RegistrationRequest
from organizations.models.organizations import NO_GRADE
from regions.models import Region
from regions.selectors import resolve

# As `Organization.grade` says it.
GRADE_IN_JSON = Case(
    When(
        grade_rank__lt=NO_GRADE,
        then=Concat(Value('"'), NO_GRADE - F("grade_rank"), Value('A"'), output_field=TextField()),
    ),
    default=Value('""'),
    output_field=TextField(),
)


class RegionOutput(serializers.ModelSerializer):
    """A region inside another record."""

    class Meta:
        model = Region
        fields = ["code", "name", "level"]


class OrganizationOutput(serializers.ModelSerializer):
    """What is public of an organization; `is_synthetic` marks a credit code made up for the demonstration."""

    region = RegionOutput()
    grade = serializers.CharField(read_only=True, help_text="The grade valid today, such as 5A; empty without one.")

    class Meta:
        model = Organization
        fields = [
            "id",
            "name",
            "kind",
            "uscc",
            "is_synthetic",
            "level",
            "region",
            "grade",
            "status",
            "version",
            "created_at",
            "updated_at",
        ]


def in_json(organizations: QuerySet) -> QuerySet:
    """Organizations with `json`: what `OrganizationOutput` shows of each, written by the database."""
    return organizations.annotate(json=rowjson.row(OrganizationOutput(), {"grade": GRADE_IN_JSON}))


class FormerNameOutput(serializers.ModelSerializer):
    """A name the organization had; `until` is the day it was given up."""

    class Meta:
        model = FormerName
        fields = ["name", "until"]


class EntryOutput(serializers.ModelSerializer):
    """Base of the dated entries inside an organization."""


@cache
def entry_output(key: str) -> type[EntryOutput]:
    """The output of a kind of entry: its fields, its id, and its version for `If-Match`."""
    model = ENTRIES[key]
    fields = ["id", *_fields(model), "version"]
    meta = type("Meta", (), {"model": model, "fields": fields})
    return type(f"{model.__name__}Output", (EntryOutput,), {"Meta": meta, "__doc__": model.__doc__})


@cache
def entry_input(key: str) -> type[serializers.Serializer]:
    """What staff enter for a kind of entry."""
    model = ENTRIES[key]
    meta = type("Meta", (), {"model": model, "fields": _fields(model)})
    bases = (rest.StrictSerializer, serializers.ModelSerializer)
    return type(f"{model.__name__}Input", bases, {"Meta": meta, "__doc__": model.__doc__})


def _fields(model) -> list[str]:
    allowed = selectors.fields_of(model)
    return [field.name for field in model._meta.local_fields if field.name in allowed]


class SuccessorOutput(serializers.ModelSerializer):
    """Another organization this one names."""

    class Meta:
        model = Organization
        fields = ["id", "name", "uscc"]


class OrganizationProfile(OrganizationOutput):
    """One organization with everything dated about it, newest first."""

    authority = serializers.CharField(source="authority_label", read_only=True)
    successor = SuccessorOutput(read_only=True)
    former_names = FormerNameOutput(many=True, read_only=True)
    certificates = entry_output("certificates")(many=True, read_only=True)
    assessments = entry_output("assessments")(many=True, read_only=True)
    annual_returns = entry_output("annual-returns")(many=True, read_only=True)
    credit_entries = entry_output("credit-entries")(many=True, read_only=True)
    commendations = entry_output("commendations")(many=True, read_only=True)

    class Meta(OrganizationOutput.Meta):
        fields = [
            *OrganizationOutput.Meta.fields,
            "authority",
            "supervising_unit",
            "legal_representative",
            "founded_on",
            "focus",
            "is_industry_association",
            "is_hub",
            "party_branches",
            "party_members",
            "successor",
            "former_names",
            "certificates",
            "assessments",
            "annual_returns",
            "credit_entries",
            "commendations",
        ]


class OrganizationInput(rest.StrictSerializer):
    """The fields staff enter. `region` is the code of 6, 9 or 12 digits of the registration region."""

    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(Organization.Kind.choices)
    uscc = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=60)
    level = serializers.ChoiceField(Organization.Level.choices)
    region = serializers.CharField(max_length=12)
    authority = serializers.CharField(
        required=False, allow_blank=True, max_length=120, help_text="Name or credit code of a government unit."
    )
    supervising_unit = serializers.CharField(required=False, allow_blank=True, max_length=120)
    legal_representative = serializers.CharField(required=False, allow_blank=True, max_length=60)
    founded_on = serializers.DateField(required=False, allow_null=True)
    focus = rest.ShortList(
        child=serializers.ChoiceField(AssistanceForm.choices), required=False, max_length=len(AssistanceForm.values)
    )
    is_industry_association = serializers.BooleanField(required=False)
    is_hub = serializers.BooleanField(required=False)
    party_branches = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=1_000_000)
    party_members = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=100_000_000)

    def validate_uscc(self, value):
        try:
            return UsccField(required=False).clean(value)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error

    def validate_region(self, value):
        try:
            region = resolve(value)
        except Refused as refused:
            raise serializers.ValidationError(str(refused)) from refused
        return self.checked_region(region)

    def checked_region(self, region: Region) -> Region:
        if not permissions.can_add_in(self.context["request"].user, region.code):
            raise serializers.ValidationError(_("You are not responsible for %(region)s.") % {"region": region.name})
        return region

    def validate(self, data):
        if data.get("kind") in Organization.CODED and not self.partial and not data.get("uscc"):
            message = _("An organization of this kind has a unified social credit code. Enter it.")
            raise serializers.ValidationError({"uscc": [message]})
        return data


class RegistrationInput(OrganizationInput):
    """The same fields sent by the organization's own people, for any region."""

    def checked_region(self, region: Region) -> Region:
        return region


class RegistrationOutput(serializers.ModelSerializer):
    """A registration request: where it stands, why it was returned, and its organization."""

    organization = OrganizationOutput()

    class Meta:
        model = RegistrationRequest
        fields = ["status", "reason", "organization"]


class MembershipOutput(serializers.ModelSerializer):
    """Somebody who acts for the organization, since when."""

    username = serializers.CharField(source="user.username", read_only=True)
    name = serializers.CharField(source="user.name", read_only=True)

    class Meta:
        model = Membership
        fields = ["id", "username", "name", "role", "created_at", "ended_at"]


class CountOutput(serializers.Serializer):
    """One line of counts: `of` is the kind or the code of the region (null: the region asked for itself)."""

    of = serializers.CharField(allow_null=True)
    label = serializers.CharField()
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="By level; zone: development zones.")
    total = serializers.IntegerField()


class CountsOutput(serializers.Serializer):
    """How many organizations, once by kind and once by region."""

    kinds = CountOutput(many=True)
    regions = CountOutput(many=True)
    total = serializers.IntegerField()


class MergeInput(rest.StrictSerializer):
    """The number of the organization that stays, and why the other is a duplicate of it."""

    into = serializers.IntegerField(min_value=1, max_value=10**18)
    reason = serializers.CharField(max_length=500)


class NoteInput(rest.StrictSerializer):
    """Why a status is changed; needed for cancelling and revoking."""

    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")

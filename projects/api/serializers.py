"""What is sent and answered over REST on this floor."""

import copy
from decimal import Decimal

from django.core.exceptions import ValidationError as InvalidModel
from rest_framework import serializers

from core.errors import Refused
from core.rest import ShortList, StrictSerializer
from demands.models import Claim
from organizations.models import Organization
from pairings.models import Pairing
from projects.forms import MOST_ENTRIES
from projects.forms.plans import MOST_LINES
from projects.models import BeneficiaryCount, BudgetLine, Campaign, CampaignAction, Milestone, Project
from regions import selectors as regions
from regions.models import Region

# A record's number has 18 digits; a sum of many may have more.
SUM_DIGITS = 30

# What belongs to a project in rows of its own.
PARTS = ("regions", "partners", "budget_lines", "milestones")


class RegionCode(serializers.CharField):
    """A region as its code of 6, 9 or 12 digits."""

    def to_internal_value(self, data) -> Region:
        try:
            return regions.resolve(super().to_internal_value(data))
        except Refused as refusal:
            raise serializers.ValidationError(str(refusal.message)) from refusal

    def to_representation(self, value) -> str:
        return value.short_code


class RegionOut(serializers.ModelSerializer):
    code = serializers.CharField(source="short_code", read_only=True)

    class Meta:
        model = Region
        fields = ["code", "name", "level"]
        ref_name = "ProjectRegion"


class PartyOut(serializers.ModelSerializer):
    class Meta:
        model = Organization
        fields = ["id", "name", "uscc"]
        ref_name = "ProjectParty"


class BudgetLineOut(serializers.ModelSerializer):
    class Meta:
        model = BudgetLine
        fields = ["item", "amount"]


class MilestoneOut(serializers.ModelSerializer):
    class Meta:
        model = Milestone
        fields = ["id", "title", "due_on", "done_on"]
        read_only_fields = fields


class BudgetLineIn(StrictSerializer):
    """An item of the budget; the amount in yuan."""

    item = serializers.CharField(max_length=120)
    amount = serializers.DecimalField(18, 2, min_value=Decimal("0.01"))


class MilestoneIn(StrictSerializer):
    title = serializers.CharField(max_length=120)
    due_on = serializers.DateField()


class FromClaimIn(StrictSerializer):
    """The claim, by its id, among those the person may see."""

    claim = serializers.PrimaryKeyRelatedField(queryset=Claim.objects.none())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None:
            seen = Claim.objects.visible_to(request.user).select_related("organization", "demand__village")
            self.fields["claim"].queryset = seen


class DoneIn(StrictSerializer):
    """The milestone that was reached, by its id, and the day."""

    milestone = serializers.IntegerField()
    done_on = serializers.DateField()


class StopIn(StrictSerializer):
    """Why a project is interrupted or ended, and what happens to the money and goods that are left."""

    reason = serializers.CharField(max_length=500)
    rest = serializers.CharField(max_length=1000)


class ProjectOut(serializers.ModelSerializer):
    """A project as everybody who may see it gets it; amounts in yuan."""

    lead = PartyOut()
    partners = PartyOut(many=True)
    regions = RegionOut(many=True)
    budget_lines = BudgetLineOut(many=True)
    milestones = MilestoneOut(many=True)

    class Meta:
        model = Project
        fields = [
            "id",
            "reference",
            "version",
            "name",
            "status",
            "lead",
            "partners",
            "form",
            "regions",
            "pairing",
            "claim",
            "action",
            "funding",
            "budget",
            "budget_lines",
            "starts_on",
            "ends_on",
            "milestones",
            "summary",
            "rest",
        ]
        read_only_fields = fields


class ProjectIn(StrictSerializer, serializers.ModelSerializer):
    """What is sent to enter or change a project."""

    lead = serializers.PrimaryKeyRelatedField(queryset=Organization.objects.filter(status=Organization.Status.ACTIVE))
    partners = ShortList(
        child=serializers.PrimaryKeyRelatedField(
            queryset=Organization.objects.filter(status=Organization.Status.ACTIVE)
        ),
        required=False,
        max_length=MOST_ENTRIES,
    )
    regions = ShortList(child=RegionCode(), allow_empty=False, max_length=MOST_ENTRIES)
    pairing = serializers.PrimaryKeyRelatedField(queryset=Pairing.objects.none(), required=False, allow_null=True)
    claim = serializers.PrimaryKeyRelatedField(queryset=Claim.objects.none(), required=False, allow_null=True)
    action = serializers.PrimaryKeyRelatedField(queryset=CampaignAction.objects.none(), required=False, allow_null=True)
    budget_lines = BudgetLineIn(many=True, required=False, max_length=MOST_LINES)
    milestones = MilestoneIn(many=True, required=False, max_length=MOST_LINES)

    class Meta:
        model = Project
        fields = [
            "name",
            "lead",
            "partners",
            "form",
            "regions",
            "pairing",
            "claim",
            "action",
            "funding",
            "budget",
            "budget_lines",
            "starts_on",
            "ends_on",
            "milestones",
            "summary",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None:
            approved = Claim.objects.filter(status__in=Claim.CONFIRMED)
            self.fields["pairing"].queryset = Pairing.objects.visible_to(request.user)
            campaigns = Campaign.objects.visible_to(request.user).filter(status=Campaign.Status.ACTIVE)
            self.fields["action"].queryset = CampaignAction.objects.filter(campaign__in=campaigns)
            self.fields["claim"].queryset = approved & Claim.objects.visible_to(request.user)

    def validate(self, attrs):
        values = {name: value for name, value in attrs.items() if name not in PARTS}
        check_model(copy.copy(self.instance) if self.instance else Project(), values)
        for name, model in (("budget_lines", BudgetLine), ("milestones", Milestone)):
            if name in attrs:
                attrs[name] = [model(**row) for row in attrs[name]]
        return attrs


class CountOut(serializers.ModelSerializer):
    region = RegionOut()

    class Meta:
        model = BeneficiaryCount
        fields = ["id", "version", *BeneficiaryCount.FIELDS, "status"]
        read_only_fields = fields


class CountOfProjectOut(CountOut):
    """A count, with the number of its project."""

    project = serializers.SlugRelatedField("reference", read_only=True)

    class Meta(CountOut.Meta):
        fields = ["project", *CountOut.Meta.fields]
        read_only_fields = fields


class CountIn(StrictSerializer, serializers.ModelSerializer):
    """A beneficiary count; `region` is one of the project's regions or a place below it."""

    region = RegionCode()
    same_as = serializers.PrimaryKeyRelatedField(
        queryset=BeneficiaryCount.objects.none(), required=False, allow_null=True
    )

    class Meta:
        model = BeneficiaryCount
        fields = list(BeneficiaryCount.FIELDS)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "project" in self.context:
            seen = BeneficiaryCount.objects.visible_to(self.context["request"].user).live()
            self.fields["same_as"].queryset = seen.filter(project__lead=self.context["project"].lead_id)

    def validate(self, attrs):
        count = copy.copy(self.instance) if self.instance else BeneficiaryCount(project=self.context["project"])
        check_model(count, attrs)
        return attrs


class CorrectionIn(CountIn):
    """The correction of a count; its stage stays."""

    reason = serializers.CharField(max_length=500)

    class Meta(CountIn.Meta):
        fields = [*(name for name in BeneficiaryCount.FIELDS if name != "stage"), "reason"]

    def validate(self, attrs):
        super().validate({name: value for name, value in attrs.items() if name != "reason"})
        return attrs


class ReasonIn(StrictSerializer):
    reason = serializers.CharField(max_length=500)


class NoteIn(StrictSerializer):
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class NothingIn(StrictSerializer):
    """A step that needs no words."""


def check_model(obj, values: dict, *, once: str = "") -> None:
    """The model's own rules, so that the API and the form give the same sentences.

    `once` is a field of the constraint that there is only one: the service sees to it, after a request sent twice has
    been recognised.
    """
    for name, value in values.items():
        setattr(obj, name, value)
    try:
        obj.clean()
        obj.validate_constraints(exclude=["reference", "status", "project", once])
    except InvalidModel as error:
        found = {("non_field_errors" if name == "__all__" else name): m for name, m in error.message_dict.items()}
        raise serializers.ValidationError(found) from error

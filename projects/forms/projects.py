"""Forms of projects and beneficiary counts. They check and clean; the services write."""

import re

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from demands.models import Claim
from organizations.forms import OrganizationField
from organizations.models import Organization
from pairings.models import Pairing
from projects import permissions
from projects.forms.plans import BudgetField, MilestonesField
from projects.models import Campaign, CampaignAction, Project
from regions.forms import RegionField
from regions.models import Region

# Between several regions: a new line or a comma of either script. Names of organizations may hold commas.
BETWEEN_REGIONS = re.compile(r"[\n,，、;；]+")
BETWEEN_ORGANIZATIONS = re.compile(r"[\n;；]+")

# Each entry is looked up; a project has no more regions or partners.
MOST_ENTRIES = 100


class RegionsField(forms.CharField):
    """Several regions, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value) -> list[Region]:
        return _each(BETWEEN_REGIONS.split(super().clean(value)), RegionField())

    def prepare_value(self, value):
        if isinstance(value, str) or value is None:
            return value
        return "\n".join(f"{region.short_code} {region.name}" for region in value)


class OrganizationsField(forms.CharField):
    """Several registered organizations, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value) -> list[Organization]:
        return _each(BETWEEN_ORGANIZATIONS.split(super().clean(value)), OrganizationField())

    def prepare_value(self, value):
        return value if isinstance(value, str) or value is None else "\n".join(str(row) for row in value)


class ClaimField(forms.CharField):
    """An approved claim by its reference number, among those the person may see."""

    claims = Claim.objects.none()

    def clean(self, value) -> Claim | None:
        text = super().clean(value).upper()
        if not text:
            return None
        claim = self.claims.filter(reference=text).first()
        if claim is None:
            raise forms.ValidationError(_("There is no claim with this number that you may see."))
        return claim

    def prepare_value(self, value):
        return value.reference if isinstance(value, Claim) else value


def _each(entries: list[str], field: forms.Field) -> list:
    """Every entry read, without repetitions; the error names all entries that are wrong."""
    found, errors = {}, []
    entries = list(filter(None, map(str.strip, entries)))
    if len(entries) > MOST_ENTRIES:
        raise forms.ValidationError(_("At most %(n)s entries.") % {"n": MOST_ENTRIES})
    for entry in entries:
        try:
            row = field.clean(entry)
            found[row.pk] = row
        except forms.ValidationError as error:
            errors += error.messages
    if errors:
        raise forms.ValidationError(errors)
    return list(found.values())


class DateInput(forms.DateInput):
    """The browser's own date field; without one it is a text field."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class ActionField(forms.ModelChoiceField):
    """An action of a campaign under way, named with its campaign."""

    def label_from_instance(self, action: CampaignAction) -> str:
        return f"{action.campaign} · {action}"


class ProjectForm(forms.ModelForm):
    """A project as its lead or staff enter it. The person decides which lead organizations can be chosen."""

    lead = OrganizationField(label=_("Lead organization"), help_text=_("Full name or unified social credit code."))
    partners = OrganizationsField(
        label=_("Partner organizations"),
        required=False,
        help_text=_("One a line, by full name or unified social credit code."),
    )
    regions = RegionsField(
        label=_("Regions"),
        help_text=_("One a line: a code of 6, 9 or 12 digits, or the full name from the province down."),
    )
    claim = ClaimField(
        label=_("Claimed demand"), required=False, help_text=_("Number of the approved claim this project carries out.")
    )
    action = ActionField(CampaignAction.objects.none(), label=_("Campaign action"), required=False)
    budget_lines = BudgetField(
        label=_("Budget lines"),
        required=False,
        help_text=_("One a line: the item, then the amount in yuan. Their sum is compared with the budget."),
    )
    milestones = MilestonesField(
        label=_("Milestones"),
        required=False,
        help_text=_("One a line: the day as 2026-06-30, then what is reached by then."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Project
        fields = ["name", "form", "action", "pairing", "funding", "budget", "starts_on", "ends_on", "summary"]
        widgets = {"starts_on": DateInput, "ends_on": DateInput, "summary": forms.Textarea(attrs={"rows": 6})}

    field_order = [
        "name",
        "lead",
        "partners",
        "form",
        "regions",
        "action",
        "pairing",
        "claim",
        "funding",
        "budget",
        "budget_lines",
        "starts_on",
        "ends_on",
        "milestones",
        "summary",
        "version",
    ]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        project = self.instance
        if project.pk:
            self.initial |= {
                "lead": project.lead,
                "partners": list(project.partners.all()),
                "regions": list(project.regions.all()),
                "claim": project.claim,
                "budget_lines": list(project.budget_lines.all()),
                "milestones": list(project.milestones.all()),
                "version": project.version,
            }
        if not user.is_officer:
            self._offer_own_organizations()
        self.fields["pairing"].queryset = (
            Pairing.objects.visible_to(user)
            .for_list()
            .filter(Q(status=Pairing.Status.ACTIVE) | Q(pk=project.pairing_id))
        )
        self.fields["action"].queryset = CampaignAction.objects.filter(
            Q(campaign__in=Campaign.objects.visible_to(user).filter(status=Campaign.Status.ACTIVE))
            | Q(pk=project.action_id)
        ).select_related("campaign")
        self.fields["claim"].claims = Claim.objects.visible_to(user).filter(
            Q(status__in=Claim.CONFIRMED) | Q(pk=project.claim_id)
        )

    def _offer_own_organizations(self) -> None:
        own = Organization.objects.of(self.user).filter(status=Organization.Status.ACTIVE).order_by("name")
        initial = self.initial.get("lead") or own.first()
        self.fields["lead"] = forms.ModelChoiceField(own, label=_("Lead organization"), empty_label=None)
        self.initial["lead"] = initial

    def clean(self):
        cleaned = super().clean()
        lead, places = cleaned.get("lead"), cleaned.get("regions")
        if lead and lead.status != Organization.Status.ACTIVE and lead.pk != self.instance.lead_id:
            self.add_error("lead", _("%(organization)s is not an active organization.") % {"organization": lead})
        if lead and places and not permissions.can_enter(self.user, lead, places):
            self.add_error("lead", _("You may enter projects of your own organization or of your own region only."))
        if lead and lead in cleaned.get("partners", []):
            self.add_error("partners", _("The lead organization cannot be its own partner."))
        claim = cleaned.get("claim")
        if lead and claim and claim.organization_id != lead.pk:
            self.add_error("claim", _("This demand was claimed by another organization than the lead."))
        return cleaned

    def values(self) -> dict:
        """The project's plain fields, as the services take them."""
        names = [*self._meta.fields, "lead", "claim"]
        return {name: self.cleaned_data[name] for name in names}

    def parts(self) -> dict:
        """What belongs to the project in rows of its own."""
        return {name: self.cleaned_data[name] for name in ("regions", "partners", "budget_lines", "milestones")}


class ReasonForm(forms.Form):
    """Why a step is taken."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The reason is kept in the history."),
    )

"""What people type about organizations."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from organizations import permissions, uscc
from organizations.models import ENTRIES, AssistanceForm, Entry, Membership, Organization, validate_uscc
from organizations.selectors import fields_of
from regions.forms import RegionField, SteppingForm


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self, attrs=None, format=None):
        super().__init__(attrs, format or "%Y-%m-%d")


class UsccField(forms.CharField):
    """A unified social credit code however it was typed: full-width, lower case, with blanks. Empty is None."""

    default_validators = [validate_uscc]

    def __init__(self, **kwargs):
        super().__init__(empty_value=None, **kwargs)

    def to_python(self, value):
        return super().to_python(uscc.normalise(value) if value else value)


class OrganizationField(forms.CharField):
    """One registered organization, named by its credit code or by its full name."""

    def clean(self, value) -> Organization | None:
        text = super().clean(value)
        if not text:
            return None
        found = Organization.objects.exclude(status=Organization.Status.DRAFT)
        by_code = found.filter(uscc=uscc.normalise(text)).first()
        if by_code:
            return by_code
        namesakes = list(found.exclude(status=Organization.Status.MERGED).filter(name=text)[:2])
        if not namesakes:
            merged = found.filter(status=Organization.Status.MERGED, name=text).select_related("successor")
            namesakes = list({row.successor for row in merged[:2]})
        facts = {"text": text}
        if not namesakes:
            raise ValidationError(_("No registered organization has the name or credit code “%(text)s”.") % facts)
        if len(namesakes) > 1:
            raise ValidationError(_("Several organizations are called “%(text)s”. Give the credit code.") % facts)
        return namesakes[0]

    def prepare_value(self, value):
        return (value.uscc or value.name) if isinstance(value, Organization) else value


class OrganizationForm(SteppingForm, forms.ModelForm):
    """The register entry. `user` is the staff member; the region must be one of theirs."""

    uscc = UsccField(
        required=False,
        label=Organization._meta.get_field("uscc").verbose_name,
        help_text=Organization._meta.get_field("uscc").help_text,
    )
    region = RegionField(label=_("registration region"))
    focus = forms.MultipleChoiceField(
        required=False, label=_("focus"), choices=AssistanceForm.choices, widget=forms.CheckboxSelectMultiple
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Organization
        fields = [
            "name",
            "kind",
            "uscc",
            "level",
            "region",
            "authority",
            "supervising_unit",
            "legal_representative",
            "founded_on",
            "focus",
            "is_industry_association",
            "is_hub",
            "party_branches",
            "party_members",
        ]
        widgets = {"founded_on": DateInput}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["version"].initial = self.instance.version
        unit = self.instance.authority_organization
        if unit is not None:
            self.initial["authority"] = unit.uscc or unit.name

    def clean_region(self):
        region = self.cleaned_data["region"]
        if region and not permissions.can_add_in(self.user, region.code):
            raise ValidationError(_("You are not responsible for %(region)s.") % {"region": region.name})
        return region

    def clean(self):
        data = super().clean()
        if data.get("kind") in Organization.CODED and "uscc" in data and not data["uscc"]:
            self.add_error("uscc", _("An organization of this kind has a unified social credit code. Enter it."))
        return data

    def take_version(self, version: int) -> None:
        """Let what was typed be sent again, after the newer state has been shown."""
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(version)

    def values(self) -> dict:
        """The cleaned fields for the service."""
        return {name: self.cleaned_data[name] for name in self._meta.fields}


class RegistrationForm(OrganizationForm):
    """The same entry made by the organization's own people: any region may be theirs."""

    def clean_region(self):
        return self.cleaned_data["region"]


class EntryForm(forms.ModelForm):
    """One dated entry of an organization; made for each kind by `entry_form`."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version

    def values(self) -> dict:
        """The cleaned fields for the service."""
        return {name: self.cleaned_data[name] for name in self._meta.fields}

    def _post_clean(self) -> None:
        """The service checks the row as a whole and says what is wrong."""


def entry_form(key: str) -> type[EntryForm]:
    """The form of a kind of entry. Raises KeyError for an unknown kind."""
    model: type[Entry] = ENTRIES[key]
    allowed = fields_of(model)
    fields = [field.name for field in model._meta.local_fields if field.name in allowed]
    dates = {"valid_from", "valid_to", "listed_on", "removed_on", "on"}
    widgets = {name: DateInput for name in fields if name in dates}
    return forms.modelform_factory(model, form=EntryForm, fields=fields, widgets=widgets)


class ReasonForm(forms.Form):
    """Why something is done that ends a record's life."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class LeaveForm(forms.Form):
    """Who leaves need not say why."""

    reason = forms.CharField(
        required=False, label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class MergeForm(ReasonForm):
    """The organization a duplicate is merged into, and why."""

    into = OrganizationField(label=_("Merge into"), help_text=_("Credit code or full name of the one that stays."))

    field_order = ["into", "reason"]


class MemberForm(forms.Form):
    """A person, by user name, and what they may do for the organization."""

    username = forms.CharField(label=_("User name"), max_length=150)
    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role.choices, initial=Membership.Role.OPERATOR)

    def clean_username(self):
        user = User.objects.filter(username=self.cleaned_data["username"], is_active=True).first()
        if user is None:
            raise ValidationError(_("There is no user with this name."))
        return user

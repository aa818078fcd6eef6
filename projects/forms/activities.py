"""Forms of activities and of the files of activities and projects."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import files
from demands.forms.deliveries import FilesField, FilesInput
from organizations.forms import OrganizationField
from organizations.models import Organization
from projects import permissions
from projects.forms.campaigns import ProjectField
from projects.forms.projects import DateInput
from projects.models import Activity, Project
from regions.forms import RegionField, SteppingForm

PHOTOS = "image/jpeg,image/png"
_PHOTO_HINT = gettext_lazy(
    "JPG or PNG, at most %(most)s MB each, several at once. The public sees a copy without the place it was taken at."
)


def _number(label, help_text="") -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "min": 0})
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=10_000_000, widget=widget, help_text=help_text
    )


class ActivityForm(SteppingForm, forms.ModelForm):
    """An activity as its organization or staff enter it, on a phone too: what, when, where, who helped."""

    organization = OrganizationField(
        label=gettext_lazy("Organization"), help_text=gettext_lazy("Full name or unified social credit code.")
    )
    project = ProjectField(
        label=gettext_lazy("Project"),
        required=False,
        help_text=gettext_lazy("Its reference number; empty for an activity without a project."),
    )
    region = RegionField(
        label=gettext_lazy("Region"), help_text=gettext_lazy("Where it took place, down to the village if possible.")
    )
    sessions = forms.IntegerField(
        label=gettext_lazy("Sessions"),
        min_value=1,
        max_value=100_000,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1}),
    )
    staff = _number(gettext_lazy("Staff"), gettext_lazy("Leave a number empty if nobody counted; 0 means none."))
    social_workers = _number(gettext_lazy("Social workers"))
    volunteers = _number(gettext_lazy("Volunteers"))
    party_members = _number(
        gettext_lazy("Party members"), gettext_lazy("How many of all these people are party members.")
    )
    days = _number(gettext_lazy("Training days"), gettext_lazy("For training only."))
    certificates = _number(gettext_lazy("Certificates handed out"), gettext_lazy("For training only."))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Activity
        fields = [name for name in Activity.FIELDS if name not in ("organization", "project", "region")]
        widgets = {
            "starts_on": DateInput,
            "ends_on": DateInput,
            "summary": forms.Textarea(attrs={"rows": 4}),
            "hours": forms.NumberInput(attrs={"inputmode": "decimal", "min": 0, "step": "any"}),
        }
        labels = {
            "title": gettext_lazy("What was done"),
            "starts_on": gettext_lazy("Day"),
            "ends_on": gettext_lazy("Last day"),
            "hours": gettext_lazy("Training hours"),
        }
        help_texts = {
            "ends_on": gettext_lazy("Only if it lasted longer than a day."),
            "place": gettext_lazy("For example the village square or the primary school."),
            "hours": gettext_lazy("For training only."),
            "summary": gettext_lazy("No names, telephone or identity-card numbers: everybody reads this."),
        }

    field_order = [
        "project",
        "organization",
        "title",
        "kind",
        "starts_on",
        "ends_on",
        "region",
        "place",
        "sessions",
        *Activity.HELPERS,
        *Activity.TRAINING,
        "summary",
        "version",
    ]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        if self.instance.pk:
            names = ("organization", "project", "region", "version")
            self.initial |= {name: getattr(self.instance, name) for name in names}
        self.fields["project"].projects = Project.objects.visible_to(user).prefetch_related("regions", "partners")
        if not user.is_officer:
            self._offer_own_organizations()

    def _offer_own_organizations(self) -> None:
        own = Organization.objects.of(self.user).filter(status=Organization.Status.ACTIVE).order_by("name")
        chosen = self.initial.get("organization")
        self.fields["organization"] = forms.ModelChoiceField(own, label=_("Organization"), empty_label=None)
        self.initial["organization"] = chosen or own.first()

    def clean(self):
        cleaned = super().clean()
        organization, region, project = (cleaned.get(name) for name in ("organization", "region", "project"))
        if organization and region and not permissions.can_record_activity(self.user, organization, region.code):
            self.add_error(
                "organization", _("You may enter activities of your own organization or of your own region only.")
            )
        kept = self.instance.project_id
        if project and project.status not in Activity.RECORDABLE and project.pk != kept:
            self.add_error("project", _("Activities are recorded once the work of the project has begun."))
        if cleaned.get("kind") and cleaned["kind"] != Activity.Kind.TRAINING:
            for name in Activity.TRAINING:
                if cleaned.get(name) is not None:
                    self.add_error(name, _("Days, hours and certificates belong to training only."))
        return cleaned

    def _post_clean(self):
        for name in ("organization", "project", "region"):
            if name in self.cleaned_data:
                setattr(self.instance, name, self.cleaned_data[name])
        super()._post_clean()

    def values(self) -> dict:
        """The activity's plain fields, as the services take them."""
        return {name: self.cleaned_data[name] for name in Activity.FIELDS}


class NewActivityForm(ActivityForm):
    """The first entry, with photos from the phone."""

    photos = FilesField(
        label=gettext_lazy("Photos"),
        required=False,
        allow_empty_file=True,
        widget=FilesInput(attrs={"accept": PHOTOS}),
    )
    field_order = [*ActivityForm.field_order[:-1], "photos", "version"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["photos"].help_text = _PHOTO_HINT % {"most": files.MAX_BYTES // 1024 // 1024}


class FilesForm(forms.Form):
    """Photos and papers for an activity or a project, several at once."""

    files = FilesField(label=gettext_lazy("Photos and papers"), allow_empty_file=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["files"]
        field.widget.attrs["accept"] = ",".join(f".{kind}" for kind in files.TYPES)
        field.help_text = _(
            "%(types)s, at most %(most)s MB each. Photos are shown as a copy without the place; papers are not public."
        ) % {"types": "、".join(kind.upper() for kind in files.TYPES), "most": files.MAX_BYTES // 1024 // 1024}

"""Forms of beneficiary counts."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.forms.projects import DateInput
from projects.models import BeneficiaryCount, Project
from regions.forms import RegionField, SteppingForm


class CountChoice(forms.ModelChoiceField):
    """A count among those of the same lead."""

    def label_from_instance(self, obj: BeneficiaryCount) -> str:
        return f"{obj.project.reference} {obj}"


class CountForm(SteppingForm, forms.ModelForm):
    """One beneficiary count of a project."""

    # The model's own limits speak plainly; the field Django would make has those of the database type.
    value = forms.IntegerField(label=_("Number"), widget=forms.NumberInput(attrs={"min": 1}))
    region = RegionField(
        label=_("Region"),
        help_text=_(
            "One of the project's regions or a place below it: code or name. A wider region includes narrower ones."
        ),
    )

    same_as = CountChoice(
        queryset=BeneficiaryCount.objects.none(),
        required=False,
        label=_("Same people as"),
        help_text=_("Only when the same people stand in another count: the two then count once."),
    )

    class Meta:
        model = BeneficiaryCount
        fields = [*BeneficiaryCount.FIELDS]
        widgets = {"as_of": DateInput}

    def __init__(self, *args, project: Project, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.project = project
        seen = Q(pk__in=BeneficiaryCount.objects.visible_to(user)) | Q(pk=self.instance.same_as_id)
        others = BeneficiaryCount.objects.live().filter(seen, project__lead=project.lead_id, same_as=None)
        others = others.filter(measure__in=BeneficiaryCount.DISTINCT).exclude(pk=self.instance.pk)
        self.fields["same_as"].queryset = others.for_list().order_by("project", "measure", "region", "pk")
        if self.instance.pk:
            self.initial["region"] = self.instance.region
        elif len(project.regions.all()) == 1:
            self.initial["region"] = project.regions.all()[0]

        self.fields["overlap"].required = False

    def clean_overlap(self) -> str:
        """Left open it stays as it is; a new count may overlap with others."""
        return self.cleaned_data["overlap"] or self.instance.overlap

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in self.fields if name in BeneficiaryCount.FIELDS}


class CorrectionForm(CountForm):
    """The correction of a count: everything but its stage, with the reason."""

    reason = forms.CharField(
        label=_("Reason of the correction"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta(CountForm.Meta):
        fields = [name for name in BeneficiaryCount.FIELDS if name != "stage"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version

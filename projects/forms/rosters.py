"""Forms of rosters. What they are sent is shown again only where it cannot be a person's number."""

import re

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from projects.forms.projects import DateInput
from projects.models import Project
from regions.forms import RegionField
from regions.models import Region

# Nothing a roster form asks for has as many digits.
_TOO_MANY_DIGITS = re.compile(r"(?:[0-9][\s-]*){15}")


def harmless(sent: MultiValueDict) -> MultiValueDict:
    """What was typed, without entries that may be somebody's number: those would be shown again in the form."""
    kept = MultiValueDict()
    for name, values in sent.lists():
        kept.setlist(name, ["" if _TOO_MANY_DIGITS.search(value) else value for value in values])
    return kept


class RosterForm(forms.Form):
    """A workbook with ID numbers, and which region and period it speaks of."""

    region = forms.ModelChoiceField(queryset=Region.objects.none(), label=_("Region"))
    period_from = forms.DateField(label=_("Period from"), widget=DateInput)
    period_to = forms.DateField(label=_("Period to"), widget=DateInput)
    file = forms.FileField(
        label=_("Workbook with ID numbers"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=_("The column of ID numbers only is read; the numbers are turned into digests and not kept."),
    )

    def __init__(self, sent=None, files=None, *, project: Project):
        super().__init__(harmless(sent) if sent is not None else None, files)
        self.fields["region"].queryset = project.regions.all()
        if len(project.regions.all()) == 1:
            self.initial["region"] = project.regions.all()[0]

    def clean(self):
        given = super().clean() or {}
        if given.get("period_from") and given.get("period_to") and given["period_to"] < given["period_from"]:
            self.add_error("period_to", _("The period cannot end before it begins."))
        return given


class RosterFigureForm(forms.Form):
    """Which region's rosters are counted."""

    region = RegionField(label=_("Region"), required=False)

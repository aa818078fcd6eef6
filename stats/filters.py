"""The parameters of the figures, checked once for the page and the API."""

import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from donations.models import Donation, Lot
from regions.models import CODE_LENGTH, Region
from stats import selectors


class RegionCode(forms.CharField):
    """A region by its code of 6, 9 or 12 digits; empty is the whole country."""

    def clean(self, value):
        code = super().clean(value)
        if not code:
            return None
        if not code.isdigit() or len(code) not in (2, 4, 6, 9, CODE_LENGTH):
            raise forms.ValidationError(_("A region code has 6, 9 or 12 digits."))
        region = Region.objects.filter(code=code.ljust(CODE_LENGTH, "0")).first()
        if region is None:
            raise forms.ValidationError(_("There is no region with the code %(code)s.") % {"code": code})
        return region


class FigureForm(forms.Form):
    """Region and period; without a period the current year."""

    region = RegionCode(label=_("Region"), required=False, help_text=_("Code of 6, 9 or 12 digits; empty: all China."))

    def __init__(self, data=None, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["from"] = forms.DateField(label=_("From"), required=False)
        self.fields["to"] = forms.DateField(label=_("To"), required=False)

    def clean(self):
        cleaned = super().clean()
        today = timezone.localdate()
        if "from" in cleaned and "to" in cleaned:
            end = cleaned["to"] or datetime.date((cleaned["from"] or today).year, 12, 31)
            start = cleaned["from"] or datetime.date(end.year, 1, 1)
            if end < start:
                self.add_error("to", _("The period ends before it begins."))
            cleaned["from"], cleaned["to"] = start, end
        return cleaned


class DonationFigureForm(FigureForm):
    """How received gifts are asked for."""

    by = forms.ChoiceField(
        label=_("Split by"),
        required=False,
        choices=[
            ("receiver", _("receiver")),
            ("giver", _("giver")),
            ("form", _("form")),
            ("channel", _("channel")),
            ("month", _("month")),
        ],
    )
    level = forms.ChoiceField(
        label=_("Level of the lines"),
        required=False,
        choices=[("", _("next level")), *Region.Level.choices],
    )
    relief = forms.ChoiceField(
        label=_("Disaster relief from separate appeals"),
        required=False,
        choices=[("exclude", _("apart from the total")), ("include", _("in the total")), ("only", _("only this"))],
    )
    form = forms.ChoiceField(label=_("Form"), required=False, choices=[("", _("all")), *Lot.Form.choices])
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=[("", _("all")), *Donation.Channel.choices])

    def clean(self):
        cleaned = super().clean()
        cleaned["by"] = cleaned.get("by") or "receiver"
        cleaned["relief"] = cleaned.get("relief") or "exclude"
        level = cleaned.get("level") or ""
        if level and cleaned["by"] not in ("receiver", "giver"):
            self.add_error("level", _("A level goes with a split by receiver or giver."))
        if cleaned["by"] == "giver" and level not in ("", "province", "city"):
            self.add_error("level", _("Givers are shown by province or city."))
        return cleaned

    def question(self) -> selectors.Question:
        """The question of a valid form."""
        values = self.cleaned_data
        return selectors.Question(
            region=values["region"],
            start=values["from"],
            end=values["to"],
            by=values["by"],
            level=values["level"],
            relief=values["relief"],
            form=values["form"],
            channel=values["channel"],
        )


class BeneficiaryFigureForm(FigureForm):
    """How beneficiaries are asked for."""

    stage = forms.ChoiceField(
        label=_("Stage"), required=False, choices=[("achieved", _("achieved")), ("expected", _("expected"))]
    )

    def clean(self):
        cleaned = super().clean()
        cleaned["stage"] = cleaned.get("stage") or "achieved"
        return cleaned

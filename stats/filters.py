"""The parameters of the figures, checked once for the page and the API."""

from django import forms
from django.utils.translation import gettext_lazy as _

from donations.models import Donation, Lot
from regions.forms import RegionField, RegionInput
from regions.models import Region
from stats import selectors


class FigureForm(forms.Form):
    """Region and period; without a period, from 2021 to the end of this month."""

    region = RegionField(
        label=_("Region"), required=False, widget=RegionInput(), help_text=_("Name or code; empty: all China.")
    )

    def __init__(self, data=None, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["from"] = forms.DateField(label=_("From"), required=False)
        self.fields["to"] = forms.DateField(label=_("To"), required=False)
        self.order_fields(["region", "from", "to"])

    def clean(self):
        cleaned = super().clean()
        first, last = selectors.default_period()
        if "from" in cleaned and "to" in cleaned:
            cleaned["from"] = cleaned["from"] or first
            cleaned["to"] = cleaned["to"] or max(last, cleaned["from"])
            if cleaned["to"] < cleaned["from"]:
                self.add_error("to", _("The period ends before it begins."))
        return cleaned

    @classmethod
    def of_page(cls, query):
        """The form of a page: the default period is shown in the fields, not only used."""
        first, last = selectors.default_period()
        data = query.copy()
        data.setdefault("from", first.isoformat())
        data.setdefault("to", last.isoformat())
        return cls(data)


def _is_above(level: str, region: Region) -> bool:
    return Region.DIGITS[level] < region.digits


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
        region = cleaned.get("region")
        if level and cleaned["by"] == "receiver" and region and _is_above(level, region):
            self.add_error("level", _("This level lies above the region. Choose the level of the region or below it."))
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

"""Fields and forms of a project's plan: budget lines and milestones, one a line, and what ends or interrupts it."""

import re
from abc import ABC, abstractmethod
from decimal import Decimal, InvalidOperation

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.models import BudgetLine, Milestone

MOST_LINES = 50
_BUDGET = re.compile(r"(?P<item>.+?)[\s:：,，\t]+(?P<amount>[\d,，.]+)\s*(?:元|yuan)?$", re.IGNORECASE)
_MILESTONE = re.compile(r"(?P<day>\d{4}-\d{1,2}-\d{1,2})[\s:：,，]+(?P<title>.+)$")


class LinesField(forms.CharField, ABC):
    """Rows of a small table, one a line; the error names the line that cannot be read."""

    widget = forms.Textarea(attrs={"rows": 4})

    def clean(self, value) -> list:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(_("At most %(n)s lines.") % {"n": MOST_LINES})
        return [self.read(line) for line in lines]

    @abstractmethod
    def read(self, line: str):
        """What a line says; a `ValidationError` for one that cannot be read."""

    @abstractmethod
    def write(self, row) -> str:
        """The line that says this."""

    def prepare_value(self, value):
        return value if isinstance(value, str) or value is None else "\n".join(self.write(row) for row in value)


class BudgetField(LinesField):
    """Budget lines: the item, then the amount in yuan."""

    def read(self, line: str) -> BudgetLine:
        found = _BUDGET.match(line)
        try:
            amount = Decimal(re.sub("[,，]", "", found["amount"])) if found else Decimal(0)
        except InvalidOperation:
            amount = Decimal(0)
        cents = amount.as_tuple().exponent
        if not found or amount <= 0 or amount >= Decimal(10) ** 16 or not isinstance(cents, int) or cents < -2:
            raise forms.ValidationError(
                _("“%(line)s” is not an item and an amount in yuan. Write for example: %(example)s"),
                params={"line": line, "example": "medicine 3000"},
            )
        return BudgetLine(item=found["item"][:120], amount=amount)

    def write(self, row: BudgetLine) -> str:
        return f"{row.item} {row.amount}"


class MilestonesField(LinesField):
    """Milestones: the day it is due, then what is reached by then."""

    def read(self, line: str) -> Milestone:
        found = _MILESTONE.match(line)
        try:
            day = forms.DateField().clean(found["day"]) if found else None
        except forms.ValidationError:
            day = None
        if not found or day is None:
            raise forms.ValidationError(
                _("“%(line)s” is not a day and what is reached by then. Write for example: %(example)s"),
                params={"line": line, "example": "2026-06-30 clinic opened"},
            )
        return Milestone(title=found["title"][:120], due_on=day)

    def write(self, row: Milestone) -> str:
        return f"{row.due_on.isoformat()} {row.title}"


class StopForm(forms.Form):
    """Why a project is suspended or terminated, and what happens to what is left."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The reason is kept in the history."),
    )
    rest = forms.CharField(
        label=_("What happens to the rest"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Money and goods that are left: who keeps, returns or passes them on. If nothing is left, say so."),
    )


class ReachedForm(forms.Form):
    """The day on which a milestone was reached."""

    done_on = forms.DateField(label=_("Done on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("done_on", timezone.localdate())

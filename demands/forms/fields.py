"""What the forms of this app share: quantities, dates, reasons."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy

from demands.models import clean_quantity, plain_quantity


class QuantityField(forms.Field):
    """A quantity with at most three decimals. A text field: what was typed stays readable beside an error."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": "40"})

    def to_python(self, value) -> Decimal | None:
        text = str(value or "").strip()
        return clean_quantity(text) if text else None

    def prepare_value(self, value):
        return plain_quantity(value) if isinstance(value, Decimal) else value


class DateInput(forms.DateInput):
    """The browser's own date field; without one it is a text field."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class ReasonForm(forms.Form):
    """Why a demand or claim is sent back, rejected or withdrawn; the other side reads it."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The other side will read it; it is kept in the history."),
    )


class OptionalReasonForm(ReasonForm):
    """The same where a reason may be left out."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False

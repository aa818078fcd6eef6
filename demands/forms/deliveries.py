"""Forms of agreements, deliveries, acceptance, verification and ratings."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from demands.forms.fields import DateInput, QuantityField
from demands.models import AcceptanceEntry, Claim, ClaimLine, Delivery, DeliveryLine, plain_quantity
from demands.models.deliveries import MOST_BYTES, PAPER_TYPES, PHOTO_TYPES

_ACCEPT = {"jpg": "image/jpeg", "png": "image/png", "pdf": "application/pdf"}
_HINT = gettext_lazy("%(types)s, at most %(most)s MB each.")


def _hint(kinds) -> str:
    return _HINT % {"types": "、".join(kind.upper() for kind in kinds), "most": MOST_BYTES // 1024 // 1024}


class PastDateField(forms.DateField):
    """A day up to today."""

    widget = DateInput

    def clean(self, value):
        day = super().clean(value)
        if day and day > timezone.localdate():
            raise ValidationError(_("This day is still to come. Enter it once it has happened."))
        return day


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; the value is a list. What they hold is judged by the service."""

    widget = FilesInput

    def clean(self, data, initial=None):
        sent = data if isinstance(data, list | tuple) else [data] if data else []
        if not sent and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return [super(FilesField, self).clean(one, initial) for one in sent]


class AgreementForm(forms.Form):
    """The agreement that was signed on a claim."""

    number = forms.CharField(label=gettext_lazy("Number of the agreement"), max_length=60)
    signed_on = PastDateField(label=gettext_lazy("Signed on"))
    file = forms.FileField(
        label=gettext_lazy("The signed agreement"),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(_ACCEPT[kind] for kind in PAPER_TYPES)}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _hint(PAPER_TYPES) + " " + _("Only you, the village and its officers see it.")


class DeliveryForm(forms.Form):
    """When and how much is delivered: one field for each claimed item, filled with what is still owed."""

    delivered_on = PastDateField(label=gettext_lazy("Delivered on"))
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("How it came and who took it in. No telephone or identity card numbers."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, claim: Claim, delivery: Delivery | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.claim_lines = list(claim.lines.select_related("item"))
        now = {row.line_id: row.quantity for row in delivery.lines.all()} if delivery else {}
        self.initial.setdefault("delivered_on", delivery.delivered_on if delivery else timezone.localdate())
        if delivery:
            self.initial |= {"note": delivery.note, "version": delivery.version}
        for line in self.claim_lines:
            self.fields[f"line_{line.pk}"] = QuantityField(label=f"{line.item.what} · {line.item.unit}", required=False)
            self.initial[f"line_{line.pk}"] = now.get(line.pk) if delivery else line.owed or None

    def clean(self):
        cleaned = super().clean()
        for line in self.claim_lines:
            quantity = cleaned.get(f"line_{line.pk}")
            if quantity and quantity > line.owed:
                words = {"owed": plain_quantity(line.owed), "unit": line.item.unit}
                self.add_error(
                    f"line_{line.pk}",
                    _("%(owed)s %(unit)s are still to be delivered; a delivery cannot be larger.") % words,
                )
        if not self.errors and not self.lines():
            raise ValidationError(_("Enter a quantity for at least one item."))
        return cleaned

    def lines(self) -> list[tuple[ClaimLine, Decimal]]:
        """The items with a quantity, as the services take them."""
        found = [(line, self.cleaned_data.get(f"line_{line.pk}")) for line in self.claim_lines]
        return [(line, quantity) for line, quantity in found if quantity]

    def rows(self) -> list[tuple[ClaimLine, object]]:
        """Each claimed item with its field, for the template."""
        return [(line, self[f"line_{line.pk}"]) for line in self.claim_lines]


class DeliveryFilesForm(forms.Form):
    """Photos, several at once, and the signed receipt; either may be left out."""

    photos = FilesField(
        label=gettext_lazy("Photos"),
        required=False,
        allow_empty_file=True,
        widget=FilesInput(attrs={"accept": ",".join(_ACCEPT[kind] for kind in PHOTO_TYPES)}),
    )
    receipt = forms.FileField(
        label=gettext_lazy("Signed receipt"),
        required=False,
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(_ACCEPT[kind] for kind in PAPER_TYPES)}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["photos"].help_text = (
            _hint(PHOTO_TYPES) + " " + _("The public sees a copy without position, once the village has accepted.")
        )
        self.fields["receipt"].help_text = _hint(PAPER_TYPES) + " " + _("It is not shown in public.")

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not cleaned.get("photos") and not cleaned.get("receipt"):
            raise ValidationError(_("Choose at least one photo or the signed receipt."))
        return cleaned


class InspectionForm(forms.Form):
    """What the village found, item by item: how much is accepted, substituted, short and sent back."""

    PARTS = {
        "accepted": gettext_lazy("Accepted"),
        "short": gettext_lazy("Did not arrive"),
        "returned": gettext_lazy("Sent back"),
        "substituted": gettext_lazy("Something else came, accepted in its place"),
    }

    def __init__(self, *args, delivery: Delivery, **kwargs):
        super().__init__(*args, **kwargs)
        rows = delivery.lines.select_related("line__item")
        self.open_lines: list[DeliveryLine] = [row for row in rows if row.open]
        for row in self.open_lines:
            for part, label in self.PARTS.items():
                self.fields[f"{part}_{row.pk}"] = QuantityField(label=label, required=False)
            self.initial[f"accepted_{row.pk}"] = row.open
            self.fields[f"instead_{row.pk}"] = forms.CharField(
                label=_("What came instead"), max_length=120, required=False
            )
            self.fields[f"reason_{row.pk}"] = forms.CharField(
                label=_("Reason"), max_length=500, required=False, help_text=_("Why it was sent back or is missing.")
            )

    def clean(self):
        cleaned = super().clean()
        for row in self.open_lines:
            self._check(row, {name: cleaned.get(f"{name}_{row.pk}") for name in (*self.PARTS, "instead", "reason")})
        if not self.errors and not self.findings():
            raise ValidationError(_("Enter what you found for at least one item."))
        return cleaned

    def _check(self, row: DeliveryLine, found: dict) -> None:
        total = sum((found[part] or Decimal(0) for part in self.PARTS), Decimal(0))
        if total > row.open:
            words = {"total": plain_quantity(total), "open": plain_quantity(row.open), "unit": row.line.item.unit}
            self.add_error(
                f"accepted_{row.pk}",
                _("Together these are %(total)s; of this delivery %(open)s %(unit)s are still to be entered.") % words,
            )
        if found["substituted"] and not (found["instead"] or "").strip():
            self.add_error(f"instead_{row.pk}", _("Say what came in place of what was promised."))
        if found["returned"] and not (found["reason"] or "").strip():
            self.add_error(f"reason_{row.pk}", _("Say why it was sent back."))

    def findings(self) -> list[dict]:
        """The entries to be made, as the services take them."""
        made = []
        for row in self.open_lines:
            for outcome in AcceptanceEntry.Outcome.values:
                quantity = self.cleaned_data.get(f"{outcome}_{row.pk}")
                if quantity:
                    said = outcome in (AcceptanceEntry.Outcome.SHORT, AcceptanceEntry.Outcome.RETURNED)
                    made.append(
                        {
                            "line": row,
                            "outcome": outcome,
                            "quantity": quantity,
                            "instead": self.cleaned_data[f"instead_{row.pk}"],
                            "reason": self.cleaned_data[f"reason_{row.pk}"] if said else "",
                        }
                    )
        return made

    def rows(self) -> list[tuple[DeliveryLine, object, list]]:
        """Each open line with its main field and the other ones, for the template."""
        others = [part for part in self.PARTS if part != "accepted"]
        return [
            (row, self[f"accepted_{row.pk}"], [self[f"{name}_{row.pk}"] for name in (*others, "instead", "reason")])
            for row in self.open_lines
        ]

    def has_exceptions(self) -> bool:
        """Whether anything but the accepted quantities was typed or is wrong."""
        return any(self[name].errors or self[name].value() for name in self.fields if not name.startswith("accepted_"))


class VerificationForm(forms.Form):
    """The county's word on an accepted claim."""

    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Needed where a check is not in order, and to send the claim back to the village."),
    )


class SpotCheckForm(forms.Form):
    """What was found on the spot."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=[
            ("confirmed", gettext_lazy("Everything as recorded")),
            ("discrepancy", gettext_lazy("Discrepancy found; the claim goes back to the village")),
        ],
        widget=forms.RadioSelect,
    )
    checked_on = PastDateField(label=gettext_lazy("Checked on"), initial=timezone.localdate)
    finding = forms.CharField(label=gettext_lazy("Finding"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))


class RatingForm(forms.Form):
    """How it went, from 1 to 5, with a word."""

    score = forms.TypedChoiceField(
        label=gettext_lazy("Score"),
        coerce=int,
        choices=[
            (5, gettext_lazy("5 · very good")),
            (4, gettext_lazy("4 · good")),
            (3, gettext_lazy("3 · in order")),
            (2, gettext_lazy("2 · weak")),
            (1, gettext_lazy("1 · poor")),
        ],
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label=gettext_lazy("Comment"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

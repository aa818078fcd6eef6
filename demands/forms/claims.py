"""The forms of claiming, of deciding on a claim, and of the queue."""

import re
from decimal import Decimal

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from core import files
from demands.forms.fields import DateInput, QuantityField
from demands.models import Claim, ClaimDraft, Demand, DemandItem, clean_quantity, plain_quantity
from organizations.models import Organization


class OrganizationForm(forms.Form):
    """For which of one's organizations; not asked where there is only one."""

    organization = forms.ModelChoiceField(
        Organization.objects.none(), label=gettext_lazy("Organization"), empty_label=None
    )

    def __init__(self, *args, organizations: list[Organization], **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["organization"]
        field.queryset = Organization.objects.filter(pk__in=[one.pk for one in organizations]).order_by("name")
        if len(organizations) == 1:
            field.widget = forms.HiddenInput()
            self.initial["organization"] = organizations[0].pk


class QueueForm(OrganizationForm):
    """Which of the items to wait for."""

    item = forms.ModelChoiceField(
        DemandItem.objects.none(), label=gettext_lazy("Item"), required=False, empty_label=gettext_lazy("any of them")
    )

    def __init__(self, *args, demand: Demand, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = demand.items.all()


class TermsForm(forms.Form):
    """The person has read what a claim means."""

    acknowledged = forms.BooleanField(
        label=gettext_lazy("I have read this and claim for my organization on these terms."),
        error_messages={"required": gettext_lazy("Confirm that you have read the terms.")},
    )


class ItemsForm(forms.Form):
    """How much of each item an organization takes."""

    def __init__(self, *args, demand: Demand, **kwargs):
        super().__init__(*args, **kwargs)
        self.demand_items = list(demand.items.all())
        for item in self.demand_items:
            self.fields[f"item_{item.pk}"] = QuantityField(label=f"{item.what} · {item.unit}", required=False)

    def clean(self):
        cleaned = super().clean()
        for item in self.demand_items:
            quantity = cleaned.get(f"item_{item.pk}")
            if quantity and quantity > item.remaining:
                self.add_error(f"item_{item.pk}", self.too_much(item))
        if not self.errors and not self.typed():
            raise ValidationError(_("Enter a quantity for at least one item."))
        return cleaned

    @staticmethod
    def too_much(item: DemandItem) -> ValidationError:
        """The sentence beside the field when less is left than was asked for."""
        if not item.remaining:
            return ValidationError(_("Nothing is left; others were faster."), code="not_enough")
        return ValidationError(
            _("%(left)s %(unit)s are left. Please change the quantity."),
            code="not_enough",
            params={"left": plain_quantity(item.remaining), "unit": item.unit},
        )

    @property
    def lost_the_race(self) -> bool:
        """Whether all that is wrong is that less is left than was asked for."""
        data = self.errors.as_data()
        return bool(data) and all(error.code == "not_enough" for errors in data.values() for error in errors)

    def typed(self) -> dict[str, str]:
        """The quantities as a begun claim keeps them, {item id: quantity}."""
        values = {str(item.pk): self.cleaned_data.get(f"item_{item.pk}") for item in self.demand_items}
        return {key: plain_quantity(value) for key, value in values.items() if value}

    def rows(self) -> list[tuple[DemandItem, object]]:
        """Each item with its field, for the template."""
        return [(item, self[f"item_{item.pk}"]) for item in self.demand_items]

    @classmethod
    def of(cls, draft: ClaimDraft, *, bound: bool = False) -> "ItemsForm":
        """The form with what a begun claim has; bound: checked against what is left now."""
        values = {f"item_{key}": value for key, value in draft.quantities.items()}
        return cls(values if bound else None, initial=values, demand=draft.demand)


class PlanForm(forms.ModelForm):
    """When and how the organization will deliver, and whom to contact."""

    class Meta:
        model = ClaimDraft
        fields = ["deliver_from", "deliver_by", "contact", "plan"]
        widgets = {"deliver_from": DateInput, "deliver_by": DateInput, "plan": forms.Textarea(attrs={"rows": 5})}
        help_texts = {
            "contact": gettext_lazy("Name and telephone, for the village and its officers. Never shown in public."),
            "plan": gettext_lazy("How you will get it and bring it there."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("deliver_by", "contact", "plan"):
            self.fields[name].required = True

    def clean_deliver_by(self):
        day = self.cleaned_data["deliver_by"]
        if day < timezone.localdate():
            raise ValidationError(_("This day has passed already."))
        return day

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("deliver_from"), cleaned.get("deliver_by")
        if first and last and last < first:
            self.add_error("deliver_by", _("The delivery cannot end before it begins."))
        return cleaned


class ClaimFileForm(forms.Form):
    """A file that shows the qualification. Its content is judged by the service."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(f".{kind}" for kind in files.TYPES)}),
    )


class ApproveForm(forms.Form):
    """Approve a claim, or a part of it: the quantity of each line, at most what was asked for."""

    reason = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Needed when less is approved than asked for; the organization reads it."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, claim: Claim, **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = list(claim.lines.all())
        self.initial.setdefault("version", claim.version)
        for line in self.lines:
            self.fields[f"item_{line.item_id}"] = _ApprovedField(line)
        self.order_fields([f"item_{line.item_id}" for line in self.lines])

    def clean(self):
        cleaned = super().clean()
        cut = [line for line in self.lines if cleaned.get(f"item_{line.item_id}", line.quantity) < line.quantity]
        if cut and not cleaned.get("reason"):
            self.add_error("reason", _("Say why less is approved; the organization will read it."))
        return cleaned

    def quantities(self) -> dict[int, Decimal]:
        """{item id: approved quantity}, as the service takes it."""
        return {line.item_id: self.cleaned_data[f"item_{line.item_id}"] for line in self.lines}


_ZERO = re.compile(r"0+\.?0*|\.0+")


class _ApprovedField(forms.Field):
    """From zero to what the line asks for."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": "40"})

    def __init__(self, line):
        self.most = line.quantity
        asked = _("asked for: %(n)s") % {"n": plain_quantity(line.quantity)}
        super().__init__(label=f"{line.item.what} · {line.item.unit}", initial=line.quantity, help_text=asked)

    def to_python(self, value) -> Decimal | None:
        text = str(value or "").strip()
        if not text:
            return None
        return Decimal(0) if _ZERO.fullmatch(text) else clean_quantity(text)

    def validate(self, value):
        if value is None:
            raise ValidationError(_("Enter a number; 0 takes the item out."), code="required")
        if value > self.most:
            raise ValidationError(
                _("No more can be approved than was asked for: %(n)s.") % {"n": plain_quantity(self.most)}
            )

    def prepare_value(self, value):
        return plain_quantity(value) if isinstance(value, Decimal) else value


REJECTIONS = {
    "qualification": gettext_lazy("The qualifications do not fit this demand."),
    "plan": gettext_lazy("The plan does not say how and when the goods will arrive."),
    "dates": gettext_lazy("The delivery would come too late for the village."),
    "files": gettext_lazy("The attached files are incomplete or cannot be read."),
    "other": gettext_lazy("The village has agreed with another organization."),
}


class RejectForm(forms.Form):
    """Why a claim is turned down: one of the usual reasons, own words, or both."""

    template = forms.ChoiceField(
        label=gettext_lazy("Usual reasons"),
        choices=[("", gettext_lazy("none of them")), *REJECTIONS.items()],
        required=False,
    )
    text = forms.CharField(
        label=gettext_lazy("Own words"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The other side will read it; it is kept in the history."),
    )

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("template") and not (cleaned.get("text") or "").strip():
            raise ValidationError(_("Choose a reason or give one in your own words."))
        # Kept for ever, so in the portal's own language whatever language the reviewer reads.
        with override(settings.LANGUAGE_CODE):
            usual = str(REJECTIONS.get(cleaned.get("template") or "", ""))
        cleaned["reason"] = " ".join(part for part in (usual, (cleaned.get("text") or "").strip()) if part)
        return cleaned

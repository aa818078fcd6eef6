"""The forms of claims."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from demands.forms.fields import QuantityField
from demands.models import Demand, DemandItem, plain_quantity
from organizations.models import Organization


class ClaimForm(forms.Form):
    """How much of each item an organization takes, and how it will deliver."""

    organization = forms.ModelChoiceField(
        Organization.objects.none(), label=gettext_lazy("Organization"), empty_label=None
    )
    plan = forms.CharField(
        label=gettext_lazy("Plan"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("How and by when you will deliver, and whom to contact."),
    )

    def __init__(self, *args, demand: Demand, organizations: list[Organization], **kwargs):
        super().__init__(*args, **kwargs)
        self.demand_items = list(demand.items.all())
        self.fields["organization"].queryset = Organization.objects.filter(pk__in=[o.pk for o in organizations])
        if organizations:
            self.initial.setdefault("organization", organizations[0].pk)
        for item in self.demand_items:
            self.fields[f"item_{item.pk}"] = QuantityField(label=f"{item.what} · {item.unit}", required=False)

    def clean(self):
        cleaned = super().clean()
        for item in self.demand_items:
            quantity = cleaned.get(f"item_{item.pk}")
            if quantity and quantity > item.remaining:
                self.add_error(f"item_{item.pk}", self.too_much(item))
        if not self.errors and not self.lines():
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

    def lines(self) -> list[tuple[DemandItem, Decimal]]:
        """The items with a quantity, as the services take them."""
        return [
            (item, self.cleaned_data[f"item_{item.pk}"])
            for item in self.demand_items
            if self.cleaned_data.get(f"item_{item.pk}")
        ]

    def rows(self) -> list[tuple[DemandItem, object]]:
        """Each item with its field, for the template."""
        return [(item, self[f"item_{item.pk}"]) for item in self.demand_items]

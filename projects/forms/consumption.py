"""Forms of products, consumption records and refunds."""

from django import forms
from django.utils.translation import gettext_lazy as _

from organizations.forms import OrganizationField
from projects.forms.campaigns import VersionedForm
from projects.forms.projects import DateInput
from projects.models import ConsumptionRecord, Product, RefundEntry
from regions.forms import RegionField, SteppingForm

_PARTY = _("Full name or credit code of a registered organization.")


class ProductForm(SteppingForm, VersionedForm):
    """What a village or co-operative sells."""

    region = RegionField(label=_("Region"), help_text=_("The village it comes from: code or name."))
    seller = OrganizationField(label=_("Seller"), required=False, help_text=_PARTY)

    class Meta:
        model = Product
        fields = list(Product.FIELDS)
        widgets = {"summary": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial |= {"region": self.instance.region, "seller": self.instance.seller}


class PurchaseForm(SteppingForm, forms.ModelForm):
    """A purchase from a village, or a sale arranged for it."""

    buyer = OrganizationField(label=_("Buyer"), required=False, help_text=_PARTY)
    region = RegionField(
        label=_("Selling region"), help_text=_("The village the goods come from, or the smallest region known.")
    )
    seller = OrganizationField(label=_("Seller"), required=False, help_text=_PARTY)
    product = forms.CharField(
        label=_("Product"), required=False, max_length=120, help_text=_("Its name, as on its product page.")
    )

    class Meta:
        model = ConsumptionRecord
        fields = list(ConsumptionRecord.FIELDS)
        widgets = {"bought_from": DateInput, "bought_on": DateInput}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self):
        cleaned = super().clean()
        name = (cleaned.get("product") or "").strip()
        cleaned["product"] = None
        if name and cleaned.get("region"):
            cleaned["product"] = self._product(name, cleaned["region"])
        return cleaned

    def _product(self, name: str, region) -> Product | None:
        rows = Product.objects.visible_to(self.user).filter(name=name, region__code__range=(region.low, region.high))
        found = list(rows.select_related("region", "seller")[:2])
        if len(found) == 1:
            return found[0]
        self.add_error(
            "product",
            _("Several products have this name here. Give the village as the selling region.")
            if found
            else _("No product has this name in the selling region. Describe the goods in words instead."),
        )
        return None

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in ConsumptionRecord.FIELDS}


class RefundForm(forms.ModelForm):
    """Money paid back or goods returned."""

    class Meta:
        model = RefundEntry
        fields = list(RefundEntry.FIELDS)
        widgets = {"on": DateInput}

    def values(self) -> dict:
        return dict(self.cleaned_data)

"""The form of a demand with its items, and of changes after publication."""

from decimal import Decimal, InvalidOperation

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Post
from demands import permissions
from demands.forms.fields import DateInput, QuantityField
from demands.models import Demand, DemandItem, DemandList, Measure
from regions.forms import RegionField, SteppingForm
from regions.models import Region


class DemandForm(SteppingForm, forms.ModelForm):
    """A demand without its items. `user` decides for which villages it may be written."""

    village = RegionField(label=gettext_lazy("Village"), levels=[Region.Level.TOWNSHIP, Region.Level.VILLAGE])
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Demand
        fields = ["form", "title", "story", "urgency", "valid_until", "list", "contact"]
        widgets = {"valid_until": DateInput, "story": forms.Textarea(attrs={"rows": 6})}

    field_order = ["village", "form", "title", "story", "urgency", "valid_until", "list", "contact"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        newest = DemandList.objects.visible_to(user).order_by("-pk").values("pk")[:200]
        # The newest by a subquery: a choice is looked up in this set, which a set that is cut itself does not allow.
        offered = Q(pk__in=newest) | Q(pk=self.instance.list_id)
        self.fields["list"].queryset = DemandList.objects.filter(offered).order_by("-pk")
        for measure in Measure:
            label = _("Beneficiaries, %(measure)s") % {"measure": measure.label}
            self.fields[measure.value] = forms.IntegerField(
                label=label, required=False, min_value=1, max_value=2_000_000_000
            )
        if self.instance.pk:
            counts = {row.measure: row.value for row in self.instance.beneficiaries.all()}
            self.initial |= {"village": self.instance.village, "version": self.instance.version, **counts}
        else:
            self.initial.setdefault("village", self._own_village())

    def _own_village(self) -> Region | None:
        """The place of a reporter with one post, so that it need not be typed."""
        posts = [post for post in self.user.posts_now if post.kind == Post.Kind.REPORTER]
        return posts[0].region if len(posts) == 1 else None

    def clean_village(self) -> Region:
        village = self.cleaned_data["village"]
        if not permissions.can_draft_in(self.user, village.code):
            raise ValidationError(_("You may write demands only for the places you are responsible for."))
        return village

    def clean_valid_until(self):
        day = self.cleaned_data["valid_until"]
        if day and day < timezone.localdate():
            raise ValidationError(_("This day has passed already."))
        return day

    def clean(self):
        cleaned = super().clean()
        village, chosen = cleaned.get("village"), cleaned.get("list")
        if village and chosen and not chosen.region.contains(village.code):
            self.add_error("list", _("The demand list belongs to another region."))
        return cleaned

    def measures(self) -> list:
        """The fields of the beneficiary counts, drawn together."""
        return [self[measure.value] for measure in Measure]

    def plain_fields(self) -> list:
        """The fields other than the beneficiary counts."""
        return [field for field in self.visible_fields() if field.name not in Measure.values]

    def values(self) -> dict:
        """The demand's plain fields, as the services take them."""
        return {name: self.cleaned_data[name] for name in [*self._meta.fields, "village"]}

    def counts(self) -> dict[str, int]:
        """The beneficiaries by measure."""
        return {m.value: self.cleaned_data[m.value] for m in Measure if self.cleaned_data.get(m.value)}


class ItemForm(forms.ModelForm):
    """One item; a row left empty is no item."""

    quantity = QuantityField(label=gettext_lazy("Quantity"))

    class Meta:
        model = DemandItem
        fields = ["kind", "what", "quantity", "unit", "unit_price"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit_price"].min_value = 0
        self.fields["unit_price"].widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        self.fields["unit"].widget.attrs["placeholder"] = _("for example pieces")

    def price(self) -> tuple[str, str, Decimal | None]:
        """What, unit and price as typed or stored, as `selectors.price_warnings` takes them."""
        what, unit, text = (str(self[name].value() or "").strip() for name in ("what", "unit", "unit_price"))
        try:
            price = Decimal(text)
        except InvalidOperation:
            return what, unit, None
        return what, unit, price if price.is_finite() else None

    def clean_unit_price(self):
        price = self.cleaned_data["unit_price"]
        if price is not None and price < 0:
            raise ValidationError(_("A price is not negative."))
        return price


class _ItemFormSet(forms.BaseFormSet):
    """The items of a demand. One at least; rows can be emptied or marked for deletion."""

    def clean(self):
        if not self.items() and not any(self.errors):
            raise ValidationError(_("A demand needs at least one item."))

    def items(self) -> list[dict]:
        """The filled rows, as the services take them."""
        names = ItemForm.Meta.fields
        return [
            {name: form.cleaned_data[name] for name in names}
            for form in self.forms
            if form.has_changed() and form.is_valid() and not form.cleaned_data.get("DELETE")
        ]


EMPTY_ROWS = 3


def item_formset(rows: int = EMPTY_ROWS):
    """The class of the item formset with so many empty rows after the filled ones."""
    return forms.formset_factory(
        ItemForm,
        formset=_ItemFormSet,
        extra=rows,
        max_num=100,
        validate_max=True,
        can_delete=True,
        can_delete_extra=False,
    )


class QuantityForm(forms.Form):
    """A new needed quantity for one item of a published demand."""

    item = forms.ModelChoiceField(DemandItem.objects.none(), label=gettext_lazy("Item"), empty_label=None)
    quantity = QuantityField(label=gettext_lazy("New quantity"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, demand: Demand, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = demand.items.all()
        self.initial.setdefault("version", demand.version)

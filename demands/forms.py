"""Forms of demands and claims. They check and clean; the services write."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Post
from demands import permissions
from demands.models import Demand, DemandItem, DemandList, Measure, clean_quantity, plain_quantity
from organizations.models import Organization
from regions.forms import RegionField, SteppingForm
from regions.models import Region


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


class DemandListForm(SteppingForm, forms.ModelForm):
    """A demand list of a region the person is responsible for."""

    region = RegionField(label=gettext_lazy("Region"))

    class Meta:
        model = DemandList
        fields = ["title", "source", "period_from", "period_to"]
        widgets = {"period_from": DateInput, "period_to": DateInput}

    field_order = ["region", "title", "source", "period_from", "period_to"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_region(self) -> Region:
        region = self.cleaned_data["region"]
        if not permissions.can_open_list(self.user, region.code):
            raise ValidationError(_("You may open lists only for the places you are responsible for."))
        return region

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in [*self._meta.fields, "region"]}

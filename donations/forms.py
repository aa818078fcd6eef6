"""What people type about gifts: the entry form with its rows, and the forms of the later steps."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict, ErrorList
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from donations import selectors
from donations.models import Donation, DonationDonor, Lot
from organizations.forms import OrganizationField
from organizations.forms import ReasonForm as ReasonForm
from pairings.models import Pairing
from regions.forms import RegionField, RegionInput

DATE_HINT = _("For example 2026-01-31.")
MAX_PARTS = 50


class DonationForm(forms.ModelForm):
    """The gift itself, without its donors, regions and lots."""

    recipient = OrganizationField(
        required=False, label=_("Recipient"), help_text=_("Name or credit code of a registered organization.")
    )
    pledged_on = forms.DateField(required=False, label=_("Pledged on"), help_text=DATE_HINT)
    received_on = forms.DateField(
        required=False, label=_("Received on"), help_text=_("Empty while the gift is only pledged.")
    )
    save_anyway = forms.BooleanField(required=False, label=_("This is another gift; save it anyway"))

    class Meta:
        model = Donation
        fields = [
            "channel",
            "relief",
            "recipient",
            "pairing",
            "pledged_on",
            "received_on",
            "purpose",
            "source",
            "consent_to_publish",
        ]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        pairs = Pairing.objects.visible_to(user).for_list().filter(status=Pairing.Status.ACTIVE)
        self.fields["pairing"].queryset = pairs.order_by("reference")

    def _post_clean(self) -> None:
        """The record is checked by the service, as a whole with its rows."""


class DonorForm(forms.Form):
    """One donor: a registered organization, a free name, or an anonymous donor."""

    KINDS = [
        ("organization", _("registered organization")),
        ("name", _("other name")),
        ("anonymous", _("anonymous")),
    ]

    kind = forms.ChoiceField(label=_("Kind of donor"), choices=KINDS, initial="organization")
    name = forms.CharField(
        label=_("Name or credit code"),
        required=False,
        max_length=120,
    )
    share = forms.DecimalField(
        label=_("Share in yuan"),
        required=False,
        max_digits=18,
        decimal_places=2,
        min_value=0,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        kind, name = data.get("kind"), data.get("name", "")
        if kind == "anonymous" and name:
            self.add_error("name", _("An anonymous donor has no name here. Empty it, or choose another kind."))
        if kind in ("organization", "name") and not name:
            self.add_error("name", _("Give the name of the donor."))
        if kind == "organization" and name:
            try:
                data["organization"] = OrganizationField().clean(name)
            except ValidationError as error:
                self.add_error("name", error)
        if kind == "name" and name:
            try:
                donor = selectors.named_donor(name)
                data |= {"organization": donor.organization, "name": donor.name}
            except Refused as refused:
                self.add_error("name", str(refused))
        return data

    def part(self) -> DonationDonor:
        data = self.cleaned_data
        name = data["name"] if data["kind"] == "name" else ""
        return DonationDonor(organization=data.get("organization"), name=name, share=data["share"])


class LotForm(forms.ModelForm):
    """One lot in one form: cash, goods or services."""

    class Meta:
        model = Lot
        fields = ["form", "what", "quantity", "unit", "amount", "basis"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("form") in (Lot.Form.GOODS, Lot.Form.SERVICE) and not data.get("what"):
            self.add_error("what", _("Say what the goods or services are."))
        if data.get("quantity") is not None and data["quantity"] <= 0:
            self.add_error("quantity", _("A quantity must be greater than zero."))
        amount = data.get("amount")
        if amount is not None and amount <= 0:
            self.add_error("amount", _("An amount is greater than zero; a mistake is corrected by a reversal."))
        if amount is None and data.get("form") == Lot.Form.CASH and "amount" not in self.errors:
            self.add_error("amount", _("Cash needs an amount."))
        return data

    def part(self) -> Lot:
        return Lot(**{name: self.cleaned_data[name] for name in self._meta.fields})


class DesignatedForm(forms.Form):
    """One region the gift is meant for."""

    region = RegionField(label=_("Designated region"), widget=RegionInput())


def _rows(form, *, extra: int):
    return forms.formset_factory(form, extra=extra, max_num=MAX_PARTS, validate_max=True, absolute_max=MAX_PARTS)


DonorRows = _rows(DonorForm, extra=2)
LotRows = _rows(LotForm, extra=2)
RegionRows = _rows(DesignatedForm, extra=2)


class GiftEntry:
    """The whole entry form. The button "more rows" sends it with `more=<rows>`: it comes back with two more of them."""

    ROWS = {"donors": DonorRows, "lots": LotRows, "regions": RegionRows}

    def __init__(self, data=None, *, user):
        self.growing = data.get("more", "") if data is not None else ""
        if self.growing in self.ROWS:
            data = self._grown(data)
        self.header = DonationForm(data, user=user)
        self.donors, self.lots, self.regions = (rows(data, prefix=name) for name, rows in self.ROWS.items())
        if self.growing:
            self._forget_errors()

    @property
    def formsets(self) -> list[forms.BaseFormSet]:
        return [self.donors, self.lots, self.regions]

    def _grown(self, data):
        data = data.copy()
        key = f"{self.growing}-TOTAL_FORMS"
        count = data.get(key, "")
        data[key] = str(min(int(count) + 2, MAX_PARTS)) if count.isascii() and count.isdigit() else "2"
        return data

    def _forget_errors(self) -> None:
        """Nobody has asked to save yet, so nothing is complained about."""
        self.header._errors, self.header.cleaned_data = ErrorDict(), {}
        for formset in self.formsets:
            for form in formset.forms:
                form._errors, form.cleaned_data = ErrorDict(), {}
            formset._errors, formset._non_form_errors = [ErrorDict() for _form in formset.forms], ErrorList()

    def is_valid(self) -> bool:
        checks = [self.header.is_valid(), *(formset.is_valid() for formset in self.formsets)]
        return all(checks)

    @property
    def has_errors(self) -> bool:
        return bool(self.header.errors) or any(formset.total_error_count() for formset in self.formsets)

    def parts(self) -> dict[str, Any]:
        """The entries as the service takes them; rows that were left empty are dropped."""
        fields = {name: self.header.cleaned_data[name] for name in DonationForm.Meta.fields}
        return {
            **fields,
            "donors": [form.part() for form in self._filled(self.donors)],
            "lots": [form.part() for form in self._filled(self.lots)],
            "regions": [form.cleaned_data["region"] for form in self._filled(self.regions)],
        }

    @staticmethod
    def _filled(formset) -> list[forms.Form]:
        return [form for form in formset.forms if form.has_changed()]

    def add_errors(self, errors: dict[str, list[str]]) -> None:
        """Put the service's sentences where they belong: at a field, at a group of rows, or on top."""
        for name, sentences in errors.items():
            if name in self.ROWS:
                getattr(self, name)._non_form_errors.extend(sentences)
            else:
                self.header.add_error(name if name in self.header.fields else None, sentences)


class ReceiveForm(forms.Form):
    """When the gift arrived."""

    received_on = forms.DateField(label=_("Received on"), help_text=DATE_HINT)
    note = forms.CharField(label=_("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ReverseForm(ReasonForm):
    """Why a gift is taken out of the figures, and the entry that replaces it."""

    replaced_by = forms.CharField(
        label=_("Entered again as"),
        required=False,
        max_length=20,
        help_text=_("Reference number of the right entry, if there is one."),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.order_fields(["reason", "replaced_by", "version"])

    def clean_replaced_by(self) -> Donation | None:
        text = self.cleaned_data["replaced_by"].strip().upper()
        if not text:
            return None
        found = Donation.objects.visible_to(self.user).filter(reference=text).first()
        if found is None:
            raise ValidationError(_("There is no gift with the number %(reference)s.") % {"reference": text})
        return found


class UploadForm(forms.Form):
    """A filled-in workbook."""

    file = forms.FileField(
        label=_("Workbook"),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

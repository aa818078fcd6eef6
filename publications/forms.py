"""What staff type about documents. The forms check and clean; the services write."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.files import TYPES
from core.texts import line
from organizations import uscc
from organizations.models import Organization
from publications import permissions, texts
from publications.models import MAX_BODY, Document
from regions.forms import RegionField, SteppingForm


class DateInput(forms.DateInput):
    """The browser's own date field; without one it is a text field."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class DocumentForm(SteppingForm, forms.ModelForm):
    """A document. `user` is the staff member; the region must be one of theirs."""

    issuer_name = forms.CharField(
        label=_("Issuer"),
        max_length=120,
        help_text=_("Name as printed; a registered organization also by its unified social credit code."),
    )
    region = RegionField(label=_("Region"), help_text=_("The region whose civil-affairs staff publish the document."))
    body = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=MAX_BODY,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=_(
            "Plain text; an empty line begins a paragraph. Simple HTML (headings, lists, tables, links) is kept, "
            "everything else is taken out."
        ),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Document
        fields = ["kind", "title", "number", "issued_on", "source_url"]
        widgets = {"issued_on": DateInput, "source_url": forms.URLInput}

    field_order = ["kind", "title", "number", "issuer_name", "issued_on", "region", "body", "source_url", "version"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.initial["version"] = self.instance.version
        if self.instance.pk:
            document = self.instance
            self.initial |= {
                "issuer_name": document.issuer_name,
                "region": document.region,
                "body": texts.as_typed(document.body),
            }

    def clean_title(self) -> str:
        return self._line("title")

    def clean_number(self) -> str:
        return texts.normalise_number(self.cleaned_data["number"])

    def clean_issuer_name(self) -> str:
        """The name as stored; an organization of the registry is found by its code or by its unique name."""
        text = self._line("issuer_name")
        registered = Organization.objects.exclude(status=Organization.Status.DRAFT)
        found = registered.filter(uscc=uscc.normalise(text)).first()
        if found is None:
            namesakes = list(registered.filter(name=text)[:2])
            if len(namesakes) > 1:
                raise ValidationError(
                    _("Several organizations are called “%(text)s”. Give the credit code."), params={"text": text}
                )
            found = namesakes[0] if namesakes else None
        self.cleaned_data["issuer"] = found
        return found.name if found else text

    def clean_region(self):
        region = self.cleaned_data["region"]
        if region and not permissions.can_add_in(self.user, region.code):
            raise ValidationError(_("You are not responsible for %(region)s.") % {"region": region.name})
        return region

    def _line(self, name: str) -> str:
        text = line(self.cleaned_data[name])
        if not text:
            raise ValidationError(self.fields[name].error_messages["required"], code="required")
        return text

    def values(self) -> dict:
        """The fields as the services take them."""
        return {name: self.cleaned_data[name] for name in Document.FIELDS}


class ReasonForm(forms.Form):
    """Why a document is returned."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The reason is kept in the history."),
    )


class NoteForm(forms.Form):
    """What the public reads in place of a withdrawn document."""

    note = forms.CharField(
        label=_("Public note"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody reads this note in place of the text."),
    )


class ReplacementForm(forms.Form):
    """The published document that stands in place of another, by its reference number."""

    replacement = forms.CharField(
        label=_("Replaced by"), max_length=20, help_text=_("Reference number of the newer document, for example WJ-…")
    )

    def clean_replacement(self) -> Document:
        reference = self.cleaned_data["replacement"].upper()
        found = Document.objects.published().filter(reference=reference).first()
        if found is None:
            raise ValidationError(
                _("There is no published document with the number %(reference)s.") % {"reference": reference}
            )
        return found


class FileForm(forms.Form):
    """A file to attach. Its content is judged by the service."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(f".{kind}" for kind in TYPES)}),
    )

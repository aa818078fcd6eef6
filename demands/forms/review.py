"""Forms of the review: confirmations, reasons with ready words, evidence, and why a demand is no duplicate."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from core import files
from demands.forms.fields import ReasonForm

RETURN_REASONS = {
    "evidence": gettext_lazy("The evidence does not show what is needed."),
    "quantity": gettext_lazy("The quantity is not explained; say how it was counted."),
    "price": gettext_lazy("The price is unusual; correct it or explain it."),
    "beneficiaries": gettext_lazy("The number of beneficiaries is missing or does not fit the quantity."),
    "privacy": gettext_lazy("Personal data have to be removed before it can be published."),
    "unclear": gettext_lazy("The description is not clear enough for organizations to act on it."),
}
REJECT_REASONS = {
    "duplicate": gettext_lazy("The same need is published already."),
    "covered": gettext_lazy("The need is covered by another programme."),
    "not_public": gettext_lazy("It is a private wish, not a need of the village."),
    "not_accepted": gettext_lazy("This is not accepted."),
    "untrue": gettext_lazy("A visit found that the need does not exist."),
}


class _ReadyReasonForm(ReasonForm):
    """Reasons to tick, and words of one's own; one of them at least. What is kept is in the portal's language."""

    READY: dict = {}
    ready = forms.MultipleChoiceField(
        label=gettext_lazy("Usual reasons"), required=False, widget=forms.CheckboxSelectMultiple
    )
    field_order = ["ready", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ready"].choices = list(self.READY.items())
        self.fields["reason"].required = False
        self.fields["reason"].label = _("In your own words")

    def clean(self):
        cleaned = super().clean()
        with override(settings.LANGUAGE_CODE):
            ready = [str(self.READY[key]) for key in cleaned.get("ready", [])]
        reason = " ".join(filter(None, [*ready, cleaned.get("reason", "").strip()]))
        if not reason and "reason" not in self.errors:
            self.add_error("reason", _("Tick a reason or write one; the other side will read it."))
        return cleaned | {"reason": reason}


class ReturnForm(_ReadyReasonForm):
    """Why a demand is sent back for correction."""

    READY = RETURN_REASONS


class DemandRejectForm(_ReadyReasonForm):
    """Why a demand is turned down for good."""

    READY = REJECT_REASONS


class ReviewForm(forms.Form):
    """A reviewer's confirmation. The box is asked for only where files have to be looked at by a person."""

    looked_at_files = forms.BooleanField(
        label=gettext_lazy("I have looked at the pictures and PDF files; they show no personal data."), required=False
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, ask_for_files: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not ask_for_files:
            del self.fields["looked_at_files"]


class SubmitForm(forms.Form):
    """Why a demand that looks like another one of its village is another need."""

    not_a_duplicate = forms.CharField(
        label=gettext_lazy("Why it is another need"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class EvidenceForm(forms.Form):
    """One file that shows the need."""

    file = forms.FileField(label=gettext_lazy("File"), allow_empty_file=True)
    public = forms.BooleanField(
        label=gettext_lazy("Show it with the published demand"),
        required=False,
        help_text=gettext_lazy("Of pictures a copy is shown that does not say where they were taken."),
    )

    def __init__(self, *args, may_be_public: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _("At most %(megabytes)s MB. Types: %(types)s.") % {
            "megabytes": files.MAX_BYTES // 1024 // 1024,
            "types": ", ".join(files.TYPES),
        }
        if not may_be_public:
            del self.fields["public"]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > files.MAX_BYTES:
            raise ValidationError(
                _("The file “%(name)s” is larger than %(most)s MB.")
                % {"name": file.name, "most": files.MAX_BYTES // 1024 // 1024}
            )
        return file

"""The choice of what is told and how."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from notices.kinds import KINDS
from notices.models import Channel, Choices


class DateInput(forms.DateInput):
    """The browser's own date field; without one it is a text field."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class ChoicesForm(forms.Form):
    """One address, one language, and a tick for every kind and channel."""

    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Leave it empty to get no e-mails. A new address gets a mail with a link to confirm it."),
    )
    language = forms.ChoiceField(label=_("Language of e-mails"), choices=settings.LANGUAGES)

    def __init__(self, *args, choices: Choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial |= {"email": choices.email, "language": choices.language}
        for kind in KINDS.values():
            for channel in Channel:
                self.fields[_name(kind.key, channel)] = forms.BooleanField(
                    label=f"{kind.label} · {channel.label}",
                    required=False,
                    initial=choices.wants(kind.key, channel),
                )

    def plain_fields(self) -> list:
        return [self["email"], self["language"]]

    def rows(self) -> list[tuple]:
        """Each kind with its ticks, in the order of the channels."""
        return [(kind.label, [self[_name(kind.key, channel)] for channel in Channel]) for kind in KINDS.values()]

    def declined(self) -> list[str]:
        """What is not ticked, as it is stored."""
        return [
            f"{kind}/{channel.value}"
            for kind in KINDS
            for channel in Channel
            if not self.cleaned_data[_name(kind, channel)]
        ]


def _name(kind: str, channel: str) -> str:
    return f"{kind}-{channel}"

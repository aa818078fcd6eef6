"""Texts as they are stored."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from core import screening
from core.errors import Refused

# Characters that XML cannot hold, and the invisible ones that turn the direction of a line round.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_BREAKS = re.compile(r"[\t\n]+")


def personal_data(*texts: str) -> str:
    """The sentence that refuses public texts with numbers of identity cards, telephones or bank cards; else empty."""
    found = ", ".join(finding.sample for finding in screening.find_in(texts))
    return _("Personal data would become public. Have it removed first: %(found)s") % {"found": found} if found else ""


def insist_public(*texts: str) -> None:
    """Raise `Refused` (`personal_data`) where a text that everybody will read has personal data."""
    if sentence := personal_data(*texts):
        raise Refused(sentence, code="personal_data")


def not_public(record: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """What is wrong with public texts of a record, by field."""
    return {name: sentence for name in names if (sentence := personal_data(getattr(record, name) or ""))}


def line(text: str) -> str:
    """The text as one line: without control characters, with single blanks."""
    return " ".join(CONTROL.sub("", text.replace("\r", "\n")).split())


def clean(text: str, *, one_line: bool = False) -> str:
    """The text without control characters; what had none stays as it is. `one_line`: line breaks become blanks."""
    if text.isprintable():
        return text
    plain = CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    plain = _BREAKS.sub(" ", plain) if one_line else plain
    return plain if plain == text else plain.strip()


def cleaned(model: type[models.Model], values: dict[str, Any]) -> dict[str, Any]:
    """The values of a record's fields with clean texts: a CharField is one line, a TextField keeps its lines.

    Raises `Refused` (`invisible`) where a text that has to be there consists of nothing but such characters.
    """
    found = dict(values)
    for name, field in _text_fields(model).items():
        before = found.get(name)
        if not isinstance(before, str) or before.isprintable():
            continue
        found[name] = clean(before, one_line=not isinstance(field, models.TextField))
        if not found[name] and not field.blank:
            text = _("“%(field)s” has no visible characters. Write it anew.") % {"field": field.verbose_name}
            raise Refused(text, code="invisible", field=name)
    return found


def clean_record(record: models.Model) -> None:
    """Bring the texts of a record that is about to be stored into the form of `cleaned`."""
    stored = {name: record.__dict__[name] for name in _text_fields(type(record)) if name in record.__dict__}
    for name, text in cleaned(type(record), stored).items():
        if text != stored[name]:
            setattr(record, name, text)


@cache
def _text_fields(model: type[models.Model]) -> dict[str, Any]:
    """The fields people write words into, by attribute."""
    fields = [field for field in model._meta.concrete_fields if isinstance(field, models.CharField | models.TextField)]
    return {field.attname: field for field in fields if not field.choices and not field.is_relation}

"""One form field for a region, and the picker that draws it with and without script."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from regions import selectors
from regions.models import CODE_LENGTH, NATION, Region


@dataclass(frozen=True)
class Picked:
    """What the picker sent: a text or code, and whether only the next level was asked for."""

    text: str
    step: bool = False

    def __str__(self) -> str:
        return self.text


def _digits(code: str) -> int:
    """Significant digits of a 12-digit code, from its zeros."""
    return next(cut for cut in Region.DIGITS.values() if code.endswith(NATION[cut:]) or cut == CODE_LENGTH)


def _deepest(codes: list[str]) -> str:
    """The last code of the row of selects that still lies below the ones before it: a change further up wins."""
    chosen = ""
    for code in codes:
        if not code or (chosen and not code.startswith(chosen[: _digits(chosen)])):
            break
        chosen = code
    return chosen


class RegionPicker(forms.Widget):
    """A text field (code, path or name) and a row of selects from the province down.

    Without script the button beside it sends the form with `<name>-step`: the field then refuses with the code
    "step", so the page comes back with everything kept and the next select open. See regions/_picker.html.
    """

    use_fieldset = True
    template_name = "regions/_picker.html"
    levels: tuple[str, ...] = tuple(Region.DIGITS)

    def value_from_datadict(self, data, files, name) -> Picked | None:
        if name not in data:
            return None
        step = f"{name}-step" in data
        if data.get(f"{name}-pick"):
            return Picked(data[f"{name}-pick"], step)
        text, shown = data.get(name, "").strip(), data.get(f"{name}-shown", "").strip()
        selects = [data.get(f"{name}-{number}", "") for number in range(1, len(Region.DIGITS) + 1)]
        if text != shown or not any(selects):
            return Picked(text, step)
        return Picked(_deepest(selects), step)

    def value_omitted_from_data(self, data, files, name) -> bool:
        return name not in data

    def get_context(self, name, value, attrs) -> dict:
        region, text, candidates = self._look_up(value)
        if region is not None:
            selectors.with_paths([region])
            text = f"{region.short_code} {region.path_name}"
        return {
            "widget": {"name": name, "attrs": self.build_attrs(self.attrs, attrs), "text": text},
            "region": region,
            "candidates": candidates,
            "selects": self._selects(region),
            "deepest": max(Region.DIGITS[level] for level in self.levels),
        }

    def render(self, name, value, attrs=None, renderer=None) -> str:
        return render_to_string(self.template_name, self.get_context(name, value, attrs))

    @staticmethod
    def _look_up(value: Any) -> tuple[Region | None, str, list[Region]]:
        """The region of a value, or the text to show again with the regions it may mean."""
        if isinstance(value, Region) or not value:
            return value or None, "", []
        try:
            return selectors.resolve_text(str(value)), "", []
        except selectors.AmbiguousRegion as several:
            return None, str(value), several.candidates
        except Refused:
            return None, str(value), []

    def _selects(self, region: Region | None) -> list[dict]:
        """One select per level of the path, and one more for the level below."""
        chain = [*region.ancestors, region] if region else []
        below = selectors.children_of_each(chain) if chain else {}
        options = [list(selectors.provinces())] + [below[place.code] for place in chain]
        deepest = max(Region.DIGITS[level] for level in self.levels)
        selects = []
        for number, places in enumerate(options, start=1):
            places = [place for place in places if place.digits <= deepest]
            if places:
                chosen = chain[number - 1].code if number <= len(chain) else ""
                label = places[0].get_level_display()
                selects.append({"number": number, "label": label, "places": places, "chosen": chosen})
        return selects


class RegionInput(forms.TextInput):
    """A one-line field for filter forms: code, path or name; with script it suggests while typing."""

    template_name = "regions/_input.html"

    def render(self, name, value, attrs=None, renderer=None) -> str:
        return render_to_string(self.template_name, self.get_context(name, value, attrs))


class RegionField(forms.Field):
    """A region written as a code of 6, 9 or 12 digits, a path or a unique name; cleans to a `Region`.

    `levels` says which levels may be chosen (all), for example `levels=["county"]`.
    """

    widget = RegionPicker
    default_error_messages = {
        "step": _("Choose the next level, or send the form as it is."),
        "level": _("%(name)s is a %(level)s. Choose a %(levels)s."),
    }

    def __init__(self, *, levels: tuple[str, ...] | list[str] = (), **kwargs):
        super().__init__(**kwargs)
        self.levels = tuple(levels) or tuple(Region.DIGITS)
        self.widget.levels = self.levels

    def prepare_value(self, value):
        return value.code if isinstance(value, Region) else value

    def clean(self, value) -> Region | None:
        text = str(value or "").strip()
        if isinstance(value, Picked) and value.step:
            raise self._stepped(text)
        if not text:
            return super().clean(None)
        region = self._check_text(text)
        if region.level not in self.levels:
            labels = dict(Region.Level.choices)
            allowed = " / ".join(str(labels[level]) for level in self.levels)
            facts = {"name": region.name, "level": labels[region.level], "levels": allowed}
            raise forms.ValidationError(self.error_messages["level"], code="level", params=facts)
        self.run_validators(region)
        return region

    def _stepped(self, text: str) -> forms.ValidationError:
        """What is said on the way down: how to go on, or what is wrong with the text."""
        try:
            self._check_text(text)
        except forms.ValidationError as error:
            return forms.ValidationError(error.messages[0], code="step")
        return forms.ValidationError(self.error_messages["step"], code="step")

    @staticmethod
    def _check_text(text: str) -> Region | None:
        try:
            return selectors.resolve_text(text) if text else None
        except Refused as refused:
            raise forms.ValidationError(str(refused), code=refused.code) from refused

    def has_changed(self, initial, data) -> bool:
        before = getattr(initial, "code", initial) or ""
        text = str(data or "").strip()
        try:
            after = selectors.resolve_text(text).code if text else ""
        except Refused:
            return True
        return before != after


class SteppingForm:
    """Form mixin: while somebody walks down the levels of a region, other fields are not complained about yet."""

    def full_clean(self) -> None:
        super().full_clean()
        errors = self._errors or {}
        stepping = {name for name in errors if any(error.code == "step" for error in errors[name].as_data())}
        if stepping:
            for name in set(errors) - stepping:
                del self._errors[name]

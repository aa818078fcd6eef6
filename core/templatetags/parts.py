"""Tags only the shared components need: what a filter form has applied, page numbers, the fields a change touched."""

from typing import NamedTuple

from django import forms, template
from django.http import QueryDict
from django.utils.translation import gettext

register = template.Library()


class Chip(NamedTuple):
    """One applied filter: its label, the chosen value as words, and the query string without it."""

    label: str
    text: str
    query: str


@register.simple_tag(takes_context=True)
def applied_filters(context, filterset) -> list[Chip]:
    """The filters in force, one per chosen value; empty while the filter form has errors."""
    request = context["request"]
    if not filterset.form.is_valid():
        return []
    chips = []
    for bound in filterset.form:
        cleaned = filterset.form.cleaned_data.get(bound.name)
        if cleaned in (None, "", [], False) or (hasattr(cleaned, "exists") and not cleaned.exists()):
            continue
        label = str(bound.label)
        if isinstance(bound.field.widget, forms.MultiWidget):
            chips.append(Chip(label, _range_words(cleaned), _without(request, bound)))
            continue
        for raw in request.GET.getlist(bound.html_name):
            if raw:
                chips.append(Chip(label, _words(bound.field, cleaned, raw), _without(request, bound, raw)))
    return chips


def _words(field, cleaned, raw: str) -> str:
    """What the reader chose, in the words of the form."""
    if cleaned is True:
        return gettext("yes")
    if isinstance(field, forms.ModelMultipleChoiceField):
        names = {str(field.prepare_value(obj)): str(obj) for obj in cleaned}
        return names.get(raw, raw)
    if isinstance(field, forms.ModelChoiceField):
        return str(cleaned)
    return str(_choice_labels(getattr(field, "choices", ())).get(raw, raw))


def _choice_labels(choices) -> dict[str, str]:
    labels = {}
    for value, label in choices:
        if isinstance(label, list | tuple):
            labels.update(_choice_labels(label))
        else:
            labels[str(value)] = label
    return labels


def _range_words(cleaned) -> str:
    start, stop = (cleaned.start, cleaned.stop) if isinstance(cleaned, slice) else (cleaned[0], cleaned[-1])
    return f"{'' if start is None else start} ～ {'' if stop is None else stop}".strip()


def _without(request, bound, raw: str | None = None) -> str:
    """The current query without this filter, or without one of its values, and back on page one."""
    query = QueryDict(mutable=True)
    names = _input_names(bound)
    for name, values in request.GET.lists():
        kept = [value for value in values if raw is not None and value != raw] if name in names else values
        if kept and name != "page":
            query.setlist(name, kept)
    return "?" + query.urlencode()


def _input_names(bound) -> list[str]:
    """The names under which a field arrives in a query; a range has one per end."""
    widget = bound.field.widget
    if not isinstance(widget, forms.MultiWidget):
        return [bound.html_name]
    suffixes = getattr(widget, "suffixes", range(len(widget.widgets)))
    endings = ["" if suffix is None else f"_{suffix}" for suffix in suffixes]
    return [bound.html_name + ending for ending in endings]


@register.simple_tag
def page_numbers(page_obj) -> list:
    """Page numbers around the current one; "…" stands for the ones left out."""
    return list(page_obj.paginator.get_elided_page_range(page_obj.number, on_each_side=2, on_ends=1))


@register.simple_tag
def changed_fields(change) -> list[tuple[str, str, str]]:
    """What an edit touched as (field label, before, after); a field that no longer exists keeps its name."""
    model = change.content_type.model_class()
    known = {field.name: field for field in model._meta.get_fields()} if model else {}
    rows = []
    for name, (before, after) in change.changes.items():
        field = known.get(name)
        # Rows of another table that belong to the record are called by the name of that table.
        table = field.related_model._meta if field is not None and field.is_relation else None
        label = getattr(field, "verbose_name", None) or getattr(table, "verbose_name", name)
        rows.append((str(label), _shown(before), _shown(after)))
    return rows


def _shown(value) -> str:
    return "--" if value in (None, "", [], {}) else str(value)

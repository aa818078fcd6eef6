"""How well demands and organizations come together: the page, and its figures as a file."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from core import exports
from core.exports import Column
from demands import selectors
from demands.forms import DockingForm
from demands.selectors import Docking, DockingAnswer

FORMATS = ["csv", "xlsx"]
# A row of the file: what the line is one of, and the line.
_COLUMNS = [
    Column(gettext_lazy("Split by"), lambda row: row[0]),
    Column(gettext_lazy("code"), lambda row: row[1].key),
    Column(gettext_lazy("name"), lambda row: row[1].name),
    Column(gettext_lazy("Published"), lambda row: row[1].published),
    Column(gettext_lazy("Claimed"), lambda row: row[1].claimed),
    Column(gettext_lazy("Claimed, percent"), lambda row: row[1].claimed_share),
    Column(gettext_lazy("Verified"), lambda row: row[1].verified),
    Column(gettext_lazy("Verified, percent"), lambda row: row[1].verified_share),
    Column(gettext_lazy("Days to the claim"), lambda row: row[1].days_to_claim),
    Column(gettext_lazy("Days from claim to verification"), lambda row: row[1].days_to_verify),
    Column(gettext_lazy("Days in all"), lambda row: row[1].days_in_all),
]


@require_GET
def docking(request: HttpRequest) -> HttpResponse:
    """The figures of a region, form and period; `?format=csv` and `xlsx` give them as a file."""
    form = DockingForm(request.GET)
    answer = None
    if form.is_valid():
        asked = form.cleaned_data
        answer = selectors.docking(asked["region"], since=asked["since"], until=asked["until"], form=asked["form"])
        if request.GET.get("format") in FORMATS:
            return _file(request.GET["format"], answer, asked)
    context = {"form": form, "answer": answer, "definitions": selectors.definitions(), "formats": FORMATS}
    if answer:
        context |= {"since": asked["since"], "until": asked["until"]}
    return render(request, "demands/docking.html", context, status=200 if answer else 400)


def _file(wanted: str, answer: DockingAnswer, asked: dict) -> HttpResponse:
    """The lines of both splits and of all demands; the workbook says what the figures mean, of what and as of when."""
    rows = list(_rows(answer))
    if wanted == "csv":
        return exports.csv_answer("docking", _COLUMNS, rows)
    notes = [
        (_("Region"), answer.total.name),
        (_("Assistance form"), dict(DockingForm.base_fields["form"].choices)[asked["form"]]),
        (_("Published from"), asked["since"]),
        (_("Published until"), asked["until"]),
        (_("As of"), answer.as_of),
        *selectors.definitions(),
    ]
    return exports.xlsx_answer("docking", _COLUMNS, rows, notes=notes)


def _rows(answer: DockingAnswer) -> Iterator[tuple[str, Docking]]:
    for line in answer.by_place:
        yield _("Region"), line
    for line in answer.by_form:
        yield _("Assistance form"), line
    yield _("All demands"), answer.total

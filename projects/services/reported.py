"""Every write of reported figures."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import states
from core.errors import Refused
from core.models import StatusChange
from projects.models import ReportedFigure
from projects.services.refusals import NotSecondPerson, given_reason, stands_once
from regions.models import Region

Status = ReportedFigure.Status
_SAME_NUMBER = _("There is a figure with this number already.")


@transaction.atomic
def enter_figure(*, values: dict[str, Any], places: Iterable[Region], by: User | None) -> ReportedFigure:
    """Enter a figure of a source; it is public once a second person publishes it. Refused for a number used before."""
    if ReportedFigure.objects.filter(number=values["number"]).exists():
        raise Refused(_SAME_NUMBER, code="figure_exists")
    with stands_once("projects_reportedfigure_number", _SAME_NUMBER, code="figure_exists"):
        figure = states.begin(ReportedFigure(**values), by=by)
    figure.places.set(list(places) or [figure.region])
    return figure


@transaction.atomic
def edit_figure(
    *, figure: ReportedFigure, values: dict[str, Any], version: int, by: User, places: Iterable[Region] | None = None
) -> dict:
    """Change a figure that is not published yet; return what changed."""
    states.lock(figure, version=version)
    _insist_on_entered(figure)
    before = list(figure.places.all())
    after = before if places is None else list(places)
    if "number" in values and ReportedFigure.objects.exclude(pk=figure.pk).filter(number=values["number"]).exists():
        raise Refused(_SAME_NUMBER, code="figure_exists")
    figure.places.set(after)
    parts = {"places": [_codes(before), _codes(after)]}
    return states.record(figure, values, by=by, parts=parts)


@transaction.atomic
def publish_figure(*, figure: ReportedFigure, by: User | None, version: int | None = None) -> ReportedFigure:
    """Make a figure public. Refused for whoever entered or changed it; None is the installation itself.

    With `version`, raise `Stale` when it has changed since it was looked at.
    """
    states.lock(figure, version=version)
    if by is not None and StatusChange.objects.of(figure).filter(by=by).exists():
        raise NotSecondPerson(_("Whoever entered or changed a figure cannot publish it. Ask a colleague."))
    return states.move(figure, Status.PUBLISHED, by=by)


@transaction.atomic
def publish_figures(*, figures: Iterable[ReportedFigure], by: User | None) -> int:
    """Publish several figures, all or none; return how many."""
    rows = list(figures)
    for figure in sorted(rows, key=lambda row: row.pk):
        publish_figure(figure=figure, by=by)
    return len(rows)


@transaction.atomic
def withdraw_figure(*, figure: ReportedFigure, by: User, reason: str) -> ReportedFigure:
    """Take a wrong figure from the public; it stays in the history with the reason."""
    return states.move(figure, Status.WITHDRAWN, by=by, note=given_reason(reason))


def _insist_on_entered(figure: ReportedFigure) -> None:
    if figure.status != Status.ENTERED:
        raise states.WrongState(
            _("A figure that has been published is not changed. Withdraw it with the reason and enter the right one.")
        )


def _codes(rows: Iterable[Region]) -> str:
    return "、".join(sorted(f"{row.name} ({row.short_code})" for row in rows))

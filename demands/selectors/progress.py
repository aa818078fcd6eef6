"""Where a demand stands: who acts next and by when, who verified it, and its way from draft to the end."""

import datetime
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.models import StatusChange
from demands.models import Demand
from demands.selectors.review import checkers

# Calendar days within which each level of review answers; the office can do it sooner.
TOWNSHIP_DAYS = 5
COUNTY_DAYS = 10
CORRECTION_DAYS = 15

_Status = Demand.Status


@dataclass(frozen=True)
class NextAct:
    """Who does what next, in one sentence, and the day by which it is due, where there is one."""

    text: str
    due: datetime.date | None = None
    late: bool = False

    def __str__(self) -> str:
        if self.due is None:
            return self.text
        return _("%(act)s By %(day)s.") % {"act": self.text, "day": date_format(self.due, "Y-m-d")}


@dataclass(frozen=True)
class Step:
    """One station of the way: its name, when it was reached, in what office. `state` is done, now or ahead."""

    label: str
    at: datetime.datetime | None
    role: str
    state: str


def next_act(demand: Demand, today: datetime.date | None = None) -> NextAct:
    """Who acts next on the demand."""
    if demand.status in (_Status.SUBMITTED, _Status.CHECKED, _Status.RETURNED):
        return _in_review(demand, today or timezone.localdate())
    facts = {"county": _county(demand)}
    words = {
        _Status.DRAFT: _("Whoever writes the demand completes it and hands it in."),
        _Status.PUBLISHED: _("Organizations claim it, all or a part."),
        _Status.CLAIMED_IN_PART: _("Organizations claim what is left, and those that have claimed deliver."),
        _Status.CLAIMED: _("The organizations that have claimed it deliver as they planned."),
        _Status.DELIVERING: _("The organizations deliver; the village accepts what has arrived."),
        _Status.ACCEPTED: _("Civil-affairs staff of %(county)s verify what the village accepted.") % facts,
        _Status.VERIFIED: _("Civil-affairs staff of %(county)s close the demand.") % facts,
        _Status.SUSPENDED: _("Civil-affairs staff of %(county)s resume it or take it back.") % facts,
    }
    status = _Status(demand.status)
    over = _("The last day for claims has passed. What was claimed goes on.")
    if status in (_Status.PUBLISHED, _Status.CLAIMED_IN_PART):
        return NextAct(over) if demand.is_over(today) else NextAct(words[status], demand.valid_until)
    return NextAct(words.get(status, _("Nothing more happens with this demand.")))


def _in_review(demand: Demand, today: datetime.date) -> NextAct:
    last = StatusChange.objects.of(demand).filter(new=demand.status).exclude(old=demand.status).first()
    since = timezone.localtime(last.at).date() if last else today
    if demand.status == _Status.RETURNED:
        text, days = _("Whoever wrote the demand corrects it and hands it in again."), CORRECTION_DAYS
    elif demand.status == _Status.SUBMITTED and checkers(demand):
        text, days = _("The township's checker looks at it first."), TOWNSHIP_DAYS
    else:
        text = _("Civil-affairs staff of %(county)s review and publish it.") % {"county": _county(demand)}
        days = COUNTY_DAYS
    due = since + datetime.timedelta(days=days)
    return NextAct(text, due, due < today)


def _county(demand: Demand) -> str:
    """The county of the demand, as for_list() has read it; else the place itself."""
    region = demand.village
    while region.level in ("village", "township") and region.parent is not None:
        region = region.parent
    return region.name


def timeline(changes: list[StatusChange], demand: Demand) -> list[Step]:
    """The stations of a demand with the day each was last reached; `changes` are its history, newest first."""
    way = [_Status.SUBMITTED, _Status.CHECKED, _Status.PUBLISHED, _Status.CLAIMED, _Status.DELIVERING]
    way += [_Status.ACCEPTED, _Status.VERIFIED, _Status.CLOSED]
    reached = {change.new: change for change in reversed(changes) if change.old != change.new}
    if demand.status in way:
        at = way.index(_Status(demand.status))
    else:
        at = max((number for number, status in enumerate(way) if status in reached), default=-1)
    steps = []
    for number, status in enumerate(way):
        change = reached.get(status) if number <= at else None
        # Where no checker has a post there is no such station; a demand claimed at once skips some as well.
        if change is None and number < at:
            continue
        state = "now" if status == demand.status else "done" if change else "ahead"
        steps.append(Step(str(status.label), change.at if change else None, change.role if change else "", state))
    return steps


def verified(changes: list[StatusChange]) -> StatusChange | None:
    """The last verification in a history, newest first."""
    return next((change for change in changes if change.new == _Status.VERIFIED and change.old != change.new), None)

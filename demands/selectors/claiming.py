"""What the pages of claiming show: the tasks of a begun claim, whether one may claim, what else is near."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.statements import ANY_KEY, Question
from demands.models import ClaimDraft, Demand, DemandItem, WaitingPlace, clean_quantity
from organizations.models import Organization
from organizations.selectors import why_not_eligible

NOT_STARTED, DONE, NOT_YET, PROBLEM = "not_started", "done", "not_yet", "problem"
_WORDS = {
    NOT_STARTED: gettext_lazy("not started yet"),
    DONE: gettext_lazy("completed"),
    NOT_YET: gettext_lazy("cannot start yet"),
    PROBLEM: gettext_lazy("there is a problem"),
}


@dataclass(frozen=True)
class Task:
    """One task of a begun claim: its key (also the page's address), title and state."""

    key: str
    title: Any
    state: str

    @property
    def words(self) -> Any:
        return _WORDS[self.state]

    @property
    def is_done(self) -> bool:
        return self.state == DONE

    @property
    def is_problem(self) -> bool:
        return self.state == PROBLEM


def draft_tasks(draft: ClaimDraft) -> list[Task]:
    """The tasks in their order; the last one, check and submit, opens when the others are completed."""
    tasks = [
        Task("terms", gettext_lazy("Acknowledge the terms"), _done(draft.acknowledged_at)),
        Task("items", gettext_lazy("Items and quantities"), _items_state(draft)),
        Task("plan", gettext_lazy("Plan: dates and contact"), _plan_state(draft)),
        Task("qualifications", gettext_lazy("Qualifications"), _qualified_state(draft)),
    ]
    ready = all(task.is_done for task in tasks)
    return [*tasks, Task("check", gettext_lazy("Check and submit"), NOT_STARTED if ready else NOT_YET)]


def draft_lines(draft: ClaimDraft) -> list[tuple[DemandItem, Decimal]]:
    """The chosen items of the demand with their quantities."""
    lines = []
    for item in draft.demand.items.all():
        try:
            lines.append((item, clean_quantity(draft.quantities.get(str(item.pk), ""))))
        except ValidationError:
            continue
    return lines


def _done(value: Any) -> str:
    return DONE if value else NOT_STARTED


def _items_state(draft: ClaimDraft) -> str:
    lines = draft_lines(draft)
    if any(quantity > item.remaining for item, quantity in lines):
        return PROBLEM
    return _done(lines)


def _plan_state(draft: ClaimDraft) -> str:
    if draft.deliver_by and draft.deliver_by < timezone.localdate():
        return PROBLEM
    return _done(draft.deliver_by and draft.contact and draft.plan)


def _qualified_state(draft: ClaimDraft) -> str:
    if why_not_eligible(draft.organization):
        return PROBLEM
    return _done(draft.qualified_at)


@dataclass(frozen=True)
class Condition:
    """One condition of claiming, whether it is met (None: not decisive), and a sentence."""

    title: str
    is_met: bool | None
    words: str


def eligibility(organization: Organization, on: datetime.date | None = None) -> list[Condition]:
    """What is asked of an organization that claims, one by one, as stored on a day (today)."""
    day = on or timezone.localdate()
    listed = organization.credit_entries.standing(day).order_by("listed_on").first()
    newest = organization.annual_returns.order_by("-year").first()
    filed = newest is not None and newest.year >= day.year - 2
    return [
        Condition(
            _("Registered and active"),
            organization.status == Organization.Status.ACTIVE,
            organization.get_status_display(),
        ),
        Condition(_("Social organization"), organization.kind in Organization.SOCIAL, organization.get_kind_display()),
        Condition(
            _("On no credit list"),
            listed is None,
            _("on none") if listed is None else f"{listed.get_kind_display()} · {listed.listed_on}",
        ),
        Condition(
            _("Annual return"),
            True if filed else None,
            _("for %(year)s: %(result)s") % {"year": newest.year, "result": newest.get_result_display()}
            if newest
            else _("none is entered in the register; the staff will ask for it"),
        ),
    ]


def similar_demands(user, demand: Demand, most: int = 5) -> list[Demand]:
    """Other demands that can be claimed now: of the same county and form first, then of either."""
    code = demand.village_id[:6]
    county = Q(village_id__gte=code.ljust(12, "0"), village_id__lte=code.ljust(12, "9"))
    form = Q(form=demand.form)
    near = Case(
        When(county & form, then=Value(0)), When(county, then=Value(1)), default=Value(2), output_field=IntegerField()
    )
    found = Demand.objects.visible_to(user).claimable().filter(county | form).exclude(pk=demand.pk)
    return list(found.for_list().annotate(near=near).order_by("near", "-pk")[:most])


def own_organizations(user) -> list[Organization]:
    """The organizations a person acts for, in the order of their names."""
    return _OWN.rows(user.pk) if user.is_authenticated else []


_OWN = Question(lambda user: Organization.objects.of(User(pk=user)).order_by("name"), ANY_KEY)


def waiting_places(user, demand: Demand) -> QuerySet[WaitingPlace]:
    """Where the person's organizations wait for this demand."""
    mine = Organization.objects.of(user)
    return WaitingPlace.objects.waiting().for_list().filter(demand=demand, organization__in=mine)


def queueing_organizations(user, demand: Demand) -> list[Organization]:
    """The person's eligible organizations that neither wait for the demand nor have an unfinished claim on it."""
    busy = Q(pk__in=demand.claims.unfinished().values("organization"))
    busy |= Q(pk__in=demand.waiting.waiting().values("organization"))
    return list(Organization.objects.of(user).eligible().exclude(busy).order_by("name"))

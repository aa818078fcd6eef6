"""What belongs to a project's plan: budget lines and milestones."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import states, texts
from core.errors import Refused
from projects.models import BudgetLine, Milestone, Project
from projects.services.refusals import insist_on_status


def set_budget(project: Project, lines: list[BudgetLine]) -> list[str]:
    """Put these lines in place of those there are; return [before, after] in words."""
    texts.insist_public(*(line.item for line in lines))
    before = _words(project.budget_lines.all())
    for line in lines:
        if line.amount <= 0:
            raise Refused(_("The amount of a budget line is greater than zero."), code="budget_line_not_positive")
    after = _words(lines)
    if after != before:
        project.budget_lines.all().delete()
        BudgetLine.objects.bulk_create(
            BudgetLine(project=project, item=line.item, amount=line.amount) for line in lines
        )
    return [before, after]


def set_milestones(project: Project, wanted: list[Milestone]) -> list[str]:
    """Put these milestones in place of those there are, which keep their day done; return [before, after] in words.

    Refused (`milestone_done`) for taking away one that is done, and for the same one twice.
    """
    texts.insist_public(*(row.title for row in wanted))
    before = list(project.milestones.all())
    keys = {(row.title, row.due_on) for row in wanted}
    if len(keys) < len(wanted):
        raise Refused(_("The same milestone is given twice."), code="milestone_twice")
    gone = [row for row in before if (row.title, row.due_on) not in keys]
    for row in gone:
        if row.done_on:
            raise Refused(
                _("The milestone “%(title)s” is done and cannot be changed or taken away.") % {"title": row.title},
                code="milestone_done",
            )
    known = {(row.title, row.due_on) for row in before}
    Milestone.objects.filter(pk__in=[row.pk for row in gone]).delete()
    Milestone.objects.bulk_create(
        Milestone(project=project, title=row.title, due_on=row.due_on)
        for row in wanted
        if (row.title, row.due_on) not in known
    )
    return [_words(before), _words(project.milestones.all())]


@transaction.atomic
def reach_milestone(*, milestone: Milestone, done_on: datetime.date, by: User) -> Milestone:
    """Say on which day a milestone was reached. Refused for a day still to come and for one reached before."""
    project = states.lock(milestone.project)
    insist_on_status(project, Milestone.REACHABLE)
    milestone.refresh_from_db()
    if milestone.done_on:
        raise Refused(_("This milestone was reached already."), code="milestone_done")
    if done_on > timezone.localdate():
        raise Refused(_("This day is still to come. Enter it once it has happened."), code="day_to_come")
    milestone.done_on = done_on
    milestone.save(update_fields=["done_on"])
    states.record(project, {}, by=by, parts={f"milestone {milestone}": [None, done_on.isoformat()]})
    return milestone


def _words(rows) -> str:
    return "、".join(str(row) for row in rows)

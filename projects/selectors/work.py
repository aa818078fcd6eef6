"""What of this floor waits for a member of staff: projects, activities, counts, values, purchases, capacity."""

import datetime
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, in_ranges
from projects.models import (
    Activity,
    BeneficiaryCount,
    CapacityRecord,
    ConsumptionRecord,
    MetricValue,
    Project,
    ProjectRegion,
)

# A page of the work queue shows so many of each kind; the list behind its link has all.
SHOWN = 50
# Parts that are what their list shows of a region; counts and values also wait where their project or campaign is.
SAME_ROWS = {"projects", "completed-projects", "activities", "purchases", "capacity"}


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: what it is, whose, where, since when, and the page on which it is decided."""

    title: str
    reference: str
    who: str
    place: str
    since: datetime.datetime
    page: str
    pk: int


@dataclass(frozen=True)
class Part:
    """Everything of one kind that waits: the oldest rows, how many there are, and the list that has all of them."""

    key: str
    label: Any
    rows: list[Waiting]
    total: int
    page: str = ""
    query: str = ""


def waiting_for(user) -> list[Part]:
    """What waits for this person as staff, oldest first; kinds of which nothing waits are left out."""
    ranges = [("0" * 12, "9" * 12)] if user.is_superuser else user.post_ranges(Post.Kind.STAFF)
    parts = [*_projects(user, ranges), _activities(user, ranges), _counts(user, ranges), *_records(user, ranges)]
    return [_narrowed(part, user) for part in parts if part.total]


def _narrowed(part: Part, user) -> Part:
    """The list behind the link narrowed to the person's region, if that is one region of today and the same rows."""
    regions = [post.region for post in user.posts_now if post.kind == Post.Kind.STAFF]
    if user.is_superuser or part.key not in SAME_ROWS or len(regions) != 1 or regions[0].valid_to is not None:
        return part
    return replace(part, query=f"{part.query}&region={regions[0].short_code}")


def _oldest(rows: Any) -> tuple[list, int]:
    """The first of a queryset with `for_list`, and how many it has."""
    return list(rows.for_list().order_by("updated_at", "pk")[:SHOWN]), rows.count()


def _projects(user, ranges) -> list[Part]:
    here = ProjectRegion.objects.filter(in_ranges("region", ranges)).values("project")
    parts = []
    for status, key, label in (
        (Project.Status.SUBMITTED, "projects", _("Projects to approve")),
        (Project.Status.COMPLETED, "completed-projects", _("Projects to verify")),
    ):
        rows, total = _oldest(Project.objects.visible_to(user).filter(pk__in=here, status=status))
        shown = [
            Waiting(
                row.name,
                row.reference,
                row.lead.name,
                "、".join(region.name for region in row.regions.all()),
                row.updated_at,
                "projects:project-detail",
                row.pk,
            )
            for row in rows
        ]
        parts.append(Part(key, label, shown, total, "projects:project-list", f"status={status}"))
    return parts


def _activities(user, ranges) -> Part:
    entered = Activity.objects.visible_to(user).filter(in_ranges("region", ranges), status=Activity.Status.ENTERED)
    rows, total = _oldest(entered)
    shown = [
        Waiting(
            row.title,
            row.reference,
            row.organization.name,
            row.region.name,
            row.updated_at,
            "projects:activity-detail",
            row.pk,
        )
        for row in rows
    ]
    return Part("activities", _("Activities to verify"), shown, total, "projects:activity-list", "status=entered")


def _counts(user, ranges) -> Part:
    """Achieved counts of projects in the person's regions; they are verified on the page of their project."""
    here = ProjectRegion.objects.filter(in_ranges("region", ranges)).values("project")
    entered = BeneficiaryCount.objects.visible_to(user).filter(
        project__in=here, stage=BeneficiaryCount.Stage.ACHIEVED, status=BeneficiaryCount.Status.ENTERED
    )
    rows = entered.select_related("project__lead", "region").order_by("updated_at", "pk")[:SHOWN]
    shown = [
        Waiting(
            str(row),
            row.project.reference,
            row.project.lead.name,
            row.region.name,
            row.updated_at,
            "projects:project-detail",
            row.project_id,
        )
        for row in rows
    ]
    waiting = "stage=achieved&status=entered"
    return Part("counts", _("Beneficiary counts to verify"), shown, entered.count(), "projects:count-list", waiting)


def _records(user, ranges) -> list[Part]:
    """Values of campaigns, purchases and capacity records."""
    values = MetricValue.objects.visible_to(user).filter(
        in_ranges("region", ranges) | in_ranges("metric__action__campaign__region", ranges),
        status=MetricValue.Status.ENTERED,
    )
    purchases = ConsumptionRecord.objects.visible_to(user).filter(
        in_ranges("region", ranges), status=ConsumptionRecord.Status.ENTERED
    )
    capacity = CapacityRecord.objects.visible_to(user).filter(
        in_ranges("region", ranges), status=CapacityRecord.Status.ENTERED
    )
    return [
        _part("values", _("Values of campaigns to verify"), values, "value", lambda row: str(row.metric)),
        _part("purchases", _("Sales and purchases to verify"), purchases, "purchase", lambda row: row.what),
        _part("capacity", _("Capacity records to verify"), capacity, "capacity", lambda row: row.name),
    ]


def _part(key: str, label, entered: QuerySet, name: str, title) -> Part:
    rows, total = _oldest(entered)
    shown = [
        Waiting(
            title(row),
            row.reference,
            row.who if isinstance(row, ConsumptionRecord) else str(row.organization or ""),
            row.region.name,
            row.updated_at,
            f"projects:{name}-detail",
            row.pk,
        )
        for row in rows
    ]
    return Part(key, label, shown, total, f"projects:{name}-list", "status=entered")

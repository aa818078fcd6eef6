"""What people are told about projects, activities, beneficiary counts, metric values, purchases and capacity."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from accounts.models import Post
from accounts.selectors import responsible_for
from notices.kinds import Kind, Rule, reaches
from organizations.models import Organization
from organizations.notices import members_of
from projects.models import Activity, BeneficiaryCount, CapacityRecord, ConsumptionRecord, MetricValue, Project

States, Activities, Counts, Values = Project.Status, Activity.Status, BeneficiaryCount.Status, MetricValue.Status
Purchases, Capacities = ConsumptionRecord.Status, CapacityRecord.Status


def _staff_at(code: str, change) -> list[int]:
    """The nearest staff, not the one whose work is to be looked at."""
    return responsible_for(code, Post.Kind.STAFF, but=change.by_id)


def _staff_of_project(project: Project, change) -> list[int]:
    """The nearest staff of each of its regions; whoever takes part in it cannot decide on it and is not asked."""
    codes = project.project_regions.values_list("region", flat=True)
    parties = [project.lead_id, *project.partners.values_list("pk", flat=True)]
    own = {person for party in parties for person in members_of(party)}
    return sorted({person for code in codes for person in _staff_at(code, change)} - own)


def _people_of(organization_id: int | None, record) -> list[int]:
    """The organization's people; where nobody acts for it, whoever entered the record."""
    people = members_of(organization_id) if organization_id else []
    return people or ([record.created_by_id] if record.created_by_id else [])


def _lead(project: Project, change) -> list[int]:
    return _people_of(project.lead_id, project)


def _of_project(project: Project) -> dict[str, str]:
    return {"reference": project.reference, "title": project.name, "organization": project.lead.name}


def _gives_back(change) -> bool:
    """A step back: from submitted to draft, from completed to under way."""
    return (change.old, change.new) in ((States.SUBMITTED, States.DRAFT), (States.COMPLETED, States.ACTIVE))


def _project(key: str, label, text, applies: Callable, people: Callable, *, with_note: bool = False) -> Rule:
    kind = Kind(key=key, label=label, text=text, page="projects:project-detail")
    return Rule(kind, "projects.Project", applies, people, _of_project, with_note=with_note)


_projects = [
    _project(
        "project_submitted",
        _("A project waits for approval"),
        _("“%(title)s” of %(organization)s (%(reference)s) waits for your decision."),
        reaches(States.SUBMITTED),
        _staff_of_project,
    ),
    _project(
        "project_completed",
        _("A project waits for verification"),
        _("%(organization)s reports “%(title)s” (%(reference)s) completed. Check what was done."),
        reaches(States.COMPLETED),
        _staff_of_project,
    ),
    _project(
        "project_approved",
        _("Your project is approved"),
        _("“%(title)s” (%(reference)s) is approved and can begin."),
        reaches(States.APPROVED),
        _lead,
    ),
    _project(
        "project_returned",
        _("Your project is returned"),
        _("“%(title)s” (%(reference)s) has to be corrected. The reason is shown in the portal."),
        _gives_back,
        _lead,
        with_note=True,
    ),
    _project(
        "project_verified",
        _("Your project is verified"),
        _("“%(title)s” (%(reference)s) is verified."),
        reaches(States.VERIFIED),
        _lead,
    ),
    _project(
        "project_suspended",
        _("Your project is suspended"),
        _("“%(title)s” (%(reference)s) is suspended and not public for now. The reason is shown in the portal."),
        reaches(States.SUSPENDED),
        _lead,
        with_note=True,
    ),
    _project(
        "project_resumed",
        _("Your project goes on"),
        _("“%(title)s” (%(reference)s) is under way again."),
        lambda change: (change.old, change.new) == (States.SUSPENDED, States.ACTIVE),
        _lead,
    ),
    _project(
        "project_terminated",
        _("Your project is terminated"),
        _("“%(title)s” (%(reference)s) is terminated. The reason is shown in the portal."),
        reaches(States.TERMINATED),
        _lead,
        with_note=True,
    ),
]


def _checkers(activity: Activity, change) -> list[int]:
    """The staff of the place; of the activities of one file they are told once, the work queue has them all."""
    before = Activity.objects.filter(
        organization=activity.organization_id,
        created_by=activity.created_by_id,
        created_at__date=activity.created_at.date(),
        status=Activities.ENTERED,
        pk__lt=activity.pk,
    ).exclude(import_key="")
    if activity.import_key and not change.old and before.exists():
        return []
    return _staff_at(activity.region_id, change)


def _doers(activity: Activity, change) -> list[int]:
    return _people_of(activity.organization_id, activity)


def _of_activity(activity: Activity) -> dict[str, str]:
    facts = {"reference": activity.reference, "title": activity.title, "place": activity.region.name}
    return facts | {"organization": activity.organization.name}


def _activity(key: str, label, text, status: str, people: Callable, *, with_note: bool = False) -> Rule:
    kind = Kind(key=key, label=label, text=text, page="projects:activity-detail")
    return Rule(kind, "projects.Activity", reaches(status), people, _of_activity, with_note=with_note)


_activities = [
    _activity(
        "activity_entered",
        _("An activity waits for verification"),
        _("%(organization)s has recorded “%(title)s” in %(place)s (%(reference)s)."),
        Activities.ENTERED,
        _checkers,
    ),
    _activity(
        "activity_returned",
        _("Your activity is returned"),
        _("“%(title)s” (%(reference)s) has to be corrected. The reason is shown in the portal."),
        Activities.RETURNED,
        _doers,
        with_note=True,
    ),
    _activity(
        "activity_verified",
        _("Your activity is verified"),
        _("“%(title)s” (%(reference)s) is verified and public."),
        Activities.VERIFIED,
        _doers,
    ),
    _activity(
        "activity_struck",
        _("Your activity is struck out"),
        _("“%(title)s” (%(reference)s) is struck out and in no figure. The reason is shown in the portal."),
        Activities.STRUCK,
        _doers,
        with_note=True,
    ),
]


def _of_count(count: BeneficiaryCount) -> dict[str, str]:
    return {**_of_project(count.project), "place": count.region.name}


def _counters(count: BeneficiaryCount, change) -> list[int]:
    """What is only expected waits for nobody."""
    return _staff_of_project(count.project, change) if count.stage == BeneficiaryCount.Stage.ACHIEVED else []


_counts = [
    Rule(
        Kind(
            key="count_entered",
            label=_("A beneficiary count waits for verification"),
            text=_("“%(title)s” of %(organization)s (%(reference)s) has a new count for %(place)s."),
            page="projects:project-detail",
        ),
        "projects.BeneficiaryCount",
        reaches(Counts.ENTERED),
        _counters,
        _of_count,
        target=lambda count: count.project_id,
    )
]


def _of_value(value: MetricValue) -> dict[str, str]:
    facts = {"reference": value.reference, "title": str(value.metric), "place": value.region.name}
    return facts | {"organization": _name(value.organization)}


def _name(organization: Organization | None) -> str:
    return organization.name if organization else "--"


def _enterers(value: MetricValue, change) -> list[int]:
    return _people_of(value.organization_id, value)


def _value(key: str, label, text, status: str, people: Callable, *, with_note: bool = False) -> Rule:
    kind = Kind(key=key, label=label, text=text, page="projects:value-detail")
    return Rule(kind, "projects.MetricValue", reaches(status), people, _of_value, with_note=with_note)


_values = [
    _value(
        "value_entered",
        _("A value of a campaign waits for verification"),
        _("“%(title)s” has a new value for %(place)s (%(reference)s)."),
        Values.ENTERED,
        lambda value, change: _staff_at(value.region_id, change),
    ),
    _value(
        "value_verified",
        _("Your value of a campaign is verified"),
        _("The value %(reference)s of “%(title)s” for %(place)s counts."),
        Values.VERIFIED,
        _enterers,
    ),
    _value(
        "value_rejected",
        _("Your value of a campaign is rejected"),
        _("The value %(reference)s of “%(title)s” for %(place)s is rejected. The reason is shown in the portal."),
        Values.REJECTED,
        _enterers,
        with_note=True,
    ),
    _value(
        "value_struck",
        _("Your value of a campaign is struck out"),
        _("The value %(reference)s of “%(title)s” for %(place)s is in no total. The reason is shown in the portal."),
        Values.STRUCK,
        _enterers,
        with_note=True,
    ),
]


def _of_purchase(record: ConsumptionRecord) -> dict[str, str]:
    return {"reference": record.reference, "title": record.what, "place": record.region.name}


def _of_capacity(record: CapacityRecord) -> dict[str, str]:
    return {"reference": record.reference, "title": record.name, "place": record.region.name}


def _told_today(record: ConsumptionRecord | CapacityRecord, change) -> list[int]:
    """The staff of the place; of what one person enters in a day, often by a file, they are told once."""
    rows = type(record).objects.filter(created_by=record.created_by_id, created_at__date=record.created_at.date())
    if rows.filter(status=change.new, pk__lt=record.pk).exists():
        return []
    return _staff_at(record.region_id, change)


_entries = [
    Rule(
        Kind(key=key, label=label, text=text, page=page),
        model,
        reaches(status),
        _told_today,
        facts,
    )
    for key, label, text, page, model, status, facts in (
        (
            "purchase_entered",
            _("A sale or purchase waits for verification"),
            _("“%(title)s” of %(place)s is entered (%(reference)s)."),
            "projects:purchase-detail",
            "projects.ConsumptionRecord",
            Purchases.ENTERED,
            _of_purchase,
        ),
        (
            "capacity_entered",
            _("A capacity record waits for verification"),
            _("“%(title)s” in %(place)s is entered (%(reference)s)."),
            "projects:capacity-detail",
            "projects.CapacityRecord",
            Capacities.ENTERED,
            _of_capacity,
        ),
    )
]
rules = [*_projects, *_activities, *_counts, *_values, *_entries]
reminders: list = []

"""The sheet of activities, and an activity as a row of it."""

from typing import Any

from django.utils.translation import gettext_lazy

from exchange.sheets import Choice, Column, Kind, Sheet
from organizations.sheets import regions_by_text
from projects.models import Activity
from projects.sheets.words import CODE_HELP, MAX_ROWS, PARTY_HELP, organizations_by_text, projects_by_text

ActivityKind, ActivityStatus = Activity.Kind, Activity.Status
ACTIVITIES = (
    Choice(ActivityKind.VISIT, "走访", "visit", also=("走访慰问",)),
    Choice(ActivityKind.CLINIC, "义诊", "clinic"),
    Choice(ActivityKind.TRAINING, "培训", "training"),
    Choice(ActivityKind.SERVICE, "服务", "service"),
    Choice(ActivityKind.SALE, "展销活动", "sale event", also=("展销",)),
    Choice(ActivityKind.LIVE_SALE, "直播带货", "live-stream sale"),
    Choice(ActivityKind.EXCHANGE, "交流", "exchange"),
    Choice(ActivityKind.CONTEST, "竞赛", "contest"),
)
_ACTIVITY_STATUSES = (
    Choice(ActivityStatus.ENTERED, "待核实", "awaiting verification"),
    Choice(ActivityStatus.RETURNED, "已退回", "returned"),
    Choice(ActivityStatus.VERIFIED, "已核实", "verified"),
    Choice(ActivityStatus.STRUCK, "已作废", "struck out", also=("已划去",)),
)
_NUMBER_HELP = gettext_lazy(
    "The portal's number of an activity (HD-…), or a number of your own; by it the activity is known again."
)
_PROJECT_HELP = gettext_lazy("Reference number (XM-…) or full name; empty for an activity without a project.")
_UNCOUNTED_HELP = gettext_lazy("Leave the cell empty if nobody counted; 0 means none.")
_PARTY_MEMBER_HELP = gettext_lazy("How many of all these people are party members.")
_TRAINING_HELP = gettext_lazy("For training only.")


def _people(key: str, zh: str, en: str, text=_UNCOUNTED_HELP) -> Column:
    return Column(key, zh, en, Kind.COUNT, help=text)


def activity_sheet(user=None) -> Sheet:
    """The sheet of activities for one person: projects are found among those the person may see."""
    columns = (
        Column("number", "活动编号", "Activity number", required=True, max_length=80, help=_NUMBER_HELP),
        Column("title", "活动名称", "Title", required=True, max_length=120),
        Column("kind", "活动类型", "Kind", Kind.CHOICE, required=True, choices=ACTIVITIES),
        Column("organization", "组织", "Organization", required=True, resolve=organizations_by_text, help=PARTY_HELP),
        Column("project", "项目编号", "Project", resolve=projects_by_text(user), help=_PROJECT_HELP),
        Column("region", "地区代码", "Code of the region", required=True, resolve=regions_by_text, help=CODE_HELP),
        Column("place", "地点", "Place", max_length=120),
        Column("starts_on", "开始日期", "First day", Kind.DATE, required=True),
        Column("ends_on", "结束日期", "Last day", Kind.DATE),
        Column("sessions", "场次", "Sessions", Kind.COUNT),
        _people("staff", "工作人员数", "Staff"),
        _people("social_workers", "社会工作者人数", "Social workers"),
        _people("volunteers", "志愿者人数", "Volunteers"),
        _people("party_members", "党员人数", "Party members", _PARTY_MEMBER_HELP),
        _people("days", "培训天数", "Training days", _TRAINING_HELP),
        Column("hours", "培训学时", "Training hours", Kind.DECIMAL, places=3, help=_TRAINING_HELP),
        _people("certificates", "发放证书数", "Certificates handed out", _TRAINING_HELP),
        Column("summary", "活动简介", "Summary", max_length=2000),
    )
    told = (
        Column("organization_name", "组织名称", "Name of the organization"),
        Column("project_name", "项目名称", "Name of the project"),
        Column("region_name", "地区名称", "Name of the region"),
        Column("status", "状态", "Status", Kind.CHOICE, choices=_ACTIVITY_STATUSES),
    )
    return Sheet("activities", "帮扶活动", "Activities", columns, max_rows=MAX_ROWS, told=told)


_SAME = tuple(name for name in Activity.FIELDS if name not in ("organization", "project", "region"))


def activity_row(activity: Activity) -> dict[str, Any]:
    """An activity as a row of the sheet, so that its export can be corrected and uploaded."""
    project = activity.project if getattr(activity, "project_is_seen", True) else None
    return {
        **{name: getattr(activity, name) for name in (*_SAME, "status")},
        "number": activity.reference,
        "organization": activity.organization.uscc or activity.organization.name,
        "organization_name": activity.organization.name,
        "project": project.reference if project else None,
        "project_name": project.name if project else None,
        "region": activity.region.short_code,
        "region_name": activity.region.name,
    }

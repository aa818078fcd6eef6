"""Sheets of projects and of their beneficiary counts."""

from typing import Any

from django.utils.translation import gettext_lazy

from exchange.sheets import Choice, Column, Kind, Sheet
from organizations.sheets import FORMS, regions_by_text
from projects.models import BeneficiaryCount, Project
from projects.sheets.words import (
    CODE_HELP,
    CODES_HELP,
    MAX_ROWS,
    MEASURES,
    PARTY_HELP,
    QUALIFIERS,
    STAGES,
    VALUE_PROJECT_HELP,
    campaigns_by_text,
    claims_by_text,
    organizations_by_text,
    projects_by_text,
)

_PARTNERS_HELP = gettext_lazy("Full name or credit code of registered organizations, separated by semicolons.")
_CLAIM_HELP = gettext_lazy("Number of the approved claim this project carries out (RL-…).")
_ACTION_HELP = gettext_lazy("Campaign and action together; leave both empty for a project outside campaigns.")
_OVERLAP_HELP = gettext_lazy("Empty means that the same people may also stand in other counts.")
_GROUP_HELP = gettext_lazy("Empty means everybody the project reached there.")
_SCOPE_HELP = gettext_lazy("Which part of the work it speaks of, for example the second round. Empty means all of it.")

Funding, Group, Overlap = Project.Funding, BeneficiaryCount.Group, BeneficiaryCount.Overlap
FUNDINGS = (
    Choice(Funding.OWN, "自有资金", "own funds"),
    Choice(Funding.DONATION, "捐赠资金", "donations", also=("捐赠",)),
    Choice(Funding.PURCHASE, "政府购买服务", "government purchase of services"),
    Choice(Funding.LOTTERY, "福彩公益金", "lottery welfare fund"),
    Choice(Funding.MICRO, "微公益创投资金", "micro-venture fund", also=("微公益创投",)),
)
GROUPS = (
    Choice(Group.CHILDREN, "儿童青少年", "children and young people", also=("儿童和青少年",)),
    Choice(Group.ELDERLY, "老年人", "elderly people"),
    Choice(Group.WOMEN, "妇女", "women"),
    Choice(Group.DISABLED, "残疾人", "people with disabilities"),
    Choice(Group.HARDSHIP, "困难群众", "people in hardship"),
    Choice(Group.PATIENTS, "患者", "patients"),
    Choice(Group.STUDENTS, "学生", "students"),
    Choice(Group.WORKERS, "求职人员", "people seeking work"),
    Choice(Group.OTHER, "其他", "other"),
)
# A file tells that the people are those of another count; that is entered on the page, where the other can be chosen.
OVERLAPS = (
    Choice(Overlap.DISJOINT, "不重复", "in no other count"),
    Choice(Overlap.MAY, "可能重复", "may be in other counts"),
    Choice(Overlap.SAME, "与另一项相同", "the same people as in another count"),
)
_STATUSES = (
    Choice(BeneficiaryCount.Status.ENTERED, "待核实", "awaiting verification"),
    Choice(BeneficiaryCount.Status.VERIFIED, "已核实", "verified"),
    Choice(BeneficiaryCount.Status.STRUCK, "已作废", "struck out"),
)
_SAME = tuple(name for name in BeneficiaryCount.FIELDS if name not in ("region", "same_as"))


def project_sheet(user=None) -> Sheet:
    """The sheet of projects: campaigns and claims are found among those the person may see."""
    columns = (
        Column("name", "项目名称", "Name", required=True, max_length=120),
        Column("lead", "牵头组织", "Lead organization", required=True, resolve=organizations_by_text, help=PARTY_HELP),
        Column(
            "partners",
            "合作组织",
            "Partner organizations",
            many=True,
            resolve=organizations_by_text,
            help=_PARTNERS_HELP,
        ),
        Column("form", "帮扶形式", "Assistance form", Kind.CHOICE, required=True, choices=FORMS),
        Column(
            "regions",
            "地区代码",
            "Codes of the regions",
            required=True,
            many=True,
            resolve=regions_by_text,
            help=CODES_HELP,
        ),
        Column("funding", "资金来源", "Funding source", Kind.CHOICE, choices=FUNDINGS),
        Column("budget", "预算（元）", "Budget (yuan)", Kind.DECIMAL, may_be_zero=True),
        Column("starts_on", "开始日期", "Begins on", Kind.DATE, required=True),
        Column("ends_on", "结束日期", "Ends on", Kind.DATE),
        Column("campaign", "专项活动", "Campaign", resolve=campaigns_by_text(user), help=_ACTION_HELP),
        Column("action", "行动", "Action", max_length=60, help=_ACTION_HELP),
        Column("claim", "认领编号", "Claim", resolve=claims_by_text(user), help=_CLAIM_HELP),
        Column("summary", "项目简介", "Summary", max_length=2000),
    )
    return Sheet("projects", "帮扶项目", "Projects", columns, max_rows=MAX_ROWS)


def count_sheet(user=None) -> Sheet:
    """The sheet of beneficiary counts: projects are found among those the person may see."""
    columns = (
        Column(
            "project", "项目编号", "Project", required=True, resolve=projects_by_text(user), help=VALUE_PROJECT_HELP
        ),
        Column("stage", "预计或完成", "Expected or achieved", Kind.CHOICE, required=True, choices=STAGES),
        Column("region", "地区代码", "Code of the region", required=True, resolve=regions_by_text, help=CODE_HELP),
        Column("measure", "口径", "Measure", Kind.CHOICE, required=True, choices=MEASURES),
        Column("group", "人群", "Group", Kind.CHOICE, choices=GROUPS, help=_GROUP_HELP),
        Column("scope", "范围", "Scope", max_length=60, help=_SCOPE_HELP),
        Column("qualifier", "精确程度", "How exact", Kind.CHOICE, choices=QUALIFIERS),
        Column("value", "数值", "Number", Kind.COUNT, required=True),
        Column("overlap", "与其他人数是否重复", "Overlap", Kind.CHOICE, choices=OVERLAPS, help=_OVERLAP_HELP),
        Column("as_of", "数据截至", "As of", Kind.DATE, required=True),
        Column("basis", "统计依据", "Basis", max_length=200),
    )
    told = (
        Column("project_name", "项目名称", "Name of the project"),
        Column("region_name", "地区名称", "Name of the region"),
        Column("status", "状态", "Status", Kind.CHOICE, choices=_STATUSES),
    )
    return Sheet("beneficiary-counts", "受益人数", "Beneficiary counts", columns, max_rows=MAX_ROWS, told=told)


def count_row(count: BeneficiaryCount) -> dict[str, Any]:
    """A count as a row of the sheet, with what the file of an upload does not need."""
    return {
        **{name: getattr(count, name) for name in _SAME},
        "status": count.status if count.is_judged else None,
        "project": count.project.reference,
        "project_name": count.project.name,
        "region": count.region.short_code,
        "region_name": count.region.name,
    }

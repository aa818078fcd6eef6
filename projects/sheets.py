"""The sheets of this floor: campaigns, figures, activities, purchases, capacity. The words are the format."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from demands.models import Measure
from exchange.sheets import Choice, Column, Kind, Sheet, Unresolved
from organizations.forms import OrganizationField
from organizations.sheets import FORMS, regions_by_text
from projects.models import (
    Activity,
    BeneficiaryCount,
    Campaign,
    CapacityKind,
    ConsumptionRecord,
    Metric,
    Project,
    ReportedFigure,
    Subject,
)

MAX_ROWS = 2000
Qualifier, Stage, Adds, Basis = (
    BeneficiaryCount.Qualifier,
    BeneficiaryCount.Stage,
    Metric.Adds,
    ReportedFigure.Basis,
)
SUBJECTS = (
    Choice(Subject.BENEFICIARY, "受益对象", "beneficiaries"),
    Choice(Subject.HELPER, "帮扶人员", "helpers"),
    Choice(Subject.DONOR, "捐赠人", "donors"),
    Choice(Subject.ORGANIZATION, "组织", "organizations"),
    Choice(Subject.MONEY, "资金", "money"),
    Choice(Subject.THING, "事物", "things and events"),
)
MEASURES = (
    Choice(Measure.PERSONS, "人", "persons"),
    Choice(Measure.PERSON_TIMES, "人次", "person-times"),
    Choice(Measure.HOUSEHOLDS, "户", "households"),
    Choice(Measure.HOUSEHOLD_TIMES, "户次", "household-times"),
    Choice(Measure.AMBIGUOUS, "口径不明", "measure not stated"),
)
QUALIFIERS = (
    Choice(Qualifier.EXACT, "确数", "exactly"),
    Choice(Qualifier.OVER, "超过", "more than"),
    Choice(Qualifier.NEARLY, "近", "nearly"),
    Choice(Qualifier.ABOUT, "约", "about"),
)
STAGES = (Choice(Stage.EXPECTED, "预计", "expected"), Choice(Stage.ACHIEVED, "完成", "achieved"))
ADDS = (
    Choice(Adds.SUM, "求和", "summed"),
    Choice(Adds.MAX, "取最大", "largest"),
    Choice(Adds.LATEST, "取最新", "latest"),
)
BASES = (
    Choice(Basis.STATED, "未说明", "stated without a basis"),
    Choice(Basis.INCOMPLETE, "据不完全统计", "according to incomplete statistics"),
    Choice(Basis.PRELIMINARY, "据初步统计", "according to preliminary statistics"),
    Choice(Basis.DERIVED, "由其他数字推算", "computed from other figures of the source"),
)
CAPACITIES = (
    Choice(CapacityKind.STATION, "社工站", "social-work station"),
    Choice(CapacityKind.FUND, "社区慈善基金", "community charity fund"),
    Choice(CapacityKind.COMMUNITY, "备案社区社会组织", "filed community organization"),
    Choice(CapacityKind.TRAINING, "培训班", "training course"),
    Choice(CapacityKind.CONTEST, "竞赛", "contest"),
)
Mode, Channel = ConsumptionRecord.Mode, ConsumptionRecord.Channel
MODES = (
    Choice(Mode.DIRECT, "直接购买", "direct purchase"),
    Choice(Mode.HELP, "帮助销售", "help to sell"),
    Choice(Mode.INDUCED, "带动消费", "induced consumption"),
)
CHANNELS = (
    Choice(Channel.PLATFORM, "832平台", "832 platform"),
    Choice(Channel.LIVE, "直播带货", "live-stream sale"),
    Choice(Channel.MALL, "网上商城", "online mall"),
    Choice(Channel.FAIR, "展销会", "fair"),
    Choice(Channel.OTHER, "其他", "other"),
)
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
_CODE = gettext_lazy("Code or full name of the region, for example 500229.")
_CODES = gettext_lazy("Code or full name of the region; several are separated by semicolons.")
_MEASURE_HELP = gettext_lazy("For beneficiaries only; empty for everything else.")
_VALUE_HELP = gettext_lazy("Empty where the source gives no usable number; the remark then says why.")
_METRIC_HELP = gettext_lazy("Campaign, action and metric together name a metric; leave all three empty otherwise.")
_CONSUMPTION_HELP = gettext_lazy("Yes where the figure is of purchases and sales; empty means no.")
_CAPACITY_HELP = gettext_lazy("Only where the figure counts stations, funds, filed organizations, training, contests.")
_PARTY_HELP = gettext_lazy("Full name or credit code of a registered organization.")
_NO_NUMBER_HELP = gettext_lazy("Empty where the source gives no usable number; the reason is then written beside it.")
_NUMBER_HELP = gettext_lazy(
    "The portal's number of an activity (HD-…), or a number of your own; by it the activity is known again."
)
_PROJECT_HELP = gettext_lazy("Reference number (XM-…) or full name; empty for an activity without a project.")
_VALUE_PROJECT_HELP = gettext_lazy("Reference number (XM-…) or full name, if the value is of a project.")
_UNCOUNTED_HELP = gettext_lazy("Leave the cell empty if nobody counted; 0 means none.")
_PARTY_MEMBER_HELP = gettext_lazy("How many of all these people are party members.")
_TRAINING_HELP = gettext_lazy("For training only.")
_PRODUCT_HELP = gettext_lazy("Name of a product in the selling region; otherwise describe the goods in words.")


METRIC_SHEET = Sheet(
    "campaign-metrics",
    "专项行动指标",
    "Campaigns and metrics",
    (
        Column("campaign", "专项活动", "Campaign", required=True, max_length=120),
        Column("region", "地区代码", "Code of the region", required=True, resolve=regions_by_text, help=_CODE),
        Column("starts_on", "开始日期", "Begins on", Kind.DATE, required=True),
        Column("ends_on", "结束日期", "Ends on", Kind.DATE),
        Column("action", "行动", "Action", required=True, max_length=60),
        Column("form", "帮扶形式", "Assistance form", Kind.CHOICE, required=True, choices=FORMS),
        Column("unit_standard", "单位标准（元）", "Unit standard (yuan)", Kind.DECIMAL),
        Column("standard_per", "标准单位", "Standard per", max_length=20),
        Column("metric", "指标", "Metric", required=True, max_length=60),
        Column("unit", "单位", "Unit", required=True, max_length=20),
        Column("subject", "对象", "Subject", Kind.CHOICE, required=True, choices=SUBJECTS),
        Column("measure", "口径", "Measure", Kind.CHOICE, choices=MEASURES, help=_MEASURE_HELP),
        Column("adds", "合计方式", "How it adds", Kind.CHOICE, required=True, choices=ADDS),
        Column("allows_over", "可用“超过”", "“More than” is allowed", Kind.YES_NO, required=True),
        Column("source", "来源", "Source", max_length=200),
    ),
    max_rows=MAX_ROWS,
)


# Read by `services.digests` in the request itself; it is never an upload that is kept.
ROSTER_SHEET = Sheet(
    "rosters",
    "名册",
    "Roster",
    (
        Column(
            "id_number",
            "公民身份号码",
            "ID number",
            required=True,
            max_length=18,
            aliases=("身份证号", "身份证号码", "居民身份证号码", "身份号码", "ID card number"),
        ),
    ),
    max_rows=20_000,
)


def figure_sheet(user=None) -> Sheet:
    """The sheet of reported figures for one person: campaigns are found among those the person may see."""
    columns = (
        Column("number", "序号", "Figure number", required=True, max_length=20),
        Column("topic", "主题", "Topic", required=True, max_length=120),
        Column("indicator", "指标", "Indicator", required=True, max_length=120),
        Column("qualifier", "精确程度", "How exact", Kind.CHOICE, required=True, choices=QUALIFIERS),
        Column("value", "数值", "Value", Kind.DECIMAL, places=3, help=_VALUE_HELP),
        Column("unit", "单位", "Unit", required=True, max_length=20),
        Column("subject", "对象", "Subject", Kind.CHOICE, required=True, choices=SUBJECTS),
        Column("measure", "口径", "Measure", Kind.CHOICE, choices=MEASURES, help=_MEASURE_HELP),
        Column("stage", "预计或完成", "Expected or achieved", Kind.CHOICE, choices=STAGES),
        Column("basis", "统计依据", "Basis", Kind.CHOICE, choices=BASES),
        Column("region", "填报地区", "Region", required=True, resolve=regions_by_text, help=_CODE),
        Column("places", "涉及地区", "Regions it speaks of", many=True, resolve=regions_by_text, help=_CODES),
        Column("scope", "范围", "Scope", max_length=200),
        Column("period_from", "时期起", "Period from", Kind.DATE),
        Column("period_to", "时期止", "Period to", Kind.DATE, required=True),
        Column("as_of", "数据截至", "As of", Kind.DATE),
        Column("source", "来源", "Source", required=True, max_length=200),
        Column("place_in_source", "来源位置", "Place in the source", max_length=60),
        Column("remark", "备注", "Remark", max_length=500),
        Column("campaign", "专项活动", "Campaign", resolve=_campaigns(user), help=_METRIC_HELP),
        Column("action", "行动", "Action", max_length=60, help=_METRIC_HELP),
        Column("metric", "活动指标", "Metric", max_length=60, help=_METRIC_HELP),
        Column("capacity", "能力建设类别", "Kind of capacity", Kind.CHOICE, choices=CAPACITIES, help=_CAPACITY_HELP),
        Column("is_consumption", "属消费帮扶", "Of consumption assistance", Kind.YES_NO, help=_CONSUMPTION_HELP),
    )
    return Sheet("reported-figures", "来源数据", "Reported figures", columns, max_rows=MAX_ROWS)


def value_sheet(user=None) -> Sheet:
    """The sheet of values of metrics: campaigns and projects are found among those the person may see."""
    columns = (
        Column("campaign", "专项活动", "Campaign", required=True, resolve=_campaigns(user)),
        Column("action", "行动", "Action", required=True, max_length=60),
        Column("metric", "活动指标", "Metric", required=True, max_length=60),
        Column("stage", "预计或完成", "Expected or achieved", Kind.CHOICE, choices=STAGES),
        Column("region", "地区代码", "Code of the region", required=True, resolve=regions_by_text, help=_CODE),
        Column("organization", "组织", "Organization", resolve=organizations_by_text, help=_PARTY_HELP),
        Column("project", "项目编号", "Project", resolve=projects_by_text(user), help=_VALUE_PROJECT_HELP),
        Column("period_from", "时期起", "Period from", Kind.DATE, required=True),
        Column("period_to", "时期止", "Period to", Kind.DATE, required=True),
        Column("qualifier", "精确程度", "How exact", Kind.CHOICE, choices=QUALIFIERS),
        Column("value", "数值", "Value", Kind.DECIMAL, required=True, places=3),
        Column("basis", "统计依据", "Basis", required=True, max_length=200),
    )
    return Sheet("metric-values", "专项行动数值", "Values of metrics", columns, max_rows=MAX_ROWS)


def _campaigns(user) -> Callable[[list[str]], dict[str, Any]]:
    def resolve(texts: list[str]) -> dict[str, Any]:
        seen = Campaign.objects.all() if user is None else Campaign.objects.visible_to(user)
        found: dict[str, list[Campaign]] = {text: [] for text in texts}
        for campaign in seen.filter(name__in=texts):
            found[campaign.name].append(campaign)
        none = Unresolved(_("There is no such campaign."), _("Enter the campaign first, or leave the cell empty."))
        several = Unresolved(_("There are several campaigns of this name."), _("Enter this figure on its page."))
        return {text: rows[0] if len(rows) == 1 else several if rows else none for text, rows in found.items()}

    return resolve


def organizations_by_text(texts: list[str]) -> dict[str, Any]:
    """The registered organization each text names by its full name or credit code, or why it names none."""
    answers: dict[str, Any] = {}
    for text in texts:
        try:
            answers[text] = OrganizationField().clean(text)
        except ValidationError as error:
            answers[text] = Unresolved(error.messages[0], _("Register it first, or correct the name."))
    return answers


PRODUCT_SHEET = Sheet(
    "products",
    "村产品",
    "Products of villages",
    (
        Column("name", "产品", "Product", required=True, max_length=120),
        Column("region", "产地代码", "Code of the region", required=True, resolve=regions_by_text, help=_CODE),
        Column("seller", "销售方", "Seller", resolve=organizations_by_text, help=_PARTY_HELP),
        Column("price", "单价（元）", "Price (yuan)", Kind.DECIMAL),
        Column("unit", "计价单位", "Unit", required=True, max_length=20),
        Column("content", "每单位含量", "Content of one unit", Kind.DECIMAL, places=3),
        Column("content_unit", "含量单位", "Unit of the content", max_length=20),
        Column("season", "上市季节", "Season", max_length=60),
        Column("summary", "介绍", "Summary", max_length=2000),
        Column("source", "来源", "Source", max_length=200),
    ),
    max_rows=MAX_ROWS,
)
CONSUMPTION_SHEET = Sheet(
    "consumption",
    "消费帮扶",
    "Consumption assistance",
    (
        Column("mode", "方式", "Mode", Kind.CHOICE, required=True, choices=MODES),
        Column("channel", "渠道", "Channel", Kind.CHOICE, choices=CHANNELS),
        Column("buyer", "购买方", "Buyer", resolve=organizations_by_text, help=_PARTY_HELP),
        Column("buyer_name", "购买方说明", "Buyer in words", max_length=200),
        Column("region", "销售地代码", "Selling region", required=True, resolve=regions_by_text, help=_CODE),
        Column("seller", "销售方", "Seller", resolve=organizations_by_text, help=_PARTY_HELP),
        Column("product", "产品", "Product", max_length=120, help=_PRODUCT_HELP),
        Column("goods", "货物说明", "Goods in words", max_length=120),
        Column("quantity_qualifier", "数量精确程度", "How exact the quantity is", Kind.CHOICE, choices=QUALIFIERS),
        Column("quantity", "数量", "Quantity", Kind.DECIMAL, places=3, help=_NO_NUMBER_HELP),
        Column("unit", "数量单位", "Unit", max_length=20),
        Column("quantity_text", "数量原文", "Quantity as printed", max_length=120),
        Column("quantity_reason", "无数量原因", "Why there is no quantity", max_length=300),
        Column("amount_qualifier", "金额精确程度", "How exact the amount is", Kind.CHOICE, choices=QUALIFIERS),
        Column("amount", "金额（元）", "Amount (yuan)", Kind.DECIMAL, help=_NO_NUMBER_HELP),
        Column("amount_reason", "无金额原因", "Why there is no amount", max_length=300),
        Column("bought_from", "起始日期", "First day", Kind.DATE),
        Column("bought_on", "购销日期", "Day of the purchase", Kind.DATE, required=True),
        Column("voucher", "凭证号", "Voucher number", max_length=60),
        Column("source", "来源", "Source", max_length=200),
    ),
    max_rows=MAX_ROWS,
)
CAPACITY_SHEET = Sheet(
    "capacity",
    "能力建设",
    "Capacity",
    (
        Column("kind", "类别", "Kind", Kind.CHOICE, required=True, choices=CAPACITIES),
        Column("name", "名称", "Name", required=True, max_length=120),
        Column("region", "地区代码", "Code of the region", required=True, resolve=regions_by_text, help=_CODE),
        Column("organization", "组织", "Organization", resolve=organizations_by_text, help=_PARTY_HELP),
        Column("opened_on", "起始日期", "First day", Kind.DATE, required=True),
        Column("closed_on", "截止日期", "Last day", Kind.DATE),
        Column("source", "来源", "Source", required=True, max_length=200),
    ),
    max_rows=MAX_ROWS,
)


def projects_by_text(user) -> Callable[[list[str]], dict[str, Any]]:
    """The project each text names among those the person may see: by its number, or by a name no other has."""

    def resolve(texts: list[str]) -> dict[str, Any]:
        seen = Project.objects.all() if user is None else Project.objects.visible_to(user)
        wanted = Q(reference__in=[text.upper() for text in texts]) | Q(name__in=texts)
        rows = list(seen.filter(wanted).prefetch_related("regions", "partners"))
        remedy = _("Copy the number from the project's page, or leave the cell empty.")
        none = Unresolved(_("There is no project with this number or name that you may see."), remedy)
        several = Unresolved(_("There are several projects of this name."), remedy)
        answers: dict[str, Any] = {}
        for text in texts:
            found = [row for row in rows if row.reference == text.upper()] or [row for row in rows if row.name == text]
            answers[text] = found[0] if len(found) == 1 else several if found else none
        return answers

    return resolve


def _people(key: str, zh: str, en: str, text=_UNCOUNTED_HELP) -> Column:
    return Column(key, zh, en, Kind.COUNT, help=text)


def activity_sheet(user=None) -> Sheet:
    """The sheet of activities for one person: projects are found among those the person may see."""
    columns = (
        Column("number", "活动编号", "Activity number", required=True, max_length=80, help=_NUMBER_HELP),
        Column("title", "活动名称", "Title", required=True, max_length=120),
        Column("kind", "活动类型", "Kind", Kind.CHOICE, required=True, choices=ACTIVITIES),
        Column("organization", "组织", "Organization", required=True, resolve=organizations_by_text, help=_PARTY_HELP),
        Column("project", "项目编号", "Project", resolve=projects_by_text(user), help=_PROJECT_HELP),
        Column("region", "地区代码", "Code of the region", required=True, resolve=regions_by_text, help=_CODE),
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

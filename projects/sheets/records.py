"""Sheets of campaigns, metric values, reported figures, rosters, purchases and capacity; the words are the format."""

from exchange.sheets import Column, Kind, Sheet
from organizations.sheets import FORMS, regions_by_text
from projects.sheets.words import (
    ADDS,
    BASES,
    CAPACITIES,
    CAPACITY_HELP,
    CHANNELS,
    CODE_HELP,
    CODES_HELP,
    CONSUMPTION_HELP,
    MAX_ROWS,
    MEASURE_HELP,
    MEASURES,
    METRIC_HELP,
    MODES,
    NO_NUMBER_HELP,
    PARTY_HELP,
    PRODUCT_HELP,
    QUALIFIERS,
    STAGES,
    SUBJECTS,
    VALUE_HELP,
    VALUE_PROJECT_HELP,
    campaigns_by_text,
    organizations_by_text,
    projects_by_text,
)

METRIC_SHEET = Sheet(
    "campaign-metrics",
    "专项行动指标",
    "Campaigns and metrics",
    (
        Column("campaign", "专项活动", "Campaign", required=True, max_length=120),
        Column("region", "地区代码", "Code of the region", required=True, resolve=regions_by_text, help=CODE_HELP),
        Column("starts_on", "开始日期", "Begins on", Kind.DATE, required=True),
        Column("ends_on", "结束日期", "Ends on", Kind.DATE),
        Column("action", "行动", "Action", required=True, max_length=60),
        Column("form", "帮扶形式", "Assistance form", Kind.CHOICE, required=True, choices=FORMS),
        Column("unit_standard", "单位标准（元）", "Unit standard (yuan)", Kind.DECIMAL),
        Column("standard_per", "标准单位", "Standard per", max_length=20),
        Column("metric", "指标", "Metric", required=True, max_length=60),
        Column("unit", "单位", "Unit", required=True, max_length=20),
        Column("subject", "对象", "Subject", Kind.CHOICE, required=True, choices=SUBJECTS),
        Column("measure", "口径", "Measure", Kind.CHOICE, choices=MEASURES, help=MEASURE_HELP),
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
        Column("value", "数值", "Value", Kind.DECIMAL, places=3, may_be_zero=True, help=VALUE_HELP),
        Column("unit", "单位", "Unit", required=True, max_length=20),
        Column("subject", "对象", "Subject", Kind.CHOICE, required=True, choices=SUBJECTS),
        Column("measure", "口径", "Measure", Kind.CHOICE, choices=MEASURES, help=MEASURE_HELP),
        Column("stage", "预计或完成", "Expected or achieved", Kind.CHOICE, choices=STAGES),
        Column("basis", "统计依据", "Basis", Kind.CHOICE, choices=BASES),
        Column("region", "填报地区", "Region", required=True, resolve=regions_by_text, help=CODE_HELP),
        Column("places", "涉及地区", "Regions it speaks of", many=True, resolve=regions_by_text, help=CODES_HELP),
        Column("scope", "范围", "Scope", max_length=200),
        Column("period_from", "时期起", "Period from", Kind.DATE),
        Column("period_to", "时期止", "Period to", Kind.DATE, required=True),
        Column("as_of", "数据截至", "As of", Kind.DATE),
        Column("source", "来源", "Source", required=True, max_length=200),
        Column("place_in_source", "来源位置", "Place in the source", max_length=60),
        Column("remark", "备注", "Remark", max_length=500),
        Column("campaign", "专项活动", "Campaign", resolve=campaigns_by_text(user), help=METRIC_HELP),
        Column("action", "行动", "Action", max_length=60, help=METRIC_HELP),
        Column("metric", "活动指标", "Metric", max_length=60, help=METRIC_HELP),
        Column("capacity", "能力建设类别", "Kind of capacity", Kind.CHOICE, choices=CAPACITIES, help=CAPACITY_HELP),
        Column("is_consumption", "属消费帮扶", "Of consumption assistance", Kind.YES_NO, help=CONSUMPTION_HELP),
    )
    return Sheet("reported-figures", "来源数据", "Reported figures", columns, max_rows=MAX_ROWS)


def value_sheet(user=None) -> Sheet:
    """The sheet of values of metrics: campaigns and projects are found among those the person may see."""
    columns = (
        Column("campaign", "专项活动", "Campaign", required=True, resolve=campaigns_by_text(user)),
        Column("action", "行动", "Action", required=True, max_length=60),
        Column("metric", "活动指标", "Metric", required=True, max_length=60),
        Column("stage", "预计或完成", "Expected or achieved", Kind.CHOICE, choices=STAGES),
        Column("region", "地区代码", "Code of the region", required=True, resolve=regions_by_text, help=CODE_HELP),
        Column("organization", "组织", "Organization", resolve=organizations_by_text, help=PARTY_HELP),
        Column("project", "项目编号", "Project", resolve=projects_by_text(user), help=VALUE_PROJECT_HELP),
        Column("period_from", "时期起", "Period from", Kind.DATE, required=True),
        Column("period_to", "时期止", "Period to", Kind.DATE, required=True),
        Column("qualifier", "精确程度", "How exact", Kind.CHOICE, choices=QUALIFIERS),
        Column("value", "数值", "Value", Kind.DECIMAL, required=True, places=3, may_be_zero=True),
        Column("basis", "统计依据", "Basis", required=True, max_length=200),
    )
    return Sheet("metric-values", "专项行动数值", "Values of metrics", columns, max_rows=MAX_ROWS)


PRODUCT_SHEET = Sheet(
    "products",
    "村产品",
    "Products of villages",
    (
        Column("name", "产品", "Product", required=True, max_length=120),
        Column("region", "产地代码", "Code of the region", required=True, resolve=regions_by_text, help=CODE_HELP),
        Column("seller", "销售方", "Seller", resolve=organizations_by_text, help=PARTY_HELP),
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
        Column("buyer", "购买方", "Buyer", resolve=organizations_by_text, help=PARTY_HELP),
        Column("buyer_name", "购买方说明", "Buyer in words", max_length=200),
        Column("region", "销售地代码", "Selling region", required=True, resolve=regions_by_text, help=CODE_HELP),
        Column("seller", "销售方", "Seller", resolve=organizations_by_text, help=PARTY_HELP),
        Column("product", "产品", "Product", max_length=120, help=PRODUCT_HELP),
        Column("goods", "货物说明", "Goods in words", max_length=120),
        Column("quantity_qualifier", "数量精确程度", "How exact the quantity is", Kind.CHOICE, choices=QUALIFIERS),
        Column("quantity", "数量", "Quantity", Kind.DECIMAL, places=3, help=NO_NUMBER_HELP),
        Column("unit", "数量单位", "Unit", max_length=20),
        Column("quantity_text", "数量原文", "Quantity as printed", max_length=120),
        Column("quantity_reason", "无数量原因", "Why there is no quantity", max_length=300),
        Column("amount_qualifier", "金额精确程度", "How exact the amount is", Kind.CHOICE, choices=QUALIFIERS),
        Column("amount", "金额（元）", "Amount (yuan)", Kind.DECIMAL, help=NO_NUMBER_HELP),
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
        Column("region", "地区代码", "Code of the region", required=True, resolve=regions_by_text, help=CODE_HELP),
        Column("organization", "组织", "Organization", resolve=organizations_by_text, help=PARTY_HELP),
        Column("opened_on", "起始日期", "First day", Kind.DATE, required=True),
        Column("closed_on", "截止日期", "Last day", Kind.DATE),
        Column("source", "来源", "Source", required=True, max_length=200),
    ),
    max_rows=MAX_ROWS,
)

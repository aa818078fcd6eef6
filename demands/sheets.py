"""The sheets of this app; their words are the file format.

Demands: one row is one item; rows with the same number are one demand. Catalogue: one row is one entry.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from demands.models import Demand, DemandItem, Measure
from exchange.sheets import Choice, Column, Kind, Sheet
from organizations.sheets import FORMS, regions_by_text

_KINDS = (
    Choice(DemandItem.Kind.CASH, "资金", "cash"),
    Choice(DemandItem.Kind.GOODS, "物资", "goods"),
    Choice(DemandItem.Kind.SERVICE, "服务", "services"),
    Choice(DemandItem.Kind.SKILL, "技术", "skills"),
    Choice(DemandItem.Kind.SALES, "销售", "help with sales"),
)
_URGENCIES = (
    Choice(Demand.Urgency.NORMAL, "一般", "normal"),
    Choice(Demand.Urgency.URGENT, "紧急", "urgent"),
    Choice(Demand.Urgency.EMERGENCY, "特急", "emergency"),
)
# Number of beneficiaries by measure: the column of each.
MEASURES = {
    Measure.PERSONS: "persons",
    Measure.PERSON_TIMES: "person_times",
    Measure.HOUSEHOLDS: "households",
    Measure.HOUSEHOLD_TIMES: "household_times",
}
_FIRST = _("Only in the first row of a demand.")


def _count(key: str, zh: str, en: str) -> Column:
    return Column(key, zh, en, Kind.DECIMAL, places=0, help=_FIRST)


# No longer than one piece of an import, so that the rows of a demand are always seen together.
DEMAND_SHEET = Sheet(
    "demands",
    "帮扶需求",
    "Demands",
    (
        Column(
            "key",
            "需求序号",
            "Demand number",
            required=True,
            max_length=40,
            help=_("Any number or word; rows with the same one are items of one demand."),
        ),
        Column(
            "village",
            "村代码",
            "Code of the village",
            resolve=regions_by_text,
            help=_("Code of the village or township, for example 500229201204. Only in the first row of a demand."),
        ),
        Column(
            "list", "需求清单", "Demand list", max_length=120, help=_("Number or title of a list that is open already.")
        ),
        Column("form", "帮扶形式", "Assistance form", Kind.CHOICE, choices=FORMS, help=_FIRST),
        Column("title", "需求标题", "Title", max_length=120, help=_FIRST),
        Column("story", "情况说明", "Description", max_length=4000, help=_FIRST),
        Column("urgency", "紧急程度", "Urgency", Kind.CHOICE, choices=_URGENCIES, help=_FIRST),
        Column("valid_until", "有效期至", "Valid until", Kind.DATE, help=_FIRST),
        Column("contact", "联系人及电话", "Contact", max_length=200, help=_("Never shown in public.")),
        Column("kind", "类别", "Kind", Kind.CHOICE, required=True, choices=_KINDS),
        Column("what", "内容", "What", required=True, max_length=120),
        Column("quantity", "数量", "Quantity", Kind.DECIMAL, required=True, places=3),
        Column("unit", "单位", "Unit", required=True, max_length=20),
        Column("unit_price", "估算单价（元）", "Estimated unit price (yuan)", Kind.DECIMAL),
        _count("persons", "受益人数", "Persons"),
        _count("person_times", "受益人次", "Person-times"),
        _count("households", "受益户数", "Households"),
        _count("household_times", "受益户次", "Household-times"),
        Column(
            "not_a_duplicate",
            "非重复说明",
            "Why it is no duplicate",
            max_length=500,
            help=_("Where the village has a similar demand: why this is another need."),
        ),
    ),
)


def rows_of(demands: Iterable[Demand]) -> Iterable[dict[str, Any]]:
    """Demands as rows of the sheet, without their contacts. Needs items, beneficiaries and list to cost no query."""
    for demand in demands:
        counts = {row.measure: row.value for row in demand.beneficiaries.all()}
        first = {
            "village": demand.village_id,
            "list": demand.list.reference if demand.list else "",
            "form": _word(FORMS, demand.form),
            "title": demand.title,
            "story": demand.story,
            "urgency": _word(_URGENCIES, demand.urgency),
            "valid_until": demand.valid_until,
            **{column: counts.get(measure) for measure, column in MEASURES.items()},
        }
        for item in demand.items.all():
            yield {
                "key": demand.reference,
                **first,
                "kind": _word(_KINDS, item.kind),
                "what": item.what,
                "quantity": item.quantity,
                "unit": item.unit,
                "unit_price": item.unit_price,
            }
            first = {}


def _word(choices: tuple[Choice, ...], value: str) -> str:
    return next((choice.label for choice in choices if choice.value == value), value)


_REGION = Column(
    "region",
    "地区",
    "Region",
    resolve=regions_by_text,
    help=_("Code of a region, for example 500229000000. Empty: it holds everywhere."),
)
_NAME = Column("name", "名称", "Name", required=True, max_length=60)
_KEYWORDS = Column(
    "keywords", "别称", "Other words", max_length=300, help=_("Other words for it, with semicolons between them.")
)
_PERIOD = (
    Column("valid_from", "有效期自", "Valid from", Kind.DATE, required=True),
    Column("valid_to", "有效期至", "Valid to", Kind.DATE),
    Column("source", "来源", "Source", required=True, max_length=200),
)
PRICE_SHEET = Sheet(
    "prices",
    "参考价格",
    "Usual prices",
    (
        _NAME,
        _KEYWORDS,
        Column("unit", "单位", "Unit", required=True, max_length=20),
        Column("low", "最低价（元）", "From (yuan)", Kind.DECIMAL, required=True),
        Column("high", "最高价（元）", "Up to (yuan)", Kind.DECIMAL, required=True),
        _REGION,
        *_PERIOD,
    ),
)
NOT_ACCEPTED_SHEET = Sheet(
    "not-accepted",
    "不接收物品",
    "Things not accepted",
    (_NAME, _KEYWORDS, Column("reason", "原因", "Reason", required=True, max_length=200), _REGION, *_PERIOD),
)

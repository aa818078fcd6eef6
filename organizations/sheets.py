"""The organization sheet: one row is one entry of the register. The words are the file format."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from exchange.sheets import Choice, Column, Kind, Reading, Sheet, Unresolved
from organizations.models import Organization
from regions.models import Region
from regions.selectors import normal_code, resolve_text, valid

_KINDS = (
    Choice(Organization.Kind.ASSOCIATION, "社会团体", "social association"),
    Choice(Organization.Kind.SERVICE, "社会服务机构", "social service organization"),
    Choice(Organization.Kind.FOUNDATION, "基金会", "foundation"),
    Choice(Organization.Kind.CHARITY_FEDERATION, "慈善会", "charity federation"),
    Choice(Organization.Kind.COMMUNITY, "社区社会组织", "community social organization"),
    Choice(Organization.Kind.OTHER_SOCIAL, "其他社会组织", "other social organization"),
    Choice(Organization.Kind.ENTERPRISE, "企业", "enterprise"),
    Choice(Organization.Kind.GOVERNMENT, "机关单位", "government unit"),
    Choice(Organization.Kind.VILLAGE, "村集体", "village collective"),
    Choice(Organization.Kind.OTHER, "其他", "other"),
)
_LEVELS = (
    Choice(Organization.Level.NATIONAL, "国家级", "national"),
    Choice(Organization.Level.PROVINCE, "省级", "province"),
    Choice(Organization.Level.CITY, "市级", "city"),
    Choice(Organization.Level.COUNTY, "县级", "county"),
)


def regions_by_text(texts: list[str]) -> dict[str, Any]:
    """What region each text names: a code, "code name", a path or a unique name; the reason where it names none."""
    codes = {text: normal_code(text.split(maxsplit=1)[0]) for text in texts}
    known = Region.objects.real().select_related("successor").in_bulk([code for code in codes.values() if code])
    answers: dict[str, Any] = {}
    for text in texts:
        region = known.get(codes[text] or "")
        try:
            answers[text] = valid(region) if region else resolve_text(text)
        except Refused as refused:
            remedy = gettext("Write the code from the list of regions, for example 500229.")
            answers[text] = Unresolved(str(refused), remedy)
    return answers


_CODE = _("Code or full name of the region, for example 500229.")

ORGANIZATION_SHEET = Sheet(
    "organizations",
    "社会组织",
    "Organizations",
    (
        Column("name", "名称", "Name", required=True, max_length=120),
        Column("kind", "类型", "Kind", Kind.CHOICE, required=True, choices=_KINDS),
        Column("uscc", "统一社会信用代码", "Unified social credit code", max_length=40),
        Column("level", "登记级别", "Registration level", Kind.CHOICE, required=True, choices=_LEVELS),
        Column("region", "登记地区代码", "Code of the region", required=True, resolve=regions_by_text, help=_CODE),
        Column(
            "synthetic",
            "演示代码",
            "Demonstration code",
            Kind.YES_NO,
            help=_("The credit code was made up for the demonstration."),
        ),
    ),
    max_rows=100_000,
)


def rows_of(reading: Reading) -> list[dict[str, Any]]:
    """The rows as `services.load_organizations` takes them."""
    return [{**row.values, "synthetic": bool(row.values["synthetic"])} for row in reading.rows]

"""The organization sheet: one row is one entry of the register. The words are the file format."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from exchange.sheets import Choice, Column, Kind, Reading, Sheet, Unresolved
from organizations import uscc
from organizations.models import AssistanceForm, Organization, validate_uscc
from organizations.selectors import authorities
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


def codes_by_text(texts: list[str]) -> dict[str, Any]:
    """The credit code of each text in its normal form; the reason where it is none."""
    remedy = gettext("Copy the code from the certificate of registration.")
    answers: dict[str, Any] = {}
    for text in texts:
        code = answers[text] = uscc.normalise(text)
        if not uscc.is_valid(code):
            try:
                validate_uscc(code)
            except ValidationError as error:
                answers[text] = Unresolved(error.messages[0], remedy)
    return answers


@dataclass(frozen=True)
class Authority:
    """A registration authority as a row names it: a unit of the register, or the words as they stand."""

    text: str
    organization_id: int | None = None


def authorities_by_text(texts: list[str]) -> dict[str, Any]:
    """The authority each text names."""
    found = authorities(texts)
    return {text: Authority("", unit.pk) if (unit := found[text]) else Authority(text) for text in texts}


_STATUSES = (
    Choice(Organization.Status.DRAFT, "草稿", "draft"),
    Choice(Organization.Status.ACTIVE, "有效", "active"),
    Choice(Organization.Status.CANCELLED, "已注销", "deregistered"),
    Choice(Organization.Status.REVOKED, "已撤销", "revoked"),
    Choice(Organization.Status.MERGED, "已合并", "merged"),
)
_CODE = _("Code or full name of the region, for example 500229.")
_LEAVES = _("An empty cell leaves what is registered.")
# The one list of these words, for every sheet that has such a column.
FORMS = (
    Choice(AssistanceForm.INDUSTRY, "产业帮扶", "industrial assistance"),
    Choice(AssistanceForm.EMPLOYMENT, "就业帮扶", "employment assistance"),
    Choice(AssistanceForm.EDUCATION, "教育帮扶", "education assistance"),
    Choice(AssistanceForm.HEALTH, "健康帮扶", "health assistance"),
    Choice(AssistanceForm.ELDERLY, "养老服务", "elderly care"),
    Choice(AssistanceForm.CONSUMPTION, "消费帮扶", "consumption assistance"),
    Choice(AssistanceForm.RELIEF, "困难救助", "help for people in hardship", also=("救助帮困", "困难群众帮扶")),
    Choice(AssistanceForm.INFRASTRUCTURE, "基础设施", "infrastructure"),
    Choice(AssistanceForm.CULTURE, "文化", "culture", also=("文化建设",)),
    Choice(AssistanceForm.ECOLOGY, "生态", "ecology", also=("生态建设",)),
    Choice(AssistanceForm.GOVERNANCE, "乡村治理", "rural governance"),
    Choice(AssistanceForm.TRAINING, "培训", "training"),
    Choice(AssistanceForm.DISASTER, "救灾", "disaster relief"),
    Choice(AssistanceForm.OTHER, "其他", "other"),
)
# What is known about an organization beyond what identifies it.
DETAILS = (
    "authority",
    "supervising_unit",
    "legal_representative",
    "founded_on",
    "focus",
    "is_industry_association",
    "is_hub",
    "party_branches",
    "party_members",
)

ORGANIZATION_SHEET = Sheet(
    "organizations",
    "社会组织",
    "Organizations",
    (
        Column("name", "名称", "Name", required=True, max_length=120),
        Column("kind", "类型", "Kind", Kind.CHOICE, required=True, choices=_KINDS),
        Column("uscc", "统一社会信用代码", "Unified social credit code", max_length=40, resolve=codes_by_text),
        Column("level", "登记级别", "Registration level", Kind.CHOICE, required=True, choices=_LEVELS),
        Column("region", "登记地区代码", "Code of the region", required=True, resolve=regions_by_text, help=_CODE),
        Column(
            "synthetic",
            "演示代码",
            "Demonstration code",
            Kind.YES_NO,
            help=_("The credit code was made up for the demonstration."),
        ),
        Column(
            "authority",
            "登记管理机关",
            "Registration authority",
            max_length=120,
            resolve=authorities_by_text,
            help=_("Name, or credit code of a registered government unit. An empty cell leaves what is registered."),
        ),
        Column("supervising_unit", "业务主管单位", "Supervising unit", max_length=120, help=_LEAVES),
        Column("legal_representative", "法定代表人", "Legal representative", max_length=60, help=_LEAVES),
        Column("founded_on", "成立日期", "Founded on", Kind.DATE, help=_LEAVES),
        Column(
            "focus",
            "帮扶领域",
            "Focus",
            Kind.CHOICE,
            many=True,
            choices=FORMS,
            help=_("Several are separated by semicolons. An empty cell leaves what is registered."),
        ),
        Column("is_industry_association", "行业协会商会", "Industry association", Kind.YES_NO, help=_LEAVES),
        Column("is_hub", "枢纽型社会组织", "Hub organization", Kind.YES_NO, help=_LEAVES),
        Column("party_branches", "党组织数", "Party branches", Kind.COUNT, help=_LEAVES),
        Column("party_members", "党员数", "Party members", Kind.COUNT, help=_LEAVES),
    ),
    max_rows=100_000,
    told=(
        Column("region_name", "登记地区", "Region name"),
        Column("status", "状态", "Status", Kind.CHOICE, choices=_STATUSES),
    ),
)


def row_of(organization: Organization) -> dict[str, Any]:
    """An organization as a row of the sheet, so that its export can be corrected and uploaded."""
    return {
        **{key: getattr(organization, key) for key in ("name", "kind", "uscc", "level", "status", *DETAILS)},
        "region": organization.region.short_code,
        "region_name": organization.region.name,
        "synthetic": organization.is_synthetic,
        "authority": organization.authority_label,
    }


def rows_of(reading: Reading) -> list[dict[str, Any]]:
    """The rows as `services.load_organizations` takes them."""
    return [{key: value for key, value in row.values.items() if value is not None} for row in reading.rows]

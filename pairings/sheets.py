"""The sheets of pairs and of 1+N teams: one row is one pair, or one member of a team. The words are the file format."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exchange.sheets import Choice, Column, Kind, Sheet, Unresolved
from organizations.models import Organization
from pairings import selectors
from pairings.models import Pairing, PairingTarget, Scheme, Visit
from pairings.selectors import Party
from regions.models import Region

_KINDS = (
    Choice(Scheme.Kind.EAST_WEST, "东西部协作", "East-West cooperation"),
    Choice(Scheme.Kind.COUNTERPART, "对口支援", "counterpart support"),
    Choice(Scheme.Kind.TEAM, "1+N 组团帮扶", "1+N team"),
    Choice(Scheme.Kind.KEY_COUNTY, "160 个重点县结对", "160-county pairing"),
    Choice(Scheme.Kind.INDUSTRY, "行业协会商会协作", "industry association cooperation"),
    Choice(Scheme.Kind.VILLAGE, "社村结对", "organization and village"),
)
_CONFIDENCES = (
    Choice(Pairing.Confidence.CERTAIN, "确定", "certain"),
    Choice(Pairing.Confidence.LIKELY, "较可能", "likely"),
    Choice(Pairing.Confidence.INFERRED, "推断", "inferred"),
)
_ROLES = (Choice("lead", "牵头单位", "lead unit"), Choice("member", "成员", "member"))
_KIND_HELP = gettext_lazy("Needed for a scheme that is not entered yet.")
_PARTY_HELP = gettext_lazy("Code of a region with its name, or full name or credit code of an organization.")
_PARENT_HELP = gettext_lazy("Giver→receiver of the pair above, in a row above or stored, or its reference number.")
_EXPORTED = gettext_lazy("Written by downloads; it is not read.")
_END_HELP = gettext_lazy("Last day; empty while the pair is in force.")


def _parties(texts: list[str]) -> dict[str, Any]:
    remedy = _("Write the code and the name of a region, or the full name or credit code of an organization.")
    found = selectors.parties_by_text(texts)
    return {text: Unresolved(answer, remedy) if isinstance(answer, str) else answer for text, answer in found.items()}


def _villages(texts: list[str]) -> dict[str, Any]:
    found = _parties(texts)
    remedy = _("Write the code of the village, for example 340722119210.")
    reason = _("A team helps one village.")
    return {text: answer if _is_village(answer) else Unresolved(reason, remedy) for text, answer in found.items()}


def _is_village(answer: Any) -> bool:
    return isinstance(answer, Unresolved) or (isinstance(answer, Region) and answer.level == Region.Level.VILLAGE)


def _organizations(texts: list[str]) -> dict[str, Any]:
    found = _parties(texts)
    reason = _("No organization of this name or credit code is registered.")
    remedy = _("Register it first, or correct the name.")
    fine = (Organization, Unresolved)
    return {text: answer if isinstance(answer, fine) else Unresolved(reason, remedy) for text, answer in found.items()}


def _pairs(texts: list[str]) -> dict[str, Any]:
    """The pair each text names: by its number, or by its two parties."""
    remedy = _("Write the reference number of the pair, for example JD-2026-000001.")
    found = selectors.pairs_by_text(texts)
    return {text: Unresolved(answer, remedy) if isinstance(answer, str) else answer for text, answer in found.items()}


PAIRING_SHEET = Sheet(
    "pairings",
    "结对",
    "Pairs",
    (
        Column("scheme", "结对方案", "Scheme", required=True, max_length=100),
        Column("kind", "方案类型", "Kind of scheme", Kind.CHOICE, choices=_KINDS, help=_KIND_HELP),
        Column("giver", "帮扶方", "Giver", required=True, resolve=_parties, help=_PARTY_HELP),
        Column("receiver", "受援方", "Receiver", required=True, resolve=_parties, help=_PARTY_HELP),
        Column("parent", "上级结对", "Parent pair", help=_PARENT_HELP),
        Column("valid_from", "起始日期", "In force from", Kind.DATE, required=True),
        Column("valid_to", "截止日期", "In force until", Kind.DATE, help=_END_HELP),
        Column("confidence", "可信度", "Confidence", Kind.CHOICE, choices=_CONFIDENCES),
        Column("source", "来源", "Source", max_length=200),
        Column("status", "状态", "Status", help=_EXPORTED),
        Column("reference", "编号", "Reference number", help=_EXPORTED),
    ),
)
TEAM_SHEET = Sheet(
    "teams",
    "组团帮扶",
    "Teams",
    (
        Column("scheme", "结对方案", "Scheme", required=True, max_length=100),
        Column("team", "帮扶团", "Team", required=True, max_length=100),
        Column("village", "帮扶村", "Village", required=True, resolve=_villages, help=_PARTY_HELP),
        Column("formed_on", "组建日期", "Formed on", Kind.DATE, required=True),
        Column("organization", "单位", "Organization", required=True, resolve=_organizations),
        Column("role", "角色", "Role", Kind.CHOICE, required=True, choices=_ROLES),
        Column("joined_on", "加入日期", "Joined on", Kind.DATE),
        Column("task", "任务", "Task", max_length=1000),
        Column("source", "来源", "Source", max_length=200),
    ),
)


_MEASURES = (
    Choice(PairingTarget.Measure.CASH, "资金", "cash"),
    Choice(PairingTarget.Measure.GOODS, "物资（折价）", "goods at their value"),
    Choice(PairingTarget.Measure.CONSUMPTION, "消费帮扶", "consumption assistance"),
    Choice(PairingTarget.Measure.PERSONS, "培训人数", "persons trained"),
    Choice(PairingTarget.Measure.STAFF, "选派人数", "people sent to work there"),
    Choice(PairingTarget.Measure.PROJECTS, "项目数", "projects"),
    Choice(PairingTarget.Measure.ORGANIZATIONS, "结对社会组织数", "organizations paired"),
)
_SIDES = (Choice("giver", "帮扶方", "giver"), Choice("receiver", "受援方", "receiver"))
_DIRECTIONS = (
    Choice(Visit.Direction.TO_RECEIVER, "帮扶方赴受援方", "giver visits receiver"),
    Choice(Visit.Direction.TO_GIVER, "受援方赴帮扶方", "receiver visits giver"),
)
_VISITS = (
    Choice(Visit.Kind.VISIT, "走访", "visit"),
    Choice(Visit.Kind.MEETING, "联席会议", "joint meeting"),
    Choice(Visit.Kind.TRAINING, "培训或挂职", "training or secondment"),
)
_PAIR = Column(
    "pair",
    "结对",
    "Pair",
    required=True,
    resolve=_pairs,
    help=gettext_lazy("Reference number of the pair, or giver→receiver where there is only one such pair."),
)
_STATUS = Column("status", "状态", "Status", help=_EXPORTED)
_BETWEEN = (
    Column("giver", "帮扶方", "Giver", help=_EXPORTED),
    Column("receiver", "受援方", "Receiver", help=_EXPORTED),
)
AGREEMENT_SHEET = Sheet(
    "agreements",
    "结对协议",
    "Agreements of pairs",
    (
        _PAIR,
        Column(
            "side",
            "录入方",
            "Entered by",
            Kind.CHOICE,
            choices=_SIDES,
            help=gettext_lazy("Needed only by people who speak for both sides; the other side confirms."),
        ),
        Column("title", "协议名称", "Title", required=True, max_length=200),
        Column("number", "文号", "Document number", max_length=60),
        Column("parties", "其他签署方", "Further parties", many=True, resolve=_organizations),
        Column("signed_on", "签订日期", "Signed on", Kind.DATE, required=True),
        Column("valid_to", "截止日期", "In force until", Kind.DATE),
        Column("amount", "约定金额（元）", "Amount agreed (yuan)", Kind.DECIMAL),
        Column("quantity", "约定数量", "Quantity agreed", Kind.DECIMAL, places=3),
        Column("unit", "单位", "Unit", max_length=20),
        Column("content", "协议内容", "Content", max_length=2000),
    ),
    told=(*_BETWEEN, _STATUS, Column("reference", "编号", "Reference number", help=_EXPORTED)),
)
VISIT_SHEET = Sheet(
    "visits",
    "互访",
    "Visits of pairs",
    (
        _PAIR,
        Column("direction", "方向", "Direction", Kind.CHOICE, required=True, choices=_DIRECTIONS),
        Column("kind", "类别", "Kind", Kind.CHOICE, required=True, choices=_VISITS),
        Column("starts_on", "开始日期", "First day", Kind.DATE, required=True),
        Column("ends_on", "结束日期", "Last day", Kind.DATE, required=True),
        Column("people", "人数", "Number of people", Kind.COUNT, required=True),
        Column("led_by", "带队", "Led by", required=True, max_length=120),
        Column("purpose", "事由", "Purpose of the visit", required=True, max_length=500),
    ),
    told=(*_BETWEEN, _STATUS),
)
_OWN = gettext_lazy("Filled in by this side; what the other side has stated stays as it is.")
TARGET_SHEET = Sheet(
    "targets",
    "结对年度数据",
    "Yearly figures of pairs",
    (
        _PAIR,
        Column("year", "年度", "Year", Kind.COUNT, required=True),
        Column("measure", "指标", "Measure", Kind.CHOICE, required=True, choices=_MEASURES),
        Column("giver_value", "帮扶方填报", "Figure of the giver", Kind.DECIMAL, may_be_zero=True, help=_OWN),
        Column("receiver_value", "受援方填报", "Figure of the receiver", Kind.DECIMAL, may_be_zero=True, help=_OWN),
    ),
    told=(
        *_BETWEEN,
        Column("agreed", "双方一致", "Agreed", help=_EXPORTED),
        Column("difference", "差额", "Difference", help=_EXPORTED),
    ),
)


def party_text(party: Party) -> str:
    """A party as the sheet reads it back."""
    return f"{party.short_code} {party.name}" if isinstance(party, Region) else party.uscc or party.name


def parent_text(pairing: Pairing) -> str:
    return pairing.parent.reference if pairing.parent else ""

"""The sheets of pairs and of 1+N teams: one row is one pair, or one member of a team. The words are the file format."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exchange.sheets import Choice, Column, Kind, Sheet, Unresolved
from organizations.models import Organization
from pairings import selectors
from pairings.models import Pairing, Scheme
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


def party_text(party: Party) -> str:
    """A party as the sheet reads it back."""
    return f"{party.short_code} {party.name}" if isinstance(party, Region) else party.uscc or party.name


def parent_text(pairing: Pairing) -> str:
    return pairing.parent.reference if pairing.parent else ""

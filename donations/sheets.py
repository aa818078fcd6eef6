"""The donation sheet: one row is one gift, with its donors, regions, cash and goods. The words are the file format."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Refused
from donations import selectors
from donations.models import Donation, DonationDonor, Lot
from exchange.sheets import Choice, Column, Kind, Problem, Row, Sheet, Unresolved
from organizations.models import Organization
from regions.models import Region

ANONYMOUS = ("匿名", "anonymous")
MAX_ROWS = 2000

CHANNELS = (
    Choice(Donation.Channel.OWN, "自身捐赠", "own donation"),
    Choice(Donation.Channel.GUIDED, "引导会员捐赠", "guided member donation"),
    Choice(Donation.Channel.RAISED, "募捐", "fundraising"),
)
RELIEFS = (
    Choice(Donation.Relief.NONE, "非救灾", "not disaster relief"),
    Choice(Donation.Relief.WITHIN, "救灾，计入合计", "disaster relief (counted)"),
    Choice(Donation.Relief.APART, "救灾，单独统计", "disaster relief (counted apart)"),
)
BASES = (
    Choice(Lot.Basis.VOUCHER, "凭证", "voucher"),
    Choice(Lot.Basis.MARKET, "市场价格", "market price"),
    Choice(Lot.Basis.OTHER, "其他方法", "other method"),
    Choice(Lot.Basis.NONE, "无可靠价值", "no reliable value"),
)
CODES = gettext_lazy("Code or full name of the region; several are separated by semicolons.")
YUAN = gettext_lazy("In yuan, greater than zero.")
_KEY_HELP = gettext_lazy("Your own number of the gift, used once. The same file may be loaded again without effect.")
_DONORS_HELP = gettext_lazy("Names or credit codes, separated by semicolons. Write “anonymous” for an anonymous donor.")
_DONOR_REGION_HELP = gettext_lazy(
    "Empty, or one region for all donors, or one per donor in the same order. The donors must be registered there."
)
_RECIPIENT_HELP = gettext_lazy("Name or credit code of a registered organization.")
_PAIR_HELP = gettext_lazy("Reference number of the pair, or the two region codes: giver→receiver.")
_RECEIVED_HELP = gettext_lazy("Empty while the gift is only pledged.")
_CONSENT_HELP = gettext_lazy("Without consent the gift is counted, but not shown.")


@dataclass(frozen=True)
class Named:
    """What a donor or recipient cell says, and the registered organizations of that name or credit code."""

    text: str
    organizations: tuple[Organization, ...]


@dataclass
class Gift:
    """A row as the service takes it: unsaved parts and the fields of the donation."""

    row: Row
    donors: list[DonationDonor] = field(default_factory=list)
    lots: list[Lot] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    received_on: datetime.date | None = None
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.row.values["import_key"]

    def parts(self) -> dict[str, Any]:
        """The keyword arguments of `services.record_donation`."""
        return {
            "donors": self.donors,
            "lots": self.lots,
            "regions": self.regions,
            "received_on": self.received_on,
            **self.fields,
        }


def donation_sheet(user=None) -> Sheet:
    """The sheet for one person: names of organizations and pairs are found among those the person may see."""
    columns = (
        Column("import_key", "登记号", "Entry key", required=True, max_length=80, help=_KEY_HELP),
        Column(
            "donors",
            "捐赠人",
            "Donors",
            required=True,
            many=True,
            aliases=("捐赠方", "捐赠单位"),
            resolve=_named(user),
            help=_DONORS_HELP,
        ),
        Column("donor_regions", "捐赠人所在地区", "Donor region", many=True, resolve=_regions, help=_DONOR_REGION_HELP),
        Column("recipient", "受赠人", "Recipient", aliases=("接收单位",), resolve=_named(user), help=_RECIPIENT_HELP),
        Column("channel", "捐赠渠道", "Channel", Kind.CHOICE, required=True, choices=CHANNELS),
        Column("relief", "是否救灾", "Disaster relief", Kind.CHOICE, choices=RELIEFS),
        Column("regions", "受助地区", "Designated regions", required=True, many=True, resolve=_regions, help=CODES),
        Column("pairing", "结对", "Pair", resolve=_pairings(user), help=_PAIR_HELP),
        Column("pledged_on", "认捐日期", "Pledged on", Kind.DATE),
        Column("received_on", "到账日期", "Received on", Kind.DATE, help=_RECEIVED_HELP),
        Column("cash", "现金（元）", "Cash (yuan)", Kind.DECIMAL, aliases=("捐款（元）",), help=YUAN),
        Column("goods_what", "物资名称", "Goods", max_length=120),
        Column("goods_quantity", "物资数量", "Quantity of goods", Kind.DECIMAL, places=3),
        Column("goods_unit", "物资单位", "Unit of goods", max_length=20),
        Column("goods_value", "物资折价（元）", "Value of goods (yuan)", Kind.DECIMAL, help=YUAN),
        Column("goods_basis", "计价依据", "Valuation basis", Kind.CHOICE, choices=BASES),
        Column("purpose", "用途", "Purpose", max_length=300),
        Column("source", "来源", "Source", max_length=200),
        Column("consent", "同意公示", "Consent to publish", Kind.YES_NO, help=_CONSENT_HELP),
    )
    return Sheet("donations", "捐赠", "Donations", columns, max_rows=MAX_ROWS)


def _regions(texts: list[str]) -> dict[str, Any]:
    remedy = _("Write the code from the list of regions, for example 500229.")
    answers = selectors.regions_by_text(texts)
    return {
        text: Unresolved(str(answer.message), remedy) if isinstance(answer, Refused) else answer
        for text, answer in answers.items()
    }


def _named(user) -> Callable[[list[str]], dict[str, Any]]:
    def resolve(texts: list[str]) -> dict[str, Any]:
        found = selectors.organizations_by_text(texts, user=user)
        return {text: Named(text, tuple(found[text])) for text in texts}

    return resolve


def _pairings(user) -> Callable[[list[str]], dict[str, Any]]:
    def resolve(texts: list[str]) -> dict[str, Any]:
        found = selectors.pairings_by_text(texts, user=user)
        remedy = _("Write the reference number of the pair, or the two region codes: giver→receiver.")
        none = Unresolved(_("There is no such pair."), remedy)
        several = Unresolved(_("There are several such pairs."), _("Write the reference number of the pair."))
        return {text: none if not pairs else pairs[0] if len(pairs) == 1 else several for text, pairs in found.items()}

    return resolve


def gift_of(sheet: Sheet, row: Row) -> tuple[Gift, list[Problem]]:
    """The gift of a row, and what is wrong between its cells."""
    values = row.values
    gift = Gift(row, regions=list(values["regions"]), received_on=values["received_on"])
    problems: list[Problem] = []
    gift.donors = _donors(sheet, row, problems)
    gift.lots = _lots(values)
    gift.fields = {
        "import_key": values["import_key"],
        "channel": values["channel"],
        "relief": values["relief"] or Donation.Relief.NONE,
        "recipient": _recipient(sheet, row, problems),
        "pairing": values["pairing"],
        "pledged_on": values["pledged_on"],
        "purpose": values["purpose"] or "",
        "source": values["source"] or "",
        "consent_to_publish": bool(values["consent"]),
    }
    return gift, problems


def _donors(sheet: Sheet, row: Row, problems: list[Problem]) -> list[DonationDonor]:
    column, names = sheet.column("donors"), row.values["donors"]
    regions = row.values["donor_regions"] or []
    if len(regions) not in (0, 1, len(names)):
        problems.append(
            row.problem(
                sheet.column("donor_regions"),
                _("There are %(donors)s donors, but %(regions)s donor regions.")
                % {"donors": len(names), "regions": len(regions)},
                _("Write one region for all donors, or one per donor."),
            )
        )
        return []
    homes = regions * len(names) if len(regions) == 1 else regions or [None] * len(names)
    donors = []
    for named, home in zip(names, homes, strict=True):
        try:
            donors.append(_donor(named, home))
        except _Unclear as unclear:
            problems.append(row.problem(column, unclear.reason, unclear.remedy, named.text))
    return donors


class _Unclear(Exception):
    def __init__(self, reason: str, remedy: str):
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


def _donor(named: Named, home: Region | None) -> DonationDonor:
    """A registered organization; without a region also a free name. The region guards against typing errors."""
    if named.text.lower() in ANONYMOUS:
        return DonationDonor()
    found = [o for o in named.organizations if home is None or home.contains(o.region_id)]
    if len(found) > 1:
        raise _Unclear(_("Several organizations have this name."), _("Write the credit code, or the donor region."))
    if found:
        return DonationDonor(organization=found[0])
    if home is not None:
        raise _Unclear(
            _("No organization of this name is registered in %(region)s.") % {"region": home},
            _("Check the name and the donor region, or register the organization first."),
        )
    if len(named.text) > 120:
        raise _Unclear(_("The name is too long."), _("Shorten it to at most %(max)s characters.") % {"max": 120})
    return DonationDonor(name=named.text)


def _recipient(sheet: Sheet, row: Row, problems: list[Problem]) -> Organization | None:
    named = row.values["recipient"]
    if named is None or len(named.organizations) == 1:
        return named.organizations[0] if named else None
    if named.organizations:
        reason, remedy = _("Several organizations have this name."), _("Write the credit code.")
    else:
        reason = _("No organization of this name or credit code is registered.")
        remedy = _("Register it first, or leave the cell empty.")
    problems.append(row.problem(sheet.column("recipient"), reason, remedy, named.text))
    return None


def _lots(values: dict[str, Any]) -> list[Lot]:
    lots = []
    if values["cash"] is not None:
        lots.append(Lot(form=Lot.Form.CASH, amount=values["cash"]))
    goods = [values[key] for key in ("goods_what", "goods_quantity", "goods_unit", "goods_value", "goods_basis")]
    if any(entry is not None for entry in goods):
        what, quantity, unit, value, basis = goods
        basis = basis or (Lot.Basis.NONE if value is None else Lot.Basis.VOUCHER)
        lots.append(
            Lot(form=Lot.Form.GOODS, what=what or "", quantity=quantity, unit=unit or "", amount=value, basis=basis)
        )
    return lots


def column_of(sheet: Sheet, gift: Gift, field_name: str) -> Column | None:
    """The column a rule's field stands in."""
    if field_name == "lots":
        goods = any(lot.form == Lot.Form.GOODS for lot in gift.lots)
        field_name = "goods_value" if goods else "cash"
    return next((column for column in sheet.columns if column.key == field_name), None)

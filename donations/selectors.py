"""Reading gifts: who gave, what it is worth, what looks like a repeat, and what a written text names."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Refused
from donations.models import Donation, DonationDonor, Lot
from organizations import uscc
from organizations.models import Organization
from pairings.models import Pairing
from regions.models import Region
from regions.selectors import normal_code, resolve_text, valid

FORM_COLUMNS = (
    (Lot.Form.CASH, gettext_lazy("Cash in yuan")),
    (Lot.Form.GOODS, gettext_lazy("Goods at value in yuan")),
    (Lot.Form.SERVICE, gettext_lazy("Services at value in yuan")),
)


def with_value(rows: QuerySet[Donation]) -> Any:
    """Each gift with `value`: the yuan of all its lots, goods at value included; None when no lot has a value."""
    lots = Lot.objects.filter(donation=OuterRef("pk")).order_by().values("donation")
    return rows.annotate(value=Subquery(lots.annotate(total=Sum("amount")).values("total")))


def value_of(donation: Donation) -> Decimal | None:
    """The yuan of all lots of a loaded gift; None when no lot has a reliable value."""
    amounts = [lot.amount for lot in donation.lots.all() if lot.amount is not None]
    return sum(amounts, Decimal(0)) if amounts else None


def amount_in(donation: Donation, form: str) -> Decimal | None:
    """The yuan of one form of a loaded gift: cash, goods at value and services are never mixed."""
    amounts = [lot.amount for lot in donation.lots.all() if lot.form == form and lot.amount is not None]
    return sum(amounts, Decimal(0)) if amounts else None


def value_by_form(donation: Donation) -> list[tuple[str, Decimal | None]]:
    """(form in words, yuan) of one gift; cash, goods at value and services are never mixed."""
    forms = {lot.form for lot in donation.lots.all()}
    return [(str(label), amount_in(donation, form)) for form, label in Lot.Form.choices if form in forms]


def names_shown(donation: Donation, user) -> bool:
    """Whether the donors may be named to this person (慈善法 §82).

    Gifts come through `visible_to`: a person who is logged in and sees a gift without consent is concerned by it.
    """
    return donation.consent_to_publish or user.is_authenticated


def donor_names(donation: Donation, user) -> list[str]:
    """The donors as this person may read them."""
    if not names_shown(donation, user):
        return [_("name withheld")]
    return [str(donor) or _("anonymous") for donor in donation.donors.all()]


def region_names(donation: Donation) -> list[str]:
    return [str(entry.region) for entry in donation.donation_regions.all()]


def named_donor(text: str) -> DonationDonor:
    """A donor by name: the registered organization that is called so, otherwise the name as it is.

    An organization written as a free name would be counted as a second donor. Refused when several are called so.
    """
    name = " ".join(text.split())
    found = list(Organization.objects.exclude(status=Organization.Status.DRAFT).filter(name=name)[:2])
    if len(found) > 1:
        raise Refused(
            _("Several organizations are called “%(text)s”. Give the credit code.") % {"text": name},
            code="several_organizations",
        )
    return DonationDonor(organization=found[0]) if found else DonationDonor(name=name)


def donor_key(donor: DonationDonor) -> str:
    """What makes two donors the same one."""
    return f"o:{donor.organization_id}" if donor.organization_id else f"n:{donor.name}"


def likely_repeats(
    *, donors: Iterable[DonationDonor], lots: Iterable[Lot], day: datetime.date | None, user
) -> list[Donation]:
    """Gifts of the same donors, the same value and the same day that the person may see: probably entered before."""
    if day is None:
        return []
    lots = list(lots)
    total = sum((lot.amount for lot in lots if lot.amount is not None), Decimal(0)) or None
    keys = sorted(donor_key(donor) for donor in donors)
    same_day = Q(received_on=day) | Q(received_on=None, pledged_on=day)
    rows = Donation.objects.visible_to(user).exclude(status__in=["cancelled", "reversed"]).filter(same_day)
    rows = with_value(rows).filter(value=total).for_list().order_by("pk")[:200]
    return [row for row in rows if sorted(donor_key(donor) for donor in row.donors.all()) == keys]


def regions_by_text(texts: list[str]) -> dict[str, Region | Refused]:
    """What region each text names: a code, "code name", a path or a unique name; the reason where it names none."""
    codes = {text: normal_code(text.split(maxsplit=1)[0]) for text in texts}
    known = Region.objects.real().select_related("successor").in_bulk([code for code in codes.values() if code])
    answers: dict[str, Region | Refused] = {}
    for text in texts:
        region = known.get(codes[text] or "")
        try:
            answers[text] = valid(region) if region else resolve_text(text)
        except Refused as refused:
            answers[text] = refused
    return answers


def organizations_by_text(texts: list[str], *, user) -> dict[str, list[Organization]]:
    """The registered organizations each text names, by credit code or by exact name; an empty list for none."""
    codes = {text: uscc.normalise(text) for text in texts}
    rows = Organization.objects.all() if user is None else Organization.objects.visible_to(user)
    rows = rows.exclude(status=Organization.Status.DRAFT).select_related("region")
    rows = rows.filter(Q(name__in=texts) | Q(uscc__in=codes.values())).order_by("pk")
    found = defaultdict(list)
    for organization in rows:
        found[organization.name].append(organization)
        if organization.uscc:
            found[organization.uscc].append(organization)
    return {text: found[text] or found[codes[text]] for text in texts}


def pairings_by_text(texts: list[str], *, user) -> dict[str, list[Pairing]]:
    """The pairs each text names: a reference number, or "giver → receiver" as region codes."""
    rows = Pairing.objects.all() if user is None else Pairing.objects.visible_to(user)
    rows = rows.for_list().exclude(status=Pairing.Status.DRAFT)
    sides = {text: _sides(text) for text in texts}
    wanted = Q(reference__in=[text.upper() for text in texts])
    for giver, receiver in filter(None, sides.values()):
        wanted |= Q(giver_region=giver, receiver_region=receiver)
    found: dict[Any, list[Pairing]] = defaultdict(list)
    for pairing in rows.filter(wanted).order_by("pk"):
        found[pairing.reference].append(pairing)
        found[(pairing.giver_region_id, pairing.receiver_region_id)].append(pairing)
    return {text: found[sides[text]] if sides[text] else found[text.upper()] for text in texts}


def _sides(text: str) -> tuple[str, str] | None:
    """The two region codes of "371300→500229" (also written with -> or a blank)."""
    parts = text.replace("->", "→").replace("→", " ").split()
    codes = [code for code in map(normal_code, parts) if code]
    return (codes[0], codes[1]) if len(codes) == len(parts) == 2 else None

"""Items held against the catalogue: usual prices, and things that are not sent to villages."""

import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from demands.models import NotAccepted, PriceBand


def things_not_accepted(on: datetime.date | None = None) -> list[NotAccepted]:
    """The entries in force, for `not_accepted` of many demands."""
    return list(NotAccepted.objects.for_list().in_force(on))


def not_accepted(
    names: Iterable[str], village_code: str, entries: Sequence[NotAccepted] | None = None
) -> dict[str, str]:
    """{item name: why it is not accepted} of those names that are not."""
    entries = things_not_accepted() if entries is None else entries
    entries = [entry for entry in entries if entry.holds_in(village_code)]
    found = {}
    for name in names:
        entry = next((entry for entry in entries if entry.means(name)), None)
        if entry is not None:
            found[name] = _("“%(what)s” is not accepted: %(reason)s.") % {"what": name, "reason": entry.reason}
    return found


def usual_prices(on: datetime.date | None = None) -> list[PriceBand]:
    """The prices in force, for `price_warnings` of many demands."""
    return list(PriceBand.objects.for_list().in_force(on))


def price_warnings(
    rows: Sequence[tuple[str, str, Decimal | None]], village_code: str, bands: Sequence[PriceBand] | None = None
) -> list[str]:
    """For each (what, unit, price in yuan) one sentence if the price is unusual, else an empty text."""
    if not any(price is not None for _what, _unit, price in rows):
        return [""] * len(rows)
    bands = [band for band in (usual_prices() if bands is None else bands) if band.holds_in(village_code)]
    # The nearest region's entry counts before one that holds everywhere.
    bands.sort(key=lambda band: band.region.digits if band.region else 0, reverse=True)
    return [_warning(bands, what, unit, price) for what, unit, price in rows]


def _warning(bands: list[PriceBand], what: str, unit: str, price: Decimal | None) -> str:
    band = next((band for band in bands if band.unit == unit.strip() and band.means(what)), None)
    if price is None or band is None or band.fits(price):
        return ""
    facts = {"name": band.name, "low": _money(band.low), "high": _money(band.high), "unit": band.unit}
    facts["source"] = band.source
    if price > band.high:
        return _("More than usual: %(name)s costs %(low)s to %(high)s yuan per %(unit)s (%(source)s).") % facts
    return _("Less than usual: %(name)s costs %(low)s to %(high)s yuan per %(unit)s (%(source)s).") % facts


def _money(amount: Decimal) -> str:
    return number_format(amount, 2, use_l10n=True, force_grouping=True)

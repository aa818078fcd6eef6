"""How well demands and organizations come together: from publication to claim to verification, from the history."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from demands.models import Demand
from organizations.models import AssistanceForm
from regions.models import CODE_LENGTH, NATION, Region

_SQL = """
WITH told AS (
    SELECT d.id, d.form, rpad(left(d.village_id, %(digits)s), 12, '0') AS place, h.*
    FROM demands_demand d
    CROSS JOIN LATERAL (
        SELECT min(c.at) FILTER (WHERE c.new = 'published') AS published,
               min(c.at) FILTER (WHERE c.new IN ('claimed_in_part', 'claimed') AND c.old = 'published') AS claimed,
               max(c.at) FILTER (WHERE c.new = 'verified') AS verified,
               max(c.at) FILTER (WHERE c.old = 'verified' AND c.new NOT IN ('verified', 'closed')) AS undone
        FROM core_statuschange c
        WHERE c.content_type_id = %(kind)s AND c.object_id = d.id
    ) h
    WHERE d.village_id BETWEEN %(low)s AND %(high)s AND (%(form)s = '' OR d.form = %(form)s)
), cohort AS (
    SELECT id, form, place, published, claimed,
           CASE WHEN undone IS NULL OR verified > undone THEN verified END AS verified
    FROM told WHERE published >= %(since)s AND published < %(until)s
)
SELECT GROUPING(form, place), form, place, count(*), count(claimed), count(verified),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM claimed - published)) / 86400,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM verified - claimed)) / 86400,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM verified - published)) / 86400
FROM cohort GROUP BY GROUPING SETS ((), (form), (place)) ORDER BY 1, count(*) DESC, form, place
"""
# What GROUPING(form, place) says of a row: nothing left out, the form, the place.
_ALL, _BY_FORM, _BY_PLACE = 3, 1, 2


@dataclass(frozen=True)
class Docking:
    """One line: how many demands got how far, and the median days between; None where no demand got there."""

    key: str
    name: str
    published: int
    claimed: int
    verified: int
    days_to_claim: Decimal | None
    days_to_verify: Decimal | None
    days_in_all: Decimal | None

    @property
    def claimed_share(self) -> Decimal | None:
        """Percent of the published, one decimal; None of nothing."""
        return _percent(self.claimed, self.published)

    @property
    def verified_share(self) -> Decimal | None:
        return _percent(self.verified, self.published)


@dataclass(frozen=True)
class DockingAnswer:
    """The figures of a region, form and period, with their splits."""

    total: Docking
    by_form: list[Docking]
    by_place: list[Docking]
    as_of: datetime.datetime


def definitions() -> list[tuple[str, str]]:
    """What each figure means; shown beside them."""
    return [
        (
            _("Published"),
            _("Demands first published within the period, by their village and assistance form. Each counts once."),
        ),
        (
            _("Claimed"),
            _(
                "Of these, the ones of which an organization has claimed something, whenever that was. "
                "A claim given back later still counts; the days run to the first claim."
            ),
        ),
        (
            _("Verified"),
            _(
                "Of these, the ones the county has verified and not sent back since. "
                "The days run to the last verification."
            ),
        ),
        (
            _("Days (median)"),
            _(
                "The middle value in days of 24 hours, over the demands that got that far: half took longer. "
                "Demands still on their way are not in it, so young periods look faster than they are."
            ),
        ),
    ]


def docking(region: Region | None, *, since: datetime.date, until: datetime.date, form: str = "") -> DockingAnswer:
    """How demands published from `since` to `until` (both included, Asia/Shanghai) fared until now. Two queries."""
    zone = timezone.get_current_timezone()
    start = datetime.datetime.combine(since, datetime.time(), zone)
    end = datetime.datetime.combine(until + datetime.timedelta(days=1), datetime.time(), zone)
    values: dict[str, Any] = {
        "kind": ContentType.objects.get_for_model(Demand).pk,
        "low": region.low if region else NATION,
        "high": region.high if region else "9" * CODE_LENGTH,
        "digits": _digits_below(region),
        "form": form,
        "since": start,
        "until": end,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, values)
        rows = cursor.fetchall()
    names = dict(Region.objects.filter(code__in=[row[2] for row in rows if row[2]]).values_list("code", "name"))
    forms = {str(key): str(label) for key, label in AssistanceForm.choices}
    whole = [row for row in rows if row[0] == _ALL]
    name = region.name if region else _("Nation")
    return DockingAnswer(
        total=_line(region.code if region else NATION, name, whole[0]),
        by_form=[_line(row[1], forms.get(row[1], row[1]), row) for row in rows if row[0] == _BY_FORM],
        by_place=[_line(row[2], names.get(row[2], row[2]), row) for row in rows if row[0] == _BY_PLACE],
        as_of=timezone.now(),
    )


def _digits_below(region: Region | None) -> int:
    """The level of the split: provinces; in a province or city counties (not every province has real cities); …"""
    if region is None:
        return Region.DIGITS[Region.Level.PROVINCE]
    if region.level in (Region.Level.PROVINCE, Region.Level.CITY):
        return Region.DIGITS[Region.Level.COUNTY]
    return Region.DIGITS[Region.Level.TOWNSHIP if region.level == Region.Level.COUNTY else Region.Level.VILLAGE]


def _line(key: str, name: str, row: tuple) -> Docking:
    published, claimed, verified = row[3:6]
    return Docking(key, str(name), published, claimed, verified, *(_days(value) for value in row[6:9]))


def _days(value) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.1"))


def _percent(part: int, whole: int) -> Decimal | None:
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1")) if whole else None

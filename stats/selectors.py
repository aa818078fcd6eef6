"""Reading the figures: received gifts by receiver, giver, form, channel or month, from cells or, for parts of a month
and inside a county, from the facts themselves. Both hold the same numbers; cells are only faster.
"""

import calendar
import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from projects.models import BeneficiaryCount
from projects.selectors import MeasureTotal, combine
from regions.models import NATION, Region
from stats.models import FigureState

LEVELS = ("province", "city", "county", "township", "village")
CELL_LEVELS = ("nation", "province", "city", "county")
BY = ("receiver", "giver", "form", "channel", "month")
RELIEF = {
    "exclude": ("none", "within"),
    "only": ("apart",),
    "include": ("none", "within", "apart"),
}
ZERO = Decimal("0.00")


# The figures of the portal begin with the five-year transition to rural revitalization.
FIRST_DAY = datetime.date(2021, 1, 1)


def default_period(today: datetime.date | None = None) -> tuple[datetime.date, datetime.date]:
    """From the first day of the figures to the end of this month: whole months, so cells can answer."""
    day = today or timezone.localdate()
    return FIRST_DAY, day.replace(day=calendar.monthrange(day.year, day.month)[1])


@dataclass(frozen=True)
class Question:
    """What is asked. `region` None is the whole country; days are inclusive; `level` only for receiver and giver."""

    region: Region | None
    start: datetime.date
    end: datetime.date
    by: str = "receiver"
    level: str = ""
    relief: str = "exclude"
    form: str = ""
    channel: str = ""

    @property
    def low(self) -> str:
        return self.region.low if self.region else NATION

    @property
    def high(self) -> str:
        return self.region.high if self.region else "9" * 12

    @property
    def whole_months(self) -> bool:
        last = calendar.monthrange(self.end.year, self.end.month)[1]
        return self.start.day == 1 and self.end.day == last

    @property
    def split_level(self) -> str:
        """The level of the lines: as asked, else cities for givers and the next level below for receivers."""
        if self.level:
            return self.level
        if self.by == "giver":
            return "city"
        if self.region is None:
            return "province"
        if self.region.kind == Region.Kind.PLACEHOLDER:
            return "county"
        return LEVELS[min(LEVELS.index(self.region.level) + 1, len(LEVELS) - 1)]

    @property
    def from_cells(self) -> bool:
        """Whether cells hold the amounts: whole months, a region that cells are kept for, no split by giver."""
        if not self.whole_months or self.by == "giver":
            return False
        if self.region is not None:
            if self.region.level not in CELL_LEVELS or self.region.kind == Region.Kind.PLACEHOLDER:
                return False
        return self.by != "receiver" or self.split_level in CELL_LEVELS


@dataclass
class Sums:
    """Yuan by form, gifts, distinct donors, and lots that have no reliable value (counted, not valued)."""

    cash: Decimal = ZERO
    goods: Decimal = ZERO
    services: Decimal = ZERO
    gifts: int = 0
    donors: int = 0
    unvalued_lots: int = 0

    @property
    def total(self) -> Decimal:
        """Cash and goods total (款物合计), goods at their stated value; services stand beside it."""
        return self.cash + self.goods

    def add(self, form: str, amount: Decimal, gifts: int, unvalued: int, *, counts: bool) -> None:
        names = {"cash": "cash", "goods": "goods", "service": "services"}
        if form in names:
            setattr(self, names[form], getattr(self, names[form]) + amount)
        if counts:
            self.gifts += gifts
            self.unvalued_lots += unvalued


@dataclass
class Line(Sums):
    """One line of the answer; `codes` are the regions of a receiver or giver line, several for a joint line."""

    key: str = ""
    label: str = ""
    codes: list[str] = field(default_factory=list)

    @property
    def joint(self) -> bool:
        return len(self.codes) > 1


@dataclass
class Answer:
    """The lines, their total, what the relief parameter leaves aside, and joint gifts that reach beyond the region."""

    question: Question
    lines: list[Line]
    total: Sums
    apart: Sums
    beyond: list[Line]


@dataclass(frozen=True)
class State:
    """Which state of the records the figures show."""

    version: int
    as_of: datetime.datetime | None
    pending: int


# Counting more than this is not worth the time of a reader; "at least" is said instead.
PENDING_SHOWN = 1_000
# The worker changes the figures a few times a second at most, and an answer takes milliseconds.
READINGS = 5


def figure_state() -> State:
    """The version, its time, and how many changes are committed but not yet in the figures (up to 1,000)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.version, s.as_of, (SELECT count(*) FROM (SELECT 1 FROM stats_change LIMIT %s) c) "
            f"FROM (SELECT 1) one LEFT JOIN {FigureState._meta.db_table} s ON s.id = 1",
            [PENDING_SHOWN],
        )
        version, as_of, pending = cursor.fetchone()
    return State(version or 0, as_of, pending)


def donation_figures(question: Question) -> Answer:
    """Received gifts for the question's region, period and split (design §6; 慈善法 §82 for what may be public)."""
    wanted = RELIEF[question.relief]
    lines: dict[str, Line] = defaultdict(Line)
    total, apart = Sums(), Sums()
    for key, relief, form, amount, gifts, unvalued in _amounts(question):
        counts = form != "all" if question.form else form == "all"
        if relief in wanted:
            total.add(form, amount, gifts, unvalued, counts=counts)
            if question.by != "form":
                lines[str(key)].add(form, amount, gifts, unvalued, counts=counts)
            elif form != "all":
                lines[str(key)].add(form, amount, gifts, unvalued, counts=True)
        if relief == "apart":
            apart.add(form, amount, gifts, unvalued, counts=counts)
    donors = _donors(question)
    total.donors, apart.donors = donors.pop(None), donors.pop("apart")
    for key, line in lines.items():
        line.donors = donors.get(key, 0)
    beyond = _beyond(question) if question.by == "receiver" and question.region else []
    return Answer(question, _labelled(question, lines), total, apart, beyond)


@lru_cache(maxsize=64)
def _kept(question: Question, version: int, as_of: datetime.datetime | None, language: str) -> Answer:
    """The answer of one state, computed once in this process; only the parameters tell which state it is."""
    return donation_figures(question)


def answer_of_one_state(question: Question) -> tuple[Answer, State]:
    """The answer and the state it shows, so that pages need not compute the same figures again and again.

    Amounts and donors are read one after the other: when the worker has changed the figures in between, all is read
    again, so that the numbers of one answer belong together. Long answers (below the county) are not kept.
    """
    state = figure_state()
    for _attempt in range(READINGS):
        key = (state.version, state.as_of, get_language())
        answer, before = _kept(question, *key) if question.from_cells else donation_figures(question), state
        state = figure_state()
        if state.version == before.version:
            break
    return answer, state


def _group(question: Question, *, cells: bool) -> str:
    """The SQL expression that names a row's line."""
    if question.by == "receiver":
        return "key" if cells else question.split_level
    if question.by == "giver":
        return "giver_province" if question.split_level == "province" else "giver_city"
    return question.by


def _place(question: Question, *, cells: bool) -> tuple[str, dict]:
    """The condition that a row lies in the question's region and period, and its parameters."""
    values = {"low": question.low, "high": question.high, "start": question.start, "end": question.end}
    period = f"{'month' if cells else 'day'} BETWEEN %(start)s AND %(end)s"
    if cells and question.by == "receiver":
        inside = "low BETWEEN %(low)s AND %(high)s AND high <= %(high)s"
        return f"level = '{question.split_level}' AND {inside} AND {period}", values
    region = question.region
    if cells:
        return f"level = '{region.level if region else 'nation'}' AND key = %(low)s AND {period}", values
    if region is None:
        return period, values
    if region.kind == Region.Kind.PLACEHOLDER:
        return f"province = %(province)s AND low >= %(low)s AND high <= %(high)s AND {period}", {
            **values,
            "province": region.code[:2].ljust(len(NATION), "0"),
        }
    # The key of the region's own level is its code just when all designated regions lie inside it.
    inside = f"{region.level} = %(low)s AND {period}"
    if region.level in CELL_LEVELS:
        return inside, values
    return f"{inside} AND county = %(county)s", {**values, "county": region.code[:6].ljust(len(NATION), "0")}


def _narrow(question: Question, values: dict) -> str:
    """Conditions on form and channel, adding their parameters."""
    condition = ""
    for name in ("form", "channel"):
        if value := getattr(question, name):
            condition += f" AND {name} = %({name})s"
            values[name] = value
    return condition


def _amounts(question: Question) -> list[tuple]:
    """Rows of (line, relief, form, yuan, gifts, lots without value)."""
    cells = question.from_cells
    place, values = _place(question, cells=cells)
    narrow = _narrow(question, values)
    source, gifts = ("stats_cell", "sum(gifts)") if cells else ("stats_fact", "count(*)")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_group(question, cells=cells)}, relief, form, sum(amount), {gifts}::int, sum(unvalued)::int "
            f"FROM {source} WHERE {place}{narrow} GROUP BY 1, 2, 3",
            values,
        )
        return cursor.fetchall()


def _donors(question: Question) -> dict:
    """Distinct donors per line, under None over all lines, under "apart" those of separate relief appeals."""
    place, values = _place(question, cells=False)
    narrow = _narrow(question, values)
    values["relief"] = list(RELIEF[question.relief])
    # Counting pairs that are already distinct is faster than counting distinct values per group.
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH pair AS MATERIALIZED (SELECT DISTINCT {_group(question, cells=False)} AS line, donor, "
            f"relief = ANY(%(relief)s) AS wanted, relief = 'apart' AS apart FROM stats_donorfact "
            f"WHERE {place}{narrow}) "
            "SELECT line::text, count(DISTINCT donor) FROM pair WHERE wanted GROUP BY 1 "
            "UNION ALL SELECT NULL, count(DISTINCT donor) FROM pair WHERE wanted "
            "UNION ALL SELECT 'apart', count(DISTINCT donor) FROM pair WHERE apart",
            values,
        )
        return dict(cursor.fetchall())


def _beyond(question: Question) -> list[Line]:
    """Gifts for several regions of which some lie in the region and some outside: shown beside the total.

    A gift for more than 40 regions is shown only down to the level at which it has a key of its own (see sql.py).
    """
    region = question.region
    if region is None:
        return []
    values: dict[str, Any] = {"code": f"%{region.code}%", "start": question.start, "end": question.end}
    values["relief"] = list(RELIEF[question.relief])
    narrow = _narrow(question, values)
    inside = f"{region.level} LIKE %(code)s AND {region.level} LIKE '%%+%%'"
    if region.kind == Region.Kind.PLACEHOLDER:
        # A middle row is no key itself; its counties are found by the digits they share.
        inside = "county ~ %(digits)s AND county LIKE '%%+%%' AND NOT (low >= %(low)s AND high <= %(high)s)"
        values |= {"digits": rf"(^|\+){region.code[: region.digits]}", "low": region.low, "high": region.high}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT village, form, sum(amount), count(*)::int, sum(unvalued)::int FROM stats_fact "
            f"WHERE {inside} AND day BETWEEN %(start)s AND %(end)s "
            f"AND relief = ANY(%(relief)s){narrow} GROUP BY 1, 2",
            values,
        )
        rows = cursor.fetchall()
    lines: dict[str, Line] = defaultdict(Line)
    for key, form, amount, gifts, unvalued in rows:
        lines[key].add(form, amount, gifts, unvalued, counts=form == (question.form or "all"))
    return _with_regions(lines)


def _labelled(question: Question, lines: dict[str, Line]) -> list[Line]:
    """The lines in reading order with their labels; a line without any content is left out."""
    if question.by in ("receiver", "giver"):
        return _with_regions(lines)
    for key, line in lines.items():
        line.key = key
        line.label = _dimension_label(question.by, key)
    return sorted(lines.values(), key=lambda line: line.key)


def _dimension_label(by: str, key: str) -> str:
    if by == "month":
        return key[:7]
    labels = {
        "cash": _("cash"),
        "goods": _("goods"),
        "service": _("services"),
        "own": _("own donation"),
        "guided": _("guided member donation"),
        "raised": _("fundraising"),
    }
    return labels.get(key, key)


def _with_regions(lines: dict[str, Line]) -> list[Line]:
    """Put codes and names to the lines; the largest first, joint lines after the single ones."""
    codes = {code for key in lines for code in key.split("+")}
    names = dict(Region.objects.filter(code__in=codes).values_list("code", "name"))
    for key, line in lines.items():
        line.key = key
        line.codes = [code for code in key.split("+") if code]
        line.label = _("; ").join(names.get(code, _("region not stated")) for code in line.codes)
    return sorted(lines.values(), key=lambda line: (line.joint, -line.total, line.key))


@dataclass
class BeneficiaryLine:
    """The beneficiaries of one region, by measure."""

    code: str
    label: str
    measures: list[MeasureTotal]


@dataclass
class BeneficiaryAnswer:
    """All measures of the whole region, and region by region at the next level."""

    total: list[MeasureTotal]
    lines: list[BeneficiaryLine]


def beneficiary_figures(
    region: Region | None, start: datetime.date, end: datetime.date, stage: str
) -> BeneficiaryAnswer:
    """Beneficiaries of public projects in the region, of counts dated within the period; one stage at a time.

    What has been achieved is in it once a second person has verified it.
    """
    question = Question(region, start, end)
    counts = list(
        BeneficiaryCount.objects.counted(stage)
        .filter(region__gte=question.low, region__lte=question.high, as_of__range=(start, end))
        .select_related("region")
    )
    middle = set(Region.objects.filter(kind=Region.Kind.PLACEHOLDER).values_list("code", flat=True))
    groups: dict[str, list] = defaultdict(list)
    for count in counts:
        groups[_code_at(count.region_id, question.split_level, middle)].append(count)
    names = dict(Region.objects.filter(code__in=groups).values_list("code", "name"))
    lines = [BeneficiaryLine(code, names.get(code, code), combine(rows)) for code, rows in sorted(groups.items())]
    return BeneficiaryAnswer(combine(counts), lines)


def _code_at(code: str, level: str, middle: set[str]) -> str:
    """The code's region at a level; where the city level is a middle row such as 市辖区, the county."""
    at = code[: Region.DIGITS[level]].ljust(len(NATION), "0")
    return code[: Region.DIGITS["county"]].ljust(len(NATION), "0") if at in middle else at

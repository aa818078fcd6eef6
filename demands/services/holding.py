"""The statement of a claim: what it asks, holds and writes goes to the database and back once.

The SQL function `demands_claim` (a migration of this app) refuses at once what cannot be had, writes the claim and its
lines, takes the demand's lock, looks at its status and last day, moves the quantities by a conditional UPDATE, writes
the history, and takes the demand to the status that follows. Whether the person may claim for the organization is
asked in the same statement, by the same conditions as everywhere. It needs no transaction of its own; inside one it
is a part of it.
"""

import datetime
import json
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from core import states
from core.references import beginning
from core.statements import ANY_KEY, Question, planned
from demands.models import Claim, ClaimLine, Demand, DemandItem
from organizations import returns
from organizations.models import Organization


class Answer(NamedTuple):
    """What became of it: `claimed`, or the code of a refusal; `short` is {item id: what is left} for `not_enough`."""

    outcome: str
    made: int | None
    number: str | None
    lines: list[int] | None
    demand_status: str
    demand_version: int
    short: dict[str, str]


def hold(claim: Claim, wanted: list[tuple[DemandItem, Decimal]], *, day: datetime.date) -> Answer:
    """Hold the quantities, which are in the order of the items, and store the claim; it gets its key and number.

    `day` is the one for which last days and eligibility count.
    """
    at, person = timezone.now(), claim.created_by
    kind, role, request = states.signed(Claim, by=person)
    kinds = [kind, states.signed(Demand, by=person)[0]]
    values: list[Any] = [claim.created_by_id, claim.organization_id, claim.demand_id]
    values += [[item.pk for item, _quantity in wanted], [quantity for _item, quantity in wanted]]
    values += [claim.plan, claim.deliver_from, claim.deliver_by, claim.contact, claim.expires_at, at, day]
    values += [beginning("RL"), role, request, kinds, list(Demand.OPEN)]
    ((outcome, made, number, lines, status, version, short),) = planned(_text(day), values)
    answer = Answer(outcome, made, number, lines, status, version, json.loads(short or "{}"))
    if answer.outcome == "claimed":
        _stored(claim, wanted, answer, at)
    return answer


def _text(day: datetime.date) -> str:
    """The statement: whether the person ($1) acts for the organization ($2) and it may claim, and the claim."""
    return _CLAIM.format(allowed=_ALLOWED.text(day, returns.rules()))


_CLAIM = """
SELECT outcome, made, number, lines, demand_status, demand_version, short FROM demands_claim(
    $3::bigint, $2::bigint, $4::bigint[], $5::numeric[], EXISTS ({allowed}), $6::text, $7::date, $8::date, $9::text,
    $10::timestamptz, $11::timestamptz, $12::date, $13::text, $1::bigint, $14::text, $15::text, $16::integer[],
    $17::text[])
"""


def _allowed(person: int, organization: int, day: datetime.date, _rules: tuple) -> QuerySet:
    """The organization, if the person acts for it and it may claim on the day."""
    may = Organization.objects.of(User(pk=person)).eligible(day).filter(pk=organization)
    return may.order_by().values("pk")


_ALLOWED = Question(_allowed, ANY_KEY, ANY_KEY + 1)


def _stored(claim: Claim, wanted: list[tuple[DemandItem, Decimal]], answer: Answer, at: datetime.datetime) -> None:
    """Bring the object in line with its row, as saving would."""
    claim.pk, claim.reference = answer.made, answer.number or ""
    claim.created_at = claim.updated_at = at
    claim._state.adding, claim._state.db = False, connection.alias
    lines = [
        ClaimLine(pk=key, claim=claim, item=item, quantity=quantity, asked=quantity)
        for key, (item, quantity) in zip(answer.lines or [], wanted, strict=True)
    ]
    for line in lines:
        line._state.adding, line._state.db = False, connection.alias
    rows = claim.lines.all()
    rows._result_cache, rows._prefetch_done = lines, True  # type: ignore[attr-defined]
    claim._prefetched_objects_cache = {"lines": rows}  # type: ignore[attr-defined]

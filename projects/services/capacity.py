"""Every write of capacity records."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import states
from core.errors import Refused
from core.models import StatusChange
from core.references import next_reference
from projects.models import CapacityRecord
from projects.services.refusals import NotSecondPerson, given_reason, stands_once, takes_part

Status = CapacityRecord.Status


@transaction.atomic
def enter_capacity(*, values: dict[str, Any], by: User | None) -> CapacityRecord:
    """Enter a station, fund, filed organization, training course or contest; it counts once verified.

    Refused when it stands there already: the same kind, region, name and first day.
    """
    record = CapacityRecord(**values)
    already, code = _("This record stands there already."), "capacity_exists"
    if live_one(record) is not None:
        raise Refused(already, code=code)
    record.reference = next_reference("NL")
    with stands_once("capacity_once", already, code=code):
        return states.begin(record, by=by)


@transaction.atomic
def verify_capacity(*, record: CapacityRecord, by: User | None) -> CapacityRecord:
    """Let a record count. Refused for whoever entered or changed it or acts for its organization.

    None is the installation itself.
    """
    states.lock(record)
    wrote = StatusChange.objects.of(record).filter(by=by).exists()
    if by is not None and (wrote or takes_part(by, [record.organization_id])):
        raise NotSecondPerson(
            _("Whoever entered a record or belongs to its organizations cannot verify it. Ask a colleague.")
        )
    return states.move(record, Status.VERIFIED, by=by)


@transaction.atomic
def close_capacity(*, record: CapacityRecord, values: dict[str, Any], version: int, by: User) -> dict:
    """Write down the day a station, fund or organization was closed; return what changed."""
    states.lock(record, version=version)
    if record.status == Status.STRUCK or record.closed_on is not None:
        raise states.WrongState(_("This record is closed or struck out already."))
    if values["closed_on"] < record.opened_on:
        raise Refused(_("The last day cannot lie before the first."), code="days_out_of_order")
    return states.record(record, {"closed_on": values["closed_on"]}, by=by)


@transaction.atomic
def strike_capacity(*, record: CapacityRecord, by: User, reason: str) -> CapacityRecord:
    """Take a wrong record out of the counts; it stays in the history. A right one is entered anew."""
    return states.move(record, Status.STRUCK, by=by, note=given_reason(reason))


def live_one(record: CapacityRecord) -> CapacityRecord | None:
    """The record of the same kind, region, name and first day that is not struck out."""
    same = {"kind": record.kind, "region": record.region, "name": record.name, "opened_on": record.opened_on}
    return CapacityRecord.objects.filter(**same, status__in=(Status.ENTERED, Status.VERIFIED)).first()

"""The two levels of review: the township checks, the county publishes; both send back or reject with reasons."""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from demands import permissions, selectors
from demands.models import Demand, DemandItem, Evidence


@transaction.atomic
def check_demand(
    *, demand: Demand, by, note: str = "", looked_at_files: bool = False, version: int | None = None
) -> Demand:
    """Confirm for the township that the need is real; the county decides next.

    Refused (`second_person`) to whoever wrote it, (`personal_data`) while such data stand in it, (`files_unseen`) with
    pictures or PDF files unless `looked_at_files`, and (`stale`) if it changed after `version` was read.
    """
    states.lock(demand, version=version)
    if demand.status == Demand.Status.SUBMITTED:
        facts = _Facts([demand])
        facts.insist_on_second_person(demand, by)
        facts.insist_on_clean(demand, looked_at_files)
    return states.move(demand, Demand.Status.CHECKED, by=by, note=note)


@transaction.atomic
def publish(
    *,
    demand: Demand,
    by,
    note: str = "",
    looked_at_files: bool = False,
    version: int | None = None,
    today: datetime.date | None = None,
) -> Demand:
    """Make a reviewed demand public and claimable.

    Refused as `check_demand`; also (`not_checked`) while somebody of the township could check it and has not, and
    (`over`) after its last day. Only where no checker has a post the county publishes a demand unchecked.
    """
    states.lock(demand, version=version)
    for refusal in why_not_published([demand], by=by, looked_at_files=looked_at_files, today=today).values():
        raise refusal
    return states.move(demand, Demand.Status.PUBLISHED, by=by, note=note, published_at=timezone.now())


def why_not_published(
    demands: Sequence[Demand], *, by, looked_at_files: bool = False, today: datetime.date | None = None
) -> dict[int, Refused]:
    """The first thing that stands in the way of each demand, by key; nothing for those that may become public."""
    facts, found = _Facts(demands), {}
    checkers = selectors.checkers_of(demands)
    for demand in demands:
        try:
            # The table also leads here from claimed demands whose claims were given back.
            if demand.status not in Demand.IN_REVIEW:
                raise states.WrongState(
                    _("Only a submitted demand can be published; this one is “%(status)s”.")
                    % {"status": demand.get_status_display()},
                    status=demand.status,
                )
            facts.insist_on_second_person(demand, by)
            if demand.status == Demand.Status.SUBMITTED and checkers[demand.pk]:
                raise Refused(_("The township has not checked this demand yet."), code="not_checked")
            insist_on_future(demand, today)
            facts.insist_on_clean(demand, looked_at_files)
        except Refused as refusal:
            found[demand.pk] = refusal
    return found


@transaction.atomic
def return_with_reasons(*, demand: Demand, reason: str, by) -> Demand:
    """Send a demand in review back; it can be edited and submitted again."""
    return _decide(demand, Demand.Status.RETURNED, reason=reason, by=by)


@transaction.atomic
def reject(*, demand: Demand, reason: str, by) -> Demand:
    """Turn a demand in review down for good."""
    return _decide(demand, Demand.Status.REJECTED, reason=reason, by=by)


def insist_on_reason(reason: str) -> str:
    """The reason without surrounding blanks; `Refused` when there is none."""
    reason = reason.strip()
    if not reason:
        raise Refused(_("Give a reason; the other side will read it."), code="no_reason")
    return reason


def insist_on_future(demand: Demand, today: datetime.date | None) -> None:
    """Refuse (`over`) a demand whose last day for claims has passed."""
    if demand.is_over(today or timezone.localdate()):
        raise Refused(_("The last day for claims has passed. Change “valid until” first."), code="over")


def _decide(demand: Demand, to: str, *, reason: str, by) -> Demand:
    reason = insist_on_reason(reason)
    states.lock(demand)
    _Facts([demand]).insist_on_second_person(demand, by)
    return states.move(demand, to, by=by, note=reason)


class _Facts:
    """What the rules of review ask about demands, read for all of them at once. The demands are locked."""

    def __init__(self, demands: Sequence[Demand]):
        self._demands = demands

    @cached_property
    def writers(self) -> dict[int, set[int]]:
        return permissions.writers_of(self._demands)

    @cached_property
    def checkers(self) -> dict[int, int | None]:
        return permissions.checkers_of(self._demands)

    @cached_property
    def items(self) -> dict[int, list[DemandItem]]:
        return selectors.items_of(self._demands)

    @cached_property
    def files(self) -> dict[int, list[Evidence]]:
        return selectors.evidence_of(self._demands)

    def insist_on_second_person(self, demand: Demand, by) -> None:
        if by is None:
            return
        if by.pk in self.writers[demand.pk]:
            raise Refused(
                _("You wrote or submitted this demand yourself; a second person has to review it."),
                code="second_person",
            )
        if self.checkers.get(demand.pk) == by.pk:
            raise Refused(
                _("You checked this demand for the township; a second person decides for the county."),
                code="second_person",
            )

    def insist_on_clean(self, demand: Demand, looked_at_files: bool) -> None:
        files = self.files[demand.pk]
        found = selectors.personal_data_in(demand, self.items[demand.pk], files)
        if found:
            raise Refused(
                _("Personal data would become public. Have it removed first: %(found)s") % {"found": " ".join(found)},
                code="personal_data",
                found=found,
            )
        if not looked_at_files and any(row.kind in Evidence.UNREAD for row in files):
            raise Refused(
                _("Look at the pictures and PDF files and confirm that they show no personal data."),
                code="files_unseen",
            )

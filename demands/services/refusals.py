"""Refusals that several services share."""

from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from demands import permissions
from demands.models import Claim


def insist_on_status(record, *allowed: str) -> None:
    """Raise `WrongState` unless the record, which is locked, has one of these statuses."""
    if record.status not in allowed:
        raise states.WrongState(
            _("This is not possible while the status is “%(status)s”. Reload the page to see the current state.")
            % {"status": record.get_status_display()},
            status=record.status,
        )


def insist_on_village_side(claim: Claim, by) -> None:
    """Nobody accepts or rates for the village what their own organization delivered."""
    if permissions.sides_with(by, claim):
        raise Refused(
            _("You belong to the organization or made this claim; somebody of the village has to do this."),
            code="second_person",
        )


def insist_on_uninvolved(claim: Claim, by) -> None:
    if permissions.took_part(by, claim):
        raise Refused(
            _("You wrote the demand, or delivered or accepted a part of this claim; a second person has to verify it."),
            code="second_person",
        )

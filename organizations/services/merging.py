"""Merging a duplicate into the organization it really is."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core import states
from core.errors import Refused
from organizations.imports import keep_former_name, store_search_keys
from organizations.models import ENTRIES, Membership, Organization


@transaction.atomic
def merge_organizations(
    *, duplicate: Organization, into: Organization, reason: str, by, version: int | None = None
) -> Organization:
    """Take `duplicate` off the register in favour of `into`; both histories stay.

    Its people, entries and names go over to `into` where that has none alike; its records in other apps keep naming
    it, its page names the successor, and the successor's people answer for them. Return `into`.
    Raises `Refused`: `reason_missing`, `same_organization`, `not_active`, `two_codes` (each has a credit code of its
    own), `WrongState` when the duplicate is not active, `Stale`.
    """
    if not reason.strip():
        raise Refused(_("Give the reason."), code="reason_missing")
    if duplicate.pk == into.pk:
        raise Refused(_("An organization cannot be merged into itself."), code="same_organization")
    for organization in sorted((duplicate, into), key=lambda one: one.pk):
        states.lock(organization, version=version if organization is duplicate else None)
    if into.status != Organization.Status.ACTIVE:
        raise Refused(_("%(name)s is not active.") % {"name": into.name}, code="not_active")
    if duplicate.uscc and into.uscc and not duplicate.is_synthetic and not into.is_synthetic:
        raise Refused(
            _("Each of the two has a unified social credit code of its own, so they are two organizations."),
            code="two_codes",
        )
    states.move(duplicate, Organization.Status.MERGED, by=by, note=reason.strip(), successor=into)
    for earlier in Organization.objects.filter(successor=duplicate).order_by("pk"):
        states.record(earlier, {"successor": into}, by=by, note=reason.strip())
    _hand_over_code(duplicate, into, by=by)
    _hand_over_rows(duplicate, into, by=by)
    keep_former_name(into, duplicate.name, by=by)
    states.record(into, {}, by=by, note=reason.strip(), parts={"former_names": ["", duplicate.name]})
    store_search_keys(into)
    return into


def _hand_over_code(duplicate: Organization, into: Organization, *, by) -> None:
    """The one real code belongs to the organization that stays."""
    if duplicate.uscc and (into.uscc is None or into.is_synthetic) and not duplicate.is_synthetic:
        code = duplicate.uscc
        states.record(duplicate, {"uscc": None}, by=by)
        states.record(into, {"uscc": code, "is_synthetic": False}, by=by)


def _hand_over_rows(duplicate: Organization, into: Organization, *, by) -> None:
    """Rows of this app that name the duplicate; one that `into` already has alike stays with the duplicate."""
    rows = [*Membership.objects.filter(organization=duplicate), *duplicate.former_names.all()]
    for model in ENTRIES.values():
        rows += model.objects.filter(organization=duplicate)
    for row in rows:
        try:
            with transaction.atomic():
                states.record(row, {"organization": into}, by=by)
        except IntegrityError:
            row.refresh_from_db()
    for supervised in Organization.objects.filter(authority_organization=duplicate):
        states.record(supervised, {"authority_organization": into}, by=by)
    for earlier in Organization.objects.filter(successor=duplicate):
        states.record(earlier, {"successor": into}, by=by)

"""What is dated about an organization: certificates, grades, returns, credit lists, commendations."""

import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core import states
from core.errors import Refused
from organizations.models import Assessment, Entry, Organization
from organizations.selectors import fields_of


@transaction.atomic
def add_entry(*, organization: Organization, entry: Entry, by) -> Entry:
    """Store a new entry of an organization, in the history of both.

    Raises `Refused` with the code `entry_invalid` (values that the table does not allow) or `entry_twice`.
    """
    states.lock(organization)
    entry.organization = organization
    _complete(entry)
    _insist_valid(entry)
    try:
        with transaction.atomic():
            states.begin(entry, by=by)
    except IntegrityError as error:
        raise Refused(_("This is already entered."), code="entry_twice") from error
    _note(organization, entry, before="", by=by)
    return entry


@transaction.atomic
def edit_entry(*, entry: Entry, values: dict[str, Any], version: int, by) -> Entry:
    """Correct or complete an entry, such as the day a credit entry was removed.

    Raises `core.states.Stale`, or `Refused` as `add_entry` does, and `struck` for one that was struck out.
    """
    organization = _lock(entry, version)
    if unknown := set(values) - fields_of(type(entry)):
        raise ValueError(f"Not editable: {sorted(unknown)}")
    before = described(entry)
    wanted = type(entry)(**{**{name: getattr(entry, name) for name in fields_of(type(entry))}, **values})
    wanted.pk, wanted.organization = entry.pk, organization
    wanted._state.adding = False
    _complete(wanted)
    _insist_valid(wanted)
    values = {name: getattr(wanted, name) for name in values}
    try:
        with transaction.atomic():
            changed = states.record(entry, values, by=by)
    except IntegrityError as error:
        raise Refused(_("This is already entered."), code="entry_twice") from error
    if changed:
        _note(organization, entry, before=before, by=by)
    return entry


@transaction.atomic
def strike_entry(*, entry: Entry, reason: str, by, version: int | None = None) -> Entry:
    """Strike out an entry that was wrong: it stays, with the reason, in both histories, and counts nowhere.

    The right entry may then be made. Raises `Refused` (`reason_missing`, `struck`: already) or `core.states.Stale`.
    """
    reason = reason.strip()
    if not reason:
        raise Refused(_("Give the reason."), code="reason_missing")
    organization = _lock(entry, version)
    before = described(entry)
    states.record(entry, {"struck_at": timezone.now(), "strike_reason": reason}, by=by, note=reason)
    _note(organization, entry, before=before, after="", by=by, note=reason)
    return entry


def _lock(entry: Entry, version: int | None) -> Organization:
    """The organization before its entry, which must count still."""
    organization = states.lock(entry.organization)
    states.lock(entry, version=version)
    if entry.is_struck:
        raise Refused(_("This entry has been struck out; it is not changed any more."), code="struck")
    return organization


def described(entry: Entry) -> str:
    """The entry in one line, as the history of its organization keeps it: in the portal's own language."""
    with override(settings.LANGUAGE_CODE):
        parts = [str(entry)]
    for name in ("number", "valid_from", "valid_to", "listed_on", "removed_on", "on"):
        if getattr(entry, name, None):
            parts.append(str(getattr(entry, name)))
    return " ".join(parts)


def _complete(entry: Entry) -> None:
    """A grade is valid for five years unless its certificate says otherwise."""
    if isinstance(entry, Assessment) and entry.valid_from and not entry.valid_to:
        entry.valid_to = _years_later(entry.valid_from, Assessment.YEARS) - datetime.timedelta(days=1)


def _years_later(day: datetime.date, years: int) -> datetime.date:
    """The same day of a later year; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return datetime.date(day.year + years, 3, 1)


def _insist_valid(entry: Entry) -> None:
    try:
        entry.full_clean(exclude=["organization", "created_by"])
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        label = "" if name == NON_FIELD_ERRORS else f"{getattr(entry._meta.get_field(name), 'verbose_name', name)}: "
        raise Refused(f"{label}{messages[0]}", code="entry_invalid") from error


def _note(
    organization: Organization, entry: Entry, *, before: str, by, after: str | None = None, note: str = ""
) -> None:
    """The entry's change in the history of its organization; `after` is the entry as it stands unless given."""
    name = type(entry)._meta.get_field("organization").remote_field.get_accessor_name()
    after = described(entry) if after is None else after
    states.record(organization, {}, by=by, note=note, parts={name: [before, after]})


def refresh_grades() -> int:
    """Bring the grades kept for sorting up to the day; returns how many organizations it was."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE organizations_organization o SET grade_rank = organizations_grade_rank(o.id)"
            " WHERE (o.grade_rank < 6 OR o.id IN (SELECT organization_id FROM organizations_assessment))"
            " AND o.grade_rank <> organizations_grade_rank(o.id)"
        )
        return cursor.rowcount

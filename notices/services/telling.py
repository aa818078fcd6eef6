"""From the outbox to the inbox, exactly once per event, person and kind (docs/adr/0005-notices.md)."""

import datetime
import logging
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import User
from core.models import StatusChange
from notices.kinds import REMINDERS, RULES, Kind, Rule
from notices.models import Channel, Choices, Mail, Notice

logger = logging.getLogger(__name__)

BATCH = 200
# What lies further back is no news: a kind that is declared later does not tell old stories.
FRESH = datetime.timedelta(days=14)
# One worker at a time looks for reminders.
REMINDING = 20_211_112


@transaction.atomic
def take_events(*, limit: int = BATCH, now: datetime.datetime | None = None, by=None) -> int:
    """Make the notices of up to `limit` rows of the outbox; return how many rows were taken.

    One transaction: the notices, their queued e-mails and the mark on the outbox row are there together or not at
    all. A worker that is killed anywhere leaves nothing half done; a second delivery finds the rows marked, and a
    second worker at the same time skips the rows the first one has locked. Every row without a mark is looked at,
    whatever its number, so one whose transaction commits late is found when it is there.
    """
    now = now or timezone.now()
    changes = list(
        StatusChange.objects.unnoticed()
        .filter(content_type__in=_watched())
        .select_for_update(skip_locked=True, no_key=True)
        .order_by("id")[:limit]
    )
    subjects = _subjects(changes)
    for change in changes:
        subject = subjects.get((change.content_type_id, change.object_id))
        if subject is not None and change.at >= now - FRESH:
            _tell_of(change, subject)
    StatusChange.objects.filter(pk__in=[change.pk for change in changes]).update(noticed_at=now)
    return len(changes)


def take_all_events(*, by=None) -> int:
    """Take rows until none is left; return how many there were."""
    total = 0
    while taken := take_events():
        total += taken
    return total


@transaction.atomic
def remind(*, now: datetime.datetime | None = None, by=None) -> int:
    """Tell what is due because time has passed; return the number of notices. Each occasion is told once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [REMINDING])
        if not cursor.fetchone()[0]:
            return 0
    now, told = now or timezone.now(), 0
    for reminder in REMINDERS:
        for record, occasion in reminder.due(now):
            told += _tell(
                reminder.kind,
                reminder.people(record),
                facts=reminder.facts(record),
                target=reminder.target(record),
                occasion=occasion,
            )
    return told


def _watched() -> list[ContentType]:
    """The models that somebody is told of. The others' rows stay in the outbox untouched."""
    return [ContentType.objects.get_by_natural_key(*label.split(".")) for label in RULES]


def _subjects(changes: list[StatusChange]) -> dict[tuple[int, int], Any]:
    """The records the changes are of, one query per kind of record."""
    wanted: dict[int, set[int]] = {}
    for change in changes:
        wanted.setdefault(change.content_type_id, set()).add(change.object_id)
    found: dict[tuple[int, int], Any] = {}
    for kind_id, keys in wanted.items():
        model = ContentType.objects.get_for_id(kind_id).model_class()
        if model is not None:
            found |= {(kind_id, key): row for key, row in model._base_manager.in_bulk(keys).items()}
    return found


def _tell_of(change: StatusChange, subject: Any) -> None:
    """Apply the rules of one event. A rule that breaks is logged and keeps nothing else from being told."""
    for rule in RULES[subject._meta.label_lower]:
        if not rule.applies(change):
            continue
        try:
            with transaction.atomic():
                _follow(rule, change, subject)
        except DatabaseError:
            # The batch is rolled back and taken again.
            raise
        except Exception:
            logger.exception("the notice %s of change %s could not be made", rule.kind.key, change.pk)


def _follow(rule: Rule, change: StatusChange, subject: Any) -> None:
    _tell(
        rule.kind,
        {person for person in rule.people(subject, change) if person != change.by_id},
        facts=rule.facts(subject),
        target=rule.target(subject),
        event=change,
        note=change.note if rule.with_note else "",
    )


def _tell(
    kind: Kind,
    people: Iterable[int],
    *,
    facts: dict[str, str],
    target: int,
    event: StatusChange | None = None,
    occasion: str = "",
    note: str = "",
) -> int:
    """Put the notice before everybody who wants it; return for how many people it is new."""
    people = list(people)
    known = Notice.objects.filter(kind=kind.key, event=event, occasion=occasion).values("person")
    readers = User.objects.filter(pk__in=people, is_active=True).exclude(pk__in=known)
    chosen = {row.user_id: row for row in Choices.objects.filter(user__in=people)}
    notices, mailed = [], []
    for person in readers.order_by("pk"):
        choices = chosen.get(person.pk) or Choices(user=person)
        shown = choices.wants(kind.key, Channel.PORTAL)
        by_mail = choices.takes_mail and choices.wants(kind.key, Channel.MAIL)
        if shown or by_mail:
            notice = Notice(person=person, kind=kind.key, event=event, occasion=occasion, target=target, facts=facts)
            notice.words, notice.note, notice.shown = " ".join(facts.values()), note, shown
            notices.append(notice)
            mailed += [notice] if by_mail else []
    Notice.objects.bulk_create(notices)
    Mail.objects.bulk_create(Mail(notice=notice) for notice in mailed)
    return len(notices)

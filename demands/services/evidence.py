"""Attached files that prove a demand, or all demands of a list."""

import hashlib
from collections.abc import Sequence
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from core import files, screening, states
from core.errors import Refused
from demands.models import Demand, DemandList, Evidence

MOST_FILES = 20
# One finding keeps a file from the public; more than these nobody reads.
MOST_FINDINGS = 50


@transaction.atomic
def attach_evidence(*, record: Demand | DemandList, name: str, content: bytes, by, public: bool = False) -> Evidence:
    """Keep a file that proves a draft, a returned demand, or a list; those of a list are never public.

    `public` files are shown with the published demand; pictures as a copy without the place where they were taken.
    Refused (`file_refused`) for a file that may not be attached, and (`wrong_state`) once the demand is handed in.
    """
    states.lock(record)
    _insist_on_editable(record)
    name, kind = files.check(name=name, content=content)
    before = _names(record)
    if len(before) >= MOST_FILES:
        raise files.FileRefused(_("A demand has at most %(most)s attached files.") % {"most": MOST_FILES})
    digest = hashlib.sha256(content).hexdigest()
    if record.evidence.filter(sha256=digest).exists():
        raise files.FileRefused(_("This file is already attached."))
    evidence = Evidence(name=name, kind=kind, size=len(content), sha256=digest, public=public)
    if isinstance(record, Demand):
        evidence.demand = record
    else:
        evidence.demand_list, evidence.public = record, False
    found = screening.find_in([name, screening.words_of(kind=kind, content=content)])
    evidence.findings = [finding._asdict() for finding in found[:MOST_FINDINGS]]
    _keep(evidence, content, by=by)
    states.record(record, {}, by=by, parts={"evidence": [before, _names(record)]})
    return evidence


def _keep(evidence: Evidence, content: bytes, *, by) -> None:
    """Write the file, and of a picture its public copy; both are taken away again if the row cannot be stored."""
    evidence.file = ContentFile(content, name=evidence.name)
    if evidence.is_picture:
        picture = files.clean_picture(name=evidence.name, content=content)
        evidence.shown = ContentFile(picture.content, name="shown.jpg")
    try:
        states.begin(evidence, by=by)
    except Exception:
        for kept in (evidence.file, evidence.shown):
            if kept and kept._committed:  # type: ignore[union-attr]
                kept.delete(save=False)
        raise


@transaction.atomic
def remove_evidence(*, evidence: Evidence, by) -> None:
    """Take a file away from a draft, a returned demand or a list; the history keeps its name.

    Refused (`no_evidence`) for the last file of a list on which demands rest that have been handed in.
    """
    record = states.lock(evidence.record)
    _insist_on_editable(record)
    _insist_on_rest(record, evidence)
    before = _names(record)
    stored = [(kept.storage, str(kept.name)) for kept in (evidence.file, evidence.shown) if kept]
    evidence.delete()
    for storage, name in stored:
        transaction.on_commit(partial(storage.delete, name))
    states.record(record, {}, by=by, parts={"evidence": [before, _names(record)]})


def insist_on_evidence(files: Sequence[Evidence]) -> None:
    """Refuse (`no_evidence`) a demand that nothing proves: neither a file of its own nor one of its list."""
    if not files:
        raise Refused(
            _("Attach at least one file that shows the need, such as a photo or the minutes of a village meeting."),
            code="no_evidence",
        )


def _insist_on_editable(record: Demand | DemandList) -> None:
    if isinstance(record, Demand) and record.status not in Demand.EDITABLE:
        raise states.WrongState(
            _("Files are changed only while the demand is a draft or returned; this one is “%(status)s”.")
            % {"status": record.get_status_display()},
            status=record.status,
        )


def _insist_on_rest(record: Demand | DemandList, evidence: Evidence) -> None:
    if isinstance(record, Demand) or record.evidence.exclude(pk=evidence.pk).exists():
        return
    given_up = (Demand.Status.REJECTED, Demand.Status.WITHDRAWN)
    if record.demands.exclude(status__in=(*Demand.EDITABLE, *given_up)).filter(evidence=None).exists():
        raise Refused(
            _("Nothing else proves demands of this list that have been handed in. Attach another file first."),
            code="no_evidence",
        )


def _names(record: Demand | DemandList) -> str:
    return ", ".join(record.evidence.order_by("pk").values_list("name", flat=True))

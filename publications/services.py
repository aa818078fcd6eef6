"""Every write of documents and their attached files."""

import copy
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import files, states
from core.errors import Refused
from core.references import next_reference
from core.texts import line
from publications import permissions, texts
from publications.models import MAX_BODY, MAX_FILES, Attachment, Document

Status = Document.Status


class NotSecondPerson(Refused):
    """The one who wrote it cannot be the one who publishes it."""

    code = "second_person"


class ReasonMissing(Refused):
    """This step is recorded with its reason."""

    code = "reason_missing"


class NumberTaken(Refused):
    """Another document of this issuer has the number."""

    code = "number_taken"


@transaction.atomic
def create_document(*, values: dict[str, Any], by: User | None) -> Document:
    """Enter a document as a draft; `values` are `Document.FIELDS`, the text plain or HTML.

    Raises `NumberTaken`, and `Refused` where the title, the issuer or the address cannot be stored.
    """
    document = Document(reference=next_reference("WJ"), **clean_values(values=values))
    _check(document)
    with _taken_number():
        return states.begin(document, by=by)


@transaction.atomic
def edit_document(*, document: Document, values: dict[str, Any], version: int, by: User) -> dict:
    """Change a draft or returned document; return what changed. Raises `Stale` and as `create_document`."""
    states.lock(document, version=version)
    _insist_on_status(document, Document.EDITABLE)
    cleaned = clean_values(values=values, issuer=document.issuer)
    wanted = copy.copy(document)
    for name, value in cleaned.items():
        setattr(wanted, name, value)
    _check(wanted)
    with _taken_number():
        return states.record(document, cleaned | {"year": wanted.year}, by=by)


@transaction.atomic
def submit_document(*, document: Document, by: User | None, version: int | None = None) -> Document:
    """Hand a draft or corrected document to a second person."""
    states.lock(document, version=version)
    return states.move(document, Status.SUBMITTED, by=by)


@transaction.atomic
def publish_document(*, document: Document, by: User | None, version: int | None = None) -> Document:
    """Make a submitted document public. Refused (`second_person`) for whoever entered, changed or submitted it."""
    states.lock(document, version=version)
    _insist_on_status(document, (Status.SUBMITTED,))
    if permissions.wrote(by, document):
        raise NotSecondPerson(_("Whoever entered or changed a document cannot publish it. Ask a colleague."))
    return states.move(document, Status.PUBLISHED, by=by, published_at=timezone.now())


@transaction.atomic
def return_document(*, document: Document, by: User, reason: str) -> Document:
    """Send a submitted document back with the reason; it can be changed and submitted again."""
    return states.move(document, Status.RETURNED, by=by, note=_reason(reason))


@transaction.atomic
def withdraw_document(*, document: Document, by: User, note: str) -> Document:
    """Take a published document back. Its title and number stay public, with the note in place of the text."""
    note = _reason(note)
    return states.move(document, Status.WITHDRAWN, by=by, note=note, public_note=note)


@transaction.atomic
def replace_document(*, document: Document, replacement: Document, by: User, version: int | None = None) -> Document:
    """Name the published document that stands in place of this public one.

    Refused for a document that is not public, for itself, and where the replacements would lead in a circle.
    """
    # Always in the same order, or two people replacing each other's documents would wait for each other.
    for one in sorted((document, replacement), key=lambda row: row.pk):
        states.lock(one)
    if version is not None and document.version != version:
        states.lock(document, version=version)
    _insist_on_status(document, Document.PUBLIC)
    _insist_on_status(replacement, (Status.PUBLISHED,))
    following: Document | None = replacement
    while following is not None:
        if following.pk == document.pk:
            raise Refused(_("A document cannot replace itself, not even by way of others."), code="replaced_in_circle")
        following = following.replaced_by
    states.record(document, {"replaced_by": replacement}, by=by)
    return document


@transaction.atomic
def attach_file(*, document: Document, name: str, content: bytes, by: User) -> Attachment:
    """Keep a file with a draft or returned document. Raises `FileRefused` for a file that may not be attached."""
    states.lock(document)
    _insist_on_status(document, Document.EDITABLE)
    name, kind = files.check(name=name, content=content)
    before = _file_names(document)
    if len(before) >= MAX_FILES:
        raise files.FileRefused(_("A document has at most %(most)s attached files.") % {"most": MAX_FILES})
    digest = hashlib.sha256(content).hexdigest()
    if document.attachments.filter(sha256=digest).exists():
        raise files.FileRefused(_("This file is already attached."))
    attachment = Attachment(
        document=document, name=name, kind=kind, size=len(content), sha256=digest, file=ContentFile(content, name=name)
    )
    try:
        states.begin(attachment, by=by)
        states.record(document, {}, by=by, parts=_changed_files(document, before))
    except Exception:
        # The database forgets the row by itself; the file has to be taken away.
        attachment.file.delete(save=False)
        raise
    return attachment


@transaction.atomic
def remove_file(*, attachment: Attachment, by: User) -> None:
    """Take a file away from a draft or returned document; the history keeps its name."""
    document = states.lock(attachment.document)
    _insist_on_status(document, Document.EDITABLE)
    before = _file_names(document)
    storage, kept = attachment.file.storage, str(attachment.file.name)
    attachment.delete()
    transaction.on_commit(lambda: storage.delete(kept))
    states.record(document, {}, by=by, parts=_changed_files(document, before))


def clean_values(*, values: dict[str, Any], issuer: Any = None) -> dict[str, Any]:
    """The values as they are stored: one-line texts, the number in its spelling, the issuer's name, safe HTML."""
    cleaned = dict(values)
    for name in ("title", "issuer_name"):
        if name in cleaned:
            cleaned[name] = line(cleaned[name])
    if "number" in cleaned:
        cleaned["number"] = texts.normalise_number(cleaned["number"])
    if "body" in cleaned:
        cleaned["body"] = texts.clean_body(cleaned["body"])
    issuer = cleaned.get("issuer", issuer)
    if issuer is not None and ("issuer" in cleaned or "issuer_name" in cleaned):
        cleaned["issuer_name"] = issuer.name
    return cleaned


def _check(document: Document) -> None:
    """The limits of the columns and the rules of the table, as refusals with their sentences; sets the year."""
    if len(document.body) > MAX_BODY:
        raise Refused(_("The text has more than %(most)s characters.") % {"most": MAX_BODY}, code="text_too_long")
    try:
        document.clean_fields(exclude=["reference", "year"])
        document.clean()
        document.year = document.year_of_issue() or document.year
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        label = getattr(Document._meta.get_field(name), "verbose_name", name)
        raise Refused(f"{label}: {messages[0]}", code="bad_value", field=name) from error
    try:
        document.validate_constraints()
    except ValidationError as error:
        raise NumberTaken(error.messages[0]) from error


@contextmanager
def _taken_number() -> Iterator[None]:
    """The database's word on a number that somebody else entered in the same moment."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "document_number_once" not in str(error):
            raise
        raise NumberTaken(_("This issuer's document with this number is already entered.")) from error


def _changed_files(document: Document, before: list[str]) -> dict[str, list]:
    return {"attachments": ["、".join(before), "、".join(_file_names(document))]}


def _file_names(document: Document) -> list[str]:
    return list(document.attachments.order_by("pk").values_list("name", flat=True))


def _insist_on_status(document: Document, allowed: tuple[str, ...]) -> None:
    if document.status not in allowed:
        raise states.WrongState(
            _("This is not possible while the status is “%(status)s”. Reload the page to see the current state.")
            % {"status": document.get_status_display()},
            status=document.status,
        )


def _reason(text: str) -> str:
    text = text.strip()
    if not text:
        raise ReasonMissing(_("Give the reason; it is kept in the history."))
    return text

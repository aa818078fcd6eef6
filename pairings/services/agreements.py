"""Agreements of a pair: one side enters them, the other confirms them or says what differs."""

import hashlib
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import files, states, texts
from core.errors import Refused
from core.models import StatusChange
from core.references import next_reference
from organizations.models import Organization
from pairings.models import Agreement, Pairing

Status = Agreement.Status


@transaction.atomic
def propose_agreement(
    *, pairing: Pairing, side: str, values: dict[str, Any], parties: list[Organization] | None = None, by
) -> Agreement:
    """Enter a signed agreement for one side; it waits for the other. `values` are those of `Agreement.TERMS`.

    Raises `Refused` with the code `pair_not_active`, `bad_terms` or `number_taken`.
    """
    insist_on_pair(pairing)
    _insist_on_terms(values)
    agreement = Agreement(pairing=pairing, proposer=side, **values)
    agreement.reference = next_reference("XY")
    try:
        with transaction.atomic():
            states.begin(agreement, by=by)
            agreement.parties.set(parties or [])
    except IntegrityError as error:
        raise _taken(error) from error
    return agreement


@transaction.atomic
def edit_agreement(
    *,
    agreement: Agreement,
    values: dict[str, Any],
    parties: list[Organization] | None = None,
    version: int | None = None,
    by,
) -> dict:
    """Correct an agreement that is not confirmed; a disputed one waits for the other side again.

    `parties` None leaves them as they are. Raises `WrongState`, `Stale`, or `Refused` as for a new one.
    """
    states.lock(agreement, version=version)
    _insist_on_open(agreement)
    _insist_on_terms({**{name: getattr(agreement, name) for name in Agreement.TERMS}, **values})
    changed = {}
    if parties is not None:
        before = _names(agreement)
        agreement.parties.set(parties)
        changed["parties"] = [before, _names(agreement)]
    try:
        with transaction.atomic():
            changes = states.record(agreement, values, by=by, parts=changed)
    except IntegrityError as error:
        raise _taken(error) from error
    if changes and agreement.status == Status.DISPUTED:
        states.move(agreement, Status.PROPOSED, by=by, objection="", other_amount=None, other_quantity=None)
    return changes


@transaction.atomic
def confirm_agreement(*, agreement: Agreement, by, version: int | None = None) -> Agreement:
    """The other side confirms the agreement as it stands. Raises `Refused` (`second_person`), `WrongState`, `Stale`."""
    states.lock(agreement, version=version)
    _insist_on_second(agreement, by)
    return states.move(agreement, Status.CONFIRMED, by=by, objection="", other_amount=None, other_quantity=None)


@transaction.atomic
def dispute_agreement(
    *,
    agreement: Agreement,
    reason: str,
    amount: Decimal | None = None,
    quantity: Decimal | None = None,
    by,
    version: int | None = None,
) -> Agreement:
    """The other side says what differs, with its own figures where it has them. Raises `Refused` (`reason_missing`)."""
    if not reason.strip():
        raise Refused(_("Say what differs."), code="reason_missing")
    states.lock(agreement, version=version)
    _insist_on_second(agreement, by)
    facts = {"objection": reason.strip(), "other_amount": amount, "other_quantity": quantity}
    return states.move(agreement, Status.DISPUTED, by=by, note=reason.strip(), **facts)


@transaction.atomic
def withdraw_agreement(*, agreement: Agreement, reason: str, by, version: int | None = None) -> Agreement:
    """Take back an agreement that was never confirmed."""
    if not reason.strip():
        raise Refused(_("Give the reason."), code="reason_missing")
    states.lock(agreement, version=version)
    cleared = {"objection": "", "other_amount": None, "other_quantity": None}
    return states.move(agreement, Status.WITHDRAWN, by=by, note=reason.strip(), **cleared)


@transaction.atomic
def end_agreement(*, agreement: Agreement, reason: str, by, version: int | None = None) -> Agreement:
    """End a confirmed agreement."""
    if not reason.strip():
        raise Refused(_("Give the reason."), code="reason_missing")
    states.lock(agreement, version=version)
    return states.move(agreement, Status.ENDED, by=by, note=reason.strip())


@transaction.atomic
def attach_document(*, agreement: Agreement, name: str, content: bytes, by) -> Agreement:
    """Keep the signed document; an earlier one is replaced while nobody has confirmed. Raises `FileRefused`."""
    states.lock(agreement)
    _insist_on_open(agreement)
    name, kind = files.check(name=name, content=content)
    storage, old = agreement.file.storage, str(agreement.file.name or "")
    before, agreement.file_kind = agreement.file_name, kind
    agreement.file.save(name, ContentFile(content), save=False)
    kept = str(agreement.file.name)
    try:
        agreement.file_name, agreement.file_sha256 = name, hashlib.sha256(content).hexdigest()
        agreement.save(update_fields=["file", "file_name", "file_kind", "file_sha256"])
        states.record(agreement, {}, by=by, parts={"file_name": [before, name]})
    except Exception:
        # The database forgets by itself; the file has to be taken away.
        storage.delete(kept)
        raise
    if old:
        transaction.on_commit(lambda: storage.delete(old))
    return agreement


def insist_on_pair(pairing: Pairing) -> None:
    """Agreements, visits and figures belong to a pair that is or was in force."""
    states.lock(pairing)
    if pairing.status == Pairing.Status.DRAFT:
        raise Refused(_("Put the pair in force first."), code="pair_not_active")


def _insist_on_open(agreement: Agreement) -> None:
    if agreement.status not in Agreement.OPEN:
        raise states.WrongState(
            _("This is not possible while the status is “%(status)s”. Reload the page to see the current state.")
            % {"status": agreement.get_status_display()},
            status=agreement.status,
        )


def _insist_on_terms(values: dict[str, Any]) -> None:
    texts.insist_public(values["title"], values.get("content") or "")
    amount, quantity, unit = values.get("amount"), values.get("quantity"), values.get("unit") or ""
    if values["signed_on"] > timezone.localdate():
        raise Refused(_("An agreement cannot be signed in the future."), code="bad_terms")
    if values.get("valid_to") and values["valid_to"] < values["signed_on"]:
        raise Refused(_("An agreement cannot end before it is signed."), code="bad_terms")
    if amount is not None and amount <= 0:
        raise Refused(_("The amount must be greater than zero."), code="bad_terms")
    if (quantity is None) != (not unit) or (quantity is not None and quantity <= 0):
        raise Refused(_("A quantity is greater than zero and has a unit."), code="bad_terms")


def _insist_on_second(agreement: Agreement, by) -> None:
    """Nobody confirms or disputes what they have written themselves, also not for the other side."""
    if by is None:
        return
    wrote = StatusChange.objects.of(agreement).filter(by=by, new=Status.PROPOSED, old__in=("", Status.PROPOSED))
    edited = StatusChange.objects.of(agreement).filter(by=by, old=Status.DISPUTED, new__in=Agreement.OPEN)
    if wrote.exists() or edited.exists():
        raise Refused(
            _("You entered or changed this agreement yourself. Somebody of the other side has to answer it."),
            code="second_person",
        )


def _names(agreement: Agreement) -> str:
    return "、".join(agreement.parties.order_by("pk").values_list("name", flat=True))


def _taken(error: IntegrityError) -> Exception:
    if "agreement_number_once" not in str(error):
        return error
    return Refused(_("This pair's agreement with this number is already entered."), code="number_taken")

"""A claim that is being filled in, step by step; nothing is held before it is submitted."""

import datetime
import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import files, states
from core.errors import Refused
from core.texts import cleaned
from demands import selectors
from demands.models import Claim, ClaimDraft, ClaimFile, Demand, Invitation, clean_quantity, plain_quantity
from demands.services.claims import claim_demand
from organizations.models import Organization
from organizations.permissions import acts_for

MAX_FILES = 10
PLAN = ("plan", "deliver_from", "deliver_by", "contact")


class Incomplete(Refused):
    """A step of the begun claim is not finished. `facts["tasks"]` names those that are open."""

    code = "incomplete"


@transaction.atomic
def start_draft(*, demand: Demand, organization: Organization, by) -> ClaimDraft:
    """Begin a claim, or take up the one this person has begun for the organization.

    An accepted invitation fills in what the organization has offered.
    """
    if not acts_for(by, organization):
        raise Refused(_("You do not act for this organization."), code="not_member")
    made, new = ClaimDraft.objects.get_or_create(
        user=by, organization=organization, demand=demand, defaults={"created_by": by}
    )
    accepted = Invitation.Status.ACCEPTED
    invitation = Invitation.objects.filter(demand=demand, organization=organization, status=accepted).first()
    if new and invitation is not None:
        offered = selectors.prefilled(invitation)
        _write(made, quantities={str(item): plain_quantity(quantity) for item, quantity in offered.items()})
    return made


@transaction.atomic
def acknowledge(*, draft: ClaimDraft, by, now: datetime.datetime | None = None) -> ClaimDraft:
    """The person has read the terms."""
    return _write(draft, acknowledged_at=draft.acknowledged_at or now or timezone.now())


@transaction.atomic
def choose_items(*, draft: ClaimDraft, quantities: dict[str, str], by) -> ClaimDraft:
    """Keep the quantities as typed, {item id: quantity}; what is left is looked at again when submitting."""
    return _write(draft, quantities={key: value for key, value in quantities.items() if value})


@transaction.atomic
def write_plan(*, draft: ClaimDraft, values: dict[str, Any], by) -> ClaimDraft:
    """Keep plan, deliver_from, deliver_by and contact."""
    return _write(draft, **{name: values[name] for name in PLAN})


@transaction.atomic
def confirm_qualifications(*, draft: ClaimDraft, by, now: datetime.datetime | None = None) -> ClaimDraft:
    """The person has attached what there is to attach."""
    return _write(draft, qualified_at=now or timezone.now())


@transaction.atomic
def fill_in(*, draft: ClaimDraft, values: dict[str, Any], by, version: int | None = None) -> ClaimDraft:
    """Several tasks at once: `acknowledged`, `lines` as {item id: quantity}, the fields of the plan, `qualified`.

    What is left out stays as it is. Raises `Stale` if the draft changed after `version` was read.
    """
    states.lock(draft, version=version)
    if values.get("acknowledged"):
        acknowledge(draft=draft, by=by)
    if "lines" in values:
        choose_items(draft=draft, quantities=values["lines"], by=by)
    if any(name in values for name in PLAN):
        write_plan(draft=draft, values={name: values.get(name, getattr(draft, name)) for name in PLAN}, by=by)
    if values.get("qualified"):
        confirm_qualifications(draft=draft, by=by)
    return draft


@transaction.atomic
def attach_to_draft(*, draft: ClaimDraft, name: str, content: bytes, by) -> ClaimFile:
    """Keep a file with the begun claim. Raises `FileRefused` for a file that may not be attached."""
    states.lock(draft)
    name, kind = files.check(name=name, content=content)
    if draft.files.count() >= MAX_FILES:
        raise files.FileRefused(_("A claim has at most %(most)s files.") % {"most": MAX_FILES})
    digest = hashlib.sha256(content).hexdigest()
    if draft.files.filter(sha256=digest).exists():
        raise files.FileRefused(_("This file is already attached."))
    attached = ClaimFile(
        draft=draft, name=name, kind=kind, size=len(content), sha256=digest, file=ContentFile(content, name=name)
    )
    try:
        return states.begin(attached, by=by)
    except Exception:
        # The database forgets the row by itself; the file has to be taken away.
        attached.file.delete(save=False)
        raise


@transaction.atomic
def remove_from_draft(*, attached: ClaimFile, by) -> None:
    """Take a file away from a begun claim."""
    if attached.draft is None:
        raise Refused(_("The files of a submitted claim stay with it."), code="wrong_state")
    states.lock(attached.draft)
    _forget(attached)


@transaction.atomic
def submit_draft(*, draft: ClaimDraft, by, now: datetime.datetime | None = None) -> Claim:
    """Make a claim of it; what was begun is gone afterwards, its files belong to the claim.

    Refused as by `claim_demand`, and (`incomplete`) while a step is open. After a refusal the draft is as it was.
    """
    try:
        states.lock(draft)
    except ClaimDraft.DoesNotExist as error:
        raise Refused(_("This claim has been submitted or discarded already."), code="gone") from error
    # What is left and who may claim is judged by the claim itself, with the quantities at that moment.
    judged = ("items", "qualifications")
    tasks = selectors.draft_tasks(draft)[:-1]
    missing = [task for task in tasks if not task.is_done and not (task.is_problem and task.key in judged)]
    if missing:
        raise Incomplete(
            _("Finish these steps first: %(tasks)s.") % {"tasks": ", ".join(str(task.title) for task in missing)},
            tasks=[task.key for task in missing],
        )
    items = {str(item.pk): item for item in draft.demand.items.all()}
    claim = claim_demand(
        demand=draft.demand,
        organization=draft.organization,
        lines=[(items[key], clean_quantity(text)) for key, text in draft.quantities.items() if key in items],
        plan=draft.plan,
        deliver_from=draft.deliver_from,
        deliver_by=draft.deliver_by,
        contact=draft.contact,
        by=by,
        now=now,
    )
    draft.files.update(draft=None, claim=claim)
    draft.delete()
    return claim


@transaction.atomic
def discard_draft(*, draft: ClaimDraft, by) -> None:
    """Throw a begun claim away with its files."""
    states.lock(draft)
    for attached in draft.files.all():
        _forget(attached)
    draft.delete()


def _write(draft: ClaimDraft, **values: Any) -> ClaimDraft:
    """Drafts are nobody's business but their author's and leave no history."""
    states.lock(draft)
    for name, value in cleaned(ClaimDraft, values).items():
        setattr(draft, name, value)
    draft.version += 1
    draft.save(update_fields=[*values, "version", "updated_at"])
    return draft


def _forget(attached: ClaimFile) -> None:
    storage, kept = attached.file.storage, str(attached.file.name)
    attached.delete()
    transaction.on_commit(lambda: storage.delete(kept))

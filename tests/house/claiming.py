"""Begun claims and places in the queue of the cast (tests/house/cast.py)."""

import datetime
from decimal import Decimal

import tests.house.cast as records
from demands import services as demands
from demands.models import ClaimDraft, Demand, WaitingPlace


def claimed_demand(cast, number: int = 900) -> Demand:
    """All quilts are taken, by an organization nobody of the cast belongs to."""
    demand = records.ONE_MORE["demands.Demand"](cast, number)
    other = cast.make_organization(f"德州市第{number}慈善会", region="371400")
    somebody = cast.make_user(f"somebody-{number}", organization=other)
    demands.claim_demand(demand=demand, organization=other, lines=[(demand.items.get(), Decimal(100))], by=somebody)
    return demand


def claim_draft(cast) -> ClaimDraft:
    return demands.start_draft(
        demand=cast.the(records.published_demand), organization=cast.organization, by=cast.member
    )


def file_of_draft(cast) -> dict:
    draft = cast.the(claim_draft)
    attached = demands.attach_to_draft(draft=draft, name="资质.txt", content="慈善组织".encode(), by=cast.member)
    return {"pk": draft.pk, "file_pk": attached.pk}


def file_of_claim(cast) -> dict:
    """The claim with a file, submitted from a draft."""
    draft = demands.start_draft(demand=records.published_demand(cast), organization=cast.organization, by=cast.member)
    demands.attach_to_draft(draft=draft, name="资质.txt", content="慈善组织".encode(), by=cast.member)
    demands.acknowledge(draft=draft, by=cast.member)
    demands.choose_items(draft=draft, quantities={str(draft.demand.items.get().pk): "1"}, by=cast.member)
    plan = {"plan": "送到村里", "deliver_from": None, "deliver_by": datetime.date(2999, 1, 1), "contact": "王"}
    demands.write_plan(draft=draft, values=plan, by=cast.member)
    demands.confirm_qualifications(draft=draft, by=cast.member)
    made = demands.submit_draft(draft=draft, by=cast.member)
    return {"pk": made.pk, "file_pk": made.files.get().pk}


def waiting_place(cast, number: int = 901) -> WaitingPlace:
    """The member's organization waits for quilts."""
    demand = claimed_demand(cast, number)
    return demands.join_queue(demand=demand, organization=cast.organization, by=cast.member)


# The files over REST, and where they are listed.
FILES = {
    "api:claim-drafts-file": lambda cast: cast.the(file_of_draft),
    "api:claim-drafts-file-content": lambda cast: cast.the(file_of_draft),
    "api:claims-file-content": lambda cast: cast.the(file_of_claim),
}


def another_draft(cast, number: int) -> ClaimDraft:
    demand = records.ONE_MORE["demands.Demand"](cast, number)
    return demands.start_draft(demand=demand, organization=cast.organization, by=cast.member)


# The record each address is about.
RECORDS = {
    **{
        f"demands:draft-{page}": claim_draft
        for page in ("detail", "terms", "items", "plan", "qualifications", "check", "discard")
    },
    "api:claim-drafts-detail": claim_draft,
    "api:claim-drafts-submit": claim_draft,
    "api:claim-drafts-files": claim_draft,
    "demands:queue-join": claimed_demand,
    "demands:queue-leave": waiting_place,
    "api:waiting-places-detail": waiting_place,
    "api:waiting-places-leave": waiting_place,
}

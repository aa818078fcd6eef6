"""Reads that are not rows of one model: why a person cannot claim, and what a person may do on a page."""

from demands.selectors.claims import claim_acts, next_step
from demands.selectors.deliveries import (
    deliveries_of,
    delivery_acts,
    entries_of,
    fulfilment,
    fulfilment_acts,
    public_photos,
    sides,
    to_inspect,
    to_spot_check,
    to_verify,
    with_fulfilment,
)
from demands.selectors.demands import acts, claiming_organizations, free_organizations, why_no_claim
from demands.selectors.docking import Docking, DockingAnswer, definitions, docking
from demands.selectors.matching import Suggestion, demands_for, organizations_for, prefilled
from demands.selectors.verification import Check, checks_of

__all__ = [
    "Check",
    "Docking",
    "DockingAnswer",
    "Suggestion",
    "acts",
    "checks_of",
    "claim_acts",
    "claiming_organizations",
    "deliveries_of",
    "delivery_acts",
    "entries_of",
    "definitions",
    "demands_for",
    "docking",
    "free_organizations",
    "fulfilment",
    "fulfilment_acts",
    "next_step",
    "public_photos",
    "sides",
    "to_inspect",
    "to_spot_check",
    "to_verify",
    "organizations_for",
    "prefilled",
    "why_no_claim",
    "with_fulfilment",
]

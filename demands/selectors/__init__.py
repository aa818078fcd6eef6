"""Reads that are not rows of one model: why a person cannot claim, and what a person may do on a page."""

from demands.selectors.claims import claim_acts, next_step
from demands.selectors.demands import acts, claiming_organizations, free_organizations, why_no_claim
from demands.selectors.verification import Check, checks_of

__all__ = [
    "Check",
    "acts",
    "claim_acts",
    "checks_of",
    "claiming_organizations",
    "free_organizations",
    "next_step",
    "why_no_claim",
]

"""Reads that are not rows of one model: why a person cannot claim, and what a person may do on a page."""

from demands.selectors.claims import claim_acts, next_step
from demands.selectors.demands import acts, claiming_organizations, free_organizations, why_no_claim

__all__ = ["acts", "claim_acts", "claiming_organizations", "free_organizations", "next_step", "why_no_claim"]

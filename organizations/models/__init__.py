"""The registry: organizations, what is dated about them, and the people who act for them."""

from organizations.models.entries import (
    ENTRIES,
    AnnualReturn,
    Assessment,
    Certificate,
    Commendation,
    CreditEntry,
    Entry,
    FormerName,
)
from organizations.models.memberships import Invitation, Membership
from organizations.models.organizations import AssistanceForm, Organization, OrganizationQuerySet, validate_uscc
from organizations.models.requests import RegistrationRequest

__all__ = [
    "ENTRIES",
    "AnnualReturn",
    "Assessment",
    "AssistanceForm",
    "Certificate",
    "Commendation",
    "CreditEntry",
    "Entry",
    "FormerName",
    "Invitation",
    "Membership",
    "Organization",
    "OrganizationQuerySet",
    "RegistrationRequest",
    "validate_uscc",
]

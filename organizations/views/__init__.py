"""Pages of the register."""

from organizations.views.entries import entry_add, entry_edit, entry_strike
from organizations.views.members import (
    invitation_confirm,
    invitation_decline,
    member_add,
    member_end,
    member_join,
    member_role,
)
from organizations.views.organizations import (
    OrganizationDetail,
    OrganizationList,
    organization_activate,
    organization_add,
    organization_cancel,
    organization_counts,
    organization_edit,
    organization_merge,
    organization_revoke,
)
from organizations.views.registration import (
    registration_add,
    registration_approve,
    registration_edit,
    registration_return,
)

__all__ = [
    "OrganizationDetail",
    "OrganizationList",
    "entry_add",
    "entry_edit",
    "entry_strike",
    "invitation_confirm",
    "invitation_decline",
    "member_add",
    "member_end",
    "member_join",
    "member_role",
    "organization_activate",
    "organization_add",
    "organization_cancel",
    "organization_counts",
    "organization_edit",
    "organization_merge",
    "organization_revoke",
    "registration_add",
    "registration_approve",
    "registration_edit",
    "registration_return",
]

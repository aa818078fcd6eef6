"""Every change of the registry. `by=None` stands for the system itself (loading commands)."""

from organizations.services.entries import add_entry, edit_entry, refresh_grades, strike_entry
from organizations.services.loading import BadRows, Loaded, load_organizations
from organizations.services.members import (
    add_member,
    ask_to_join,
    change_role,
    confirm_membership,
    decline_membership,
    end_membership,
    invite_member,
)
from organizations.services.merging import merge_organizations
from organizations.services.register import (
    EDITABLE,
    activate_organization,
    cancel_organization,
    edit_organization,
    register_organization,
    revoke_organization,
)
from organizations.services.requests import (
    approve_registration,
    request_registration,
    resubmit_registration,
    return_registration,
)
from organizations.sheets import DETAILS

__all__ = [
    "DETAILS",
    "EDITABLE",
    "BadRows",
    "Loaded",
    "ask_to_join",
    "change_role",
    "confirm_membership",
    "end_membership",
    "strike_entry",
    "decline_membership",
    "invite_member",
    "approve_registration",
    "refresh_grades",
    "request_registration",
    "resubmit_registration",
    "return_registration",
    "activate_organization",
    "add_entry",
    "add_member",
    "cancel_organization",
    "edit_entry",
    "edit_organization",
    "load_organizations",
    "merge_organizations",
    "register_organization",
    "revoke_organization",
]

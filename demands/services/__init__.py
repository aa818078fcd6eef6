"""Every write of demands and claims. Locks are taken demand before item before claim."""

from demands.services.claims import NotEnough, approve_claim, claim_demand, reject_claim, withdraw_claim
from demands.services.demands import (
    create_demand,
    edit_demand,
    publish,
    reject,
    return_with_reasons,
    submit,
    withdraw_demand,
)
from demands.services.items import BelowClaimed, change_quantity
from demands.services.lists import create_list, publish_list

__all__ = [
    "BelowClaimed",
    "NotEnough",
    "approve_claim",
    "change_quantity",
    "claim_demand",
    "create_demand",
    "create_list",
    "edit_demand",
    "publish",
    "publish_list",
    "reject",
    "reject_claim",
    "return_with_reasons",
    "submit",
    "withdraw_claim",
    "withdraw_demand",
]

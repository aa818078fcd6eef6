"""Every write of demands, claims and deliveries. Locks are taken demand before item before claim before delivery."""

from demands.services.acceptance import inspect_delivery, reverse_entry
from demands.services.claims import NotEnough, approve_claim, claim_demand, reject_claim, withdraw_claim
from demands.services.deliveries import (
    edit_delivery,
    hand_over,
    prepare_delivery,
    sign_agreement,
    withdraw_delivery,
)
from demands.services.demands import (
    create_demand,
    edit_demand,
    publish,
    reject,
    return_with_reasons,
    submit,
    withdraw_demand,
)
from demands.services.files import attach_file, remove_file
from demands.services.invitations import (
    DAYS_TO_ANSWER,
    accept_invitation,
    decline_invitation,
    expire_invitations,
    invite_organization,
    withdraw_invitation,
)
from demands.services.items import BelowClaimed, change_quantity
from demands.services.lists import create_list, publish_list
from demands.services.offers import close_offer, create_offer, edit_offer, open_offer, pause_offer
from demands.services.verification import (
    close_demand,
    confirm_acceptance,
    finish_spot_check,
    order_spot_check,
    rate_claim,
    send_back,
    verify_claim,
)

__all__ = [
    "DAYS_TO_ANSWER",
    "BelowClaimed",
    "NotEnough",
    "accept_invitation",
    "approve_claim",
    "attach_file",
    "change_quantity",
    "claim_demand",
    "close_demand",
    "close_offer",
    "confirm_acceptance",
    "create_demand",
    "create_list",
    "create_offer",
    "decline_invitation",
    "edit_delivery",
    "edit_demand",
    "edit_offer",
    "expire_invitations",
    "finish_spot_check",
    "hand_over",
    "inspect_delivery",
    "invite_organization",
    "open_offer",
    "order_spot_check",
    "pause_offer",
    "prepare_delivery",
    "publish",
    "publish_list",
    "rate_claim",
    "reject",
    "reject_claim",
    "remove_file",
    "return_with_reasons",
    "reverse_entry",
    "send_back",
    "sign_agreement",
    "submit",
    "verify_claim",
    "withdraw_claim",
    "withdraw_delivery",
    "withdraw_demand",
    "withdraw_invitation",
]

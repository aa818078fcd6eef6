"""Every write of demands, claims and deliveries. Locks are taken demand before item before claim before delivery."""

from demands.services.acceptance import inspect_delivery, reverse_entry
from demands.services.catalogue import add_entry, end_entry, load_catalogue
from demands.services.claims import NotEnough, approve_claim, claim_demand, reject_claim, withdraw_claim
from demands.services.deliveries import edit_delivery, hand_over, prepare_delivery, sign_agreement, withdraw_delivery
from demands.services.demands import Duplicate, create_demand, edit_demand, submit, withdraw_demand
from demands.services.drafts import (
    Incomplete,
    acknowledge,
    attach_to_draft,
    choose_items,
    confirm_qualifications,
    discard_draft,
    fill_in,
    remove_from_draft,
    start_draft,
    submit_draft,
    write_plan,
)
from demands.services.ending import end_rest
from demands.services.evidence import attach_evidence, remove_evidence
from demands.services.files import attach_file, remove_file
from demands.services.invitations import (
    DAYS_TO_ANSWER,
    accept_invitation,
    begin_invited,
    decline_invitation,
    expire_invitations,
    invite_organization,
    withdraw_invitation,
)
from demands.services.items import BelowClaimed, change_quantity
from demands.services.leases import end_leases, extend_claim, lapse_claim
from demands.services.lists import create_list, publish_demands_of, publish_list, submit_list
from demands.services.offers import close_offer, create_offer, edit_offer, open_offer, pause_offer
from demands.services.review import check_demand, publish, reject, return_with_reasons
from demands.services.terms import close_demand, expire_demands, resume_demand, suspend_demand
from demands.services.verification import (
    confirm_acceptance,
    finish_spot_check,
    order_spot_check,
    rate_claim,
    send_back,
    verify_claim,
)
from demands.services.waiting import join_queue, leave_queue

__all__ = [
    "DAYS_TO_ANSWER",
    "BelowClaimed",
    "Duplicate",
    "Incomplete",
    "NotEnough",
    "accept_invitation",
    "acknowledge",
    "add_entry",
    "approve_claim",
    "attach_evidence",
    "attach_file",
    "attach_to_draft",
    "begin_invited",
    "change_quantity",
    "check_demand",
    "choose_items",
    "claim_demand",
    "close_demand",
    "close_offer",
    "confirm_acceptance",
    "confirm_qualifications",
    "create_demand",
    "create_list",
    "create_offer",
    "decline_invitation",
    "discard_draft",
    "edit_delivery",
    "edit_demand",
    "edit_offer",
    "end_entry",
    "end_leases",
    "end_rest",
    "expire_demands",
    "expire_invitations",
    "extend_claim",
    "fill_in",
    "finish_spot_check",
    "hand_over",
    "inspect_delivery",
    "invite_organization",
    "join_queue",
    "lapse_claim",
    "leave_queue",
    "load_catalogue",
    "open_offer",
    "order_spot_check",
    "pause_offer",
    "prepare_delivery",
    "publish",
    "publish_demands_of",
    "publish_list",
    "rate_claim",
    "reject",
    "reject_claim",
    "remove_evidence",
    "remove_file",
    "remove_from_draft",
    "resume_demand",
    "return_with_reasons",
    "reverse_entry",
    "send_back",
    "sign_agreement",
    "start_draft",
    "submit",
    "submit_draft",
    "submit_list",
    "suspend_demand",
    "verify_claim",
    "withdraw_claim",
    "withdraw_delivery",
    "withdraw_demand",
    "withdraw_invitation",
    "write_plan",
]

"""What villages need, and which organization has taken on how much of it (design §5)."""

from demands.models.acceptance import AcceptanceEntry, Rating, SpotCheck, Verification
from demands.models.catalogue import NotAccepted, PriceBand
from demands.models.claiming import ClaimDraft, ClaimFile, WaitingPlace
from demands.models.claims import Claim, ClaimLine
from demands.models.deliveries import ClaimAgreement, Delivery, DeliveryFile, DeliveryLine
from demands.models.demands import Demand, DemandBeneficiary, DemandItem, Measure
from demands.models.evidence import Evidence
from demands.models.lists import DemandList
from demands.models.offers import Invitation, SupplyOffer
from demands.models.quantities import clean_quantity, plain_quantity

__all__ = [
    "AcceptanceEntry",
    "Claim",
    "ClaimAgreement",
    "ClaimDraft",
    "ClaimFile",
    "ClaimLine",
    "Delivery",
    "DeliveryFile",
    "DeliveryLine",
    "Demand",
    "DemandBeneficiary",
    "DemandItem",
    "DemandList",
    "Evidence",
    "Invitation",
    "Measure",
    "NotAccepted",
    "PriceBand",
    "Rating",
    "SpotCheck",
    "SupplyOffer",
    "Verification",
    "WaitingPlace",
    "clean_quantity",
    "plain_quantity",
]

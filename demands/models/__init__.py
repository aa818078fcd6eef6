"""What villages need, and which organization has taken on how much of it (design §5)."""

from demands.models.claims import Claim, ClaimLine
from demands.models.demands import Demand, DemandBeneficiary, DemandItem, DemandList, Measure
from demands.models.quantities import clean_quantity, plain_quantity

__all__ = [
    "Claim",
    "ClaimLine",
    "Demand",
    "DemandBeneficiary",
    "DemandItem",
    "DemandList",
    "Measure",
    "clean_quantity",
    "plain_quantity",
]

"""Demands and claims over REST. Published demands are public; quantities are decimals written as strings."""

from demands.api.claims import ClaimViewSet
from demands.api.deliveries import DeliveryViewSet
from demands.api.demands import DemandViewSet
from demands.api.lists import DemandListViewSet
from demands.api.verification import SpotCheckViewSet

routes = [
    ("demands", DemandViewSet),
    ("claims", ClaimViewSet),
    ("demand-lists", DemandListViewSet),
    ("deliveries", DeliveryViewSet),
    ("spot-checks", SpotCheckViewSet),
]
paths = []

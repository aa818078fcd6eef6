"""Demands and claims over REST. Published demands are public; quantities are decimals written as strings."""

from demands.api.claims import ClaimViewSet
from demands.api.demands import DemandViewSet

routes = [("demands", DemandViewSet), ("claims", ClaimViewSet)]
paths = []

"""Demands and claims over REST. Published demands are public; quantities are decimals written as strings."""

from django.urls import path

from demands.api.catalogue import NotAcceptedViewSet, PriceBandViewSet
from demands.api.claims import ClaimViewSet
from demands.api.deliveries import DeliveryViewSet
from demands.api.demands import DemandViewSet
from demands.api.drafts import DraftViewSet
from demands.api.lists import DemandListViewSet
from demands.api.offers import DemandMatches, DockingView, InvitationViewSet, OfferViewSet
from demands.api.queue import WaitingPlaceViewSet
from demands.api.verification import SpotCheckViewSet

routes = [
    ("demands", DemandViewSet),
    ("claims", ClaimViewSet),
    ("claim-drafts", DraftViewSet),
    ("demand-lists", DemandListViewSet),
    ("deliveries", DeliveryViewSet),
    ("spot-checks", SpotCheckViewSet),
    ("waiting-places", WaitingPlaceViewSet),
    ("supply-offers", OfferViewSet),
    ("demand-invitations", InvitationViewSet),
    ("price-bands", PriceBandViewSet),
    ("things-not-accepted", NotAcceptedViewSet),
]
paths = [
    path("demands/<int:pk>/matches/", DemandMatches.as_view(), name="demand-matches"),
    path("docking/", DockingView.as_view(), name="docking"),
]

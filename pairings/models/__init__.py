"""Who helps whom: schemes, pairs, and what the two sides of a pair agree on, do and form together."""

from pairings.models.agreements import Agreement
from pairings.models.pairings import Pairing, PairingQuerySet, Scheme, Side, involved
from pairings.models.targets import PairingTarget
from pairings.models.teams import Team, TeamMember
from pairings.models.visits import Visit

__all__ = [
    "Agreement",
    "Pairing",
    "PairingQuerySet",
    "PairingTarget",
    "Scheme",
    "Side",
    "Team",
    "TeamMember",
    "Visit",
    "involved",
]

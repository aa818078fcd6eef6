"""What follows from quantities: how far a claim and its demand have come."""

from core import states
from demands.models import Claim
from demands.services.items import settle

_ROAD = (Claim.Status.AGREED, Claim.Status.DELIVERING, Claim.Status.DELIVERED, Claim.Status.ACCEPTED)


def status_of_lines(claim: Claim) -> str:
    """The status that follows from what of the claim is delivered and accepted."""
    lines = list(claim.lines.all())
    if all(line.accepted == line.quantity for line in lines):
        return Claim.Status.ACCEPTED
    if all(line.delivered == line.quantity for line in lines):
        return Claim.Status.DELIVERED
    if claim.deliveries.standing().exists():
        return Claim.Status.DELIVERING
    return Claim.Status.AGREED


def follow(claim: Claim, *, by, note: str = "") -> None:
    """Take the claim, and after it the demand, to where their quantities are. The demand must be locked."""
    goal = status_of_lines(claim)
    while claim.status != goal:
        here = _ROAD.index(Claim.Status(claim.status))
        ahead = 1 if _ROAD.index(goal) > here else -1
        direct = goal in Claim.TRANSITIONS[_ROAD[here]]
        states.move(claim, goal if direct else _ROAD[here + ahead], by=by, note=note)
    settle(claim.demand, by=by, note=note)

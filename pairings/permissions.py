"""Who may enter and end pairs."""

from accounts.models import Post
from organizations.models import Organization
from pairings.models import Pairing
from regions.models import Region


def can_add(user) -> bool:
    """Civil-affairs staff enter pairs in which one side is theirs."""
    return user.is_authenticated and user.is_officer


def can_add_between(user, *parties: Region | Organization | None) -> bool:
    """Whether one of the parties lies in a region the person is responsible for."""
    return user.is_authenticated and any(user.serves(code_of(party), Post.Kind.STAFF) for party in parties if party)


def can_change(user, pairing: Pairing) -> bool:
    """Staff responsible for one of the two sides."""
    return can_add_between(user, pairing.giver, pairing.receiver)


def code_of(party: Region | Organization) -> str:
    """The region code of a party; an organization counts where it is registered."""
    return party.code if isinstance(party, Region) else party.region_id

"""Who may enter and change pairs, and who speaks for which side of one."""

from accounts.models import Post
from organizations.models import Membership, Organization
from organizations.permissions import acts_for
from pairings.models import Agreement, Pairing, Side, Team
from regions.models import Region


def can_add(user) -> bool:
    """Civil-affairs staff enter pairs in which one side is theirs."""
    return user.is_authenticated and user.is_officer


def can_add_scheme(user) -> bool:
    """Civil-affairs staff name the programmes under which pairs and teams are made."""
    return user.is_authenticated and user.is_officer


def can_add_between(user, *parties: Region | Organization | None) -> bool:
    """Whether one of the parties lies in a region the person is responsible for."""
    return user.is_authenticated and any(user.serves(code_of(party), Post.Kind.STAFF) for party in parties if party)


def can_change(user, pairing: Pairing) -> bool:
    """Staff responsible for one of the two sides."""
    return can_add_between(user, pairing.giver, pairing.receiver)


def speaks_for(user, party: Region | Organization) -> bool:
    """Staff responsible for the region of a party, and people who act for the organization it is."""
    if can_add_between(user, party):
        return True
    return isinstance(party, Organization) and acts_for(user, party)


def sides_of(user, pairing: Pairing) -> list[Side]:
    """The sides of the pair this person speaks for."""
    return [side for side in Side if speaks_for(user, pairing.side(side))]


def can_record(user, pairing: Pairing) -> bool:
    """Either side enters agreements, visits and its own figures."""
    return bool(sides_of(user, pairing))


def can_edit_agreement(user, agreement: Agreement) -> bool:
    """The side that entered it, until the other one has confirmed."""
    return speaks_for(user, agreement.pairing.side(agreement.proposer))


def can_answer(user, agreement: Agreement) -> bool:
    """The other side confirms it or says what differs."""
    return speaks_for(user, agreement.pairing.side(Side(agreement.proposer).other))


def can_add_team(user) -> bool:
    """Staff form teams for the villages of their region."""
    return user.is_authenticated and user.is_officer


def can_change_team(user, team: Team) -> bool:
    """Staff responsible for the village."""
    return user.is_authenticated and user.serves(team.village_id, Post.Kind.STAFF)


def can_record_anywhere(user) -> bool:
    """Whether the person may speak for any side of any pair."""
    if not user.is_authenticated:
        return False
    return user.is_officer or Membership.objects.filter(user=user).exists()


def code_of(party: Region | Organization) -> str:
    """The region code of a party; an organization counts where it is registered."""
    return party.code if isinstance(party, Region) else party.region_id

"""Who may enter, confirm, cancel and correct a gift.

Staff keep the books of gifts from, to and for their regions. An organization enters what it gives itself as a
pledge; that it has arrived is said by whoever received it (谁接收、谁统计) or by staff, never by the giver alone.
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.models import Post
from donations.models import Donation
from organizations.models import Membership, Organization
from regions.models import Region


def can_add(user) -> bool:
    """Staff, and members of any organization, may open the entry form."""
    return user.is_authenticated and (user.is_officer or Membership.objects.filter(user=user).exists())


def can_record(
    user,
    *,
    donors: Iterable[Organization] = (),
    regions: Iterable[Region] = (),
    recipient: Organization | None = None,
    received: bool = False,
) -> bool:
    """Whether the person may enter a gift of these parties, as received or as a pledge."""
    if not user.is_authenticated:
        return False
    donors = list(donors)
    parties = [*donors, recipient] if recipient else donors
    codes = [region.pk for region in regions] + [organization.region_id for organization in parties]
    if any(user.serves(code, Post.Kind.STAFF) for code in codes):
        return True
    gives = _acts_for_one_of(user, donors)
    if _acts_for_one_of(user, [recipient]):
        return not (received and gives)
    return not received and gives


def why_not_record(user, *, received: bool = False, **parties) -> str:
    """Why the person may not enter a gift of these parties, as a sentence; empty when `can_record`."""
    if can_record(user, received=received, **parties):
        return ""
    if received and can_record(user, **parties):
        return _(
            "That a gift has arrived is confirmed by the recipient or by civil-affairs staff. "
            "Leave the day of receipt empty to enter a pledge."
        )
    return _("You may enter only gifts from, to or for your region or organization.")


def is_responsible(user, donation: Donation) -> bool:
    """Staff of a region the gift comes from, goes to or is meant for."""
    if not user.is_authenticated:
        return False
    return user.is_superuser or any(user.serves(code, Post.Kind.STAFF) for code in _codes(donation))


def is_concerned(user, donation: Donation) -> bool:
    """Responsible staff, and members of the giving and receiving organizations: they see notes and names."""
    if is_responsible(user, donation):
        return True
    return _acts_for_one_of(user, [*_givers(donation), donation.recipient])


def can_receive(user, donation: Donation) -> bool:
    """Confirm that the gift has arrived: responsible staff or the recipient, if they do not act for a giver too."""
    if is_responsible(user, donation):
        return True
    return _acts_for_one_of(user, [donation.recipient]) and not _acts_for_one_of(user, _givers(donation))


def can_cancel(user, donation: Donation) -> bool:
    """Give up a pledge: responsible staff or a giving organization."""
    return is_responsible(user, donation) or _acts_for_one_of(user, _givers(donation))


def can_reverse(user, donation: Donation) -> bool:
    """Take a mistaken gift out of the figures: responsible staff only."""
    return is_responsible(user, donation)


def can_upload(user) -> bool:
    """Workbooks are for staff; each row is checked against the person's regions."""
    return user.is_authenticated and user.is_officer


def _codes(donation: Donation) -> list[str]:
    parties = [*_givers(donation), donation.recipient]
    designated = [entry.region_id for entry in donation.donation_regions.all()]
    return designated + [organization.region_id for organization in parties if organization]


def _givers(donation: Donation) -> list[Organization | None]:
    return [donor.organization for donor in donation.donors.all()]


def _acts_for_one_of(user, organizations: Iterable[Organization | None]) -> bool:
    wanted = [organization.pk for organization in organizations if organization]
    if not (user.is_authenticated and wanted):
        return False
    return Membership.objects.filter(user=user, organization__in=wanted).exists()

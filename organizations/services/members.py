"""Who acts for an organization."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core import states
from core.errors import Refused
from organizations.models import Membership, Organization


@transaction.atomic
def add_member(*, organization: Organization, user, role: str, by) -> Membership:
    """Let a person act for the organization. Raises `Refused` with the code `already_member`."""
    membership = Membership(organization=organization, user=user, role=role)
    try:
        with transaction.atomic():
            return states.begin(membership, by=by)
    except IntegrityError as error:
        raise Refused(_("%(user)s is already a member.") % {"user": user}, code="already_member") from error

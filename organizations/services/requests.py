"""Online registration: people enter their organization, staff of its region return or approve it (second person)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import states
from core.errors import Refused
from organizations.models import Membership, Organization, RegistrationRequest
from organizations.permissions import acts_for
from organizations.services.members import add_member
from organizations.services.register import activate_organization, edit_organization, register_organization

# Requests of one person that may wait at the same time.
MOST_OPEN = 5

Status = RegistrationRequest.Status


@transaction.atomic
def request_registration(*, values: dict[str, Any], by) -> RegistrationRequest:
    """Enter an organization as a draft and ask staff of its region to put it on the register.

    `values` as for `register_organization`, which names the refusals; also `too_many` open requests.
    """
    mine = RegistrationRequest.objects.filter(created_by=by).exclude(status=Status.APPROVED)
    if mine.count() >= MOST_OPEN:
        raise Refused(_("You have %(n)s open requests. Wait until one is decided.") % {"n": MOST_OPEN}, code="too_many")
    organization = register_organization(**values, by=by)
    return states.begin(RegistrationRequest(organization=organization), by=by)


@transaction.atomic
def return_registration(
    *, request: RegistrationRequest, reason: str, by, version: int | None = None
) -> RegistrationRequest:
    """Send a request back to its people. Raises `Refused` (`reason_missing`, `second_person`) or `WrongState`."""
    if not reason.strip():
        raise Refused(_("Give the reason."), code="reason_missing")
    _lock(request, version)
    _insist_on_second_person(request, by)
    return states.move(request, Status.RETURNED, by=by, note=reason.strip(), reason=reason.strip())


@transaction.atomic
def resubmit_registration(
    *, request: RegistrationRequest, values: dict[str, Any], version: int, by
) -> RegistrationRequest:
    """Send a returned request again with corrected values; `version` is the organization's, as it was opened."""
    _lock(request, None)
    states.move(request, Status.SUBMITTED, by=by)
    edit_organization(organization=request.organization, values=values, version=version, by=by)
    return request


@transaction.atomic
def approve_registration(*, request: RegistrationRequest, by, version: int | None = None) -> Organization:
    """Put the organization on the register; who asked becomes its manager.

    Raises `Refused` (`second_person`, `uscc_missing`) or `WrongState`.
    """
    _lock(request, version)
    _insist_on_second_person(request, by)
    states.move(request, Status.APPROVED, by=by, reason="")
    organization = activate_organization(organization=request.organization, by=by)
    if request.created_by is not None and not acts_for(request.created_by, organization):
        add_member(organization=organization, user=request.created_by, role=Membership.Role.MANAGER, by=by)
    return organization


def _lock(request: RegistrationRequest, version: int | None) -> None:
    """The organization before its request; `version` is the organization's."""
    states.lock(request.organization, version=version)
    states.lock(request)


def _insist_on_second_person(request: RegistrationRequest, by) -> None:
    if by is not None and (by.pk == request.created_by_id or acts_for(by, request.organization)):
        raise Refused(
            _("You belong to the organization or sent this request; somebody else has to decide on it."),
            code="second_person",
        )

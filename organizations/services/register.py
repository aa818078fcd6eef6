"""Entering organizations, changing them, and their way on and off the register."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core import states
from core.errors import Refused
from organizations import uscc
from organizations.imports import keep_former_name, store_search_keys
from organizations.models import AssistanceForm, Organization, RegistrationRequest, validate_uscc
from organizations.selectors import authorities
from organizations.sheets import DETAILS
from regions.models import Region

EDITABLE = ("name", "kind", "uscc", "level", "region", *DETAILS)


@transaction.atomic
def register_organization(
    *,
    name: str,
    kind: str,
    level: str,
    region: Region,
    by,
    uscc: str | None = None,
    synthetic: bool = False,
    note: str = "",
    **details: Any,
) -> Organization:
    """Enter an organization as a draft; `details` are fields of `DETAILS`.

    Raises `Refused` with the code `name_missing`, `uscc_invalid`, `uscc_taken` or `name_taken`.
    """
    _insist_on_known(details, DETAILS)
    organization = Organization(
        **_clean_details(details),
        name=clean_name(name),
        kind=kind,
        uscc=clean_uscc(uscc),
        level=level,
        region=region,
        is_synthetic=synthetic,
    )
    _insist_on_new(organization)
    return _store(lambda: states.begin(organization, by=by, note=note))


@transaction.atomic
def edit_organization(*, organization: Organization, values: dict[str, Any], version: int, by) -> Organization:
    """Change fields of `EDITABLE` as of the version that was opened.

    Raises `core.states.Stale`, or `Refused` as `register_organization` does.
    """
    _insist_on_known(values, EDITABLE)
    values = _clean_details(values)
    if "name" in values:
        values["name"] = clean_name(values["name"])
    if "uscc" in values:
        values["uscc"] = clean_uscc(values["uscc"])
    states.lock(organization, version=version)
    wanted = Organization(pk=organization.pk, region=values.get("region", organization.region))
    wanted.name, wanted.uscc = values.get("name", organization.name), values.get("uscc", organization.uscc)
    _insist_on_new(wanted)
    kind = values.get("kind", organization.kind)
    if organization.status == Organization.Status.ACTIVE and (kind, wanted.uscc) != (
        organization.kind,
        organization.uscc,
    ):
        _insist_on_code(kind, wanted.uscc)
    if wanted.uscc != organization.uscc:
        # A code typed by a person replaces one made up for the demonstration.
        values["is_synthetic"] = False
    former = organization.name
    _store(lambda: states.record(organization, values, by=by))
    if organization.name != former and organization.status != Organization.Status.DRAFT:
        keep_former_name(organization, former, by=by)
    store_search_keys(organization)
    return organization


@transaction.atomic
def activate_organization(
    *, organization: Organization, by, version: int | None = None, note: str = ""
) -> Organization:
    """Put a draft on the register. Raises `Refused` (`uscc_missing`, `request_open`), `WrongState` or `Stale`."""
    states.lock(organization, version=version)
    open_request = RegistrationRequest.objects.filter(organization=organization).exclude(
        status=RegistrationRequest.Status.APPROVED
    )
    if open_request.exists():
        raise Refused(
            _("Its people asked for this registration online: return or approve their request."),
            code="request_open",
        )
    _insist_on_code(organization.kind, organization.uscc)
    return states.move(organization, Organization.Status.ACTIVE, by=by, note=note)


@transaction.atomic
def cancel_organization(*, organization: Organization, reason: str, by, version: int | None = None) -> Organization:
    """Record that the organization gave up its registration. Raises `Refused` (`reason_missing`) or `WrongState`."""
    return _leave(organization, Organization.Status.CANCELLED, reason=reason, by=by, version=version)


@transaction.atomic
def revoke_organization(*, organization: Organization, reason: str, by, version: int | None = None) -> Organization:
    """Record that the authority took the registration away. Raises `Refused` (`reason_missing`) or `WrongState`."""
    return _leave(organization, Organization.Status.REVOKED, reason=reason, by=by, version=version)


def _leave(organization: Organization, status: str, *, reason: str, by, version: int | None) -> Organization:
    if not reason.strip():
        raise Refused(_("Give the reason."), code="reason_missing")
    states.lock(organization, version=version)
    return states.move(organization, status, by=by, note=reason.strip())


def _insist_on_known(values: dict[str, Any], known: tuple[str, ...]) -> None:
    if unknown := set(values) - set(known):
        raise ValueError(f"Not editable: {sorted(unknown)}")


def _clean_details(values: dict[str, Any]) -> dict[str, Any]:
    """A copy with the focus in the order of the forms, and the authority as a key when it is on the register."""
    values = dict(values)
    if "focus" in values:
        values["focus"] = [form for form in AssistanceForm.values if form in (values["focus"] or ())]
    if "authority" in values:
        text = (values["authority"] or "").strip()
        unit = authorities([text])[text] if text else None
        values["authority"], values["authority_organization"] = "" if unit else text, unit
    return values


def clean_name(text: str | None) -> str:
    """A name without superfluous blanks. Raises `Refused` (`name_missing`, `name_too_long`)."""
    name = " ".join((text or "").split())
    if not name:
        raise Refused(_("Give the name of the organization."), code="name_missing")
    longest = Organization._meta.get_field("name").max_length
    if longest and len(name) > longest:
        raise Refused(_("A name has at most %(n)d characters.") % {"n": longest}, code="name_too_long")
    return name


def clean_uscc(text: str | None) -> str | None:
    """A normalised code, None for an empty one. Raises `Refused` (`uscc_invalid`)."""
    code = uscc.normalise(text or "") or None
    if code is not None:
        try:
            validate_uscc(code)
        except ValidationError as error:
            raise Refused(error.messages[0], code="uscc_invalid") from error
    return code


def _insist_on_new(organization: Organization) -> None:
    """Refuse a code that another organization has, or a name that another one in the region has without other code."""
    others = Organization.objects.exclude(pk=organization.pk)
    if organization.uscc and others.filter(uscc=organization.uscc).exists():
        raise _taken()
    twins = others.filter(name=organization.name, region=organization.region)
    if organization.uscc:
        twins = twins.filter(uscc=None)
    if twins.exists():
        raise Refused(
            _("“%(name)s” is already registered in %(region)s.")
            % {"name": organization.name, "region": organization.region.name},
            code="name_taken",
        )


def _insist_on_code(kind: str, code: str | None) -> None:
    if kind in Organization.CODED and not code:
        raise Refused(
            _("A registered organization needs its unified social credit code before it becomes active."),
            code="uscc_missing",
        )


def _taken() -> Refused:
    return Refused(_("An organization with this unified social credit code is already registered."), code="uscc_taken")


def _store(write: Callable) -> Any:
    """Run a write; somebody who entered the same code at the same moment makes it `uscc_taken`."""
    try:
        with transaction.atomic():
            return write()
    except IntegrityError as error:
        if "uscc" not in str(error):
            raise
        raise _taken() from error

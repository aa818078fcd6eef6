"""Every change of the registry. `by=None` stands for the system itself (loading commands)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core import states
from core.errors import Refused
from organizations import permissions, uscc
from organizations.models import Membership, Organization, validate_uscc
from regions import pinyin
from regions.models import Region
from regions.selectors import resolve

EDITABLE = ("name", "kind", "uscc", "level", "region")


class BadRows(Refused):
    """Rows of a load are wrong; nothing was stored. `facts["errors"]` lists row, field and sentence of each."""

    code = "bad_rows"


@dataclass
class Loaded:
    """What a load did: the organizations of its rows in order, and how many of them are new."""

    organizations: list[Organization] = field(default_factory=list)
    added: int = 0


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
) -> Organization:
    """Enter an organization as a draft.

    Raises `Refused` with the code `name_missing`, `uscc_invalid`, `uscc_taken` or `name_taken`.
    """
    organization = Organization(
        name=_clean_name(name),
        kind=kind,
        uscc=_clean_uscc(uscc),
        level=level,
        region=region,
        is_synthetic=synthetic,
    )
    _insist_on_new(organization)
    _set_search_keys(organization)
    return _store(lambda: states.begin(organization, by=by, note=note))


@transaction.atomic
def edit_organization(*, organization: Organization, values: dict[str, Any], version: int, by) -> Organization:
    """Change fields of `EDITABLE` as of the version that was opened.

    Raises `core.states.Stale`, or `Refused` as `register_organization` does.
    """
    if unknown := set(values) - set(EDITABLE):
        raise ValueError(f"Not editable: {sorted(unknown)}")
    values = dict(values)
    if "name" in values:
        values["name"] = _clean_name(values["name"])
    if "uscc" in values:
        values["uscc"] = _clean_uscc(values["uscc"])
    states.lock(organization, version=version)
    wanted = Organization(pk=organization.pk, region=values.get("region", organization.region))
    wanted.name, wanted.uscc = values.get("name", organization.name), values.get("uscc", organization.uscc)
    _insist_on_new(wanted)
    if organization.status == Organization.Status.ACTIVE:
        _insist_on_code(values.get("kind", organization.kind), wanted.uscc)
    if wanted.uscc != organization.uscc:
        # A code typed by a person replaces one made up for the demonstration.
        values["is_synthetic"] = False
    _store(lambda: states.record(organization, values, by=by))
    _set_search_keys(organization)
    organization.save(update_fields=["pinyin", "initials"])
    return organization


@transaction.atomic
def activate_organization(
    *, organization: Organization, by, version: int | None = None, note: str = ""
) -> Organization:
    """Put a draft on the register. Raises `Refused` (`uscc_missing`), `WrongState` or `Stale`."""
    states.lock(organization, version=version)
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


@transaction.atomic
def add_member(*, organization: Organization, user, role: str, by) -> Membership:
    """Let a person act for the organization. Raises `Refused` with the code `already_member`."""
    membership = Membership(organization=organization, user=user, role=role)
    try:
        with transaction.atomic():
            return states.begin(membership, by=by)
    except IntegrityError as error:
        raise Refused(_("%(user)s is already a member.") % {"user": user}, code="already_member") from error


@transaction.atomic
def load_organizations(*, rows: list[dict[str, Any]], by) -> Loaded:
    """Enter organizations from rows with name, kind, uscc, level, region (code or Region) and synthetic, as active.

    A row whose code, or else whose name and region, is already registered is left as it is, so a second load adds
    nothing; only a code that was missing is filled in. A missing code is accepted here: published sources often do
    not print it.
    Raises `BadRows` with every error of every row (counted from 1); then nothing is stored.
    """
    cleaned, errors = [], []
    for number, row in enumerate(rows, start=1):
        values, problems = _read_row(row, by)
        cleaned.append(values)
        errors += [{"row": number, "field": name, "message": message} for name, message in problems.items()]
    if errors:
        first = errors[0]
        raise BadRows(
            _("Nothing was loaded. Errors: %(n)d; the first is in row %(row)d, %(field)s: %(message)s")
            % {"n": len(errors), **first},
            errors=errors,
        )
    loaded = Loaded()
    for values in cleaned:
        organization = _registered(values["name"], values["uscc"], values["region"])
        if organization is None:
            organization = register_organization(**values, by=by)
            states.move(organization, Organization.Status.ACTIVE, by=by)
            loaded.added += 1
        elif values["uscc"] and organization.uscc is None:
            states.record(organization, {"uscc": values["uscc"], "is_synthetic": values["synthetic"]}, by=by)
        loaded.organizations.append(organization)
    return loaded


def _read_row(row: dict[str, Any], by) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of a row, and {field: sentence} of what is wrong with it."""
    problems: dict[str, str] = {}

    def read(name: str, clean: Callable, value) -> Any:
        try:
            return clean(value)
        except Refused as error:
            problems[name] = str(error.message)
            return None

    region = row.get("region")
    values = {
        "name": read("name", _clean_name, row.get("name")),
        "uscc": read("uscc", _clean_uscc, row.get("uscc")),
        "region": region if isinstance(region, Region) else read("region", resolve, str(region or "")),
        "kind": read("kind", lambda value: _clean_choice(Organization.Kind, value), row.get("kind")),
        "level": read("level", lambda value: _clean_choice(Organization.Level, value), row.get("level")),
        "synthetic": bool(row.get("synthetic", False)),
    }
    if by is not None and values["region"] and not permissions.can_add_in(by, values["region"].code):
        problems["region"] = _("You are not responsible for %(region)s.") % {"region": values["region"].name}
    return values, problems


def _clean_name(text: str | None) -> str:
    name = " ".join((text or "").split())
    if not name:
        raise Refused(_("Give the name of the organization."), code="name_missing")
    longest = Organization._meta.get_field("name").max_length
    if longest and len(name) > longest:
        raise Refused(_("A name has at most %(n)d characters.") % {"n": longest}, code="name_too_long")
    return name


def _clean_uscc(text: str | None) -> str | None:
    code = uscc.normalise(text or "") or None
    if code is not None:
        try:
            validate_uscc(code)
        except ValidationError as error:
            raise Refused(error.messages[0], code="uscc_invalid") from error
    return code


def _clean_choice(choices, value) -> str:
    if value not in choices.values:
        allowed = ", ".join(choices.values)
        raise Refused(_("“%(value)s” is none of: %(allowed)s") % {"value": value, "allowed": allowed}, code="unknown")
    return str(value)


def _registered(name: str, code: str | None, region: Region) -> Organization | None:
    """The organization a row means: the one with its code, else the one of its name and region without another."""
    namesakes = Organization.objects.filter(name=name, region=region).order_by("pk")
    if code is None:
        return namesakes.first()
    return Organization.objects.filter(uscc=code).first() or namesakes.filter(uscc=None).first()


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


def _set_search_keys(organization: Organization) -> None:
    """Pinyin and initials of the name, for sorting and for type-ahead search."""
    parts = pinyin.syllables(organization.name)
    organization.pinyin = "".join(parts)[:500]
    organization.initials = pinyin.first_letters(parts)[:120]


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

"""Loading many organizations at once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import states
from core.errors import Refused
from organizations import permissions
from organizations.models import Organization
from organizations.services.register import clean_name, clean_uscc, register_organization, set_search_keys
from regions.models import Region
from regions.selectors import resolve


class BadRows(Refused):
    """Rows of a load are wrong; nothing was stored. `facts["errors"]` lists row, field and sentence of each."""

    code = "bad_rows"


@dataclass
class Loaded:
    """What a load did: the organizations of its rows in order, and how many of them are new."""

    organizations: list[Organization] = field(default_factory=list)
    added: int = 0


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
            set_search_keys(organization)
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
        "name": read("name", clean_name, row.get("name")),
        "uscc": read("uscc", clean_uscc, row.get("uscc")),
        "region": region if isinstance(region, Region) else read("region", resolve, str(region or "")),
        "kind": read("kind", lambda value: _clean_choice(Organization.Kind, value), row.get("kind")),
        "level": read("level", lambda value: _clean_choice(Organization.Level, value), row.get("level")),
        "synthetic": bool(row.get("synthetic", False)),
    }
    if by is not None and values["region"] and not permissions.can_add_in(by, values["region"].code):
        problems["region"] = _("You are not responsible for %(region)s.") % {"region": values["region"].name}
    return values, problems


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

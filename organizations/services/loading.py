"""Loading organizations from rows of a program: a door to the importer, where the rules of a row stand."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from exchange.sheets import Problem
from exchange.sheets.parsing import parsed
from organizations.imports import OrganizationRun
from organizations.models import Organization
from organizations.sheets import ORGANIZATION_SHEET
from regions.models import Region

# Rows of a program lie under this key; those of an uploaded file under the file's.
_OWN = 0


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
    """Enter organizations, as active, from rows with the keys of the sheet's columns, as an uploaded file would.

    The region may be a `Region`, the focus a list. A missing code is accepted here: published sources often do not
    print it.
    Raises `BadRows` with every error of every row (counted from 1); then nothing is stored.
    """
    reading = parsed(ORGANIZATION_SHEET, [{key: _cell(value) for key, value in row.items()} for row in rows])
    run = OrganizationRun(by, codes_may_miss=True)
    run.lock()
    outcome = run.check(reading.rows)
    _insist(sorted([*reading.problems, *outcome.problems], key=lambda problem: problem.row))
    run.stage(_OWN, outcome)
    run.finish(_OWN)
    run.close()
    effects = run.store_staged(_OWN, lambda done: None)
    keys = run.keys(_OWN)
    run.clear(_OWN)
    made = Organization.objects.in_bulk(set(keys.values()))
    return Loaded([made[keys[number]] for number in sorted(keys)], len(effects.new))


def _cell(value: Any) -> Any:
    """A value of a program as somebody would write it into a cell."""
    if isinstance(value, Region):
        return value.code
    if isinstance(value, list):
        return "；".join(value)
    return "" if value is None else value


def _insist(problems: list[Problem]) -> None:
    errors = [{"row": p.row, "field": p.key, "message": f"{p.reason} {p.remedy}".strip()} for p in problems]
    if errors:
        raise BadRows(
            _("Nothing was loaded. Errors: %(n)d; the first is in row %(row)d, %(field)s: %(message)s")
            % {"n": len(errors), **errors[0]},
            errors=errors,
        )

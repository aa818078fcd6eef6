"""The project a claim becomes."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import states
from core.errors import Refused
from demands.models import Claim
from projects.models import BudgetLine, Project
from projects.services.projects import create_project, insist_on_free_claim

# Agreed and not given up: from then on the claim binds, and its work can be a project.
BINDING = tuple(status for status in Claim.CONFIRMED if status != Claim.Status.APPROVED)


@transaction.atomic
def project_from_claim(*, claim: Claim, by: User) -> Project:
    """Make a draft project of a claim: lead, village, form, dates, and a budget line for each item with a price.

    Refused before the agreement is signed, and when a project that has not been terminated carries it out already.
    """
    states.lock(claim)
    if claim.status not in BINDING:
        raise Refused(
            _("A claim becomes a project once its agreement is signed. Its status is “%(status)s”.")
            % {"status": claim.get_status_display()},
            code="claim_not_agreed",
        )
    insist_on_free_claim(claim)
    demand = claim.demand
    lines = [
        BudgetLine(item=_item(line), amount=amount)
        for line in claim.lines.select_related("item")
        if line.item.unit_price and (amount := (line.quantity * line.item.unit_price).quantize(Decimal("0.01"))) > 0
    ]
    starts_on = claim.deliver_from or timezone.localdate(claim.created_at)
    values = {
        "name": demand.title,
        "lead": claim.organization,
        "form": demand.form,
        "claim": claim,
        "funding": Project.Funding.OWN,
        "budget": sum((line.amount for line in lines), Decimal(0)) or None,
        # An agreement may have been entered after the day of delivery.
        "starts_on": min(starts_on, claim.deliver_by) if claim.deliver_by else starts_on,
        "ends_on": claim.deliver_by,
        "summary": claim.plan,
    }
    return create_project(values=values, regions=[demand.village], budget_lines=lines, by=by)


def _item(line) -> str:
    quantity = f"{line.quantity.normalize():f}"
    return f"{line.item.what} {quantity} {line.item.unit}"[:120]
